"""Taking time out of working time: what calendars fill, what a day may hold at most, and the rest between two days.

Working time comes and goes as sorted, disjoint intervals in UTC (see lib/hours.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from fairlead.lib.hours import DAY, Interval, joined


def without(times: Sequence[Interval], taken: Iterable[Interval], *, buffer_min: int = 0) -> list[Interval]:
    """The times less what is taken, each with a buffer before and after it."""
    buffer = timedelta(minutes=buffer_min)
    gone = joined((low - buffer, high + buffer) for low, high in taken)
    found: list[Interval] = []
    over = 0  # so many of `gone` end before the times that are still to come
    for start, high in times:
        while over < len(gone) and gone[over][1] <= start:
            over += 1
        low = start
        for begin, end in islice(gone, over, None):
            if begin >= high:
                break
            if begin > low:
                found.append((low, begin))
            low = end
        if low < high:
            found.append((low, high))
    return found


def at_most_a_day(times: Sequence[Interval], zone: str, minutes: int) -> list[Interval]:
    """The first so many minutes of each day on the wall clock of the zone."""
    left: dict[object, timedelta] = {}
    found: list[Interval] = []
    for low, high in _by_days(times, ZoneInfo(zone)):
        day = low.astimezone(ZoneInfo(zone)).date()
        free = left.get(day, timedelta(minutes=minutes))
        end = min(high, low + free)
        left[day] = free - (end - low)
        if low < end:
            found.append((low, end))
    return joined(found)


def _by_days(times: Iterable[Interval], zone: ZoneInfo) -> Iterator[Interval]:
    """The intervals, cut at midnight."""
    for start, end in times:
        low = start
        while low < end:
            midnight = datetime.combine(low.astimezone(zone).date() + DAY, datetime.min.time(), zone)
            high = min(end, midnight.astimezone(low.tzinfo))
            yield low, high
            low = high


def with_rest(times: Sequence[Interval], zone: str, minutes: int) -> list[Interval]:
    """The times, in which each day begins at least so many minutes after the one before it ended.

    An interval belongs to the day on which it begins, so that a night shift is one day.
    """
    found: list[Interval] = []
    day, ended_at = None, None
    for low, high in times:
        today = low.astimezone(ZoneInfo(zone)).date()
        if today != day:
            day, rested_at = today, ended_at + timedelta(minutes=minutes) if ended_at else low
        begin = max(low, rested_at)
        if begin < high:
            found.append((begin, high))
            ended_at = high
    return found
