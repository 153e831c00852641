"""The question put to the engine: workers, tasks, objective. Frozen data; times are minutes since `start`.

Field names are the keys of the problem file. Everything is checked on construction, so an impossible
problem cannot exist: `Problem(...)` raises `ProblemErrors`, which lists every fault at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from fairlead.engine import validation
from fairlead.engine.validation import ProblemErrors

Item = TypeVar("Item")

WEEK_MIN = 7 * 24 * 60
"""Minutes in one week; weeks are counted from `Problem.start`."""

WORKER_KINDS = validation.WORKER_KINDS


@dataclass(frozen=True, slots=True)
class Pin:
    """A human decision the engine may not undo: this worker, and this start minute when one is given."""

    worker: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who does tasks: a person or an AI agent.

    `calendar` holds working intervals [from, to) in minutes, ordered and apart; None means always.
    `week_minutes` is the most work in one week, `max_tasks` the most tasks in the plan, `lanes` the tasks
    done at the same time, `rate` money per hour, `speed` how much effort is done per minute. `buffer` is kept free
    between two tasks of a lane, in minutes of the clock: a break or a night in between counts. `filled` is the share of
    her time that was filled lately, which fairness adds to what is planned.
    """

    id: str
    kind: str = "employee"
    skills: Mapping[str, int] = field(default_factory=dict)
    calendar: tuple[tuple[int, int], ...] | None = None
    week_minutes: int | None = None
    max_tasks: int | None = None
    lanes: int = 1
    rate: float = 0.0
    speed: float = 1.0
    buffer: int = 0
    filled: float = 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work of `effort` minutes at speed 1. `due` is soft; every other rule is hard.

    `minutes` and `misfit` are predictions by worker that replace effort / speed and the default misfit.
    """

    id: str
    effort: int
    needs: Mapping[str, int] = field(default_factory=dict)
    release: int = 0
    due: int | None = None
    weight: float = 1.0
    after: tuple[str, ...] = ()
    context: str | None = None
    only: tuple[str, ...] | None = None
    never: tuple[str, ...] = ()
    pin: Pin | None = None
    now: str | None = None
    minutes: Mapping[str, int] = field(default_factory=dict)
    misfit: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Objective:
    """What a plan costs, in points; lower is better. See objective/ for one file per term."""

    unassigned: tuple[float, float] = (100.0, 200.0)
    lateness: float = 1.0
    labour: float = 0.1
    misfit: float = 1.0
    switch: float = 2.0
    fairness: float = 100.0
    moved: float = 8.0
    makespan: float = 0.0


@dataclass(frozen=True)
class Problem:
    """One complete question. `start` is only for display; `horizon` is the last minute of the plan."""

    start: datetime
    workers: tuple[Worker, ...]
    tasks: tuple[Task, ...]
    horizon: int | None = None
    objective: Objective = field(default_factory=Objective)
    setup: int = 0

    def __post_init__(self) -> None:
        errors = validation.find_errors(self)
        if errors:
            raise ProblemErrors(errors)

    @classmethod
    def of_checked(cls, **values: Any) -> Problem:
        """A problem of values in which `validation` found no fault already, as columns: not checked a second time."""
        made = object.__new__(cls)
        for name, value in values.items():
            object.__setattr__(made, name, value)
        return made

    @cached_property
    def worker_index(self) -> dict[str, int]:
        """Position of each worker id in `workers`."""
        return {worker.id: position for position, worker in enumerate(self.workers)}

    @cached_property
    def task_index(self) -> dict[str, int]:
        """Position of each task id in `tasks`."""
        return {task.id: position for position, task in enumerate(self.tasks)}

    def worker(self, worker_id: str) -> Worker:
        """The worker with this id; KeyError when there is none."""
        return self.workers[self.worker_index[worker_id]]

    def task(self, task_id: str) -> Task:
        """The task with this id; KeyError when there is none."""
        return self.tasks[self.task_index[task_id]]

    def with_task(self, task: Task) -> Problem:
        """The same problem with this task in place of the one with its id; only the task is checked again."""
        validation.check_one("task", task, fields=validation.TASK_FIELDS)
        return self._with("tasks", replaced(self.tasks, self.task_index.get(task.id), task))

    def with_worker(self, worker: Worker) -> Problem:
        """The same problem with this worker in place of the one with her id; only the worker is checked again."""
        validation.check_one("worker", worker, fields=validation.WORKER_FIELDS)
        return self._with("workers", replaced(self.workers, self.worker_index.get(worker.id), worker))

    def without_tasks(self) -> Problem:
        """The same workers and nothing to do."""
        changed = self._with("tasks", ())
        changed.__dict__.pop("task_index", None)
        return changed

    def _with(self, name: str, value: object) -> Problem:
        """A copy with one field changed that skips the check of everything else: what-ifs make many copies."""
        changed = copy(self)
        object.__setattr__(changed, name, value)
        return changed


def replaced(items: tuple[Item, ...], position: int | None, item: Item) -> tuple[Item, ...]:
    """The items with another one at this position; as they are without a position."""
    return items if position is None else (*items[:position], item, *items[position + 1 :])
