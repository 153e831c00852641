"""The week of one worker as a sheet: tasks down, days across."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q

from fairlead.events.actor import Actor
from fairlead.lib.hours import minutes_within
from fairlead.people.models import Worker
from fairlead.people.queries import working_time
from fairlead.work.queries.rows import plain
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.states import State
from fairlead.work.time.models import TimeEntry, TimeWeek

MOST_ROWS: Final = 60


@dataclass(frozen=True)
class SheetRow:
    """A task and its minutes on each of the seven days."""

    task_id: int
    key: str
    title: str
    state: str
    minutes: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.minutes)


@dataclass(frozen=True)
class Sheet:
    """A week. `works` are the minutes of each day at which the worker is at work by their hours and absences."""

    worker: Worker
    days: tuple[date, ...]
    rows: tuple[SheetRow, ...]
    works: tuple[int, ...]
    running: str
    week: TimeWeek | None

    @property
    def state(self) -> str:
        return self.week.state if self.week else TimeWeek.State.OPEN

    @property
    def open(self) -> bool:
        return self.state == TimeWeek.State.OPEN

    @property
    def sums(self) -> tuple[int, ...]:
        """Minutes of each day."""
        return tuple(sum(row.minutes[n] for row in self.rows) for n in range(7))

    @property
    def total(self) -> int:
        return sum(self.sums)

    @property
    def works_total(self) -> int:
        return sum(self.works)


def sheet(actor: Actor, worker: Worker, monday: date) -> Sheet:
    """The week that begins on `monday`: what was logged, and the worker's tasks under way as empty rows."""
    days = tuple(monday + timedelta(days=n) for n in range(7))
    logged = TimeEntry.objects.filter(worker=worker, day__range=(days[0], days[-1]), deleted_at__isnull=True)
    entries = plain(logged.values("task_id", "day", "minutes"))
    minutes: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for entry in entries:
        minutes[entry["task_id"]][entry["day"]] += entry["minutes"] or 0
    tasks = _tasks(actor, worker, set(minutes))
    rows = tuple(
        SheetRow(t["id"], t["key"], t["title"], t["state"], tuple(minutes[t["id"]][day] for day in days)) for t in tasks
    )
    running = next((t["key"] for t in tasks for e in entries if e["minutes"] is None and e["task_id"] == t["id"]), "")
    week = TimeWeek.objects.select_related("decided_by").filter(worker=worker, monday=monday).first()
    return Sheet(worker, days, rows, _works(worker, days), running, week)


def _tasks(actor: Actor, worker: Worker, logged: set[int]) -> list[dict[str, Any]]:
    wanted = Q(pk__in=logged) | Q(assignee=worker, state=State.RUNNING)
    tasks = visible_tasks(actor).filter(wanted).order_by("project__key", "number")
    rows = plain(tasks.values("id", "number", "title", "state", "project__key")[:MOST_ROWS])
    return [{**row, "key": f"{row['project__key']}-{row['number']}"} for row in rows]


def _works(worker: Worker, days: tuple[date, ...]) -> tuple[int, ...]:
    zone = ZoneInfo(worker.time_zone)
    edges: list[datetime] = [datetime.combine(day, time(), zone) for day in (*days, days[-1] + timedelta(days=1))]
    found = working_time([worker.pk], edges[0], edges[-1])[worker.pk]
    return tuple(minutes_within(found, edges[n], edges[n + 1]) for n in range(7))
