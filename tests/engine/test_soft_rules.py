"""Each term of the objective alone, with a number worked out by hand, from the rules and from the judge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.small import FREE, TWO_DAYS, plan_of, problem
from fairlead.engine import Objective, Problem, Task, Worker, check
from fairlead.engine.objective.total import RULES, cost_of
from fairlead.engine.plan import PARTS

NOTHING = replace(FREE, unassigned=(0.0, 0.0))


def points(of: Problem, *rows: tuple[str, str, int, int, int]) -> dict[str, float]:
    """Terms above 0; rules and judge agree, and the plan is feasible."""
    plan = plan_of(of, *rows)
    verdict = check(of, plan)
    assert verdict.violations == ()
    assert cost_of(of, plan.assignments).parts == pytest.approx(verdict.cost.parts, abs=1e-9)
    return {name: value for name, value in verdict.cost.parts.items() if value}


def test_every_term_has_its_rule() -> None:
    assert tuple(RULES) == PARTS


def test_a_task_left_out_costs_base_and_weight() -> None:
    of = problem([], [Task("t1", 60, weight=2.0), Task("t2", 60, weight=0.5)], objective=Objective())
    # 100 + 200 × 2 and 100 + 200 × 0.5
    assert points(of) == {"unassigned": 700.0}


def test_lateness_costs_per_hour_and_weight() -> None:
    of = problem([Worker("dana")], [Task("t1", 90, due=60, weight=4.0)], objective=replace(NOTHING, lateness=1.5))
    # half an hour late × 4 × 1.5
    assert points(of, ("t1", "dana", 0, 0, 90)) == {"lateness": 3.0}


def test_finishing_when_due_is_not_late() -> None:
    of = problem([Worker("dana")], [Task("t1", 90, due=90)], objective=replace(NOTHING, lateness=1.0))
    assert points(of, ("t1", "dana", 0, 0, 90)) == {}


def test_labour_is_rate_times_hours_times_factor() -> None:
    of = problem([Worker("dana", rate=65.0)], [Task("t1", 240)], objective=replace(NOTHING, labour=0.1))
    # 4 h × 65 × 0.1
    assert points(of, ("t1", "dana", 0, 0, 240)) == pytest.approx({"labour": 26.0})


def test_set_ups_are_not_paid() -> None:
    tasks = [Task("t1", 60, context="web"), Task("t2", 60, context="shop")]
    of = problem([Worker("dana", rate=60.0)], tasks, objective=replace(NOTHING, labour=1.0), setup=30)
    assert points(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 90, 150)) == {"labour": 120.0}


def test_a_predicted_misfit_counts_times_the_factor() -> None:
    of = problem([Worker("dana")], [Task("t1", 60, misfit={"dana": 3.2})], objective=replace(NOTHING, misfit=2.0))
    assert points(of, ("t1", "dana", 0, 0, 60)) == {"misfit": 6.4}


def test_the_default_misfit_is_the_mean_surplus_of_levels() -> None:
    dana = Worker("dana", skills={"python": 5, "sql": 3, "figma": 5})
    of = problem([dana], [Task("t1", 60, needs={"python": 3, "sql": 3})], objective=replace(NOTHING, misfit=1.0))
    # python 2 above, sql 0 above, figma is not asked for: (2 + 0) / 2
    assert points(of, ("t1", "dana", 0, 0, 60)) == {"misfit": 1.0}


def test_without_needs_everybody_fits() -> None:
    of = problem([Worker("dana", skills={"python": 5})], [Task("t1", 60)], objective=replace(NOTHING, misfit=1.0))
    assert points(of, ("t1", "dana", 0, 0, 60)) == {}


def test_a_switch_is_a_change_of_context_in_one_lane() -> None:
    contexts = ["web", "shop", None, "web", "web"]
    tasks = [Task(f"t{place}", 10, context=context) for place, context in enumerate(contexts)]
    of = problem([Worker("dana")], tasks, objective=replace(NOTHING, switch=2.0))
    rows = [(f"t{place}", "dana", 0, place * 10, place * 10 + 10) for place in range(5)]
    # web → shop is one; none differs from nothing on either side; web → web is none
    assert points(of, *rows) == {"switch": 2.0}


def test_lanes_do_not_switch_between_each_other() -> None:
    tasks = [Task("t1", 10, context="web"), Task("t2", 10, context="shop")]
    of = problem([Worker("echo", lanes=2)], tasks, objective=replace(NOTHING, switch=2.0))
    assert points(of, ("t1", "echo", 0, 0, 10), ("t2", "echo", 1, 20, 30)) == {}


def test_fairness_is_the_sum_of_squared_shares() -> None:
    workers = [Worker("dana", calendar=TWO_DAYS), Worker("bob", calendar=TWO_DAYS, week_minutes=480), Worker("eve")]
    tasks = [Task("t1", 240), Task("t2", 240)]
    of = problem(workers, tasks, objective=replace(NOTHING, fairness=100.0), horizon=10080)
    # dana 240 of 960 → 0.25², bob 240 of 480 → 0.5²: 100 × (0.0625 + 0.25)
    assert points(of, ("t1", "dana", 0, 540, 780), ("t2", "bob", 0, 540, 780)) == {"fairness": 31.25}


def test_available_minutes_count_each_week_by_itself_and_only_to_the_horizon() -> None:
    worker = Worker("dana", calendar=((0, 600), (10080, 10680)), week_minutes=400)
    of = problem([worker], [Task("t1", 100)], objective=replace(NOTHING, fairness=100.0), horizon=10180)
    # 400 of the first week, 100 of the second before the horizon: (100 / 500)²
    assert points(of, ("t1", "dana", 0, 0, 100)) == pytest.approx({"fairness": 4.0})


def test_what_was_filled_lately_makes_more_work_less_fair() -> None:
    workers = [Worker("dana", calendar=TWO_DAYS, filled=0.5), Worker("bob", calendar=TWO_DAYS, filled=2.0)]
    of = problem(workers, [Task("t1", 240)], objective=replace(NOTHING, fairness=100.0), horizon=10080)
    # 240 of 960: 100 × (0.75² − 0.5²), and 100 × (2.25² − 2²); bob without work costs nothing
    assert points(of, ("t1", "dana", 0, 540, 780)) == {"fairness": 31.25}
    assert points(of, ("t1", "bob", 0, 540, 780)) == {"fairness": 106.25}


def test_without_a_horizon_fairness_is_nothing() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS)], [Task("t1", 240)], objective=replace(NOTHING, fairness=100.0))
    assert points(of, ("t1", "dana", 0, 540, 780)) == {}


def test_moved_counts_only_tasks_taken_from_somebody() -> None:
    tasks = [Task("t1", 10, now="bob"), Task("t2", 10, now="dana"), Task("t3", 10), Task("t4", 10, now="bob")]
    of = problem([Worker("dana"), Worker("bob")], tasks, objective=replace(NOTHING, moved=8.0))
    # t1 goes from bob to dana; t2 stays; t3 had nobody; t4 goes to nobody
    rows = [("t1", "dana", 0, 0, 10), ("t2", "dana", 0, 10, 20), ("t3", "dana", 0, 20, 30)]
    assert points(of, *rows) == {"moved": 8.0}


def test_makespan_is_the_latest_finish() -> None:
    of = problem(
        [Worker("dana"), Worker("bob")], [Task("t1", 10), Task("t2", 70)], objective=replace(NOTHING, makespan=0.5)
    )
    assert points(of, ("t1", "dana", 0, 0, 10), ("t2", "bob", 0, 5, 75)) == {"makespan": 37.5}
