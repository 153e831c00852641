"""Lateness: points per hour after the due time, times the task's weight."""

from __future__ import annotations

from fairlead.engine.objective.schedule import Schedule
from fairlead.engine.problem import Objective, Task


def rate_per_minute(task: Task, objective: Objective) -> float:
    """Points for each minute this task is late."""
    return objective.lateness * task.weight / 60


def points(schedule: Schedule) -> float:
    """Sum over late tasks of minutes late × points per minute."""
    return sum(
        (item.finish - item.task.due) * rate_per_minute(item.task, schedule.problem.objective)
        for item in schedule.placed
        if item.task.due is not None and item.finish > item.task.due
    )
