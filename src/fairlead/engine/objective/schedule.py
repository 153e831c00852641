"""What the soft rules read: a plan's placements joined with the problem."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from fairlead.engine.effort import minutes_needed
from fairlead.engine.plan import Assignment
from fairlead.engine.problem import Problem, Task, Worker


@dataclass(frozen=True, slots=True)
class Placed:
    """One assignment with its task and worker; `minutes` of work, without set-up."""

    task: Task
    worker: Worker
    lane: int
    start: int
    finish: int
    minutes: int


@dataclass(frozen=True)
class Schedule:
    """All placements of a plan."""

    problem: Problem
    placed: tuple[Placed, ...]

    @cached_property
    def left_out(self) -> tuple[Task, ...]:
        """Tasks without a worker, in the problem's order."""
        done = {item.task.id for item in self.placed}
        return tuple(task for task in self.problem.tasks if task.id not in done)

    @cached_property
    def lanes(self) -> tuple[tuple[Placed, ...], ...]:
        """The placements of each lane in order of start."""
        rows: dict[tuple[str, int], list[Placed]] = {}
        for item in self.placed:
            rows.setdefault((item.worker.id, item.lane), []).append(item)
        return tuple(tuple(sorted(row, key=lambda item: item.start)) for row in rows.values())


def schedule_of(problem: Problem, assignments: Iterable[Assignment]) -> Schedule:
    """Join assignments with their tasks and workers."""
    placed = []
    for item in assignments:
        task, worker = problem.task(item.task), problem.worker(item.worker)
        placed.append(Placed(task, worker, item.lane, item.start, item.finish, minutes_needed(task, worker)))
    return Schedule(problem, tuple(placed))
