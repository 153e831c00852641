"""Fairness: the sum over workers of (planned / available minutes)². Loading one person is dearer than sharing.

Without a horizon nobody's available time is finite, so the term is 0.
"""

from __future__ import annotations

from fairlead.engine.clock import available_minutes
from fairlead.engine.objective.schedule import Schedule


def worker_points(planned_min: int, available_min: int, *, weight: float) -> float:
    """Points for one worker."""
    return weight * (planned_min / available_min) ** 2


def points(schedule: Schedule) -> float:
    """Sum over the workers who have something to do."""
    problem = schedule.problem
    if problem.horizon is None or not problem.objective.fairness:
        return 0.0
    planned: dict[str, int] = {}
    for item in schedule.placed:
        planned[item.worker.id] = planned.get(item.worker.id, 0) + item.minutes
    return sum(
        worker_points(
            minutes,
            available_minutes(problem.worker(worker_id), problem.horizon),
            weight=problem.objective.fairness,
        )
        for worker_id, minutes in planned.items()
    )
