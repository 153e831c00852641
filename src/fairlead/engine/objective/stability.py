"""Moved: points for each task that somebody holds now and that goes to somebody else."""

from __future__ import annotations

from fairlead.engine.objective.schedule import Schedule
from fairlead.engine.problem import Objective, Task, Worker


def pair_points(task: Task, worker: Worker, *, objective: Objective) -> float:
    """Points for taking this task away from who holds it; 0 for the holder and for a task nobody holds."""
    return objective.moved if task.now is not None and task.now != worker.id else 0.0


def points(schedule: Schedule) -> float:
    """Sum over all placements."""
    objective = schedule.problem.objective
    return sum(pair_points(item.task, item.worker, objective=objective) for item in schedule.placed)
