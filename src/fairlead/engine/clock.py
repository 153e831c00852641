"""A worker's calendar in work minutes.

Coordinate u counts the minutes in which the worker works: minute u is the u-th working minute since the
problem's start. Gaps of the calendar vanish, so work that is interrupted by them is one interval [u, u + p).
A weekly cap that can bind is walked week by week (`run`).
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import NamedTuple

from fairlead.engine.problem import WEEK_MIN, Problem, Worker

FAR_MIN = 1 << 29
"""End of time for calendars without end: about a thousand years of minutes. Twice this fits into 32 bits."""


class Run(NamedTuple):
    """Work done in one go: first and one past the last work minute, and the cap's state after it."""

    start: int
    end: int
    used: int
    week_end: int


class Clock:
    """Calendar of one worker, clipped to the horizon. `cap` is None where the weekly cap can never bind."""

    __slots__ = ("before", "cap", "ends", "starts", "total")

    def __init__(self, worker: Worker, horizon: int | None) -> None:
        last = FAR_MIN if horizon is None else horizon
        calendar = ((0, last),) if worker.calendar is None else worker.calendar
        clipped = [(start, min(end, last)) for start, end in calendar if start < last]
        if worker.week_minutes == 0:
            clipped = []
        self.starts = [start for start, _ in clipped]
        self.ends = [end for _, end in clipped]
        self.before = [0]
        for start, end in clipped:
            self.before.append(self.before[-1] + end - start)
        self.total = self.before.pop()
        self.cap = worker.week_minutes if self._cap_binds(worker) else None

    def _cap_binds(self, worker: Worker) -> bool:
        """True when some week offers more lane minutes than the cap allows."""
        cap = worker.week_minutes
        if cap is None or not self.starts:
            return False
        if any(end - start > 2 * WEEK_MIN for start, end in zip(self.starts, self.ends, strict=True)):
            return worker.lanes * WEEK_MIN > cap
        weeks = range(self.starts[0] // WEEK_MIN, self.ends[-1] // WEEK_MIN + 1)
        return any(worker.lanes * minutes > cap for minutes in self.week_minutes(weeks))

    def week_minutes(self, weeks: range) -> list[int]:
        """Calendar minutes in each of the weeks."""
        edges = [self.to_u(week * WEEK_MIN) for week in range(weeks.start, weeks.stop + 1)]
        return [after - before for before, after in pairwise(edges)]

    def to_u(self, minute: int) -> int:
        """Work minutes before this minute of the wall clock."""
        place = bisect_right(self.starts, minute) - 1
        if place < 0:
            return 0
        end = self.ends[place]
        return self.before[place] + (end if minute > end else minute) - self.starts[place]

    def works_at(self, minute: int) -> bool:
        """True when the calendar has this minute."""
        place = bisect_right(self.starts, minute) - 1
        return place >= 0 and minute < self.ends[place]

    def start_minute(self, u: int) -> int:
        """Wall clock minute in which work minute u is done."""
        place = bisect_right(self.before, u) - 1
        return self.starts[place] + u - self.before[place]

    def end_minute(self, u: int) -> int:
        """Wall clock minute at which the first u work minutes are over (u ≥ 1)."""
        return self.start_minute(u - 1) + 1

    def week_end(self, u: int) -> int:
        """Work minutes before the end of the week in which work minute u lies."""
        return self.to_u((self.start_minute(u) // WEEK_MIN + 1) * WEEK_MIN)

    def run(self, u: int, minutes: int, *, used: int, week_end: int) -> Run | None:
        """Do `minutes` of work from u on under the weekly cap; None when the calendar ends before.

        `used` minutes are worked already in the week that ends at `week_end`.
        """
        cap = self.cap if self.cap is not None else FAR_MIN
        first = -1
        while u < self.total:
            if u >= week_end:
                week_end, used = self.week_end(u), 0
            if used >= cap:
                u = week_end
                continue
            if first < 0:
                first = u
            step = min(minutes, week_end - u, cap - used)
            u, used, minutes = u + step, used + step, minutes - step
            if not minutes:
                return Run(first, u, used, week_end)
            u, minutes = self._skip_whole_weeks(u, minutes, cap=cap, week_end=week_end)
        return None

    def _skip_whole_weeks(self, u: int, minutes: int, *, cap: int, week_end: int) -> tuple[int, int]:
        """On a calendar without gaps: past all weeks but the last that the work fills up to the cap."""
        if len(self.starts) > 1 or minutes <= cap or cap >= WEEK_MIN:
            return u, minutes
        weeks = (minutes - 1) // cap
        return week_end + weeks * WEEK_MIN, minutes - weeks * cap


def available_minutes(worker: Worker, horizon: int, *, clock: Clock | None = None) -> int:
    """Minutes this worker can work within the horizon: calendar or weekly cap, whichever is less; at least 1."""
    clock = clock or Clock(worker, horizon)
    cap = FAR_MIN if worker.week_minutes is None else worker.week_minutes
    weeks = range(-(-horizon // WEEK_MIN))
    return max(1, sum(min(minutes, cap) for minutes in clock.week_minutes(weeks)))


def clocks_of(problem: Problem) -> list[Clock]:
    """The clock of each worker, in order."""
    return [Clock(worker, problem.horizon) for worker in problem.workers]
