"""Labour: points per unit of money that the work costs (set-ups are not paid here)."""

from __future__ import annotations

from fairlead.engine.objective.schedule import Schedule
from fairlead.engine.problem import Objective, Worker


def money(worker: Worker, minutes: int) -> float:
    """What these minutes of this worker cost."""
    return worker.rate * minutes / 60


def pair_points(worker: Worker, minutes: int, *, objective: Objective) -> float:
    """Points for one task of `minutes` done by this worker."""
    return objective.labour * money(worker, minutes)


def points(schedule: Schedule) -> float:
    """Sum over all placements."""
    objective = schedule.problem.objective
    return sum(pair_points(item.worker, item.minutes, objective=objective) for item in schedule.placed)
