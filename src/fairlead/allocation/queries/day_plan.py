"""A suggestion for somebody's day: what is due first comes first, laid into the working time that is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fairlead.allocation.queries.my_work import MyWork, WorkItem
from fairlead.lib.hours import Interval
from fairlead.lib.rest import without
from fairlead.people.models import Worker
from fairlead.people.queries import working_time
from fairlead.work.queries.planner import busy_time

UNESTIMATED_MIN: Final = 60
LEAST_MIN: Final = 15
FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Slot:
    """A task in a piece of the day."""

    item: WorkItem
    starts_at: datetime
    ends_at: datetime


def suggest_day(
    worker: Worker, work: MyWork, taken: Sequence[Interval], *, planned: Iterable[str], now: datetime, zone: str
) -> list[Slot]:
    """What to do until the day ends. `taken`: times that have something already; `planned`: keys of tasks that do."""
    known = set(planned)
    items = [item for item in (*work.overdue, *work.today, *work.next) if item.key not in known]
    items.sort(key=lambda item: (item.due_at or FAR, -item.priority, item.key))
    free = free_today(worker, taken, now=now, zone=zone)
    slots: list[Slot] = []
    for item in items:
        left = item.effort_min or UNESTIMATED_MIN
        while left > 0 and free:
            low, high = free.pop(0)
            minutes = min(left, int((high - low).total_seconds() // 60))
            if minutes < min(LEAST_MIN, left):
                continue
            end = low + timedelta(minutes=minutes)
            slots.append(Slot(item, low, end))
            left -= minutes
            if end < high:
                free.insert(0, (end, high))
    return slots


def free_today(worker: Worker, taken: Sequence[Interval], *, now: datetime, zone: str) -> list[Interval]:
    """Working time from the next quarter of an hour until midnight, less what is kept or taken."""
    local = now.astimezone(ZoneInfo(zone))
    start = now + timedelta(minutes=-now.minute % 15, seconds=-now.second, microseconds=-now.microsecond)
    end = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    if start >= end:
        return []
    times = working_time([worker.pk], start, end)[worker.pk]
    busy = busy_time([worker.pk], start, end).get(worker.pk, [])
    return without(times, [*busy, *taken])
