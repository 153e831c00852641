"""How far a finished plan is from the best possible one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairlead.engine.arrays import Model
from fairlead.engine.objective.total import cost_of
from fairlead.engine.plan import Plan
from fairlead.engine.problem import Problem
from fairlead.engine.search.bound.prove import proven_bound


@dataclass(frozen=True, slots=True)
class Proof:
    """No plan costs less than `points`, as proven by `how`; the plan costs at most the share `gap` more.

    What the plan leaves out is priced far above everything else, so that a share of the whole would say nothing: the
    gap is a share of the bound without that price, which is never less than the share of the best plan's points. It is
    None where the bound proves nothing beyond that price.
    """

    points: float
    how: str
    gap: float | None


def prove(problem: Problem, plan: Plan, *, seconds: float) -> Proof:
    """What no plan undercuts, proven in roughly so many seconds, and how far above it the plan is at most."""
    model = Model(problem)
    cost = cost_of(problem, plan.assignments).total
    bound = proven_bound(model, best=cost, seconds=seconds)
    planned = {item.task for item in plan.assignments}
    out = np.array([task.id not in planned for task in problem.tasks], bool)
    least = bound.points - float(model.arrays["price"][out].sum())
    return Proof(bound.points, bound.how, max(0.0, cost - bound.points) / least if least > 0 else None)
