"""Problems of plain assignment get their best plan; all others are left to the search."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from engine.optimum import optimum
from engine.small import FREE, problem
from fairlead.engine import Problem, Task, Worker, check, solve
from fairlead.engine.arrays import Model
from fairlead.engine.search.exact import is_pure

ONLY_MISFIT = replace(FREE, unassigned=(50.0, 0.0), misfit=1.0)


def assignment(seed: int, *, most: int | None) -> Problem:
    """Three workers with room for some of four tasks, at random points and minutes."""
    rng = Random(seed)
    names = ("dana", "bob", "eve")
    workers = [Worker(name, calendar=((0, rng.randint(5, 20)),), max_tasks=most) for name in names]
    tasks = [
        Task(
            f"t{number}",
            5,
            minutes={name: rng.randint(1, 12) for name in names},
            misfit={name: float(rng.randint(0, 60)) for name in names},
        )
        for number in range(4)
    ]
    return problem(workers, tasks, objective=ONLY_MISFIT, horizon=20)


@pytest.mark.parametrize("most", [None, 1, 2])
def test_the_exact_plan_is_the_best_and_says_so(most: int | None) -> None:
    for seed in range(8):
        of = assignment(seed, most=most)
        plan = solve(of, prove=60.0)
        assert check(of, plan).violations == ()
        assert plan.cost is not None
        assert plan.cost.total == optimum(of)
        assert (plan.bound, plan.bound_by) == (plan.cost.total, "optimal")


def test_where_time_or_order_matters_the_problem_is_not_pure() -> None:
    of = assignment(1, most=None)
    first, *rest = of.tasks
    assert is_pure(Model(of))
    late = replace(of, objective=replace(of.objective, lateness=1.0))
    assert is_pure(Model(late)), "nothing is due"
    for other in (
        replace(late, tasks=(replace(first, due=3), *rest)),
        replace(of, tasks=(replace(first, release=2), *rest)),
        replace(of, tasks=(first, replace(rest[0], after=(first.id,)), *rest[1:])),
        replace(of, workers=(replace(of.workers[0], lanes=2), *of.workers[1:])),
        replace(of, objective=replace(of.objective, makespan=1.0)),
        replace(of, objective=replace(of.objective, fairness=1.0)),
    ):
        assert not is_pure(Model(other))
