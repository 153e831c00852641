"""Why, why not, and what would change it: reasons, minimal conflicts, and fixes and flips that really work."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.small import TWO_DAYS, plan_of, problem
from fairlead.engine import Objective, Pin, Plan, Problem, Ranker, Task, Worker, check, diagnose, explain, rank, solve
from fairlead.engine.doctor import WEAKEST_FIRST, everybody, keys_of
from fairlead.engine.standing import obstacles_of
from fairlead.engine.testing import random_problem
from fairlead.engine.trial import Flip, handed_over


def changed(of: Problem, task_id: str, changes: Any) -> Problem:
    """The problem with the changes that a fix or flip lists, applied from what it says alone."""
    task = of.task(task_id)
    for path, value in changes.items():
        if path.startswith("plan."):
            continue
        if path == "horizon":
            of = replace(of, horizon=value)
        elif path.startswith("needs."):
            needs = {name: level for name, level in task.needs.items() if f"needs.{name}" != path}
            task = replace(task, needs=needs if value is None else {**needs, path.removeprefix("needs."): value})
        elif path.startswith("minutes."):
            task = replace(task, minutes={**task.minutes, path.removeprefix("minutes."): value})
        elif path == "pin.start" and task.pin:
            task = replace(task, pin=replace(task.pin, start=value))
        elif path == "pin.worker":
            task = replace(task, pin=Pin(value))
        elif "." in path:
            name, field, *skill = path.split(".")
            worker = of.worker(name)
            if field == "skills":
                worker = replace(worker, skills={**worker.skills, skill[0]: value})
            elif field == "calendar" and worker.week_minutes is not None:
                extra = sum(b - a for a, b in value) - sum(b - a for a, b in worker.calendar or ())
                worker = replace(worker, calendar=value, week_minutes=worker.week_minutes + extra)
            else:
                worker = replace(worker, **{field: value})
            of = of.with_worker(worker)
        else:
            task = replace(task, **{path: value})
    return of.with_task(task)


def replanned(of: Problem, plan: Plan, changes: Any) -> Plan:
    """The plan with the tasks that a flip gives to somebody else at their best place with her."""
    return handed_over(
        of, plan, {path.removeprefix("plan."): worker for path, worker in changes.items() if path.startswith("plan.")}
    )


def is_feasible_with(of: Problem, plan: Plan, *, task_id: str, worker: str) -> bool:
    """The judge accepts the plan in which this worker does the task too."""
    held = handed_over(of, plan, {task_id: worker}).assignments
    rows = [(item.task, item.worker, item.lane, item.start, item.finish) for item in held]
    assert next(row[1] for row in rows if row[0] == task_id) == worker
    return check(of, plan_of(of, *rows)).feasible


def test_a_level_nobody_has_is_named_with_the_highest_there_is() -> None:
    workers = [Worker("dana", skills={"scala": 3}), Worker("bob", skills={"scala": 2})]
    of = problem(workers, [Task("t1", 60, needs={"scala": 4})])
    found = diagnose(Ranker(of), "t1")
    assert found.reason == "needs scala ≥ 4; the highest here is 3"
    assert found.blocked_by == ("skill",)
    assert [(fix.sentence, dict(fix.changes), fix.workers) for fix in found.fixes] == [
        ("lower scala from 4 to 3: dana could do it", {"needs.scala": 3}, ("dana",)),
        ("lower scala from 4 to 2: dana and bob could do it", {"needs.scala": 2}, ("dana", "bob")),
    ]


def test_a_skill_nobody_has_can_only_be_dropped() -> None:
    found = diagnose(Ranker(problem([Worker("dana")], [Task("t1", 60, needs={"rust": 3})])), "t1")
    assert found.reason == "needs rust ≥ 3; nobody here has it"
    assert [fix.changes for fix in found.fixes] == [{"needs.rust": None}]


def test_rules_that_conflict_only_together_are_all_named() -> None:
    workers = [Worker("dana", skills={"sql": 4}), Worker("bob", skills={"german": 3}), Worker("eve")]
    of = problem(workers, [Task("t1", 60, needs={"sql": 4, "german": 3})])
    found = diagnose(Ranker(of), "t1")
    assert found.reason == "needs sql ≥ 4 and needs german ≥ 3: nobody meets all of this"
    assert [fix.sentence for fix in found.fixes] == [
        "drop the need for german: dana could do it",
        "drop the need for sql: bob could do it",
    ]


def test_a_pinned_task_says_what_stands_against_its_pin() -> None:
    of = problem([Worker("dana"), Worker("bob")], [Task("t1", 60, pin=Pin("bob"), never=("bob",))])
    left = solve(of).unassigned[0]
    assert left.reason == "it is pinned to bob, who cannot do it: bob is excluded from it by name"
    assert left.blocked_by == ("pin", "never")
    assert left.fixes == ("unpin it: dana could do it", "no longer exclude bob: bob could do it")


def test_one_task_more_is_offered_where_only_the_most_tasks_are_in_the_way() -> None:
    of = problem([Worker("dana", max_tasks=1)], [Task("t1", 60), Task("t2", 60)])
    found = diagnose(Ranker(of, plan_of(of, ("t2", "dana", 0, 0, 60))), "t1")
    assert found.reason == "dana already has 1 task (at most 1)"
    assert [dict(fix.changes) for fix in found.fixes] == [{"dana.max_tasks": 2}]


def test_more_hours_and_a_later_end_are_offered_where_time_is_short() -> None:
    of = problem([Worker("dana", calendar=(*TWO_DAYS, (10620, 11100)))], [Task("t1", 1080)], horizon=2880)
    found = explain(of, Plan(), task_id="t1").diagnosis
    assert found is not None
    assert found.reason == "dana needs 18 h; has 16 h of working time"
    assert [fix.sentence for fix in found.fixes] == [
        "let the plan end 1 week later: dana could do it",
        "give dana 2 h more from Mon 23 Nov 00:00 on: dana could do it",
    ]


def test_nothing_in_the_way_is_said_too() -> None:
    of = problem([Worker("dana")], [Task("t1", 60)])
    found = explain(of, Plan(), task_id="t1")
    assert found.sentence == "t1 is not assigned: nothing is in the way: dana could do it."


def test_every_offered_fix_gives_somebody_who_can_do_it() -> None:
    tried = 0
    for seed in range(60):
        of = random_problem(seed)
        plan = solve(of)
        for left in plan.unassigned[:2]:
            diagnosis = explain(of, plan, task_id=left.task).diagnosis
            assert diagnosis is not None
            for fix in diagnosis.fixes:
                other = changed(of, left.task, fix.changes)
                assert fix.workers
                assert fix.workers == Ranker(other, plan).willing(left.task)
                for worker in fix.workers:
                    assert is_feasible_with(other, plan, task_id=left.task, worker=worker)
                tried += 1
    assert tried > 80


def test_a_conflict_is_minimal() -> None:
    seen = 0
    for seed in range(80):
        of = random_problem(seed)
        ranker = Ranker(of, solve(of))
        for task in of.tasks:
            position = of.task_index[task.id]
            if ranker.state.worker_of(position) is not None:
                continue
            with ranker.bench(task.id) as bench:
                broken = [keys_of(rules) for rules in everybody(bench).values()]
            conflict = {(item.code, item.about) for item in diagnose(ranker, task.id).conflict}
            assert all(rules & conflict for rules in broken)
            for key in conflict:
                assert any(not rules & (conflict - {key}) for rules in broken)
            seen += len(conflict) > 1
    assert seen > 20


def test_rules_found_for_all_at_once_are_those_found_one_by_one() -> None:
    seen: set[str] = set()
    for seed in range(80):
        of = random_problem(seed)
        plan = solve(of)
        ranker = Ranker(of, plan)
        for task in of.tasks:
            with ranker.bench(task.id) as bench:
                standing = everybody(bench)
                for position, worker in enumerate(of.workers):
                    one_by_one = obstacles_of(bench, position)
                    assert list(standing[worker.id]) == [(item.code, item.about) for item in one_by_one]
                    seen |= {item.code for item in one_by_one}
    assert seen == set(WEAKEST_FIRST)


def test_equal_tasks_get_equal_reasons() -> None:
    of = problem([Worker("dana", skills={"scala": 3})], [Task(f"t{i}", 60, needs={"scala": 4}) for i in range(3)])
    assert {(left.reason, left.fixes) for left in solve(of).unassigned} == {
        ("needs scala ≥ 4; the highest here is 3", ("lower scala from 4 to 3: dana could do it",))
    }


def two() -> tuple[Problem, Plan]:
    workers = [Worker("dana", calendar=TWO_DAYS, rate=65.0), Worker("bob", calendar=TWO_DAYS, rate=40.0)]
    of = problem(workers, [Task("t1", 240)], objective=Objective(fairness=0.0))
    return of, solve(of)


def test_why_this_one_and_who_is_next() -> None:
    of, plan = two()
    # 4 h × 40 × 0.1 = 16 against 4 h × 65 × 0.1 = 26
    assert explain(of, plan, task_id="t1").sentence == (
        "bob has t1: the best of 2 who could do it; it costs 16 points: 16 labour. "
        "Next is dana, who costs 10 points more: 10 labour."
    )


def test_why_not_that_one_and_what_would_flip_it() -> None:
    of, plan = two()
    found = explain(of, plan, task_id="t1", worker="dana").comparison
    assert found is not None
    assert found.sentence == "dana is 2 of 2 and costs 10 points more: 10 labour (than bob)."
    # at 40.00 both cost and finish the same, and dana comes first in the list; 147 minutes × 65 / 60 × 0.1 = 15.925
    assert [flip.sentence for flip in found.flips] == [
        "dana cost 40.00 an hour instead of 65.00",
        "dana needed 2 h 27 min instead of 4 h",
    ]


def test_a_flip_works_and_the_next_smaller_change_does_not() -> None:
    tried, kinds = 0, set[str]()
    for seed in range(24):
        of = random_problem(seed)
        plan = solve(of)
        for task in of.tasks[::4]:
            worker = of.workers[(seed + of.task_index[task.id]) % len(of.workers)]
            comparison = explain(of, plan, task_id=task.id, worker=worker.id).comparison
            assert comparison is not None
            for flip in comparison.flips:
                other = changed(of, task.id, flip.changes)
                after = rank(other, replanned(other, plan, flip.changes), task_id=task.id).best
                assert after is not None
                assert after.worker == worker.id
                kinds |= {path.replace(worker.id, "").strip(".").split(".")[0] for path in flip.changes}
                for path, step in ((f"{worker.id}.rate", 0.01), (f"minutes.{worker.id}", 1), ("due", -60)):
                    if path not in flip.changes:
                        continue
                    smaller = {**flip.changes, path: round(flip.changes[path] + step, 2)}
                    still = rank(changed(of, task.id, smaller), plan, task_id=task.id).best
                    assert still is None or still.worker != worker.id
                    tried += 1
    assert tried > 30
    assert kinds >= {"rate", "minutes", "calendar", "skills", "plan", "due"}


def test_a_missing_skill_is_the_flip_of_who_is_ruled_out() -> None:
    workers = [Worker("dana", skills={"german": 2}), Worker("bob", skills={"german": 3}, rate=50.0)]
    of = problem(workers, [Task("t1", 60, needs={"german": 3})], objective=Objective(fairness=0.0))
    found = explain(of, solve(of), task_id="t1", worker="dana").comparison
    assert found is not None
    assert found.sentence == "dana is ruled out: needs german ≥ 3; has 2."
    assert [flip.sentence for flip in found.flips] == ["dana had german 3 instead of 2"]


def test_who_waits_for_nothing_to_be_done_has_no_flip() -> None:
    tasks = [Task("t1", 60, needs={"sql": 1}), Task("t2", 60, after=("t1",))]
    found = explain(problem([Worker("dana")], tasks), Plan(), task_id="t2", worker="dana").comparison
    assert found is not None
    assert (found.place, found.flips) == (None, ())


@pytest.mark.parametrize("name", ["task", "worker"])
def test_unknown_names_are_key_errors(name: str) -> None:
    of, plan = two()
    with pytest.raises(KeyError):
        explain(of, plan, **({"task_id": "t9"} if name == "task" else {"task_id": "t1", "worker": "charlie"}))


def test_explanations_are_plain_data() -> None:
    of, plan = two()
    shown = explain(of, plan, task_id="t1", worker="dana").to_dict()
    assert shown["comparison"]["flips"][0]["changes"] == {"dana.rate": 40.0}
    assert shown["ranking"]["current"] == "bob"
    assert shown["diagnosis"] is None


def test_a_later_due_date_can_make_her_first() -> None:
    # eve is busy until Tuesday, 25 h after it is due, and 10 an hour cheaper: 4 points against up to 25 of lateness
    workers = [Worker("dana", calendar=TWO_DAYS, rate=50.0), Worker("eve", calendar=TWO_DAYS, rate=40.0)]
    of = problem(workers, [Task("t1", 240, due=780), Task("t2", 480)], objective=Objective(fairness=0.0))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "eve", 0, 540, 1020))
    found = explain(of, plan, task_id="t1", worker="eve").comparison
    assert found is not None
    # before t2 she would finish in time as well and pay only 4 points less, so she is first anyway
    assert (found.place, found.flips) == (1, ())
    pinned = of.with_task(Task("t2", 480, pin=Pin("eve", 540)))
    found = explain(pinned, plan, task_id="t1", worker="eve").comparison
    assert found is not None
    # 24 h late on Tuesday at 13:00; 20 h later it is 4 h late, as many points as dana's rate costs more
    assert [flip.said("eve") for flip in found.flips] == [
        "eve would be first if eve had 4 h more working time. A new plan keeps it with eve.",
        "eve would be first if it were due 21 h later. A new plan keeps it with eve.",
    ]
    assert found.flips[1].changes == {"due": 780 + 21 * 60}


def test_a_lower_load_can_make_her_first() -> None:
    workers = [Worker("dana", calendar=TWO_DAYS, rate=50.0), Worker("eve", calendar=TWO_DAYS, rate=40.0)]
    tasks = [Task("t1", 240, due=780), Task("t2", 240, due=780), Task("t3", 60, due=2460)]
    of = problem(workers, tasks, objective=Objective(fairness=0.0))
    plan = plan_of(of, ("t1", "dana", 0, 540, 780), ("t2", "eve", 0, 540, 780), ("t3", "eve", 0, 780, 840))
    found = explain(of, plan, task_id="t1", worker="eve").comparison
    assert found is not None
    # with eve either t1 or t2 is 4 h late, 4 points, as many as she is cheaper: dana comes first in the list
    assert ("t2 were with dana", {"plan.t2": "dana"}) in [(flip.sentence, dict(flip.changes)) for flip in found.flips]


def test_what_is_not_in_the_plan_or_large_is_not_proven() -> None:
    workers = [Worker("dana", skills={"sql": 1}, rate=65.0), Worker("bob", skills={"sql": 1}, rate=40.0)]
    of = problem(workers, [Task("t1", 240)], objective=Objective(fairness=0.0))
    for plan, proven in ((solve(of), True), (Plan(), None)):
        found = explain(of, plan, task_id="t1", worker="dana").comparison
        assert found is not None
        assert {flip.proven for flip in found.flips} == {proven}


def test_a_flip_says_plainly_whether_a_new_plan_agrees() -> None:
    said = {proven: Flip("dana cost 40.00 an hour", {}, 0.1, proven).said("dana") for proven in (True, False, None)}
    first = "dana would be first if dana cost 40.00 an hour. "
    assert said == {
        True: first + "A new plan keeps it with dana.",
        False: first + "But a new plan then does not give it to dana.",
        None: first + "Not tried with a new plan.",
    }
