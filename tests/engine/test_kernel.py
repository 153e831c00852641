"""The compiled kernel against the judge and against the rules in Python, and what it must not do."""

from __future__ import annotations

import threading
from random import Random

import numpy as np
import pytest

from engine.small import TWO_DAYS, problem
from fairlead.engine import Assignment, Iterations, Objective, Pin, Problem, Task, Worker, solve
from fairlead.engine.arrays import Model
from fairlead.engine.fuzzing import faults, odd_problem, plans
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
def test_the_judge_finds_every_plan_feasible_and_agrees_on_its_cost(block: int) -> None:
    compared = 0
    for seed in range(block * 25, block * 25 + 25):
        of = odd_problem(seed)
        for how, state in plans(of, seed):
            assert faults(of, state) == [], f"seed {seed}, {how}"
            compared += 1
    assert compared >= 125


def test_who_is_able_is_whom_no_rule_keeps_from_it() -> None:
    for seed in range(150):
        of = odd_problem(seed)
        model = Model(of)
        for position, task in enumerate(of.tasks):
            by_rules = [w for w in range(len(of.workers)) if is_eligible(model.case(task, w))]
            assert model.eligible(position) == by_rules, f"seed {seed}, {task.id}"


def figures(of: Problem, *, worker: int = 0) -> dict[str, float]:
    """What placing the last task with this worker changes, by kind of rule, after the others were placed in order."""
    state = State(Model(of))
    last = len(of.tasks) - 1
    state.insert_all(np.arange(last, dtype=np.int32))
    pairs = state.model.pairs(last)
    found = state.measure(last, pairs[pairs["worker"] == worker], ())[0]
    return {name: float(found[name]) for name in ("pair", "late", "neighbour", "load", "plan", "left_out")}


ZERO = dict.fromkeys(("pair", "late", "neighbour", "load", "plan", "left_out"), 0.0)
NOTHING = Objective((0.0, 0.0), lateness=0, labour=0, misfit=0, switch=0, fairness=0, moved=0, makespan=0)


def only(**weights: float) -> Objective:
    """An objective of one rule."""
    return Objective(
        **{**{name: getattr(NOTHING, name) for name in NOTHING.__dataclass_fields__}, **weights}  # type: ignore[arg-type]
    )


def test_each_soft_rule_alone_costs_what_it_says() -> None:
    dana = Worker("dana", skills={"sql": 4, "python": 2}, calendar=TWO_DAYS, rate=60.0)
    needs = {"sql": 1, "python": 2}
    one = problem([dana], [Task("t1", 90, needs=needs)])
    cases = {
        # 90 min at 60 an hour, 0.1 points each
        "labour": (only(labour=0.1), one.tasks, ZERO | {"pair": 9.0}),
        # (4 - 1) and (2 - 2) levels above, on average 1.5, twice
        "misfit": (only(misfit=2.0), one.tasks, ZERO | {"pair": 3.0}),
        # starts 9:00, done 10:30, due 9:30: one hour late at weight 3
        "lateness": (only(lateness=1.0), (Task("t1", 90, due=570, weight=3.0),), ZERO | {"late": 3.0}),
        # web, then shop
        "switch": (
            only(switch=5.0),
            (Task("t0", 60, context="web"), Task("t1", 60, context="shop")),
            ZERO | {"neighbour": 5.0},
        ),
        # 96 of 960 minutes planned: 100 times 0.1 squared
        "fairness": (only(fairness=100.0), (Task("t1", 96),), ZERO | {"load": 1.0}),
        # done at minute 630
        "makespan": (only(makespan=0.5), (Task("t1", 90),), ZERO | {"plan": 315.0}),
        # left out it would cost 10 + 3 times weight 2
        "unassigned": (only(unassigned=(10.0, 3.0)), (Task("t1", 90, weight=2.0),), ZERO | {"left_out": -16.0}),
    }
    for name, (objective, tasks, expected) in cases.items():
        of = problem([dana], list(tasks), objective=objective, horizon=10080)
        assert figures(of) == pytest.approx(expected), name


