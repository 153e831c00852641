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

    The price of tasks that nobody can do is in every plan, and therefore left out of the gap. It is None where nothing
    else can cost anything: no share of nothing.
    """

    points: float
    how: str
    gap: float | None


def prove(problem: Problem, plan: Plan, *, seconds: float) -> Proof:
    """What no plan undercuts, proven in roughly so many seconds, and how far above it the plan is at most."""
    model = Model(problem)
    cost = cost_of(problem, plan.assignments).total
    bound = proven_bound(model, best=cost, seconds=seconds)
    hopeless = float(model.arrays["price"][np.diff(model.arrays["pair_ptr"]) == 0].sum())
    least = bound.points - hopeless
    return Proof(bound.points, bound.how, (cost - hopeless) / least - 1 if least > 0 else None)
