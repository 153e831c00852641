"""Until when somebody has to answer: minutes of their own working time, so that nothing runs out at night."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from fairlead.lib.hours import Interval
from fairlead.people.queries import working_time

MOST_WAIT: Final = timedelta(days=4)
"""Who does not come to work within these days is passed over: a weekend and a day of grace."""
SLOWEST: Final = 8
"""A working minute is looked for within so many minutes on the clock: a quarter of the week is worked, half of that by
part-timers."""


def answer_times(worker_ids: Collection[int], *, minutes: int, now: datetime) -> dict[int, datetime]:
    """{worker id: when so many minutes of their working time from now on are over}; nobody who is away too long."""
    last = now + MOST_WAIT + timedelta(minutes=SLOWEST * minutes, days=7)
    found = working_time(worker_ids, now, last)
    ends = {pk: passed(times, minutes) for pk, times in found.items() if times and times[0][0] <= now + MOST_WAIT}
    return {pk: end for pk, end in ends.items() if end is not None}


def passed(intervals: Sequence[Interval], minutes: int) -> datetime | None:
    """When so many minutes of the intervals are over; None when they do not last."""
    left = timedelta(minutes=minutes)
    for start, end in intervals:
        if end - start >= left:
            return start + left
        left -= end - start
    return None
