"""Tasks on the days of a calendar: those that are due, or under way from their start until then, and those without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, QuerySet, When, Window
from django.db.models.functions import Coalesce, Least, RowNumber, TruncDate

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.hours import holidays_between
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.people.queries import time_off
from fairlead.work.filters import ME, TaskFilter
from fairlead.work.models import Task
from fairlead.work.permissions import row_parts
from fairlead.work.queries.rows import HOLDER, holder, plain
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.states import OPEN, OVER, State

DAY: Final = timedelta(days=1)
TRAY: Final = 40
"""Tasks without a date that are listed beside the calendar."""
MOST_DAYS: Final = 100
MOST_TASKS: Final = 1000
FIELDS: Final = (
    "id", "number", "title", "state", "priority", "release_at", "due_at", "started_at", "version", "created_by_id",
    "project__key", "project__name", "project__color", "project__archived_at", "project_id",
    "assignee__user_id", *HOLDER,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A task from its first day until its last, in the reader's zone; `at` is its due time there."""

    row: dict[str, Any]
    first: date
    last: date
    at: datetime
    late: bool

    @property
    def is_over(self) -> bool:
        return self.row["state"] in OVER


@dataclass(frozen=True)
class Absence:
    """Days on which somebody is away, or their country has a holiday."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class Calendar:
    """Entries by first day, the longer first; `tray`: open tasks without a due date, of which there are `undated`.

    `more`: how many others are due on a day, where not all of them were asked for; what goes on beyond the last day
    counts to that one.
    """

    first: date
    last: date
    entries: tuple[Entry, ...]
    tray: tuple[dict[str, Any], ...]
    undated: int
    away: tuple[Absence, ...] = ()
    cut: bool = False
    more: Mapping[date, int] = field(default_factory=dict)

    def on(self, day: date) -> list[Entry]:
        """What is due or under way on a day."""
        return [it for it in self.entries if it.first <= day <= it.last]


def calendar(
    actor: Actor, wanted: TaskFilter, first: date, last: date, *, now: datetime, zone: str = "UTC",
    most: int = MOST_TASKS, each: int | None = None,
) -> Calendar:  # fmt: skip
    """The visible tasks that fit, from one day until another (both included; at most 100 days), the first `most`; with
    `each` instead the first so many that are due on each day, and as many that go on beyond the last.

    Cancelled ones only when they are asked for. When the filter names one person, the days on which they are away.
    """
    last = min(last, first + (MOST_DAYS - 1) * DAY)
    fitting = wanted.apply(visible_tasks(actor), now=now, user_id=actor.user_id, zone=zone)
    if not wanted.state:
        fitting = fitting.exclude(state=State.CANCELLED)
    more: Counter[date] = Counter()
    if each is None:
        rows = plain(_between(fitting, first, last, zone).values(*FIELDS)[: most + 1])
    else:
        rows, more = _by_day(fitting, first, last, zone, each)
        most = len(rows)
    entries = [_entry(_told(actor, row), zone, now) for row in rows[:most]]
    entries.sort(key=lambda it: (it.first, -(it.last - it.first).days, it.at, it.row["id"]))
    loose = fitting.filter(due_at__isnull=True, state__in=OPEN)
    first_loose = loose.order_by("-priority", "-id").values("pk")[:TRAY]
    tray = plain(Task.objects.filter(pk__in=first_loose).order_by("-priority", "-id").values(*FIELDS))
    return Calendar(
        first, last, tuple(entries), tuple(_told(actor, row) for row in tray),
        len(tray) if len(tray) < TRAY else loose.count(), _away(actor, wanted, first, last), len(rows) > most, more,
    )  # fmt: skip


def _between(tasks: QuerySet[Task], first: date, last: date, zone: str) -> QuerySet[Task]:
    there = _begun(tasks, _midnight(last + DAY, zone)).filter(due_at__gte=_midnight(first, zone))
    return there.order_by("due_at", "id")


def _by_day(
    tasks: QuerySet[Task], first: date, last: date, zone: str, each: int
) -> tuple[list[dict[str, Any]], Counter[date]]:
    """Rows of the first tasks that are due on each day, what is not over before what is, and of those that go on beyond
    the last one; how many more there are on days.

    At most four queries.
    """
    low, high = _midnight(first, zone), _midnight(last + DAY, zone)
    day = TruncDate("due_at", tzinfo=ZoneInfo(zone))
    over = Case(When(state__in=OVER, then=1), default=0)
    place = Window(RowNumber(), partition_by=day, order_by=[over, F("due_at"), F("id")])
    due = tasks.filter(due_at__gte=low, due_at__lt=high).order_by()
    placed = due.annotate(day=day, place=place, of=Window(Count("workspace"), partition_by=day)).filter(place__lte=each)
    found = list(placed.values_list("pk", "day", "place", "of"))
    going_on = _begun(tasks, high).filter(due_at__gte=high)
    beyond = list(going_on.order_by("due_at", "id").values_list("pk", flat=True)[:each])
    more = Counter({on: of - at for _, on, at, of in sorted(found, key=lambda it: it[2])})
    if len(beyond) == each:
        more[last] += going_on.count() - each
    ids = [*(pk for pk, *_ in found), *beyond]
    return plain(Task.objects.filter(pk__in=ids).values(*FIELDS)), +more


def _begun(tasks: QuerySet[Task], before: datetime) -> QuerySet[Task]:
    return tasks.annotate(begins_at=Least("due_at", Coalesce("release_at", "due_at"))).filter(begins_at__lt=before)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone))


def _told(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    row["key"] = f"{row['project__key']}-{row['number']}"
    row["worker"] = holder(row)
    ids = {"holder_user_id": row["assignee__user_id"], "author_id": row["created_by_id"]}
    mine = row_parts(actor, row["project_id"], **ids)
    row["may_edit"] = bool(mine) and row["project__archived_at"] is None
    return row


def _entry(row: dict[str, Any], zone: str, now: datetime) -> Entry:
    at = row["due_at"].astimezone(ZoneInfo(zone))
    begins = row["release_at"].astimezone(ZoneInfo(zone)).date() if row["release_at"] else at.date()
    late = row["state"] in OPEN and row["due_at"] < now
    return Entry(row, min(begins, at.date()), at.date(), at, late)


def _away(actor: Actor, wanted: TaskFilter, first: date, last: date) -> tuple[Absence, ...]:
    """Of the one person whom the filter names, for readers of the directory."""
    if actor.role == Role.CLIENT or not wanted.assignee:
        return ()
    workers = Worker.objects.filter(workspace_id=actor.workspace_id)
    if wanted.assignee == ME:
        workers = workers.filter(user_id=actor.user_id or 0)
    elif wanted.assignee.isdecimal():
        workers = workers.filter(pk=int(wanted.assignee))
    else:
        return ()
    found = workers.values_list("pk", "name", "country", "kind").first()
    return _absences(found, first, last) if found else ()


def _absences(worker: tuple[int, str, str, str], first: date, last: date) -> tuple[Absence, ...]:
    pk, name, country, kind = worker
    off = [Absence(tr("%(name)s is away", name=name), low, high) for _, low, high in time_off([pk], first, last)]
    if kind != Worker.Kind.AGENT:
        off += [Absence(text, day, day) for day, text in holidays_between(country, first, last).items()]
    return tuple(sorted(off, key=lambda it: (it.first, it.name)))


def lanes(entries: Collection[Entry], first: date, last: date) -> list[tuple[int, Entry]]:
    """(lane, entry) of one row of days, each in the first lane that is free; entries as a Calendar has them."""
    free: list[date] = []
    found = []
    for it in entries:
        if it.last < first or it.first > last:
            continue
        lane = next((n for n, until in enumerate(free) if until < it.first), len(free))
        free[lane : lane + 1] = [it.last]
        found.append((lane, it))
    return found
