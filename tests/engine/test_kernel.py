"""The compiled kernel against the judge and against the rules in Python, and what it must not do."""

from __future__ import annotations

import threading
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from engine.small import FREE, problem
from fairlead.engine import Assignment, Iterations, Problem, Task, Worker, solve
from fairlead.engine.arrays import Model
from fairlead.engine.fuzzing import faults, faults_of_changes, odd_problem, plans
from fairlead.engine.fuzzing.plans import shuffle
from fairlead.engine.kernel.library import Board
from fairlead.engine.match.eligibility import is_eligible
from fairlead.engine.search import state as state_module
from fairlead.engine.search.construct import construct
from fairlead.engine.search.improve import improve
from fairlead.engine.search.parallel import improve_in_parts
from fairlead.engine.search.state import State
from fairlead.engine.testing import Shape, random_problem


@pytest.mark.parametrize("block", range(8))
def test_the_judge_agrees_on_every_plan_and_every_change(block: int) -> None:
    compared = 0
    for seed in range(block * 31, block * 31 + 31):
        of = odd_problem(seed)
        for how, state in plans(of, seed):
            assert faults(of, state) == [], f"seed {seed}, {how}"
            assert faults_of_changes(of, state, Random(seed), changes=1) == [], f"seed {seed}, {how}"
            compared += 1
    assert compared >= 180


def test_who_is_able_is_whom_no_rule_keeps_from_it() -> None:
    for seed in range(150):
        of = odd_problem(seed)
        model = Model(of)
        for position, task in enumerate(of.tasks):
            by_rules = [w for w in range(len(of.workers)) if is_eligible(model.case(task, w))]
            assert model.eligible(position) == by_rules, f"seed {seed}, {task.id}"


def times_of(of: Problem) -> list[Assignment]:
    return list(construct(Model(of)).assignments())


def searched(of: Problem, *, chunk: int = 3000) -> State:
    """Constructed and searched for 3,000 iterations."""
    model = Model(of)
    model.find_tails()
    state = State(model, seed=5)
    state.insert_all(model.chain_order(np.arange(float(len(of.tasks)))))
    state.begin()
    state.choose_seeds()
    for _ in range(3000 // chunk):
        state.search(chunk, temperature=2.0)
    return state


def test_how_much_room_rows_have_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    of = random_problem(11, Shape(workers=3, tasks=60, weeks=4, longest_effort=60))
    roomy = searched(of)
    monkeypatch.setattr(state_module, "LEAST_ROOM", 1)
    monkeypatch.setattr(state_module, "LEAST_SNAPS", 2)
    monkeypatch.setattr(state_module, "ROOM_SHARE", 0)
    tight = searched(of)
    assert State(tight.model).arrays["row_room"].max() == 1
    assert tight.arrays["row_room"].max() > 8
    assert faults(of, tight) == []
    assert tight.assignments() == roomy.assignments()
    assert tight.board["best_cost"] == roomy.board["best_cost"]


def test_how_often_the_kernel_is_called_changes_nothing() -> None:
    of = random_problem(12, Shape(workers=5, tasks=50))
    whole = searched(of)
    assert whole.board["accepted"] > 100
    for chunk in (1, 12, 1000):
        again = searched(of, chunk=chunk)
        assert again.assignments() == whole.assignments()
        assert again.board["accepted"] == whole.board["accepted"]


def test_more_work_than_a_thousand_years_hold_is_left_out() -> None:
    of = problem([Worker("dana", week_minutes=300, speed=1e-9)], [Task("t1", 53_000_000)])
    assert not times_of(of)
    assert solve(of).unassigned[0].blocked_by == ("calendar",)


def test_two_searches_at_the_same_time_do_not_disturb_each_other() -> None:
    models = [Model(random_problem(seed, Shape(workers=6, tasks=50))) for seed in (1, 2)]

    def search(model: Model, into: dict[int, object], number: int) -> None:
        state = construct(model, seed=number)
        improve(state, stop=Iterations(20_000))
        into[number] = state.assignments()

    alone: dict[int, object] = {}
    together: dict[int, object] = {}
    for number, model in enumerate(models):
        search(model, alone, number)
    threads = [threading.Thread(target=search, args=(m, together, n)) for n, m in enumerate(models)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_the_search_comes_back_to_exactly_its_best_plan() -> None:
    for seed in range(40):
        of = odd_problem(seed)
        state = construct(Model(of), seed=seed)
        improve(state, stop=Iterations(500))
        assert state.total() == pytest.approx(state.board["best_cost"], rel=1e-9)
        assert faults(of, state) == []


@pytest.mark.parametrize("workers", [[], [Worker("dana")]])
def test_several_threads_end_when_nobody_can_do_anything(workers: list[Worker]) -> None:
    of = problem(workers, [Task(f"t{n}", 60, only=()) for n in range(30)])
    assert solve(of, stop=Iterations(9000), threads=2).assignments == ()


def random_plan(of: Problem, seed: int) -> State:
    """Everything that fits, in random order, shuffled."""
    rng, model = Random(seed), Model(of)
    model.find_tails()
    state = State(model, seed=seed)
    state.insert_all(model.chain_order(np.array([rng.random() for _ in of.tasks])))
    shuffle(state, rng)
    return state


@pytest.mark.parametrize("seed", [79, 219, 300, 355, 392])
def test_parts_that_were_searched_apart_keep_the_chains_between_them(seed: int) -> None:
    of = random_problem(seed, Shape(workers=8, tasks=40, horizon=0.0, caps=0.9))
    state = random_plan(of, seed)
    improve_in_parts(state, threads=2, stop=Iterations(6000), seed=seed)
    assert faults(of, state) == []


def test_a_part_that_is_merged_waits_for_what_moved_meanwhile() -> None:
    tasks = [
        Task("t0", 300, only=("dana",)),
        Task("t1", 60, only=("dana",)),
        Task("t2", 60, after=("t1",), only=("bob",)),
    ]
    of = problem([Worker("dana"), Worker("bob")], tasks)
    state = State(Model(of))
    state.insert_all(np.array([1, 2], np.int32))
    before = state.slots(1).copy()
    assert state.put(0, state.model.pairs(0), row=0, place=0)
    state.commit()
    assert state.splice(np.array([1], np.int32), np.array([1], np.int32), before)
    assert [(item.task, item.start) for item in state.assignments()] == [("t0", 0), ("t1", 300), ("t2", 360)]
    assert faults(of, state) == []


def test_long_chains_are_planned() -> None:
    tasks = [Task(f"t{n}", 10, after=(f"t{n - 1}",) if n else ()) for n in range(3000)]
    of = problem([Worker("dana"), Worker("bob")], list(reversed(tasks)), objective=replace(FREE, makespan=1.0))
    made = {item.task: item for item in construct(Model(of)).assignments()}
    assert made["t2999"].finish == 30_000


def test_arrays_of_another_type_are_refused() -> None:
    with pytest.raises(TypeError, match="release"):
        Board({"release": np.zeros(3)}, {})
