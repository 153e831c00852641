"""A problem as arrays, for peers that take numbers: every eligible pair of task and seat.

A seat is one lane of one worker: peers know only workers who do one task at a time, so a worker with three lanes is
three seats, each with a third of the weekly cap and of the most tasks. Times come in two clocks: minutes since the
problem's start, and *work minutes* of a seat, in which the gaps of the calendar vanish.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fairlead.bench.able import Able
from fairlead.bench.order import in_order
from fairlead.bench.roster import fixed_points
from fairlead.engine import WEEK_MIN, Problem, Worker, minutes_needed

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

NO_LIMIT = 1_000_000
"""Most tasks of a seat without a limit."""


class Seat:
    """One lane of one worker.

    `starts` and `ends` are the working intervals, `before` the work minutes before each of them, `week_ends` those
    before the end of each week, `total` all of them. `cap` is the most work in a week, `available` what can be worked.
    """

    def __init__(self, worker: Worker, lane: int, *, position: int, span: int) -> None:
        self.position, self.lane = position, lane
        whole = ((0, span),) if worker.calendar is None else worker.calendar
        pieces = np.array([(start, min(end, span)) for start, end in whole if start < span], np.int64).reshape(-1, 2)
        self.starts, self.ends = pieces[:, 0], pieces[:, 1]
        lengths = self.ends - self.starts
        self.before, self.total = np.cumsum(lengths) - lengths, int(lengths.sum())
        self.cap = WEEK_MIN if worker.week_minutes is None else -(-worker.week_minutes // worker.lanes)
        self.most_tasks = NO_LIMIT if worker.max_tasks is None else -(-worker.max_tasks // worker.lanes)
        self.week_ends = self.to_work(np.arange(1, -(-span // WEEK_MIN) + 1) * WEEK_MIN)
        self.available = max(1, int(np.minimum(np.diff(self.week_ends, prepend=0), self.cap).sum()))

    def to_work(self, minutes: Integers) -> Integers:
        """Work minutes before each of these minutes."""
        if not len(self.starts):
            return np.zeros_like(minutes)
        place = np.searchsorted(self.starts, minutes, side="right") - 1
        inside = np.minimum(minutes, self.ends[place]) - self.starts[place]
        return np.where(place < 0, 0, self.before[place] + inside)


@dataclass(frozen=True)
class Pairs:
    """Eligible pairs, sorted by task; those of task i are `first[i]:first[i + 1]`. `points` do not depend on time."""

    first: Integers
    seat: Integers
    minutes: Integers
    points: Numbers

    def of(self, task: int) -> slice:
        """The pairs of one task."""
        return slice(int(self.first[task]), int(self.first[task + 1]))


class Table:
    """All columns of one problem. Tasks and seats by number; `context` is -1 for none, `due` is `span` for none."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.span = span_of(problem)
        self.seats = [
            Seat(worker, lane, position=position, span=self.span)
            for position, worker in enumerate(problem.workers)
            for lane in range(worker.lanes)
        ]
        names = {
            name: i for i, name in enumerate(dict.fromkeys(task.context for task in problem.tasks if task.context))
        }
        self.context = np.array([names.get(task.context or "", -1) for task in problem.tasks], np.int64)
        self.due = np.array([self.span if task.due is None else task.due for task in problem.tasks], np.int64)
        base, per_weight = problem.objective.unassigned
        self.price = np.array([base + per_weight * task.weight for task in problem.tasks])
        self.late_per_min = np.array([problem.objective.lateness * task.weight / 60 for task in problem.tasks])

    @cached_property
    def pairs(self) -> Pairs:
        """Every task with every seat that may do it."""
        workers, able = self.problem.workers, Able(self.problem)
        seats: list[list[int]] = [[] for _ in workers]
        for number, seat in enumerate(self.seats):
            seats[seat.position].append(number)
        first, chairs, minutes, points = [0], array("q"), array("q"), array("d")
        for task in self.problem.tasks:
            for worker in able.workers(task):
                chairs.extend(seats[worker])
                minutes.extend([minutes_needed(task, workers[worker])] * len(seats[worker]))
                points.extend([fixed_points(self.problem, task, workers[worker])] * len(seats[worker]))
            first.append(len(chairs))
        return Pairs(np.array(first), np.array(chairs), np.array(minutes), np.array(points))

    @cached_property
    def task_of_pair(self) -> Integers:
        """The task of each pair."""
        return np.repeat(np.arange(len(self.problem.tasks)), np.diff(self.pairs.first))

    @cached_property
    def release(self) -> Integers:
        """Earliest start of each task: its release, or that of those it waits for plus their shortest minutes."""
        found: dict[str, int] = {}
        for task in in_order(self.problem, lambda task: task.release):
            ready = [found[name] + self.shortest(self.problem.task_index[name]) for name in task.after]
            found[task.id] = max([task.release, *ready])
        return np.array([found[task.id] for task in self.problem.tasks], np.int64)

    def shortest(self, task: int) -> int:
        """Minutes that the fastest eligible worker needs; 0 when there is none."""
        minutes = self.pairs.minutes[self.pairs.of(task)]
        return int(minutes.min()) if len(minutes) else 0

    def work_minutes(self, of_task: Integers) -> Integers:
        """A minute of each task (such as its due date) in the work minutes of each pair's seat."""
        found = np.zeros(len(self.pairs.seat), np.int64)
        order = np.argsort(self.pairs.seat, kind="stable")
        edges = np.searchsorted(self.pairs.seat[order], np.arange(len(self.seats) + 1))
        for number, seat in enumerate(self.seats):
            rows = order[edges[number] : edges[number + 1]]
            found[rows] = seat.to_work(of_task[self.task_of_pair[rows]])
        return found

    def differ(self) -> NDArray[np.bool_]:
        """For each two tasks (row before column): their contexts differ. As many bytes as tasks squared."""
        known = self.context >= 0
        found: NDArray[np.bool_] = self.context[:, None] != self.context[None, :]
        return found & known[:, None] & known[None, :]

    def orders(self, by_seat: Sequence[Sequence[int]]) -> dict[str, list[list[str]]]:
        """Task numbers in order for each seat, as orders by worker and lane."""
        found: dict[str, list[list[str]]] = {worker.id: [] for worker in self.problem.workers}
        for seat, tasks in zip(self.seats, by_seat, strict=True):
            found[self.problem.workers[seat.position].id].append([self.problem.tasks[task].id for task in tasks])
        return found


def span_of(problem: Problem) -> int:
    """The horizon; without one, a minute by which everything could be over, one task after the other."""
    if problem.horizon is not None:
        return max(1, problem.horizon)
    slowest = min((worker.speed for worker in problem.workers), default=1.0)
    longest = sum(max([int(task.effort / slowest) + 1, *task.minutes.values()]) for task in problem.tasks)
    named = [max(task.release, task.due or 0) for task in problem.tasks]
    ends = [worker.calendar[-1][1] for worker in problem.workers if worker.calendar]
    return 1 + max([0, *named, *ends]) + longest + problem.setup * len(problem.tasks)
