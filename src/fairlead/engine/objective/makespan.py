"""Makespan: points per minute of the latest finish."""

from __future__ import annotations

from fairlead.engine.objective.schedule import Schedule


def points(schedule: Schedule) -> float:
    """Latest finish × points per minute; 0 for an empty plan."""
    return schedule.problem.objective.makespan * max((item.finish for item in schedule.placed), default=0)
