"""The calendars that somebody has connected, and the feed of their own work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from fairlead.accounts.models import Membership
from fairlead.events.actor import Actor
from fairlead.events.tenancy import bearer, enter
from fairlead.lib.errors import Missing
from fairlead.lib.secrets import digest
from fairlead.lib.speech import tr
from fairlead.people.models import BusyBlock, Calendar, Feed, Worker
from fairlead.people.permissions import is_own, may_connect_calendar, may_see_calendars


@dataclass(frozen=True)
class CalendarRow:
    """A connected calendar. `place` is the host that it is read from, empty for a file: the secret stays hidden.

    `busy`: how many busy times of it are still to come. All moments in UTC.
    """

    id: int
    name: str
    place: str
    keeps_titles: bool
    busy: int
    read_at: datetime | None
    read_until: datetime | None
    next_at: datetime | None
    fault: str
    advice: str
    not_understood: int


_COLUMNS = (
    "id", "name", "address", "keeps_titles", "busy", "read_at", "read_until", "next_at", "fault", "advice",
    "not_understood",
)  # fmt: skip


def _calendars(actor: Actor, worker: Worker) -> QuerySet[Calendar]:
    found = Calendar.objects.filter(workspace_id=actor.workspace_id, worker=worker)
    return found if may_see_calendars(actor, worker) else found.none()


def calendar_rows(actor: Actor, worker: Worker, *, now: datetime) -> list[CalendarRow]:
    """The calendars of one person, the oldest first; none for whoever may not know. One query."""
    ahead = Count("blocks", filter=Q(blocks__ends_at__gt=now))
    rows = _calendars(actor, worker).annotate(busy=ahead).order_by("created_at", "pk").values(*_COLUMNS)
    return [CalendarRow(place=_place(row.pop("address")), **row) for row in map(dict, rows)]


def _place(address: str) -> str:
    return address.split("/")[2] if address.count("/") >= 2 else ""


def find_calendar(actor: Actor, worker: Worker, number: int) -> Calendar:
    """One of them. Raises Missing, also for one of somebody else."""
    found = _calendars(actor, worker).select_related("worker").filter(pk=number).first()
    if found is None:
        raise Missing(tr("There is no such calendar; it may have been removed."))
    return found


def coming_blocks(actor: Actor, worker: Worker, *, now: datetime, days: int = 14) -> list[dict[str, Any]]:
    """Busy times of the next days: starts_at, ends_at and title, which only the person themselves ever gets."""
    if not may_see_calendars(actor, worker):
        return []
    found = BusyBlock.objects.filter(worker=worker, ends_at__gt=now, starts_at__lt=now + timedelta(days=days))
    rows = found.order_by("starts_at", "pk").values("starts_at", "ends_at", "title", "calendar__name")
    knows = is_own(actor, worker)
    return [{**row, "title": row["title"] if knows else ""} for row in rows]


def feed_of(actor: Actor, worker: Worker) -> Feed | None:
    """The feed of somebody's own work, for whoever may open and close it."""
    return Feed.objects.filter(worker=worker).first() if may_connect_calendar(actor, worker) else None


def feed_behind(secret: str) -> Feed | None:
    """The feed with this secret, or None; enters its workspace."""
    enter(None)
    with bearer(digest(secret)):
        feed = Feed.objects.filter(digest=digest(secret)).first()
    if feed is None:
        return None
    enter(feed.workspace_id)
    live = Feed.objects.select_related("worker").filter(pk=feed.pk, worker__deactivated_at__isnull=True)
    members = Membership.objects.filter(workspace_id=feed.workspace_id, removed_at__isnull=True)
    return live.filter(Q(worker__user__isnull=True) | Q(worker__user__in=members.values("user_id"))).first()


def due_calendars(*, now: datetime, most: int) -> list[int]:
    """Calendars of the open workspace that should be read by now, the longest overdue first."""
    due = Calendar.objects.filter(next_at__lte=now, worker__deactivated_at__isnull=True).exclude(address="")
    return list(due.order_by("next_at").values_list("pk", flat=True)[:most])
