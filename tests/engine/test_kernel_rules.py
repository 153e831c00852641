"""Every rule of the kernel alone, with a number worked out by hand: what the kernel itself says, before any judge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.small import FREE, TWO_DAYS, TWO_WEEKS, problem
from fairlead.engine import Objective, Pin, Problem, Task, Worker
from fairlead.engine.arrays import NONE, Model
from fairlead.engine.search.state import State

KINDS = ("pair", "late", "neighbour", "load", "plan", "left_out")
NOTHING = replace(FREE, unassigned=(0.0, 0.0))
DANA = Worker("dana", calendar=TWO_DAYS, rate=60.0, skills={"sql": 4, "python": 2})


def measured(of: Problem, *, worker: str = "dana") -> dict[str, float]:
    """What the kernel says about placing the last task with this worker: points by kind of rule that are not 0.

    All other tasks were appended in order, each to the lanes of their only able worker in turn.
    """
    found = placing(of, worker=worker)
    return {kind: float(found[kind]) for kind in KINDS if found[kind]}


def placing(of: Problem, *, worker: str = "dana") -> np.void:
    """Points, row, place, start and finish."""
    model = Model(of)
    state, last = State(model), len(of.tasks) - 1
    for task in range(last):
        pair = model.pairs(task)[:1]
        row = min(state.rows_of(int(pair["worker"][0])), key=lambda each: len(state.slots(each)))
        assert state.put(task, pair, row=row, place=len(state.slots(row)))
    state.commit()
    pairs = model.pairs(last)
    chosen = pairs[pairs["worker"] == of.worker_index[worker]]
    assert chosen.size, "not able"
    return state.measure(last, chosen, ())[0]


def times(of: Problem, *, worker: str = "dana") -> tuple[int, int] | None:
    """Start and finish of the last task; None without a place."""
    found = placing(of, worker=worker)
    return None if found["row"] == NONE else (int(found["start"]), int(found["finish"]))


def alone(task: Task, objective: Objective, worker: Worker = DANA, **more: int) -> Problem:
    return problem([worker], [task], objective=objective, **more)


# -- soft rules ---------------------------------------------------------------------------------------------------


def test_labour_is_rate_times_hours() -> None:
    # 90 min at 60 an hour, 0.1 points each
    assert measured(alone(Task("t", 90), replace(NOTHING, labour=0.1))) == pytest.approx({"pair": 9.0})


def test_labour_counts_predicted_minutes() -> None:
    of = alone(Task("t", 90, minutes={"dana": 30}), replace(NOTHING, labour=0.1))
    assert measured(of) == pytest.approx({"pair": 3.0})


@pytest.mark.parametrize(
    ("effort", "speed", "minutes"),
    [(21, 0.7, 30), (22, 0.7, 32), (1, 1e-3, 1000), (3, 0.3333333333333333, 10), (100, 7.0, 15), (1, 1e6, 1)],
)
def test_minutes_are_effort_by_speed_as_it_is_written_rounded_up(effort: int, speed: float, minutes: int) -> None:
    # one point for each minute; 3 / 0.3333333333333333 is a little more than 9
    worker = Worker("dana", rate=60.0, speed=speed)
    assert measured(alone(Task("t", effort), replace(NOTHING, labour=1.0), worker)) == {"pair": float(minutes)}


def test_misfit_is_the_mean_surplus_of_levels() -> None:
    # (4 - 1) and (2 - 2) levels above, on average 1.5, twice
    of = alone(Task("t", 90, needs={"sql": 1, "python": 2}), replace(NOTHING, misfit=2.0))
    assert measured(of) == {"pair": 3.0}


@pytest.mark.parametrize("predicted", [0.0, 3.2])
def test_a_predicted_misfit_wins_even_when_it_is_nothing(predicted: float) -> None:
    of = alone(Task("t", 90, needs={"sql": 1}, misfit={"dana": predicted}), replace(NOTHING, misfit=2.0))
    assert measured(of) == ({"pair": 6.4} if predicted else {})


def test_moved_counts_when_the_holder_loses_it() -> None:
    of = problem([DANA, Worker("bob")], [Task("t", 60, now="bob")], objective=replace(NOTHING, moved=8.0))
    assert (measured(of), measured(of, worker="bob")) == ({"pair": 8.0}, {})


def test_lateness_counts_the_night() -> None:
    # 8 h until 17:00 are not enough for 8.5 h: done on Tuesday 9:30, due on Monday 17:00, 16.5 h late at weight 2
    of = alone(Task("t", 510, due=1020, weight=2.0), replace(NOTHING, lateness=1.0))
    assert measured(of) == {"late": 33.0}


def test_lateness_of_those_that_are_pushed_counts_too() -> None:
    # before t0 the new one is on time and t0 60 minutes late at weight 1; behind it 60 minutes late at weight 3
    tasks = [Task("t0", 60, due=600), Task("t", 60, due=600, weight=3.0)]
    of = problem([DANA], tasks, objective=replace(NOTHING, lateness=1.0))
    assert measured(of) == {"late": 1.0}
    assert placing(of)["place"] == 0


def test_a_switch_costs_its_points() -> None:
    tasks = [Task("t0", 60, context="web"), Task("t", 60, context="shop")]
    assert measured(problem([DANA], tasks, objective=replace(NOTHING, switch=5.0))) == {"neighbour": 5.0}


def test_a_task_between_two_contexts_saves_their_switch() -> None:
    tasks = [Task("t0", 60, context="web"), Task("t1", 60, context="shop"), Task("t", 60)]
    of = problem([DANA], tasks, objective=replace(NOTHING, switch=5.0))
    assert measured(of) == {"neighbour": -5.0}
    assert placing(of)["place"] == 1


def test_lanes_do_not_switch_between_each_other() -> None:
    tasks = [Task("t0", 60, context="web"), Task("t", 60, context="shop")]
    assert measured(problem([replace(DANA, lanes=2)], tasks, objective=replace(NOTHING, switch=5.0))) == {}


def test_fairness_adds_the_difference_of_squared_shares() -> None:
    objective = replace(NOTHING, fairness=100.0)
    # 96 of 960 minutes: 100 × 0.1²; 96 more: 100 × (0.2² - 0.1²)
    assert measured(alone(Task("t", 96), objective, horizon=10080)) == pytest.approx({"load": 1.0})
    of = problem([DANA], [Task("t0", 96), Task("t", 96)], objective=objective, horizon=10080)
    assert measured(of) == pytest.approx({"load": 3.0})


def test_fairness_counts_available_minutes_within_cap_and_horizon() -> None:
    objective = replace(NOTHING, fairness=100.0)
    # 480 of the first week because of the cap, 240 of the second because of the horizon: (72 / 720)²
    worker = Worker("dana", calendar=TWO_WEEKS, week_minutes=480)
    assert measured(alone(Task("t", 72), objective, worker, horizon=10860)) == pytest.approx({"load": 1.0})
    assert measured(alone(Task("t", 72), objective, worker)) == {}


def test_makespan_counts_only_what_ends_later_than_all_else() -> None:
    objective = replace(NOTHING, makespan=0.5)
    assert measured(alone(Task("t", 90), objective)) == {"plan": 315.0}  # done at minute 630
    workers = [DANA, Worker("bob", calendar=TWO_DAYS)]
    for minutes, expected in ((60, {}), (120, {}), (150, {"plan": 15.0})):  # bob ends at minute 660
        tasks = [Task("t0", 120, only=("bob",)), Task("t", minutes)]
        assert measured(problem(workers, tasks, objective=objective)) == expected


def test_a_task_that_is_done_saves_its_price() -> None:
    # 10 + 3 × weight 2
    assert measured(alone(Task("t", 90, weight=2.0), replace(NOTHING, unassigned=(10.0, 3.0)))) == {"left_out": -16.0}


def test_set_ups_cost_time_and_nothing_else() -> None:
    tasks = [Task("t0", 60, context="web"), Task("t", 60, context="shop", due=660)]
    weights = replace(NOTHING, lateness=4.0, labour=0.1, fairness=0.0)
    of = problem([DANA], tasks, objective=weights, setup=15)
    # 15 minutes late at 4 points an hour; an hour of labour; the place before t0 would make t0 wait for nothing
    assert measured(of) == pytest.approx({"pair": 6.0})
    assert times(of) == (540, 600)
    second = problem([DANA], [replace(tasks[0], due=600), tasks[1]], objective=weights, setup=15)
    assert measured(second) == pytest.approx({"pair": 6.0, "late": 1.0})
    assert times(second) == (615, 675)


# -- hard rules ---------------------------------------------------------------------------------------------------


def eligible(task: Task, *workers: Worker) -> list[int]:
    return Model(problem([replace(DANA, skills={"sql": 2}), *workers], [task])).eligible(0)


BOB = Worker("bob", skills={"sql": 4})


@pytest.mark.parametrize(
    "task",
    [
        Task("t", 60, needs={"sql": 3}),
        Task("t", 60, never=("dana",)),
        Task("t", 60, only=("bob",)),
        Task("t", 60, pin=Pin("bob")),
        Task("t", 961),
        Task("t", 60, release=2401),
        Task("t", 60, minutes={"dana": 961}),
    ],
)
def test_who_is_ruled_out_by_one_rule(task: Task) -> None:
    assert eligible(task, BOB) == [1]


def test_who_may_do_it_by_a_hair() -> None:
    assert eligible(Task("t", 960, needs={"sql": 2}, release=540), BOB) == [0, 1]
    assert eligible(Task("t", 60, release=2400), BOB) == [0, 1]


def test_nobody_on_the_list_and_nobody_who_takes_tasks() -> None:
    assert eligible(Task("t", 60, only=()), BOB) == []
    assert eligible(Task("t", 60), replace(BOB, max_tasks=0)) == [0]


@pytest.mark.parametrize(
    ("start", "able"), [(540, True), (539, False), (1019, True), (1020, False), (2400, True), (2401, False)]
)
def test_a_pinned_start_has_to_be_a_working_minute_with_room_behind_it(start: int, able: bool) -> None:
    assert eligible(Task("t", 60, pin=Pin("dana", start))) == ([0] if able else [])


def test_a_pin_before_the_release_is_impossible() -> None:
    assert eligible(Task("t", 60, release=601, pin=Pin("dana", 600))) == []


def test_work_begins_at_the_release_or_the_next_working_minute() -> None:
    assert times(alone(Task("t", 60, release=600), NOTHING)) == (600, 660)
    assert times(alone(Task("t", 60, release=1020), NOTHING)) == (1980, 2040)


def test_work_is_interrupted_by_the_night_only() -> None:
    assert times(alone(Task("t", 60, release=990), NOTHING)) == (990, 2010)


def test_a_pinned_task_begins_in_its_minute_and_others_go_around_it() -> None:
    assert times(alone(Task("t", 60, pin=Pin("dana", 700)), NOTHING)) == (700, 760)
    # an hour fits before the pinned one, a minute more does not
    pinned = Task("t0", 60, pin=Pin("dana", 600))
    assert times(problem([DANA], [pinned, Task("t", 60)], objective=NOTHING)) == (540, 600)
    assert times(problem([DANA], [pinned, Task("t", 61)], objective=NOTHING)) == (660, 721)


def test_a_task_waits_for_all_that_comes_before_it() -> None:
    workers = [DANA, Worker("bob", calendar=TWO_DAYS), Worker("eve", calendar=TWO_DAYS)]
    tasks = [Task("t0", 100, only=("bob",)), Task("t1", 130, only=("eve",)), Task("t", 60, after=("t0", "t1"))]
    assert times(problem(workers, tasks, objective=NOTHING)) == (670, 730)


def test_a_task_without_what_it_waits_for_has_no_place() -> None:
    model = Model(problem([DANA], [Task("t0", 60), Task("t", 60, after=("t0",))]))
    state = State(model)
    assert state.measure(1, model.pairs(1), ())["row"].tolist() == [NONE]


def test_the_weekly_cap_interrupts_until_next_week() -> None:
    worker = replace(DANA, calendar=TWO_WEEKS, week_minutes=100)
    # 60 of 100 minutes are used: 40 until 10:40, the other 20 on the next Monday from 9:00 on
    assert times(problem([worker], [Task("t0", 60), Task("t", 60)], objective=NOTHING)) == (600, 10640)
    # all 100 are used: everything next week
    assert times(problem([worker], [Task("t0", 100), Task("t", 60)], objective=NOTHING)) == (10620, 10680)


def test_set_ups_use_the_weekly_cap() -> None:
    worker = replace(DANA, calendar=TWO_WEEKS, week_minutes=100)
    tasks = [Task("t0", 60, context="web"), Task("t", 60, context="shop", release=600)]
    # 60 of work, 15 of set-up, 25 of the task; the other 35 next week
    assert times(problem([worker], tasks, objective=NOTHING, setup=15)) == (615, 10655)


def test_lanes_work_at_the_same_time_and_share_the_cap() -> None:
    tasks = [Task("t0", 60), Task("t", 60)]
    assert times(problem([replace(DANA, lanes=2)], tasks, objective=NOTHING)) == (540, 600)
    # both begin at 9:00; the first lane takes its 60 of 90 minutes, the second 30, and 30 more next week
    capped = replace(DANA, calendar=TWO_WEEKS, week_minutes=90, lanes=2)
    both = [Task("t0", 60, pin=Pin("dana", 540)), Task("t", 60, pin=Pin("dana", 540), due=600)]
    of = problem([capped], both, objective=replace(NOTHING, lateness=1.0))
    assert times(of) == (540, 10650)
    assert measured(of) == pytest.approx({"late": (10650 - 600) / 60})


def test_nothing_ends_after_the_horizon() -> None:
    assert times(alone(Task("t", 480), NOTHING, horizon=1020)) == (540, 1020)
    assert Model(alone(Task("t", 481), NOTHING, horizon=1020)).eligible(0) == []
    assert times(problem([DANA], [Task("t0", 1), Task("t", 480)], objective=NOTHING, horizon=1020)) is None


def test_a_worker_who_has_all_she_takes_has_no_place() -> None:
    tasks = [Task("t0", 60), Task("t", 60)]
    assert times(problem([replace(DANA, max_tasks=1)], tasks, objective=NOTHING)) is None
    assert times(problem([replace(DANA, max_tasks=2)], tasks, objective=NOTHING)) == (600, 660)
