"""When work is done: calendars with gaps, weekly caps, set-ups, lanes, pins, predecessors. Every number by hand."""

from __future__ import annotations

import pytest

from engine.small import FREE, TWO_DAYS, TWO_WEEKS, codes, plan_of, problem, times
from fairlead.engine import Assignment, Pin, Ranker, Task, Worker, solve


def test_a_gap_of_the_calendar_interrupts_a_task() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS)], [Task("t1", 600)])
    # 480 minutes on Monday, 120 on Tuesday from 1980 on
    assert times(of) == {"t1": ("dana", 540, 2100)}


def test_a_task_that_ends_with_the_day_does_not_reach_into_the_next() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS)], [Task("t1", 480), Task("t2", 1)])
    assert times(of) == {"t1": ("dana", 540, 1020), "t2": ("dana", 1980, 1981)}


def test_without_a_calendar_a_worker_works_always() -> None:
    assert times(problem([Worker("echo", kind="agent")], [Task("t1", 600, release=7)])) == {"t1": ("echo", 7, 607)}


def test_a_used_up_weekly_cap_interrupts_a_task_until_next_week() -> None:
    of = problem([Worker("dana", calendar=TWO_WEEKS, week_minutes=300)], [Task("t1", 400), Task("t2", 100)])
    # 300 minutes 540..840, then 100 in the next week from 10620; t2 right after
    assert times(of) == {"t1": ("dana", 540, 10720), "t2": ("dana", 10720, 10820)}


def test_a_cap_of_nothing_means_no_work() -> None:
    plan = solve(problem([Worker("dana", week_minutes=0)], [Task("t1", 60)]))
    assert [(item.task, item.blocked_by) for item in plan.unassigned] == [("t1", ("calendar",))]


def test_work_ends_at_the_horizon() -> None:
    fits = problem([Worker("dana", calendar=TWO_DAYS)], [Task("t1", 60)], horizon=600)
    assert times(fits) == {"t1": ("dana", 540, 600)}
    too_long = problem([Worker("dana", calendar=TWO_DAYS)], [Task("t1", 61)], horizon=600)
    assert times(too_long) == {}


@pytest.mark.parametrize(
    ("effort", "speed", "finish"), [(240, 1.0, 780), (240, 0.7, 883), (21, 0.7, 570), (10, 3.0, 544), (1, 100.0, 541)]
)
def test_effort_divided_by_speed_is_rounded_up(effort: int, speed: float, finish: int) -> None:
    # 240 / 0.7 = 342.86 → 343; 21 / 0.7 is exactly 30, although floats say 30.000000000000004
    of = problem([Worker("dana", calendar=TWO_DAYS, speed=speed)], [Task("t1", effort)])
    assert times(of) == {"t1": ("dana", 540, finish)}


def test_predicted_minutes_replace_effort_and_speed() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS, speed=0.5)], [Task("t1", 240, minutes={"dana": 200})])
    assert times(of) == {"t1": ("dana", 540, 740)}


def chain(release: int, first_effort: int = 60) -> list[Task]:
    first = Task("t1", first_effort, context="web", due=1)
    return [first, Task("t2", 60, context="shop", release=release, due=2)]


def test_a_set_up_comes_between_different_contexts() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS)], chain(0), setup=15)
    assert times(of)["t2"] == ("dana", 615, 675)


def test_a_set_up_is_done_while_waiting_for_the_release() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS)], chain(700), setup=15)
    assert times(of)["t2"] == ("dana", 700, 760)


def test_a_set_up_is_interrupted_like_work() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS)], chain(0, first_effort=475), setup=15)
    # t1 ends at 1015; 5 minutes of set-up on Monday, 10 on Tuesday
    assert times(of)["t2"] == ("dana", 1990, 2050)


def test_a_set_up_uses_the_weekly_cap() -> None:
    of = problem([Worker("dana", calendar=TWO_WEEKS, week_minutes=100)], chain(700), setup=15)
    # 60 of work and 15 of set-up leave 25 minutes of the week: 700..725, then 35 from 10620
    assert times(of)["t2"] == ("dana", 700, 10655)


def test_no_set_up_between_equal_contexts_or_without_context() -> None:
    tasks = [Task("t1", 60, context="web"), Task("t2", 60), Task("t3", 60, context="web"), Task("t4", 60)]
    found = times(problem([Worker("dana", calendar=TWO_DAYS)], tasks, setup=15))
    assert sorted(start for _, start, _ in found.values()) == [540, 600, 660, 720]


