"""Who can do a task at all: code and facts of every rule, and what the judge says when it is broken."""

from __future__ import annotations

import pytest

from engine.small import TWO_DAYS, codes, plan_of, problem
from fairlead.engine import Assignment, Cost, Pin, Plan, Problem, Task, Unassigned, Worker, check, rank


def ruled_out(of: Problem, task_id: str = "t1") -> dict[str, list[tuple[str, str]]]:
    """Codes and sentences by worker, beside an empty plan."""
    found = rank(of, None, task_id=task_id).ruled_out
    return {item.worker: [(rule.code, rule.sentence) for rule in item.obstacles] for item in found}


def test_every_missing_skill_is_named_with_the_level_there_is() -> None:
    workers = [Worker("dana", skills={"scala": 3, "sql": 4}), Worker("bob", skills={"scala": 5, "sql": 5})]
    of = problem(workers, [Task("t1", 60, needs={"scala": 4, "sql": 4, "rust": 1})])
    assert ruled_out(of) == {
        "dana": [("skill", "needs scala ≥ 4; has 3"), ("skill", "needs rust ≥ 1; has none")],
        "bob": [("skill", "needs rust ≥ 1; has none")],
    }
    assert codes(of, ("t1", "dana", 0, 0, 60)) == ["skill", "skill"]


def test_a_level_just_high_enough_is_enough() -> None:
    of = problem([Worker("dana", skills={"scala": 4})], [Task("t1", 60, needs={"scala": 4})])
    assert ruled_out(of) == {}


def test_only_those_named_may_do_it() -> None:
    of = problem([Worker("dana"), Worker("bob")], [Task("t1", 60, only=("bob",))])
    assert ruled_out(of) == {"dana": [("only", "only bob may do it")]}
    assert codes(of, ("t1", "dana", 0, 0, 60)) == ["only"]


def test_an_empty_list_of_those_allowed_allows_nobody() -> None:
    of = problem([Worker("dana")], [Task("t1", 60, only=())])
    assert ruled_out(of) == {"dana": [("only", "only nobody may do it")]}


def test_those_excluded_may_not_do_it() -> None:
    of = problem([Worker("dana"), Worker("bob")], [Task("t1", 60, never=("bob",))])
    assert ruled_out(of) == {"bob": [("never", "bob is excluded from it by name")]}
    assert codes(of, ("t1", "bob", 0, 0, 60)) == ["never"]


def test_a_pinned_task_belongs_to_one_worker() -> None:
    of = problem([Worker("dana"), Worker("bob")], [Task("t1", 60, pin=Pin("bob", 30))])
    assert ruled_out(of) == {"dana": [("pin", "it is pinned to bob")]}
    assert codes(of, ("t1", "dana", 0, 30, 90)) == ["pin"]
    assert codes(of, ("t1", "bob", 0, 40, 100)) == ["pin"]


def test_a_buffer_between_two_tasks_is_kept() -> None:
    of = problem([Worker("dana", buffer=15)], [Task("t1", 60), Task("t2", 60)])
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 75, 135)) == []
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 74, 134)) == ["buffer"]
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 59, 119)) == ["overlap"]


def test_a_reason_for_no_room_names_the_buffer() -> None:
    of = problem([Worker("dana", calendar=((0, 130),), buffer=15)], [Task("t1", 60), Task("t2", 60)])
    found = rank(of, plan_of(of, ("t2", "dana", 0, 0, 60)), task_id="t1").ruled_out
    assert [rule.sentence for item in found for rule in item.obstacles] == [
        "has no room for 1 h beside the 1 h already planned and 15 min between two tasks"
    ]


def test_a_pin_does_not_give_skills() -> None:
    of = problem([Worker("bob")], [Task("t1", 60, pin=Pin("bob"), needs={"sql": 2})])
    assert ruled_out(of) == {"bob": [("skill", "needs sql ≥ 2; has none")]}


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        (Task("t1", 961), "needs 16 h 1 min; has 16 h of working time"),
        (Task("t1", 61, release=2400), "needs 1 h 1 min; has 1 h of working time from Tue 24 Nov 16:00"),
        (Task("t1", 60, pin=Pin("dana", 1500)), "cannot work 1 h from the pinned start Tue 24 Nov 01:00 on"),
        (Task("t1", 60, release=700, pin=Pin("dana", 600)), "is pinned to start before its release Mon 23 Nov 11:40"),
    ],
)
def test_work_has_to_fit_into_the_calendar(task: Task, sentence: str) -> None:
    assert ruled_out(problem([Worker("dana", calendar=TWO_DAYS)], [task])) == {"dana": [("calendar", sentence)]}


