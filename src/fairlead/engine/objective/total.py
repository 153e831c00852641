"""What a plan costs: every soft rule, one line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fairlead.engine.objective import (
    continuity,
    cost,
    fairness,
    fit,
    lateness,
    makespan,
    stability,
    unassigned,
)
from fairlead.engine.objective.schedule import Schedule, schedule_of
from fairlead.engine.plan import Assignment, Cost
from fairlead.engine.problem import Problem

RULES: dict[str, Callable[[Schedule], float]] = {
    "unassigned": unassigned.points,
    "lateness": lateness.points,
    "labour": cost.points,
    "misfit": fit.points,
    "switch": continuity.points,
    "fairness": fairness.points,
    "moved": stability.points,
    "makespan": makespan.points,
}


def cost_of(problem: Problem, assignments: Iterable[Assignment]) -> Cost:
    """Points of a plan by term. Start and finish of each assignment are taken as they are."""
    schedule = schedule_of(problem, assignments)
    return Cost(**{name: float(points(schedule)) for name, points in RULES.items()})