@pytest.mark.parametrize(
    ("first_effort", "starts"),
    [
        (60, 620),  # 9:00 to 10:00, then 20 minutes
        (470, 1980),  # ends at 16:50: the evening is buffer enough, Tuesday begins at 9:00
        (480, 1980),
    ],
)
def test_a_buffer_lies_between_two_tasks_and_a_night_is_one(first_effort: int, starts: int) -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS, buffer=20)], chain(0, first_effort=first_effort))
    assert times(of)["t2"] == ("dana", starts, starts + 60)


def test_a_break_counts_as_buffer_only_as_far_as_it_goes() -> None:
    lunch = ((540, 720), (730, 1020))
    of = problem([Worker("dana", calendar=lunch, buffer=20)], chain(0, first_effort=180))
    assert times(of)["t2"] == ("dana", 740, 800)


def test_no_buffer_stands_before_the_first_task_nor_inside_one() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS, buffer=20)], [Task("t1", 600)])
    assert times(of) == {"t1": ("dana", 540, 2100)}


def test_a_set_up_comes_after_the_buffer() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS, buffer=20)], chain(0), setup=15)
    assert times(of)["t2"] == ("dana", 635, 695)


def test_waiting_for_the_release_is_buffer_too() -> None:
    of = problem([Worker("dana", calendar=TWO_DAYS, buffer=20)], chain(615))
    assert times(of)["t2"] == ("dana", 620, 680)
    of = problem([Worker("dana", calendar=TWO_DAYS, buffer=20)], chain(700))
    assert times(of)["t2"] == ("dana", 700, 760)


def test_a_buffer_uses_no_weekly_cap_and_each_lane_has_its_own() -> None:
    agent = Worker("echo", kind="agent", lanes=2, week_minutes=240, buffer=30)
    of = problem([agent], [Task(f"t{number}", 60, due=1) for number in range(4)])
    assert sorted(start for _, start, _ in times(of).values()) == [0, 0, 90, 90]


def test_lanes_work_at_the_same_time() -> None:
    of = problem([Worker("echo", kind="agent", lanes=2)], [Task("t1", 60), Task("t2", 60), Task("t3", 60)])
    assert sorted(start for _, start, _ in times(of).values()) == [0, 0, 60]


def test_lanes_share_the_weekly_cap_in_order_of_start_and_then_of_lane() -> None:
    agent = Worker("echo", kind="agent", lanes=2, week_minutes=100)
    of = problem([agent], [Task("t1", 80, due=1), Task("t2", 80, due=2)])
    # lane 0 takes 80 of the 100 minutes; lane 1 gets 20 (0..20) and goes on next week with 60
    rows = [("t1", "echo", 0, 0, 80), ("t2", "echo", 1, 0, 10140)]
    assert codes(of, *rows) == []
    assert Ranker(of, plan_of(of, *rows)).state.assignments() == tuple(Assignment(*row) for row in rows)
    assert codes(of, ("t1", "echo", 1, 0, 80), ("t2", "echo", 0, 0, 10140)) == ["finish", "finish"]


def test_a_pinned_start_is_kept_and_others_go_around_it() -> None:
    tasks = [Task("t1", 60, pin=Pin("dana", 600)), Task("t2", 90), Task("t3", 60)]
    found = times(problem([Worker("dana", calendar=TWO_DAYS)], tasks))
    assert found == {"t3": ("dana", 540, 600), "t1": ("dana", 600, 660), "t2": ("dana", 660, 750)}


def test_a_task_starts_after_all_it_waits_for_whoever_does_them() -> None:
    workers = [Worker("dana", calendar=TWO_DAYS), Worker("echo", kind="agent")]
    tasks = [
        Task("t1", 60, pin=Pin("dana")),
        Task("t2", 30, pin=Pin("echo")),
        Task("t3", 30, pin=Pin("echo"), after=("t1", "t2")),
    ]
    assert times(problem(workers, tasks)) == {
        "t1": ("dana", 540, 600),
        "t2": ("echo", 0, 30),
        "t3": ("echo", 600, 630),
    }


def test_what_waits_for_an_unassigned_task_is_unassigned() -> None:
    tasks = [Task("t1", 60, needs={"scala": 1}), Task("t2", 60, after=("t1",)), Task("t3", 60, after=("t2",))]
    plan = solve(problem([Worker("dana")], tasks, objective=FREE))
    assert [item.task for item in plan.unassigned] == ["t1", "t2", "t3"]
    assert plan.unassigned[2].reason == "waits for t2, which nobody does"
