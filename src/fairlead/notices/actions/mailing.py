"""Which notices go out by mail now. Claimed before they are sent, so that two jobs never send the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairlead.accounts.models import Membership, User
from fairlead.accounts.queries import actor_of
from fairlead.notices.kinds import BY_NAME
from fairlead.notices.models import Choice, Notice
from fairlead.notices.queries import awake, channels_of, rhythm_of, told_to


def claim_mails(workspace_id: int, user_id: int, *, now: datetime) -> list[Notice]:
    """The notices whose mail is due, marked as mailed. What was read, put off, had by a device that
    spares mails, or may no longer be seen, is not mailed."""
    waiting = Notice.objects.filter(
        workspace_id=workspace_id, user_id=user_id, mailed_at__isnull=True, mail_at__lte=now
    )
    with transaction.atomic():
        held = list(waiting.select_for_update(of=("self",)).order_by("created_at", "pk"))
        off = _mail_off(workspace_id, user_id, held)
        fresh = still_news(workspace_id, user_id, held, now=now)
        spared = {row.pk for row in fresh if row.pushed_at} if rhythm_of(workspace_id, user_id).spare_mails else set()
        chosen = [row for row in fresh if row.kind not in off and row.pk not in spared]
        Notice.objects.filter(pk__in=[row.pk for row in held]).update(mail_at=None)
        Notice.objects.filter(pk__in=[row.pk for row in chosen]).update(mailed_at=now)
    return chosen


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


def give_back(rows: Sequence[Notice], *, now: datetime) -> None:
    """The mail server did not take them: they wait again."""
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=None, mail_at=now)


def wants_mail(workspace_id: int, user: User | None, kind: str) -> bool:
    """Whether a mail of this kind may go to the person; to whoever has no account it always may."""
    return user is None or channels_of(workspace_id, BY_NAME[kind], [user.pk])[user.pk].mail


def claim_transactional(event_id: int, user: User | None, kind: str, *, now: datetime) -> bool:
    """Whether the mail of this event is still to be sent to the person; afterwards it is not."""
    if user is None:
        return True
    mine = Notice.objects.filter(user=user, kind=kind, occasion=f"event {event_id}")
    return not mine.exists() or bool(mine.filter(mailed_at__isnull=True).update(mailed_at=now))


def give_back_transactional(event_id: int, user: User | None, kind: str) -> None:
    """The mail server did not take it: it is to be sent again."""
    Notice.objects.filter(user=user, kind=kind, occasion=f"event {event_id}").update(mailed_at=None)


def stop_mails(workspace_id: int, user_id: int, kinds: Sequence[str]) -> None:
    """No more mails of these kinds; in the centre they stay."""
    with transaction.atomic():
        for name in kinds:
            kind = BY_NAME[name]
            Choice.objects.update_or_create(
                workspace_id=workspace_id, user_id=user_id, kind=name,
                defaults={"mail": False}, create_defaults={"mail": False, "in_app": kind.in_app},
            )  # fmt: skip
