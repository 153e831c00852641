"""Which notices go out by mail now. A mail is held while it is sent and marked when it is on its way: two jobs never
send the same one, and none is lost with the process that was to send it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from fairlead.accounts.models import Membership, User
from fairlead.accounts.queries import actor_of
from fairlead.notices.kinds import BY_NAME
from fairlead.notices.models import Choice, Notice
from fairlead.notices.queries import awake, channels_of, rhythm_of, told_to


@contextmanager
def sending(name: str) -> Iterator[bool]:
    """Hold the mail of this name until it is on its way; False while another process holds it.

    The lock belongs to the connection: a killed process lets it go, so that another one sends what it had not.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def due_mails(workspace_id: int, user_id: int, *, now: datetime) -> list[Notice]:
    """The notices whose mail is due. What was read, put off, had by a device that spares mails, or may no longer be
    seen, is not mailed any more."""
    waiting = Notice.objects.filter(
        workspace_id=workspace_id, user_id=user_id, mailed_at__isnull=True, mail_at__lte=now
    )
    with transaction.atomic():
        held = list(waiting.select_for_update(of=("self",)).order_by("created_at", "pk"))
        off = _mail_off(workspace_id, user_id, held)
        fresh = still_news(workspace_id, user_id, held, now=now)
        spared = {row.pk for row in fresh if row.pushed_at} if rhythm_of(workspace_id, user_id).spare_mails else set()
        chosen = [row for row in fresh if row.kind not in off and row.pk not in spared]
        needless = {row.pk for row in held} - {row.pk for row in chosen}
        if needless:
            Notice.objects.filter(pk__in=needless).update(mail_at=None)
    return chosen


def mark_mailed(rows: Sequence[Notice], *, now: datetime) -> None:
    """Their mail is on its way."""
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=now, mail_at=None)


def still_news(workspace_id: int, user_id: int, rows: Sequence[Notice], *, now: datetime) -> list[Notice]:
    """Those that the person has neither read nor put off, and may still see."""
    here = Membership.objects.filter(workspace_id=workspace_id, user_id=user_id, removed_at__isnull=True)
    member = here.select_related("user").first()
    if member is None or not rows:
        return []
    unread = awake(told_to(actor_of(member)).filter(pk__in=[row.pk for row in rows], read_at__isnull=True), now)
    seen = set(unread.values_list("pk", flat=True))
    return [row for row in rows if row.pk in seen]


def _mail_off(workspace_id: int, user_id: int, rows: Sequence[Notice]) -> set[str]:
    """The kinds that were switched off since the mail was planned."""
    kinds = {row.kind for row in rows}
    off = Choice.objects.filter(workspace_id=workspace_id, user_id=user_id, kind__in=kinds, mail=False)
    return set(off.values_list("kind", flat=True))


def wants_mail(workspace_id: int, user: User | None, kind: str) -> bool:
    """Whether a mail of this kind may go to the person; to whoever has no account it always may."""
    return user is None or channels_of(workspace_id, BY_NAME[kind], [user.pk])[user.pk].mail


def is_mailed(event_id: int, user: User | None, kind: str) -> bool:
    """Whether the mail of this event went out to the person; of those without an account nobody knows."""
    mine = Notice.objects.filter(user=user, kind=kind, occasion=f"event {event_id}")
    return user is not None and mine.filter(mailed_at__isnull=False).exists()


def mark_event_mailed(event_id: int, user: User | None, kind: str, *, now: datetime) -> None:
    """The mail of this event is on its way to the person."""
    if user is not None:
        Notice.objects.filter(user=user, kind=kind, occasion=f"event {event_id}").update(mailed_at=now)


def stop_mails(workspace_id: int, user_id: int, kinds: Sequence[str]) -> None:
    """No more mails of these kinds; in the centre they stay."""
    with transaction.atomic():
        for name in kinds:
            kind = BY_NAME[name]
            Choice.objects.update_or_create(
                workspace_id=workspace_id, user_id=user_id, kind=name,
                defaults={"mail": False}, create_defaults={"mail": False, "in_app": kind.in_app},
            )  # fmt: skip
