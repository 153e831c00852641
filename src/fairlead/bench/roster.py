"""All desks together: what a task costs at the end of a lane, and booking it there. Points as in the objective."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from fairlead.bench.able import Able
from fairlead.bench.desk import Desk, Fit
from fairlead.engine import WEEK_MIN, Assignment, Plan, Problem, Task, Unassigned, Worker, minutes_needed


@dataclass(frozen=True, slots=True)
class Choice:
    """A place for a task: worker (position), where in the lane, and the points it adds to the plan."""

    worker: int
    fit: Fit
    points: float


class Roster:
    """Bookings of all workers, and when each booked task finishes (minutes since the problem's start)."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.able = Able(problem)
        self.desks = [Desk(problem, worker) for worker in problem.workers]
        self.finish: dict[str, int] = {}
        self.rows: list[Assignment] = []
        self.latest = 0
        self.available = lru_cache(maxsize=None)(self._available)

    def earliest(self, task: Task) -> int | None:
        """Release, or the last finish of those it waits for; None when one of them is not booked."""
        if any(name not in self.finish for name in task.after):
            return None
        return max([task.release, *(self.finish[name] for name in task.after)])

    def book(self, task: Task, worker: int, fit: Fit) -> None:
        """Book a place that a trial has found."""
        desk = self.desks[worker]
        desk.book(task, fit)
        self.finish[task.id] = fit.work.end
        self.latest = max(self.latest, fit.work.end)
        self.rows.append(Assignment(task.id, desk.worker.id, fit.lane, fit.work.start, fit.work.end))

    def price(self, task: Task) -> float:
        """Points for leaving the task out."""
        base, per_weight = self.problem.objective.unassigned
        return base + per_weight * task.weight

    def cheapest(self, task: Task) -> Choice | None:
        """The place that adds the fewest points, if that is less than leaving the task out."""
        earliest = self.earliest(task)
        if earliest is None:
            return None
        best, limit = None, self.price(task)
        for fixed, worker in sorted((self.fixed_points(task, worker), worker) for worker in self.able.workers(task)):
            if fixed >= limit:
                break  # all other terms are at least 0
            for choice in self.choices(task, worker, earliest=earliest):
                if choice.points < limit:
                    best, limit = choice, choice.points
        return best

    def soonest(self, task: Task) -> Choice | None:
        """The place with the earliest finish among those that cost less than leaving the task out."""
        earliest = self.earliest(task)
        if earliest is None:
            return None
        best, price = None, self.price(task)
        for worker in self.able.workers(task):
            needed, desk = minutes_needed(task, self.problem.workers[worker]), self.desks[worker]
            at_least = max(earliest, min(lane.free for lane in desk.lanes)) + needed
            if best is not None and at_least >= best.fit.work.end:
                continue
            for choice in self.choices(task, worker, earliest=earliest):
                if choice.points < price and (best is None or choice.fit.work.end < best.fit.work.end):
                    best = choice
        return best

    def choices(self, task: Task, worker: int, *, earliest: int) -> Iterator[Choice]:
        """The task at the end of each lane of the worker; empty lanes are all alike."""
        tried_empty = False
        for lane in range(len(self.desks[worker].lanes)):
            is_empty = self.desks[worker].lanes[lane].last is None
            if is_empty and tried_empty:
                continue
            tried_empty = tried_empty or is_empty
            fit = self.desks[worker].trial(lane, task, earliest=earliest)
            if fit is not None:
                yield Choice(worker, fit, self.points(task, worker, fit=fit))

    def points(self, task: Task, worker: int, *, fit: Fit) -> float:
        """Points that the plan gains by this booking."""
        objective, desk = self.problem.objective, self.desks[worker]
        found = self.fixed_points(task, worker) + objective.makespan * max(0, fit.work.end - self.latest)
        if task.due is not None and fit.work.end > task.due:
            found += objective.lateness * task.weight * (fit.work.end - task.due) / 60
        if desk.switches(desk.lanes[fit.lane], task):
            found += objective.switch
        if self.problem.horizon is not None and objective.fairness:
            after = desk.planned + minutes_needed(task, desk.worker)
            found += objective.fairness * (after**2 - desk.planned**2) / self.available(worker) ** 2
        return found

    def fixed_points(self, task: Task, worker: int) -> float:
        """Points that do not depend on when and after what the task is done."""
        return fixed_points(self.problem, task, self.problem.workers[worker])

    def _available(self, worker: int) -> int:
        return available_minutes(self.desks[worker])

    def plan(self) -> Plan:
        """What is booked, as a plan; every other task is left out."""
        index = self.problem.task_index
        rest = (task.id for task in self.problem.tasks if task.id not in self.finish)
        rows = sorted(self.rows, key=lambda row: index[row.task])
        return Plan(tuple(rows), tuple(Unassigned(name, "no place was found for it") for name in rest))


def fixed_points(problem: Problem, task: Task, worker: Worker) -> float:
    """Labour, misfit and moved, in points."""
    objective = problem.objective
    labour = objective.labour * worker.rate * minutes_needed(task, worker) / 60
    moved = objective.moved if task.now is not None and task.now != worker.id else 0.0
    return labour + moved + objective.misfit * misfit(task, worker)


def misfit(task: Task, worker: Worker) -> float:
    """Predicted misfit, else the mean number of levels above the needed ones."""
    predicted = task.misfit.get(worker.id)
    if predicted is not None:
        return predicted
    if not task.needs:
        return 0.0
    return sum(worker.skills.get(name, 0) - level for name, level in task.needs.items()) / len(task.needs)


def available_minutes(desk: Desk) -> int:
    """Minutes the worker can work within the horizon: in each week the calendar's or the cap, whichever is less."""
    by_week: dict[int, int] = {}
    for start, end in desk.hours.since(0):
        by_week[start // WEEK_MIN] = by_week.get(start // WEEK_MIN, 0) + end - start
    cap = desk.worker.week_minutes
    return max(1, sum(minutes if cap is None else min(minutes, cap) for minutes in by_week.values()))


def append_all(roster: Roster, tasks: list[Task], *, choose: Callable[[Roster, Task], Choice | None]) -> None:
    """Book each task where `choose` says, in the given order; those without a place stay out."""
    for task in tasks:
        if task.id not in roster.finish and (choice := choose(roster, task)) is not None:
            roster.book(task, choice.worker, choice.fit)


def sequences(roster: Roster) -> dict[str, list[list[str]]]:
    """The order of tasks in each lane, by worker id."""
    found: dict[str, list[list[str]]] = {desk.worker.id: [[] for _ in desk.lanes] for desk in roster.desks}
    for row in roster.rows:
        found[row.worker][row.lane].append(row.task)
    return found
