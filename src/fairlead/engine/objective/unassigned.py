"""Tasks left out: a price for each, and more for the important ones."""

from __future__ import annotations

from fairlead.engine.objective.schedule import Schedule
from fairlead.engine.problem import Objective, Task


def price(task: Task, objective: Objective) -> float:
    """Points for leaving this task out: base + per weight × weight."""
    base, per_weight = objective.unassigned
    return base + per_weight * task.weight


def points(schedule: Schedule) -> float:
    """Sum of the prices of all tasks left out."""
    return sum(price(task, schedule.problem.objective) for task in schedule.left_out)
