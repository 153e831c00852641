"""The problem as integers: tasks and workers by position, times in each worker's own work minutes.

Pairs (task on worker) are computed when first asked for, since most pairs are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from fairlead.engine.clock import FAR_MIN, Clock, available_minutes
from fairlead.engine.effort import minutes_needed
from fairlead.engine.match.eligibility import Case, is_eligible
from fairlead.engine.objective import cost, fairness, fit, lateness, stability, unassigned
from fairlead.engine.problem import Problem, Task, Worker

NO_CONTEXT = -1
NO_PIN = -1
WAITS = -1
"""Mark of a task that has predecessors: its release is not fixed but read from the state."""


class Pair(NamedTuple):
    """One task on one worker. All in work minutes of the worker, except `points`."""

    minutes: int
    ready: int
    due: int
    pin: int
    points: float


class PairTable(dict[int, Pair]):
    """Pairs of one worker by task position, filled on demand."""

    def __init__(self, model: Model, worker: int) -> None:
        super().__init__()
        self.model = model
        self.worker = worker

    def __missing__(self, task: int) -> Pair:
        pair = self[task] = self.model.make_pair(task, self.worker)
        return pair


class Model:
    """Everything the search needs to know, indexed by position of the task or worker."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        objective = problem.objective
        tasks, workers = problem.tasks, problem.workers
        self.clocks = [Clock(worker, problem.horizon) for worker in workers]
        self.shared_cap = [
            clock.cap is not None and worker.lanes > 1 for clock, worker in zip(self.clocks, workers, strict=True)
        ]
        self.most_tasks = [FAR_MIN if worker.max_tasks is None else worker.max_tasks for worker in workers]
        contexts: dict[str, int] = {}
        self.context = [
            NO_CONTEXT if task.context is None else contexts.setdefault(task.context, len(contexts)) for task in tasks
        ]
        self.switch_points, self.setup = objective.switch, problem.setup
        self.context_gain = bool(contexts) and (objective.switch > 0 or problem.setup > 0)
        self.due = [FAR_MIN if task.due is None else task.due for task in tasks]
        self.late = [lateness.rate_per_minute(task, objective) for task in tasks]
        self.price = [unassigned.price(task, objective) for task in tasks]
        self.before = [tuple(problem.task_index[name] for name in task.after) for task in tasks]
        self.following: list[list[int]] = [[] for _ in tasks]
        for task, before in enumerate(self.before):
            for earlier in before:
                self.following[earlier].append(task)
        self.has_chains = any(self.before)
        self.makespan = objective.makespan
        self.fairness = objective.fairness if problem.horizon is not None else 0.0
        self.pairs = [PairTable(self, worker) for worker in range(len(workers))]
        self._available: dict[int, int] = {}
        self._eligible: dict[int, tuple[int, ...]] = {}

    @contextmanager
    def trying(self, task: Task, *, worker: Worker | None = None) -> Iterator[None]:
        """What if the task (which must have no place now), and one worker, were different? Undone at the end.

        The worker may differ in everything that leaves her other tasks where they are: skills, rate, max_tasks.
        """
        position = self.problem.task_index[task.id]
        somebody = None if worker is None else self.problem.worker_index[worker.id]
        old_problem, old_most = self.problem, list(self.most_tasks)
        old = [store[position] for store in self._by_task()]
        self.problem = (
            self.problem.with_task(task) if worker is None else self.problem.with_task(task).with_worker(worker)
        )
        if worker is not None and somebody is not None:
            self.most_tasks[somebody] = FAR_MIN if worker.max_tasks is None else worker.max_tasks
        objective = self.problem.objective
        self.due[position] = FAR_MIN if task.due is None else task.due
        self.late[position] = lateness.rate_per_minute(task, objective)
        self.price[position] = unassigned.price(task, objective)
        self.before[position] = tuple(self.problem.task_index[name] for name in task.after)
        self._forget(position)
        try:
            yield
        finally:
            self.problem, self.most_tasks[:] = old_problem, old_most
            for store, value in zip(self._by_task(), old, strict=True):
                store[position] = value
            self._forget(position)

    def _by_task(self) -> tuple[list[Any], ...]:
        return self.due, self.late, self.price, self.before

    def _forget(self, task: int) -> None:
        """Drop what was computed for this task."""
        self._eligible.pop(task, None)
        for table in self.pairs:
            table.pop(task, None)

    def make_pair(self, task: int, worker: int) -> Pair:
        """Compute one pair; the static points are labour, misfit and moved."""
        item, somebody, clock = self.problem.tasks[task], self.problem.workers[worker], self.clocks[worker]
        minutes, objective = minutes_needed(item, somebody), self.problem.objective
        pin = NO_PIN
        if item.pin is not None and item.pin.start is not None:
            pin = clock.to_u(item.pin.start) if clock.works_at(item.pin.start) else FAR_MIN
        points = (
            cost.pair_points(somebody, minutes, objective=objective)
            + fit.pair_points(item, somebody, objective=objective)
            + stability.pair_points(item, somebody, objective=objective)
        )
        ready = WAITS if self.before[task] else clock.to_u(item.release)
        due = FAR_MIN if item.due is None else clock.to_u(item.due)
        return Pair(minutes, ready, due, pin, points)

    def case(self, task: int, worker: int) -> Case:
        """The pair as the hard rules see it."""
        return Case(self.problem, self.problem.tasks[task], self.problem.workers[worker], self.clocks[worker])

    def eligible(self, task: int) -> tuple[int, ...]:
        """Workers whom no hard rule keeps from this task, on an empty calendar."""
        found = self._eligible.get(task)
        if found is None:
            everybody = range(len(self.problem.workers))
            found = self._eligible[task] = tuple(w for w in everybody if is_eligible(self.case(task, w)))
        return found

    def available(self, worker: int) -> int:
        """Minutes this worker can work within the horizon (see clock.available_minutes)."""
        minutes = self._available.get(worker)
        if minutes is None:
            somebody, horizon = self.problem.workers[worker], self.problem.horizon or 0
            minutes = available_minutes(somebody, horizon, clock=self.clocks[worker])
            self._available[worker] = minutes
        return minutes

    def fairness_points(self, worker: int, planned_min: int) -> float:
        """Points of one worker's load."""
        if not self.fairness:
            return 0.0
        return fairness.worker_points(planned_min, self.available(worker), weight=self.fairness)
