"""One worker's desk: what is booked in each lane, and where the next task would fit. Minutes since the problem's start.

Plain code for the answers of other solvers. It shares nothing with the search of the engine; the judge
(`fairlead.engine.check`) has the last word on every plan made with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from fairlead.engine import WEEK_MIN, Problem, Task, Worker, minutes_needed

Taken = Mapping[int, int]
"""Minutes of work by week."""

NOTHING: Taken = {}
FIRST_EVENT = (-1, -1)


class Stint(NamedTuple):
    """Work in one go but for gaps: first minute, end, and minutes by week."""

    start: int
    end: int
    taken: Taken


class Fit(NamedTuple):
    """A task's place at the end of a lane, with the set-up before it, when there is one."""

    lane: int
    setup: Stint | None
    work: Stint


@dataclass(slots=True)
class Lane:
    """End of the last booking, and the task before it (None when the lane is empty)."""

    free: int = 0
    last: Task | None = None
    tasks: int = 0
    setup: Stint | None = None


class Hours:
    """Working time of a worker, cut at ends of weeks and at the horizon."""

    def __init__(self, worker: Worker, horizon: int | None) -> None:
        self.horizon = horizon
        self.always = worker.calendar is None
        whole = worker.calendar or ()
        self.pieces = [piece for start, end in whole for piece in cut(start, clipped(end, horizon))]
        self.starts = [start for start, _ in self.pieces]

    def since(self, minute: int) -> Iterator[tuple[int, int]]:
        """Pieces from this minute on; without end for a worker who always works and a problem without horizon."""
        if self.always:
            yield from self._always(minute)
            return
        first = max(0, bisect_right(self.starts, minute) - 1)
        for place in range(first, len(self.pieces)):
            start, end = self.pieces[place]
            if end > minute:
                yield max(start, minute), end

    def _always(self, minute: int) -> Iterator[tuple[int, int]]:
        for week in count(minute // WEEK_MIN):
            start, end = max(minute, week * WEEK_MIN), clipped((week + 1) * WEEK_MIN, self.horizon)
            if start >= end:
                return
            yield start, end


def cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    """An interval in pieces that end with their week."""
    while start < end:
        until = min(end, (start // WEEK_MIN + 1) * WEEK_MIN)
        yield start, until
        start = until


def clipped(minute: int, horizon: int | None) -> int:
    """The minute, or the horizon when that is earlier."""
    return minute if horizon is None else min(minute, horizon)


@dataclass
class Desk:
    """Bookings of one worker. `newest` is (start, lane) of the latest booking: with several lanes under a weekly cap,
    bookings have to be made in this order, since the cap is used in it.
    """

    problem: Problem
    worker: Worker
    hours: Hours = field(init=False)
    lanes: list[Lane] = field(init=False)
    used: dict[int, int] = field(default_factory=dict)
    tasks: int = 0
    planned: int = 0
    newest: tuple[int, int] = FIRST_EVENT

    def __post_init__(self) -> None:
        self.hours = Hours(self.worker, self.problem.horizon)
        self.lanes = [Lane() for _ in range(self.worker.lanes)]
        self.shares_cap = self.worker.lanes > 1 and self.worker.week_minutes is not None

    @property
    def is_full(self) -> bool:
        """No further task is allowed."""
        return self.worker.max_tasks is not None and self.tasks >= self.worker.max_tasks

    def work(self, earliest: int, minutes: int, *, also: Taken = NOTHING) -> Stint | None:
        """Work from `earliest` on under the weekly cap, with those in `also` worked too; None when it never ends."""
        cap, first, taken = self.worker.week_minutes, -1, dict[int, int]()
        for start, end in self.hours.since(earliest) if cap != 0 else ():
            week, room = start // WEEK_MIN, end - start
            if cap is not None:
                room = min(room, cap - self.used.get(week, 0) - also.get(week, 0) - taken.get(week, 0))
            if room <= 0:
                continue
            first = start if first < 0 else first
            step = min(room, minutes)
            taken[week] = taken.get(week, 0) + step
            minutes -= step
            if not minutes:
                return Stint(first, start + step, taken)
        return None

    def needs_setup(self, lane: Lane, task: Task) -> bool:
        """A set-up comes before this task and is not booked yet."""
        return self.problem.setup > 0 and lane.setup is None and self.switches(lane, task)

    def switches(self, lane: Lane, task: Task) -> bool:
        """The task's context differs from that of the lane's last task."""
        last = lane.last.context if lane.last is not None else None
        return last is not None and task.context is not None and last != task.context

    def start_work(self, lane: Lane, task: Task, *, earliest: int, also: Taken = NOTHING) -> Stint | None:
        """The task itself, as early as it can start (in its pinned minute if it has one); no set-up."""
        pinned = task.pin.start if task.pin is not None else None
        begin = max(lane.free, earliest) if lane.setup is None else max(lane.setup.end, earliest)
        if pinned is not None:
            if pinned < begin:
                return None
            begin = pinned
        stint = self.work(begin, minutes_needed(task, self.worker), also=also)
        return stint if stint is not None and pinned in (None, stint.start) else None

    def trial(self, number: int, task: Task, *, earliest: int) -> Fit | None:
        """The task at the end of a lane, not before `earliest`; None when it does not fit there."""
        lane, setup = self.lanes[number], None
        if self.is_full:
            return None
        if self.needs_setup(lane, task):
            setup = self.work(lane.free, self.problem.setup)
            if setup is None or self.is_too_late_for_setup(number):
                return None
            earliest = max(earliest, setup.end)
        earliest = max(earliest, self.in_turn(number))
        work = self.start_work(lane, task, earliest=earliest, also=setup.taken if setup is not None else NOTHING)
        return None if work is None else Fit(number, setup, work)

    def in_turn(self, number: int) -> int:
        """First minute in which a task in this lane may use a cap that lanes share: not before what is booked."""
        return self.newest[0] + (number < self.newest[1]) if self.shares_cap else 0

    def is_too_late_for_setup(self, number: int) -> bool:
        """A set-up cannot wait: its turn to use a shared cap came before something that is booked already."""
        first = next(self.hours.since(self.lanes[number].free), (0, 0))[0]
        return self.shares_cap and (first, number) < self.newest

    def book(self, task: Task, fit: Fit) -> None:
        """Book a task that `trial` has placed."""
        if fit.setup is not None:
            self.take(fit.setup)
        self.take(fit.work)
        lane = self.lanes[fit.lane]
        lane.free, lane.last, lane.setup = fit.work.end, task, None
        lane.tasks += 1
        self.tasks += 1
        self.planned += minutes_needed(task, self.worker)
        self.newest = max(self.newest, (fit.work.start, fit.lane))

    def take(self, stint: Stint) -> None:
        """Count minutes against the weekly cap."""
        for week, minutes in stint.taken.items():
            self.used[week] = self.used.get(week, 0) + minutes

    def give_back(self, stint: Stint) -> None:
        """The opposite of `take`."""
        for week, minutes in stint.taken.items():
            self.used[week] -= minutes