def test_the_weekly_cap_is_among_the_facts() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS, week_minutes=120)], [Task("t1", 121)])
    assert ruled_out(of) == {"dana": [("calendar", "needs 2 h 1 min; has 16 h of working time, at most 2 h a week")]}


def test_a_worker_takes_no_more_than_the_most_tasks() -> None:
    of = problem([Worker("dana", max_tasks=1), Worker("bob", max_tasks=0)], [Task("t1", 60), Task("t2", 60)])
    ranking = rank(of, plan_of(of, ("t2", "dana", 0, 0, 60)), task_id="t1")
    assert {item.worker: item.sentence for item in ranking.ruled_out} == {
        "dana": "already has 1 task (at most 1)",
        "bob": "takes no tasks (at most 0)",
    }
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 60, 120)) == ["max_tasks"]


def test_a_full_calendar_has_no_room() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS)], [Task("t1", 600), Task("t2", 480)])
    ranking = rank(of, plan_of(of, ("t1", "dana", 0, 540, 2100)), task_id="t2")
    assert ranking.ruled_out[0].sentence == "has no room for 8 h beside the 10 h already planned"
    assert ranking.ruled_out[0].obstacles[0].code == "room"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("t1", "dana", 0, 600, 660), []),
        (("t1", "dana", 0, 540, 600), ["release"]),
        (("t1", "dana", 1, 600, 660), ["lane"]),
        (("t1", "dana", 0, 1020, 1980), ["calendar"]),
        (("t1", "dana", 0, 990, 1050), ["finish"]),
        (("t1", "dana", 0, 990, 2010), []),
        (("t1", "dana", 0, 2430, 2490), ["horizon", "calendar"]),
        (("t1", "zoe", 0, 600, 660), ["unknown"]),
        (("t9", "dana", 0, 600, 660), ["unknown"]),
    ],
)
def test_the_judge_names_what_is_wrong_with_a_time_or_place(
    row: tuple[str, str, int, int, int], found: list[str]
) -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS)], [Task("t1", 60, release=600)], horizon=2450)
    assert codes(of, row) == found


def test_tasks_of_one_lane_do_not_overlap() -> None:
    of = problem([Worker("dana")], [Task("t1", 60), Task("t2", 60)])
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 59, 119)) == ["overlap"]


def test_a_missing_set_up_is_seen() -> None:
    tasks = [Task("t1", 60, context="web"), Task("t2", 60, context="shop")]
    of = problem([Worker("dana")], tasks, setup=15)
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 74, 134)) == ["setup"]
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 75, 135)) == []


def test_no_week_has_more_work_than_its_cap() -> None:
    of = problem([Worker("dana", week_minutes=100)], [Task("t1", 60), Task("t2", 60)])
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 60, 10100)) == []
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 60, 120)) == ["finish"]
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 70, 10100)) == []


def test_a_task_does_not_start_when_the_weeks_minutes_are_used_up() -> None:
    of = problem([Worker("dana", week_minutes=60)], [Task("t1", 60), Task("t2", 10)])
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "dana", 0, 100, 110)) == ["week"]


def test_predecessors_come_first() -> None:
    of = problem([Worker("dana"), Worker("bob")], [Task("t1", 60), Task("t2", 60, after=("t1",))])
    assert codes(of, ("t1", "dana", 0, 0, 60), ("t2", "bob", 0, 59, 119)) == ["after"]
    assert codes(of, ("t2", "bob", 0, 59, 119)) == ["after"]


def test_every_task_is_in_one_list_once_and_left_out_for_a_reason() -> None:
    of = problem([Worker("dana")], [Task("t1", 60), Task("t2", 60), Task("t3", 60)])
    row = Assignment("t1", "dana", 0, 0, 60)
    verdict = check(of, Plan((row, row), (Unassigned("t1", "twice"), Unassigned("t2", " "))))
    assert [str(item) for item in verdict.violations] == [
        "task t1: is listed 3 times [twice]",
        "task t3: is neither assigned nor unassigned [missing]",
        "task t2: is left out without a reason [reason]",
    ]
    assert not verdict.feasible


def test_a_wrong_cost_is_a_violation_of_a_feasible_plan() -> None:
    of = problem([Worker("dana")], [Task("t1", 60)])
    plan = Plan((Assignment("t1", "dana", 0, 0, 60),), cost=Cost(labour=2.0))
    verdict = check(of, plan)
    assert [str(item) for item in verdict.violations] == ["plan: states labour 2.00, truly 0.00 [cost]"]
    assert verdict.feasible
    assert not verdict.ok
