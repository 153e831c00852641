"""No plan is cheaper than the bound says: beside the best plan of tiny problems, and beside found plans of others."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from random import Random

import pytest

from engine.optimum import optimum
from engine.small import FREE, TWO_DAYS, TWO_WEEKS, problem
from fairlead.engine import Iterations, Objective, Pin, Problem, Task, Worker, solve
from fairlead.engine.arrays import Model
from fairlead.engine.fuzzing import odd_problem
from fairlead.engine.search.bound import Bound, proven_bound
from fairlead.engine.testing import Shape, random_problem

SECONDS = 2.0
"""For one bound of a random problem. A bound that is cut off by time is true as well."""

PATIENCE = 60.0
"""Seconds for a worked example, which is done in a moment: only a busy machine needs more."""

ROUNDING = 1e-6
"""Share of the points by which sums in floating point may differ."""

DEAR = Objective(unassigned=(1000.0, 0.0), lateness=0.0, labour=0.0, misfit=0.0, switch=0.0, fairness=0.0, moved=0.0)
"""Only leaving a task out costs, 1,000 points; examples switch one more thing on."""


def bound_of(of: Problem, best: float = math.inf, *, seconds: float = SECONDS) -> Bound:
    return proven_bound(Model(of), best=best, seconds=seconds)


def found(of: Problem, iterations: int = 2000) -> float:
    """Points of a plan that the search finds."""
    plan = solve(of, stop=Iterations(iterations), seed=1)
    assert plan.cost is not None
    return plan.cost.total


def assert_below(bound: Bound, cost: float, what: object) -> None:
    assert bound.points <= cost + ROUNDING * (1.0 + abs(cost)), f"{what}: no plan below {bound}, but one of {cost}"


# -- true ------------------------------------------------------------------------------------------------------


def tiny_problem(seed: int) -> Problem:
    """One or two workers with one lane, up to four tasks; chains, caps, pins, set-ups and any weights."""
    rng = Random(seed)
    shape = Shape(
        workers=rng.randint(1, 2),
        tasks=rng.randint(2, 4),
        weeks=rng.randint(1, 2),
        longest_effort=rng.choice((200, 900, 2000)),
        chains=0.4,
        caps=0.6,
        lanes=0.0,
    )
    of = random_problem(seed, shape)
    weights = replace(
        of.objective,
        unassigned=rng.choice(((100.0, 200.0), (20.0, 10.0), (1000.0, 0.0))),
        lateness=rng.choice((0.0, 1.0, 5.0)),
        switch=rng.choice((0.0, 2.0, 20.0)),
        fairness=rng.choice((0.0, 100.0, 1000.0)),
        makespan=rng.choice((0.0, 0.01, 0.2)),
    )
    return replace(of, objective=weights)


def test_the_bound_is_never_above_the_best_plan_and_mostly_reaches_it() -> None:
    reached = 0
    for seed in range(50):
        of = tiny_problem(seed)
        best = optimum(of)
        for known in (math.inf, best, 1.02 * best + 1.0):
            bound = bound_of(of, known)
            assert_below(bound, best, (seed, known))
        reached += bound_of(of, best).how == "optimal"
    assert reached >= 25


def test_with_lanes_and_every_rule_no_found_plan_is_below_the_bound() -> None:
    for seed in range(12):
        of = random_problem(seed, Shape(workers=1 + seed % 6, tasks=4 + seed, lanes=0.6))
        cost = found(of)
        for known in (math.inf, cost, 1.02 * cost + 1.0):
            assert_below(bound_of(of, known), cost, (seed, known))


def test_nor_for_odd_problems() -> None:
    for seed in range(24):
        of = odd_problem(seed)
        cost = found(of)
        assert_below(bound_of(of, cost), cost, seed)


def test_a_bound_is_no_lower_than_each_task_alone() -> None:
    for seed in range(10):
        of = random_problem(seed)
        alone = solve(of).bound
        assert alone is not None
        assert bound_of(of, found(of)).points >= alone - ROUNDING * (1.0 + alone)


# -- worked examples: the bound is the cost of the best plan ---------------------------------------------------


def half_days(count: int, **more: object) -> list[Task]:
    """Tasks of four hours."""
    return [Task(f"t{number}", 240, **more) for number in range(count)]  # type: ignore[arg-type]


DANA = Worker("dana", calendar=TWO_DAYS[:1])
"""One day of eight hours."""

EXAMPLES = {
    "two of three half days fit into a day": (problem([DANA], half_days(3), objective=DEAR), 1000.0),
    "two lanes take four of five": (problem([replace(DANA, lanes=2)], half_days(5), objective=DEAR), 1000.0),
    "a weekly cap of 479 minutes leaves room for one a week": (
        problem([Worker("dana", calendar=TWO_WEEKS, week_minutes=479)], half_days(4), objective=DEAR),
        1000.0,
    ),
    "a worker of one task takes one of three": (
        problem([replace(DANA, max_tasks=1)], [Task(f"t{n}", 10) for n in range(3)], objective=DEAR),
        2000.0,
    ),
    "two tasks pinned to the same minute": (
        problem([DANA], half_days(2, pin=Pin("dana", 600)), objective=DEAR),
        1000.0,
    ),
    "the set-up of 15 minutes leaves no room for a second project": (
        problem([DANA], [Task("a", 240, context="web"), Task("b", 240, context="shop")], objective=DEAR, setup=15),
        1000.0,
    ),
    "three projects of one worker are two switches of 2 points": (
        problem(
            [DANA],
            [Task(name, 60, context=name) for name in ("web", "shop", "data")],
            objective=replace(DEAR, switch=2.0),
        ),
        4.0,
    ),
    "what waits for a task that nobody can do is left out too": (
        problem([DANA], [Task("a", 60, only=()), Task("b", 60, after=("a",))], objective=DEAR),
        2000.0,
    ),
    "the second of a chain is an hour late": (
        problem(
            [Worker("dana"), Worker("bob")],
            [Task("a", 60), Task("b", 60, after=("a",), due=60)],
            objective=replace(DEAR, lateness=1.0),
        ),
        1.0,
    ),
    "a chain of two hours ends after 120 minutes": (
        problem(
            [Worker("dana"), Worker("bob")],
            [Task("a", 60), Task("b", 60, after=("a",))],
            objective=replace(DEAR, makespan=1.0),
        ),
        120.0,
    ),
    "half a day planned of one: 100 points times 0.5 squared": (
        problem([DANA], half_days(1), objective=replace(DEAR, fairness=100.0), horizon=2460),
        25.0,
    ),
    "leaving out for 1 point is cheaper than an hour for 65": (
        problem(
            [replace(DANA, rate=65.0)], [Task("a", 60)], objective=replace(FREE, unassigned=(1.0, 0.0), labour=1.0)
        ),
        1.0,
    ),
    "two hours at 30 or at 60, and room for one at 30": (
        problem(
            [Worker("bob", calendar=((0, 60),), rate=30.0), Worker("dana", rate=60.0)],
            [Task("a", 60), Task("b", 60)],
            objective=replace(DEAR, labour=1.0),
        ),
        90.0,
    ),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_worked_example(example: str) -> None:
    of, points = EXAMPLES[example]
    assert found(of) == pytest.approx(points)
    bound = bound_of(of, points, seconds=PATIENCE)
    assert bound.how == "optimal"
    assert bound.points == points


@pytest.mark.parametrize("example", EXAMPLES)
def test_it_holds_without_a_plan_to_compare_with(example: str) -> None:
    of, points = EXAMPLES[example]
    assert bound_of(of, seconds=PATIENCE).points == pytest.approx(points, rel=1e-4)


def test_a_problem_without_tasks_costs_nothing() -> None:
    assert bound_of(problem([DANA], []), 0.0) == Bound(0.0, "optimal", 0)


def test_without_scipy_each_task_counts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    of, points = EXAMPLES["two of three half days fit into a day"]
    monkeypatch.setitem(sys.modules, "scipy", None)
    bound = bound_of(of, points)
    assert (bound.points, bound.how) == (0.0, "alone")


def test_without_time_each_task_counts_alone() -> None:
    of, points = EXAMPLES["two of three half days fit into a day"]
    assert proven_bound(Model(of), best=points, seconds=0.0).how == "alone"


def test_a_plan_says_how_its_bound_was_proven() -> None:
    of, points = EXAMPLES["two of three half days fit into a day"]
    plain, proven = solve(of), solve(of, prove=PATIENCE)
    assert (plain.bound, plain.bound_by) == (0.0, "alone")
    assert (proven.bound, proven.bound_by) == (points, "optimal")