def test_a_task_that_leaves_its_holder_costs_the_weight_of_moved() -> None:
    of = problem([Worker("dana"), Worker("bob")], [Task("t1", 60, now="bob")], objective=only(moved=8.0))
    assert figures(of, worker=0)["pair"] == 8.0
    assert figures(of, worker=1)["pair"] == 0.0


def times_of(of: Problem) -> list[Assignment]:
    return list(construct(Model(of)).assignments())


def test_each_hard_rule_alone_is_kept() -> None:
    dana, bob = Worker("dana", skills={"sql": 2}, calendar=TWO_DAYS), Worker("bob", skills={"sql": 4})
    able = {
        "skill": Task("t", 60, needs={"sql": 3}),
        "never": Task("t", 60, never=("dana",)),
        "only": Task("t", 60, only=("bob",)),
        "pin": Task("t", 60, pin=Pin("bob")),
        "calendar": Task("t", 961),
    }
    for name, task in able.items():
        assert Model(problem([dana, bob], [task])).eligible(0) == [1], name
    assert Model(problem([dana, bob], [Task("t", 60, only=())])).eligible(0) == []
    assert Model(problem([Worker("dana", max_tasks=0), bob], [Task("t", 60)])).eligible(0) == [1]


def test_a_full_worker_a_cap_and_a_horizon_leave_tasks_out() -> None:
    tasks = [Task("t1", 60), Task("t2", 60)]
    assert len(times_of(problem([Worker("dana", max_tasks=1)], tasks))) == 1
    # two hours a week and two tasks: the second waits for the next week, which the horizon cuts off
    capped = problem([Worker("dana", week_minutes=60)], tasks)
    assert [(item.start, item.finish) for item in times_of(capped)] == [(0, 60), (10080, 10140)]
    assert len(times_of(problem([Worker("dana", week_minutes=60)], tasks, horizon=10080))) == 1


def test_rows_that_have_to_grow_all_the_time_give_sound_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    of = random_problem(11, Shape(workers=3, tasks=60, weeks=4, longest_effort=60))
    monkeypatch.setattr(state_module, "LEAST_ROOM", 1)
    monkeypatch.setattr(state_module, "LEAST_SNAPS", 2)
    monkeypatch.setattr(state_module, "ROOM_SHARE", 0)
    model = Model(of)
    tight = State(model, seed=5)
    assert tight.arrays["row_room"].max() == 1
    tight.insert_all(model.chain_order(np.arange(60.0)))
    improve(tight, stop=Iterations(3000))
    assert tight.arrays["row_room"].max() > 8
    assert faults(of, tight) == []


def test_more_work_than_a_thousand_years_hold_is_left_out() -> None:
    of = problem([Worker("dana", week_minutes=300, speed=1e-9)], [Task("t1", 53_000_000)])
    assert not times_of(of)
    assert solve(of).unassigned[0].blocked_by == ("calendar",)


def test_two_searches_at_the_same_time_do_not_disturb_each_other() -> None:
    models = [Model(random_problem(seed, Shape(workers=6, tasks=50))) for seed in (1, 2)]

    def searched(model: Model, into: dict[int, object], number: int) -> None:
        state = construct(model, seed=number)
        improve(state, stop=Iterations(20_000))
        into[number] = state.assignments()

    alone: dict[int, object] = {}
    together: dict[int, object] = {}
    for number, model in enumerate(models):
        searched(model, alone, number)
    threads = [threading.Thread(target=searched, args=(m, together, n)) for n, m in enumerate(models)]
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
    of = problem(
        [Worker("dana"), Worker("bob")], list(reversed(tasks)), objective=only(makespan=1.0, unassigned=(1e6, 0.0))
    )
    made = {item.task: item for item in construct(Model(of)).assignments()}
    assert made["t2999"].finish == 30_000


def test_arrays_of_another_type_are_refused() -> None:
    with pytest.raises(TypeError, match="release"):
        Board({"release": np.zeros(3)}, {})
