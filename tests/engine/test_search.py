"""Plans from the search: feasible and truly priced on random problems, never worse than greedy or the warm start."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.small import TWO_DAYS, plan_of, problem
from fairlead.engine import (
    CONSTRUCT_ONLY,
    Assignment,
    Budget,
    Cancel,
    Deadline,
    FirstOf,
    Iterations,
    Objective,
    Pin,
    Plan,
    Problem,
    Progress,
    Task,
    TaskChanged,
    Worker,
    WorkerChanged,
    check,
    plan_bytes,
    repair,
    solve,
)
from fairlead.engine.arrays import Model
from fairlead.engine.fuzzing.changes import books, changed_books
from fairlead.engine.objective.total import cost_of
from fairlead.engine.search.construct import construct, load_plan
from fairlead.engine.testing import Shape, random_problem

CROWDED = Shape(workers=3, tasks=16, weeks=1, longest_effort=400, lanes=0.6, caps=0.8, chains=0.4, pins=0.2)


def assert_sound(of: Problem, plan: Plan) -> None:
    """The judge finds nothing, and agrees on every term."""
    verdict = check(of, plan)
    assert [str(item) for item in verdict.violations] == []
    assert plan.cost is not None
    assert plan.cost.parts == pytest.approx(verdict.cost.parts, abs=1e-6)
    assert plan.bound is not None
    assert plan.bound <= plan.cost.total + 1e-6
    assert [item.task for item in plan.unassigned if not item.reason or not item.blocked_by] == []


@pytest.mark.parametrize("block", range(7))
def test_every_plan_is_feasible_and_costs_what_it_says(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        of = random_problem(seed, CROWDED if seed % 2 else None)
        assert_sound(of, solve(of, stop=Iterations(8), seed=seed))


def test_greedy_plans_are_sound_too() -> None:
    for seed in range(400, 450):
        assert_sound(random_problem(seed), solve(random_problem(seed)))


def test_what_the_search_believes_a_plan_costs_is_what_the_rules_say() -> None:
    for seed in range(60):
        of = random_problem(seed, CROWDED)
        state = construct(Model(of))
        assert state.total() == pytest.approx(cost_of(of, state.assignments()).total, abs=1e-6)


def test_undoing_a_change_restores_everything() -> None:
    for seed in range(60):
        state = construct(Model(random_problem(seed, CROWDED)))
        before, total = books(state), state.total()
        for task in range(len(state.model.problem.tasks)):
            mark = state.mark()
            if state.worker_of(task) is not None:
                state.remove(task)
            for pair in range(state.model.pairs(task).size):
                inner = state.mark()
                state.place(task, state.model.pairs(task)[pair : pair + 1]) if state.worker_of(task) is None else None
                state.undo(inner)
            state.undo(mark)
        assert changed_books(before, state) == []
        assert state.total() == total


def test_the_same_seed_and_iterations_give_the_same_bytes() -> None:
    of = random_problem(7)
    first, again = (plan_bytes(solve(of, stop=Iterations(40), seed=3)) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("block", range(3))
def test_plans_made_on_several_threads_are_sound_and_repeatable(block: int) -> None:
    for seed in range(block * 8, block * 8 + 8):
        of = random_problem(seed, Shape(workers=12, tasks=50, chains=0.2 * block, lanes=0.2, pins=0.1))
        plan = solve(of, stop=Iterations(20_000), seed=seed, threads=2 + seed % 2)
        assert_sound(of, plan)
        assert plan.iterations == 20_000
        if seed % 4 == 0:
            again = solve(of, stop=Iterations(20_000), seed=seed, threads=2 + seed % 2)
            assert plan_bytes(again) == plan_bytes(plan)


def test_several_threads_are_never_worse_than_greedy() -> None:
    for seed in range(6):
        of = random_problem(seed, Shape(workers=10, tasks=40, chains=0.5))
        greedy, improved = solve(of), solve(of, stop=Iterations(10_000), threads=2)
        assert greedy.cost is not None
        assert improved.cost is not None
        assert improved.cost.total <= greedy.cost.total + 1e-6


def test_the_plan_says_how_it_was_found() -> None:
    plan = solve(random_problem(7), stop=Iterations(5), seed=3)
    assert (plan.iterations, plan.seed, plan.stopped_by, plan.seconds) == (5, 3, "iterations", 0.0)


def test_improvement_is_never_worse_than_greedy_and_often_better() -> None:
    better = 0
    for seed in range(15):
        of = random_problem(seed, CROWDED)
        greedy, improved = (solve(of, stop=stop).cost for stop in (CONSTRUCT_ONLY, Iterations(40)))
        assert greedy is not None
        assert improved is not None
        assert improved.total <= greedy.total + 1e-6
        better += improved.total < greedy.total - 1e-6
    assert better >= 6


def test_a_warm_start_is_never_made_worse() -> None:
    for seed in range(15):
        of = random_problem(seed, CROWDED)
        good = solve(of, stop=Iterations(40), seed=1)
        again = solve(of, warm_start=good)
        assert good.cost is not None
        assert again.cost is not None
        assert again.cost.total <= good.cost.total + 1e-6
        assert_sound(of, again)


def test_a_warm_start_that_waits_on_purpose_is_kept_when_it_is_cheaper() -> None:
    # nobody is late, so waiting costs nothing; the warm start costs 0 and must not become dearer
    of = problem([Worker("dana", calendar=TWO_DAYS)], [Task("t1", 60)])
    warm = plan_of(of, ("t1", "dana", 0, 600, 660))
    assert check(of, solve(of, warm_start=warm)).cost.total == 0


def test_a_warm_start_from_another_time_is_used_as_far_as_it_fits() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS), Worker("bob")], [Task("t1", 60, never=("bob",)), Task("t2", 60)])
    stale = Plan(
        tuple(
            Assignment(*row)
            for row in (
                ("t1", "bob", 0, 0, 60),
                ("t2", "zoe", 0, 0, 60),
                ("t9", "dana", 0, 0, 60),
                ("t2", "bob", 5, 0, 1),
            )
        )
    )
    plan = solve(of, warm_start=stale)
    assert_sound(of, plan)
    assert [item.task for item in plan.assignments] == ["t1", "t2"]


def test_urgent_work_goes_first() -> None:
    tasks = [Task("t1", 480, due=2460), Task("t2", 480, due=1020)]
    of = problem([Worker("dana", calendar=TWO_DAYS)], tasks, objective=Objective(fairness=0.0))
    assert {item.task: item.finish for item in solve(of).assignments} == {"t2": 1020, "t1": 2460}


def test_a_task_that_costs_more_than_leaving_it_out_is_left_out_and_says_so() -> None:
    of = problem(
        [Worker("dana", rate=60.0)], [Task("t1", 600)], objective=Objective(unassigned=(10.0, 0.0), labour=1.0)
    )
    left = solve(of).unassigned[0]
    assert left.blocked_by == ("price",)
    assert left.reason == "dana costs 600 points: 600 labour; leaving the task out costs 10"


def test_the_bound_is_what_each_task_costs_at_least() -> None:
    workers = [Worker("dana", rate=60.0), Worker("bob", rate=30.0)]
    tasks = [Task("t1", 120, due=60), Task("t2", 60, needs={"sql": 1})]
    of = problem(workers, tasks, objective=Objective())
    # t1: bob 2 h × 30 × 0.1 = 6 and 1 h late = 7; t2: nobody can, 300
    assert solve(of).bound == pytest.approx(307.0)


def test_time_ends_the_search_by_the_clock_that_was_passed_in() -> None:
    ticks = iter(range(1000))
    plan = solve(random_problem(1), stop=Deadline(20.0, lambda: float(next(ticks))))
    assert plan.stopped_by == "time"
    assert plan.iterations > 0
    assert plan.seconds >= 20.0


def test_whichever_rule_says_stop_first_is_named() -> None:
    rule = FirstOf(Iterations(3), Deadline(1e9, lambda: 0.0))
    assert solve(random_problem(1), stop=rule).stopped_by == "iterations"
    rule = FirstOf(Iterations(10**9), Deadline(0.0, lambda: 0.0))
    assert solve(random_problem(1), stop=rule).stopped_by == "time"


def test_progress_is_told_often_and_never_gets_worse() -> None:
    news: list[Progress] = []
    solve(random_problem(5, CROWDED), stop=Iterations(5000), on_progress=news.append)
    assert len(news) >= 100
    assert news[-1].iterations == 5000
    assert [item.total for item in news] == sorted((item.total for item in news), reverse=True)
    assert [item.share for item in news] == sorted(item.share for item in news)


def test_a_search_can_be_cancelled_and_gives_the_best_so_far() -> None:
    of, stop = random_problem(5, CROWDED), Cancel()
    news: list[Progress] = []

    def on_progress(item: Progress) -> None:
        news.append(item)
        if len(news) == 3:
            stop.cancel()

    plan = solve(of, stop=FirstOf(stop, Iterations(10**9)), on_progress=on_progress)
    assert (plan.stopped_by, len(news)) == ("cancelled", 3)
    assert_sound(of, plan)
    assert plan.cost is not None
    assert plan.cost.total == pytest.approx(news[-1].total)


def test_problems_without_workers_or_tasks_have_plans() -> None:
    assert_sound(problem([], []), solve(problem([], []), stop=Iterations(3)))
    nobody = solve(problem([], [Task("t1", 60)]))
    assert [(item.task, item.reason) for item in nobody.unassigned] == [("t1", "there is nobody in this plan")]


def test_a_plan_read_in_again_stays_as_it_is() -> None:
    for seed in range(40):
        of = random_problem(seed)
        plan = solve(of)
        assert load_plan(Model(of), replace(plan, unassigned=())).assignments() == plan.assignments


@pytest.mark.parametrize("has", [{"pin": Pin("bob")}, {"now": "bob"}])
def test_what_somebody_has_is_given_up_for_dearer_work_only_where_it_is_not_held(has: dict[str, Any]) -> None:
    bob = Worker("bob", calendar=TWO_DAYS, max_tasks=2)
    mine = Task("mine", effort=60, due=0, **has)
    free = (Task("first", effort=60, weight=5.0), Task("second", effort=60, weight=5.0))
    of = problem([bob], [mine, *free], objective=Objective())
    assert {item.task for item in solve(of, stop=Iterations(500)).assignments} == {"first", "second"}
    for threads in (1, 2):
        held = solve(of, stop=Iterations(500), hold=True, threads=threads)
        assert_sound(of, held)
        assert {"mine"} < {item.task for item in held.assignments}
        assert len(held.assignments) == 2
    warm = plan_of(of, ("mine", "bob", 0, 540, 600))
    assert "mine" in {item.task for item in solve(of, stop=Iterations(500), warm_start=warm, hold=True).assignments}
    changed = repair(of, warm, change=TaskChanged(free[0]), budget=Budget(), stop=Iterations(500), hold=True)
    assert check(changed.problem, changed.plan).feasible
    assert "mine" in {item.task for item in changed.plan.assignments}


def test_what_holding_a_task_is_worth_to_a_search_is_told_to_nobody() -> None:
    """Bob holds two tasks and takes one; in the repair Dana gets the other, for the price of leaving it out."""
    people = [Worker("bob", calendar=TWO_DAYS, max_tasks=1), Worker("dana", calendar=TWO_DAYS, max_tasks=0)]
    mine = [Task("one", effort=60, now="bob"), Task("two", effort=60, now="bob")]
    of = problem(people, mine, objective=Objective(labour=0.0, fairness=0.0, moved=0.0))
    told = []
    for hold in (False, True):
        here = replace(people[1], max_tasks=None)
        old = plan_of(of, ("one", "bob", 0, 540, 600))
        found = repair(of, old, change=WorkerChanged(here), budget=Budget(), stop=Iterations(200), hold=hold)
        told.append([move.reason for move in found.moves])
    assert told[0] == told[1]
    assert "which saves 300 points" in told[1][0]


@pytest.mark.parametrize("block", range(3))
def test_plans_that_hold_what_somebody_has_are_sound_and_leave_out_no_more_of_it(block: int) -> None:
    for seed in range(block * 10, block * 10 + 10):
        of = random_problem(seed, CROWDED)
        held = {task.id for task in of.tasks if task.pin or task.now}
        free, kept = (solve(of, stop=Iterations(300), hold=hold) for hold in (False, True))
        assert_sound(of, kept)
        assert len(held & {it.task for it in kept.assignments}) >= len(held & {it.task for it in free.assignments})
