"""Orders of tasks become plans that the judge accepts, whatever the orders are."""

from __future__ import annotations

from random import Random

import pytest

from engine.small import TWO_DAYS, problem
from fairlead.bench.able import Able, may_do
from fairlead.bench.decode import decode, plan_from
from fairlead.bench.generate import company
from fairlead.bench.peers import PEERS, Limits
from fairlead.bench.roster import Roster, append_all
from fairlead.engine import Pin, Plan, Problem, Task, Worker, check
from fairlead.engine.testing import Shape, random_problem

SHAPES = (
    Shape(),
    Shape(lanes=1.0, caps=1.0, workers=2, tasks=25),
    Shape(lanes=0.8, caps=1.0, chains=0.8, workers=3, tasks=20, longest_effort=1500),
    Shape(pins=0.6, chains=0.5, tasks=20),
)
"""Ordinary; lanes that share a cap; the same with chains and long tasks; many pins."""


def shuffled(of: Problem, seed: int) -> dict[str, list[list[str]]]:
    """Most tasks in any order in any lane, often of somebody who may do them."""
    rng, able = Random(seed), Able(of)
    orders: dict[str, list[list[str]]] = {worker.id: [[] for _ in range(worker.lanes)] for worker in of.workers}
    for task in rng.sample(of.tasks, len(of.tasks)):
        candidates = able.workers(task)
        worker = of.workers[rng.choice(candidates)] if candidates and rng.random() < 0.95 else rng.choice(of.workers)
        if rng.random() < 0.9:
            rng.choice(orders[worker.id]).append(task.id)
    return orders


def rows(plan: Plan) -> dict[str, tuple[str, int, int, int]]:
    """Worker, lane, start and finish by task."""
    return {row.task: (row.worker, row.lane, row.start, row.finish) for row in plan.assignments}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(40))
def test_any_orders_give_plans_that_the_judge_accepts(seed: int, shape: Shape) -> None:
    of = random_problem(seed, shape)
    orders = shuffled(of, seed)
    decoded, repaired = decode(of, orders).plan(), plan_from(of, orders)
    assert check(of, decoded).violations == ()
    assert check(of, repaired).violations == ()
    assert len(repaired.assignments) >= len(decoded.assignments)


@pytest.mark.parametrize("seed", range(40))
def test_the_points_of_each_booking_add_up_to_the_cost_of_the_plan(seed: int) -> None:
    of = random_problem(seed, SHAPES[seed % 4])
    roster, points = Roster(of), [0.0]

    def choose(at: Roster, task: Task) -> object:
        choice = Roster.cheapest(at, task)
        points.append(at.price(task) if choice is None else choice.points)
        return choice

    append_all(roster, sorted(of.tasks, key=lambda task: int(task.id[1:])), choose=choose)  # type: ignore[arg-type]
    assert sum(points) == pytest.approx(check(of, roster.plan()).cost.total)


@pytest.mark.parametrize("name", ["edd-finish", "edd-cost", "urgent-cost"])
def test_the_orders_of_a_greedy_plan_mean_that_plan(name: str) -> None:
    of = company(60, 8, 2, chains=True)
    peer = next(peer for peer in PEERS if peer.name == name)
    orders = peer.solve(of, Limits(1.0, 1))
    roster = decode(of, orders)
    assert len(roster.finish) == sum(len(lane) for lanes in orders.values() for lane in lanes)
    assert check(of, plan_from(of, orders)).ok


def test_a_task_that_does_not_fit_is_dropped_with_its_set_up_and_the_next_moves_up() -> None:
    workers = [Worker("dana", calendar=TWO_DAYS)]
    tasks = [Task("t1", 60, context="web"), Task("t2", 2000, context="shop"), Task("t3", 60, context="web")]
    of = problem(workers, tasks, setup=30)
    assert rows(decode(of, {"dana": [["t1", "t2", "t3"]]}).plan()) == {
        "t1": ("dana", 0, 540, 600),
        "t3": ("dana", 0, 600, 660),
    }


def test_a_dropped_task_takes_those_that_wait_for_it_along_and_both_come_back_if_somebody_else_can() -> None:
    workers = [Worker("bob", calendar=((540, 600),)), Worker("dana", calendar=TWO_DAYS)]
    tasks = [Task("t1", 120), Task("t2", 30, after=("t1",))]
    of = problem(workers, tasks)
    orders = {"bob": [["t1", "t2"]], "dana": [[]]}
    assert decode(of, orders).plan().assignments == ()
    assert rows(plan_from(of, orders)) == {"t1": ("dana", 0, 540, 660), "t2": ("dana", 0, 660, 690)}


def test_orders_that_wait_for_each_other_are_undone() -> None:
    workers = [Worker("bob", calendar=TWO_DAYS), Worker("dana", calendar=TWO_DAYS)]
    tasks = [Task("t1", 60), Task("t2", 60, after=("t1",)), Task("t3", 60), Task("t4", 60, after=("t3",))]
    plan = plan_from(problem(workers, tasks), {"bob": [["t2", "t3"]], "dana": [["t4", "t1"]]})
    assert len(plan.assignments) == 4


def test_a_pinned_start_is_kept() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS)], [Task("t1", 60, pin=Pin("dana", 700)), Task("t2", 60)])
    assert rows(plan_from(of, {"dana": [["t1", "t2"]]}))["t1"] == ("dana", 0, 700, 760)


def test_a_task_named_twice_is_done_once() -> None:
    of = problem([Worker("dana", lanes=2)], [Task("t1", 60)])
    assert rows(plan_from(of, {"dana": [["t1", "t1"], ["t1"]]})) == {"t1": ("dana", 0, 0, 60)}


@pytest.mark.parametrize("seed", range(20))
def test_both_ways_of_asking_who_may_do_it_agree(seed: int) -> None:
    of = random_problem(seed)
    able = Able(of)
    for task in of.tasks:
        one_by_one = [i for i, worker in enumerate(of.workers) if worker.max_tasks != 0 and may_do(task, worker)]
        assert able.workers(task) == one_by_one
