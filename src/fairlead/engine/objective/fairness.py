"""Fairness: the sum over workers of (filled + planned / available minutes)² − filled². Loading one person is dearer
than sharing, and loading whoever had much to do lately is dearer still.

Without a horizon nobody's available time is finite, so the term is 0.
"""

from __future__ import annotations

from fairlead.engine.clock import available_minutes
from fairlead.engine.objective.schedule import Schedule


def worker_points(planned_min: int, available_min: int, *, weight: float, filled: float = 0.0) -> float:
    """Points for one worker."""
    share = planned_min / available_min
    return weight * share * (share + 2.0 * filled)


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
            filled=problem.worker(worker_id).filled,
        )
        for worker_id, minutes in planned.items()
    )
