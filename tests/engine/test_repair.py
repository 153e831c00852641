"""Calm re-planning: what has begun or is frozen stays, and of the rest no more moves than the budget allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.small import TWO_DAYS, TWO_WEEKS, plan_of, problem
from fairlead.engine import (
    Budget,
    EarlyFinish,
    Iterations,
    NewTask,
    Objective,
    Overrun,
    Pin,
    Problem,
    ProblemErrors,
    Repair,
    Task,
    TaskChanged,
    TaskGone,
    Worker,
    WorkerAway,
    WorkerChanged,
    changed_problem,
    check,
    plan_bytes,
    repair,
    solve,
)
from fairlead.engine.move import saves
from fairlead.engine.saying import say

PLAIN = Objective(fairness=0.0)
ROUNDS = Iterations(200)


def team(*tasks: Task, **more: Any) -> Problem:
    """Dana (65 an hour) and bob (90 an hour), from 9 to 17 on four days."""
    workers = [Worker("dana", calendar=TWO_WEEKS, rate=65.0), Worker("bob", calendar=TWO_WEEKS, rate=90.0)]
    return problem(workers, list(tasks), **{"objective": PLAIN, "horizon": 20160, **more})


def told(found: Repair) -> list[tuple[str, str, str]]:
    """Task, kind and reason of each move; the judge accepts the plan."""
    assert check(found.problem, found.plan).violations == ()
    return [(move.task, move.kind, move.reason) for move in found.moves]


def test_a_sick_day_moves_what_pays_and_shifts_what_can_wait() -> None:
    of = team(Task("t1", 240, due=1020), Task("t2", 240))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "dana", 0, 780, 1020))
    found = repair(of, plan, change=WorkerAway("dana", 540, 1020), budget=Budget(most_moved=1), stop=ROUNDS)
    # t1 on Tuesday at 13:00 would be 20 h late, 20 points; bob costs 4 h × 25 × 0.1 = 10 more
    assert told(found) == [
        (
            "t1",
            "moved",
            "dana is away from Mon 23 Nov 09:00 to 17:00: bob does it from Mon 23 Nov 09:00, which saves 10 points",
        ),
        ("t2", "delayed", "dana is away from Mon 23 Nov 09:00 to 17:00: starts 20 h later"),
    ]
    assert found.headline == "2 changes, 2 people, nothing before 09:00"
    assert (found.cost_before.total, found.cost.total) == (72.0, 62.0)
    assert found.counted == 1


def test_without_a_budget_everything_waits() -> None:
    of = team(Task("t1", 240, due=1020), Task("t2", 240))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "dana", 0, 780, 1020))
    found = repair(of, plan, change=WorkerAway("dana", 540, 1020), budget=Budget(), stop=ROUNDS)
    # the order stays: t1 on Tuesday from 9:00 to 13:00, 20 h after Monday 17:00
    assert told(found) == [
        (
            "t1",
            "delayed",
            "dana is away from Mon 23 Nov 09:00 to 17:00: starts 24 h later, 20 h after it is due, "
            "which costs 20 points",
        ),
        ("t2", "delayed", "dana is away from Mon 23 Nov 09:00 to 17:00: starts 24 h later"),
    ]


def test_an_urgent_task_is_placed_and_nobody_changes_hands() -> None:
    of = team(Task("t1", 240), Task("t2", 240))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "dana", 0, 780, 1020))
    found = repair(of, plan, change=NewTask(Task("t9", 120, due=1020)), budget=Budget(now=600), stop=ROUNDS)
    # with dana it costs 2 h × 65 × 0.1 = 13 points and 300 less for not leaving it out
    assert told(found) == [
        ("t2", "delayed", "makes room for t9, due Mon 23 Nov 17:00: starts 2 h later"),
        ("t9", "placed", "is new: dana does it from Mon 23 Nov 13:00, which saves 287 points"),
    ]
    assert found.headline == "2 changes, 1 person, nothing before 13:00"


def test_only_the_new_task_is_placed_where_there_is_room() -> None:
    of = team(Task("t1", 240, due=1020))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780))
    found = repair(of, plan, change=NewTask(Task("t9", 60)), budget=Budget(now=0), stop=ROUNDS)
    assert [(move.task, move.kind) for move in found.moves] == [("t9", "placed")]


def test_an_overrun_pushes_what_comes_after_it() -> None:
    of = team(Task("t1", 240), Task("t2", 120, due=2460))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "dana", 0, 780, 900))
    found = repair(of, plan, change=Overrun("t1", 60), budget=Budget(now=700), stop=ROUNDS)
    assert told(found) == [
        ("t1", "delayed", "t1 takes 1 h longer: ends 1 h later"),
        ("t2", "delayed", "t1 takes 1 h longer: starts 1 h later, still 25 h before it is due"),
    ]
    assert found.headline == "2 changes, 1 person, nothing before 13:00"


def test_time_that_becomes_free_is_used_only_where_it_helps() -> None:
    of = team(Task("t1", 240), Task("t2", 120, due=780), Task("t3", 60, due=2460))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "dana", 0, 780, 900), ("t3", "dana", 0, 900, 960))
    found = repair(of, plan, change=EarlyFinish("t1", 660), budget=Budget(now=660), stop=ROUNDS)
    assert told(found) == [
        ("t1", "earlier", "t1 is done by Mon 23 Nov 11:00: ends 2 h earlier"),
        (
            "t2",
            "earlier",
            "t1 is done by Mon 23 Nov 11:00: starts 2 h earlier, 0 min before it is due, which saves 2 points",
        ),
    ]


def test_a_gap_that_helps_nobody_stays() -> None:
    of = team(Task("t1", 240), Task("t2", 120))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "dana", 0, 780, 900))
    found = repair(of, plan, change=TaskGone("t1"), budget=Budget(most_moved=5), stop=ROUNDS)
    assert told(found) == []
    assert found.headline == "no changes"


def test_what_has_begun_is_interrupted_and_goes_on() -> None:
    of = team(Task("t1", 300))
    plan = plan_of(of, ("t1", "dana", 0, 540, 840))
    found = repair(of, plan, change=WorkerAway("dana", 600, 1020), budget=Budget(600, most_moved=1), stop=ROUNDS)
    assert [(item.worker, item.start, item.finish) for item in found.plan.assignments] == [("dana", 540, 2220)]
    assert told(found)[0][2] == "dana is away from Mon 23 Nov 10:00 to 17:00: ends 23 h later"


def test_what_has_begun_and_cannot_go_on_is_for_people_to_decide() -> None:
    of = team(Task("t1", 300))
    plan = plan_of(of, ("t1", "dana", 0, 540, 840))
    found = repair(of, plan, change=WorkerAway("dana", 600, 20160), budget=Budget(600, most_moved=1), stop=ROUNDS)
    assert told(found) == [
        (
            "t1",
            "left_out",
            "dana is away from Mon 23 Nov 10:00 to Mon 07 Dec 00:00; nobody does it: "
            "dana has begun it and cannot go on: does not have the 5 h that it needs from Mon 23 Nov 09:00 on",
        )
    ]
    assert (found.counted, found.plan.unassigned[0].blocked_by) == (0, ("calendar",))


def test_frozen_work_that_cannot_stay_is_forced_and_not_counted() -> None:
    of = team(Task("t1", 240, due=1020), Task("t2", 60, needs={"sql": 1}))
    of = of.with_worker(Worker("dana", skills={"sql": 2}, calendar=TWO_WEEKS, rate=65.0))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "dana", 0, 780, 840))
    found = repair(of, plan, change=WorkerAway("dana", 540, 1020), budget=Budget(0, 1440), stop=ROUNDS)
    assert told(found) == [
        (
            "t1",
            "forced",
            "dana is away from Mon 23 Nov 09:00 to 17:00: bob does it from Mon 23 Nov 09:00",
        ),
        ("t2", "forced", "dana is away from Mon 23 Nov 09:00 to 17:00: starts 20 h later"),
    ]
    assert found.counted == 0


def test_frozen_work_stays_where_it_is_although_something_better_comes_up() -> None:
    of = team(Task("t1", 240), Task("t2", 240))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "bob", 0, 540, 780))
    urgent = NewTask(Task("t9", 120, due=660, weight=50.0))
    found = repair(of, plan, change=urgent, budget=Budget(0, 1440, most_moved=5), stop=ROUNDS)
    # 120 minutes from 13:00 on are 4 h late: 4 × 50 points, less than the 10,100 of leaving it out
    assert told(found) == [("t9", "placed", "is new: dana does it from Mon 23 Nov 13:00, which saves 9887 points")]


def test_each_ones_own_frozen_minutes_hold_for_their_tasks_alone() -> None:
    of = team(Task("t1", 240, weight=4.0), Task("t2", 240, weight=0.1))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "bob", 0, 540, 780))
    urgent = NewTask(Task("t9", 120, due=660, weight=50.0))
    both = Budget(most_moved=5, frozen_for={"dana": 1440, "bob": 1440})
    assert repair(of, plan, change=urgent, budget=both, stop=ROUNDS).counted == 0
    hers = Budget(most_moved=5, frozen_for={"dana": 1440})
    found = repair(of, plan, change=urgent, budget=hers, stop=ROUNDS)
    after = {item.task: (item.worker, item.start) for item in found.plan.assignments}
    assert (after["t1"], after["t9"]) == (("dana", 540), ("bob", 540))
    assert after["t2"][1] > 540


def test_a_worker_who_may_no_longer_do_it_loses_it() -> None:
    of = team(Task("t1", 240, needs={"sql": 3}))
    skilled = [Worker(name, skills={"sql": 3}, calendar=TWO_WEEKS) for name in ("dana", "bob")]
    of = of.with_worker(skilled[0]).with_worker(skilled[1])
    plan = plan_of(of, ("t1", "dana", 0, 540, 780))
    found = repair(of, plan, change=WorkerChanged(Worker("dana", calendar=TWO_WEEKS)), budget=Budget(), stop=ROUNDS)
    assert told(found) == [
        (
            "t1",
            "forced",
            "dana has changed: bob does it from Mon 23 Nov 09:00; dana cannot any more: needs sql ≥ 3; has none",
        )
    ]


def test_what_waits_for_a_later_task_follows_it() -> None:
    of = team(Task("t1", 240), Task("t2", 60, after=("t1",)))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "bob", 0, 780, 840))
    found = repair(of, plan, change=Overrun("t1", 60), budget=Budget(), stop=ROUNDS)
    assert told(found)[1] == ("t2", "delayed", "waits for t1, which ends at Mon 23 Nov 14:00: starts 1 h later")


def test_a_pin_is_kept_and_what_was_before_it_gives_way() -> None:
    of = team(Task("t1", 120), Task("t2", 120), Task("t3", 60, pin=Pin("dana", 780)))
    plan = plan_of(of, ("t1", "dana", 0, 540, 660), ("t2", "dana", 0, 660, 780), ("t3", "dana", 0, 780, 840))
    found = repair(of, plan, change=Overrun("t1", 60), budget=Budget(), stop=ROUNDS)
    assert {item.task: item.start for item in found.plan.assignments} == {"t1": 540, "t2": 840, "t3": 780}


def test_who_is_left_out_finds_a_place_when_there_is_one() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS)], [Task("t1", 900), Task("t2", 480)], horizon=2880, objective=PLAIN)
    plan = plan_of(of, ("t1", "dana", 0, 540, 2400))
    found = repair(of, plan, change=TaskGone("t1"), budget=Budget(), stop=ROUNDS)
    assert told(found) == [
        ("t2", "placed", "had no place; now t1 is gone: dana does it from Mon 23 Nov 09:00, which saves 300 points")
    ]


def test_where_leaving_out_is_dear_it_is_told_in_words() -> None:
    dear = replace(PLAIN, unassigned=(100_000.0, 0.0))
    of = problem([Worker("dana", calendar=TWO_DAYS)], [Task("t1", 900), Task("t2", 480)], horizon=2880, objective=dear)
    gone = repair(of, plan_of(of, ("t1", "dana", 0, 540, 2400)), change=TaskGone("t1"), budget=Budget(), stop=ROUNDS)
    assert told(gone) == [("t2", "placed", "had no place; now t1 is gone: dana does it from Mon 23 Nov 09:00")]
    done = say("bob does it")
    assert saves(done, 104_955.0) == "bob does it; otherwise some work would find no place"
    assert saves(done, 12.0) == "bob does it, which saves 12 points"


def test_nothing_happens_when_nothing_happened() -> None:
    of = team(Task("t1", 240), Task("t2", 240, due=660))
    clumsy = plan_of(of, ("t1", "dana", 0, 600, 840), ("t2", "bob", 0, 1980, 2220))
    assert told(repair(of, clumsy, change=(), budget=Budget(), stop=ROUNDS)) == []
    better = repair(of, clumsy, change=(), budget=Budget(most_moved=1), stop=ROUNDS)
    # at 9:00 t2 is 2 h late with either of them, and dana costs 4 h × 25 × 0.1 = 10 points less than bob
    assert told(better) == [
        ("t1", "delayed", "makes room for t2, due Mon 23 Nov 11:00: starts 3 h later"),
        ("t2", "moved", "dana does it from Mon 23 Nov 09:00, which saves 10 points"),
    ]


def test_the_same_call_gives_the_same_bytes() -> None:
    of = team(*(Task(f"t{number}", 90, due=900) for number in range(8)))
    plan = solve(of, stop=Iterations(50))
    twice = [
        repair(of, plan, change=WorkerAway("dana", 600, 2000), budget=Budget(540, 600, 2), stop=Iterations(300), seed=3)
        for _ in range(2)
    ]
    assert plan_bytes(twice[0].plan) == plan_bytes(twice[1].plan)
    assert twice[0].moves == twice[1].moves


def test_changes_that_cannot_be_are_refused_together() -> None:
    of = team(Task("t1", 240), Task("t2", 60))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780))
    changes = [
        TaskGone("t9"),
        Overrun("t2", 60),
        EarlyFinish("t1", 780),
        WorkerAway("eve", 0, 60),
        NewTask(Task("t1", 60)),
        TaskChanged(Task("t8", 60)),
    ]
    with pytest.raises(ProblemErrors) as found:
        changed_problem(of, plan, changes)
    assert [str(error) for error in found.value.errors] == [
        "changes[0].task: 't9' is not allowed; allowed: the id of a task",
        "changes[1].task: 't2' is not allowed; allowed: a task that the plan gives to somebody",
        "changes[2].finish: 780 is not allowed; "
        "allowed: a minute after its start 540 and before its planned finish 780",
        "changes[3].worker: 'eve' is not allowed; allowed: the id of a worker",
        "changes[4].task.id: 't1' is not allowed; allowed: an id that is not used before",
        "changes[5].task: 't8' is not allowed; allowed: the id of a task",
    ]


def test_changes_leave_a_sound_problem() -> None:
    of = team(Task("t1", 240), Task("t2", 60, after=("t1",)), horizon=2880)
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "dana", 0, 780, 840))
    gone = changed_problem(of, plan, [TaskGone("t1"), WorkerAway("dana", 600, 2000)])
    assert gone.tasks == (Task("t2", 60),)
    assert gone.worker("dana").calendar == ((540, 600), (2000, 2460), *TWO_WEEKS[2:])
    always = changed_problem(problem([Worker("eve")], [], horizon=2880), plan, [WorkerAway("eve", 60, 120)])
    assert always.worker("eve").calendar == ((0, 60), (120, 2880))


@pytest.mark.parametrize(("finish", "worked"), [(700, 160), (2000, 500), (10680, 660), (11000, 980)])
def test_an_early_finish_counts_the_minutes_worked(finish: int, worked: int) -> None:
    # 1,000 minutes from Monday 9:00 on: 480, 120 more up to the cap of 600, then 400 in the second week
    of = problem([Worker("dana", calendar=TWO_WEEKS, week_minutes=600)], [Task("t1", 1000)])
    plan = plan_of(of, ("t1", "dana", 0, 540, 11020))
    assert check(of, plan).ok
    changed = changed_problem(of, plan, [EarlyFinish("t1", finish)])
    assert changed.task("t1").minutes == {"dana": worked}


def test_where_nobody_is_there_a_repair_leaves_everything_open() -> None:
    of = problem([], [Task("t", 60)], objective=PLAIN, horizon=20160)
    found = repair(of, plan_of(of), change=NewTask(Task("u", 60)), budget=Budget(most_moved=1), stop=ROUNDS)
    assert told(found) == [("u", "left_out", "is new; nobody does it: there is nobody in this plan")]
    assert [item.task for item in found.plan.unassigned] == ["t", "u"]
