"""What people do with their notices, and how they want to be told. Only ever their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from fairlead.events.actor import Actor
from fairlead.events.announce import announce
from fairlead.lib.errors import Forbidden, Invalid
from fairlead.lib.speech import later, tr
from fairlead.notices.actions.pushing import push_again
from fairlead.notices.models import Choice, Notice, NoticeSettings
from fairlead.notices.queries import awake, kinds_for, own_notices
from fairlead.notices.timing import Rhythm, on_the_wall

SNOOZES: Final[dict[str, str]] = {
    "hour": later("For an hour"),
    "tomorrow": later("Until tomorrow, 9:00"),
    "monday": later("Until Monday, 9:00"),
}
SNOOZED: Final[dict[str, str]] = {
    "hour": later("Snoozed for an hour."),
    "tomorrow": later("Snoozed until tomorrow, 9:00."),
    "monday": later("Snoozed until Monday, 9:00."),
}
MORNING_MIN: Final = 540


def mark_read(notice: Notice, *, actor: Actor, now: datetime) -> Notice:
    """Seen; again does nothing."""
    _own(notice, actor)
    with transaction.atomic():
        if Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=now):
            announce("notice", actor.workspace_id, notice.user_id)
    notice.refresh_from_db(fields=["read_at"])
    return notice


def mark_seen(workspace_id: int, user_id: int, notice_id: int, *, now: datetime) -> None:
    """Seen on a device whose push was pressed."""
    mine = Notice.objects.filter(workspace_id=workspace_id, user_id=user_id, pk=notice_id, read_at__isnull=True)
    with transaction.atomic():
        if mine.update(read_at=now):
            announce("notice", workspace_id, user_id)


def mark_all_read(*, actor: Actor, now: datetime) -> int:
    """Everything that waits, but what is snoozed; how many it was."""
    with transaction.atomic():
        ids = list(awake(own_notices(actor).filter(read_at__isnull=True), now).values_list("pk", flat=True))
        done = Notice.objects.filter(pk__in=ids, read_at__isnull=True).update(read_at=now)
        if done:
            announce("notice", actor.workspace_id, actor.user_id or 0)
    return done


def mark_unread_again(read_at: datetime, *, actor: Actor) -> int:
    """Undo of marking everything as read at that moment; what was snoozed since stays so. How many it was."""
    with transaction.atomic():
        done = Notice.objects.filter(pk__in=own_notices(actor).filter(read_at=read_at)).update(read_at=None)
        if done:
            announce("notice", actor.workspace_id, actor.user_id or 0)
    return done


def snooze(notice: Notice, choice: str, *, zone: str, actor: Actor, now: datetime) -> Notice:
    """Take it away until a later moment, when it is unread again. `choice`: one of SNOOZES; on the clock of `zone`."""
    _own(notice, actor)
    until = snooze_end(choice, zone, now)
    with transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(snoozed_until=until, read_at=None)
        announce("notice", actor.workspace_id, notice.user_id)
    notice.refresh_from_db(fields=["snoozed_until", "read_at"])
    return notice


def snooze_end(choice: str, zone: str, now: datetime) -> datetime:
    """The moment, in UTC, that a choice of SNOOZES means. Raises Invalid."""
    if choice == "hour":
        return now + timedelta(hours=1)
    if choice not in SNOOZES:
        raise Invalid({"until": tr("Choose one of: %(value)s.", value=", ".join(SNOOZES))})
    today = now.astimezone(ZoneInfo(zone)).date()
    days = 1 if choice == "tomorrow" else 7 - today.weekday()
    return on_the_wall(today + timedelta(days=days), MORNING_MIN, zone)


def wake(workspace_id: int, *, now: datetime) -> int:
    """Show again what was snoozed until now, as the newest, also on devices; how many it was."""
    with transaction.atomic():
        over = Notice.objects.filter(workspace_id=workspace_id, snoozed_until__lte=now)
        rows = list(over.select_for_update(of=("self",)).select_related("user"))
        ids = [row.pk for row in rows]
        Notice.objects.filter(pk__in=ids).update(created_at=F("snoozed_until"), snoozed_until=None)
        for row in rows:
            push_again(row, now=now)
        for user_id in {row.user_id for row in rows}:
            announce("notice", workspace_id, user_id)
    return len(rows)


class Wanted(NamedTuple):
    """The channels of one kind; `push` None leaves it as it is."""

    in_app: bool
    mail: bool
    push: bool | None = None

    def columns(self) -> dict[str, bool]:
        """What is written."""
        return {name: value for name, value in self._asdict().items() if value is not None}


def save_preferences(rhythm: Rhythm, channels: Mapping[str, Wanted], *, actor: Actor) -> None:
    """How to be told: when mails and pushes come, and the channels of any of the actor's kinds. Raises Invalid."""
    if actor.user_id is None:
        raise Forbidden(tr("Only somebody with an account has notifications."))
    _check(rhythm, channels, actor)
    values = {
        "digest": rhythm.digest, "daily_at_min": rhythm.daily_at_min, "quiet_from_min": rhythm.quiet_from_min,
        "quiet_to_min": rhythm.quiet_to_min, "quiet_days": sorted(set(rhythm.quiet_days)),
        "push_digest": rhythm.push_digest, "spare_mails": rhythm.spare_mails,
    }  # fmt: skip
    own: dict[str, Any] = {"workspace_id": actor.workspace_id, "user_id": actor.user_id}
    with transaction.atomic():
        NoticeSettings.objects.update_or_create(**own, defaults=values)
        for kind, wanted in channels.items():
            Choice.objects.update_or_create(**own, kind=kind, defaults=wanted.columns())


def _check(rhythm: Rhythm, channels: Mapping[str, Wanted], actor: Actor) -> None:
    wrong: dict[str, str] = {}
    for name in ("digest", "push_digest"):
        if getattr(rhythm, name) not in NoticeSettings.Digest.values:
            wrong[name] = tr("Choose one of: %(value)s.", value=", ".join(NoticeSettings.Digest.values))
    for name in ("daily_at_min", "quiet_from_min", "quiet_to_min"):
        if not 0 <= getattr(rhythm, name) < 1440:
            wrong[name] = tr("A time of day, such as 9:00.")
    if rhythm.quiet_from_min == rhythm.quiet_to_min:
        wrong["quiet_to_min"] = tr("Quiet hours end at another time than they begin.")
    if not set(rhythm.quiet_days) <= set(range(7)):
        wrong["quiet_days"] = tr("Days are numbers from 0, Monday, to 6, Sunday.")
    known = {kind.name for kind in kinds_for(actor)}
    if unknown := sorted(set(channels) - known):
        wrong["channels"] = tr("You get no notifications of the kind %(value)s.", value=", ".join(unknown))
    if wrong:
        raise Invalid(wrong)


def _own(notice: Notice, actor: Actor) -> None:
    if (notice.workspace_id, notice.user_id) != (actor.workspace_id, actor.user_id):
        raise Forbidden(tr("This notification is somebody else's."))
