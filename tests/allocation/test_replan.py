"""Planning anew what is held: what moves, why, what it buys, and how it is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fairlead.allocation import actions, policy, queries
from fairlead.allocation.actions import plans
from fairlead.allocation.jobs import make_large_plan, prove_plan
from fairlead.allocation.models import Assignment, Plan, PlanLine, Receipt
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Refused
from fairlead.people import actions as people
from fairlead.work import actions as work
from fairlead.work.models import Task

from .conftest import Team


def overloaded(team: Team, count: int = 6) -> list[Task]:
    """Bob holds everything, due within two days; a day of work each. Dana could do some of it."""
    tasks = [
        team.task(f"Task {n}", needs={team.python.pk: 3}, effort_min=480, due_at=team.now + timedelta(days=2))
        for n in range(count)
    ]
    for task in tasks:
        actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    return tasks


def replan(team: Team, **more: Any) -> Plan:
    return actions.make_plan(team.project, actor=team.alice, now=team.now, scope="all", **more)


def test_held_work_moves_where_that_buys_something(team: Team) -> None:
    overloaded(team)
    plan = replan(team)
    sheet = queries.plan_sheet(team.alice, plan)
    moved = sheet.of("moved")
    assert moved
    assert {(line.before.name, line.worker.name) for line in moved if line.before and line.worker} == {("Bob", "Dana")}
    assert all("Dana" in line.reason for line in moved)
    assert sheet.before is not None
    assert sheet.after is not None
    assert sheet.after.late_min < sheet.before.late_min
    assert (sheet.before.moved, sheet.after.moved) == (0, len(moved))
    assert Assignment.objects.filter(ended_at__isnull=True, worker=team.bob).count() == 6


def test_nothing_moves_when_nothing_is_better(team: Team) -> None:
    task = team.task(needs={team.python.pk: 3}, due_at=team.now + timedelta(days=20))
    actions.assign_best(task, actor=team.alice, now=team.now)
    sheet = queries.plan_sheet(team.alice, replan(team))
    assert (sheet.lines, sheet.unchanged) == ((), 1)


def test_what_somebody_holds_beyond_what_they_take_moves_and_is_applied(team: Team) -> None:
    held = [team.task(f"Held {n}", needs={team.python.pk: 3}, effort_min=60) for n in range(3)]
    for task in held:
        actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    people.change_worker(team.bob, max_tasks=1, actor=team.alice, now=team.now)
    plan = replan(team)
    lines = PlanLine.objects.filter(plan=plan, worker__isnull=False).exclude(worker=team.bob)
    assert [(line.kind, line.before_worker_id) for line in lines] == [("moved", team.bob.pk)] * 2
    assert {line.reason for line in lines} == {"Bob has no room for it"}
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert sorted(str(team.fresh(task).assignee) for task in held) == ["Bob", "Dana", "Dana"]
    actions.undo_plan(Plan.objects.get(pk=plan.pk), actor=team.alice, now=team.now)
    assert [str(team.fresh(task).assignee) for task in held] == ["Bob"] * 3


def test_begun_work_is_never_touched(team: Team) -> None:
    tasks = overloaded(team, 3)
    work.start_task(team.fresh(tasks[0]), actor=team.alice, now=team.now)
    plan = replan(team)
    assert not PlanLine.objects.filter(plan=plan, task=tasks[0]).exists()
    assert PlanLine.objects.filter(plan=plan).count() == 2


def test_pinned_work_is_never_touched(team: Team) -> None:
    tasks = overloaded(team)
    actions.pin_task(team.fresh(tasks[0]), team.bob, actor=team.alice, now=team.now)
    plan = replan(team)
    assert not PlanLine.objects.filter(plan=plan, task=tasks[0]).exists()
    assert PlanLine.objects.filter(plan=plan).count() == 5


def test_a_pin_that_is_set_meanwhile_makes_a_line_stale(team: Team) -> None:
    overloaded(team)
    plan = replan(team)
    line = PlanLine.objects.filter(plan=plan, kind="moved")[0]
    actions.pin_task(team.fresh(line.task), team.bob, actor=team.alice, now=team.now)
    with pytest.raises(actions.StalePlan, match="it was pinned"):
        actions.apply_plan(plan, actor=team.alice, now=team.now)


def test_what_somebody_gave_against_a_rule_stays(team: Team) -> None:
    task = team.task(needs={team.scala.pk: 3}, due_at=team.now + timedelta(days=1))
    actions.assign_task(task, team.dana, actor=team.alice, now=team.now, reason="She learns it")
    overloaded(team, 2)
    plan = replan(team)
    assert not PlanLine.objects.filter(plan=plan, task=task).exists()


def test_applying_moves_with_receipts_that_replay_and_undo_gives_back(team: Team) -> None:
    overloaded(team)
    plan = replan(team)
    moved = [line.task_id for line in queries.plan_sheet(team.alice, plan).of("moved")]
    first = {item.task_id: item.receipt_id for item in Assignment.objects.filter(task_id__in=moved)}
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert set(Task.objects.filter(pk__in=moved).values_list("assignee__name", flat=True)) == {"Dana"}
    going = Assignment.objects.filter(task_id__in=moved, ended_at__isnull=True).select_related("receipt")
    assert all(queries.replay(item.receipt) for item in going)
    ended = Assignment.objects.filter(task_id__in=moved, ended_at__isnull=False)
    assert set(ended.values_list("worker__name", "end_reason")) == {("Bob", "replaced")}
    told = Event.objects.filter(kind="task.assigned").order_by("-seq")[0].payload
    assert (told["worker"]["name"], told["previous"]["name"]) == ("Dana", "Bob")
    actions.undo_plan(plan, actor=team.alice, now=team.now + timedelta(minutes=1))
    back = Assignment.objects.filter(task_id__in=moved, ended_at__isnull=True)
    assert {item.task_id: item.receipt_id for item in back} == first
    assert set(Task.objects.filter(pk__in=moved).values_list("assignee__name", flat=True)) == {"Bob"}
    assert set(PlanLine.objects.filter(plan=plan, kind="moved").values_list("outcome", flat=True)) == {"undone"}


def test_everybody_concerned_is_told_once(team: Team) -> None:
    overloaded(team)
    actions.apply_plan(replan(team), actor=team.alice, now=team.now)
    told = Event.objects.filter(kind="plan.notice").order_by("seq")
    assert sorted(event.payload["worker"]["name"] for event in told) == ["Bob", "Dana"]
    dana = next(event for event in told if event.payload["worker"]["name"] == "Dana")
    notice = queries.notice(dana, team.dana)
    assert not notice.before
    assert {item.change for item in notice.after} == {"new for you"}
    assert all("Dana" in item.why for item in notice.after)


def test_a_move_is_refused_when_its_task_was_begun_meanwhile(team: Team) -> None:
    overloaded(team)
    plan = replan(team)
    line = PlanLine.objects.filter(plan=plan, kind="moved")[0]
    work.start_task(team.fresh(line.task), actor=team.alice, now=team.now)
    with pytest.raises(actions.StalePlan, match="it was begun"):
        actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert not Event.objects.filter(kind="plan.applied").exists()
    actions.apply_rest(plan, actor=team.alice, now=team.now)
    assert team.fresh(line.task).assignee == team.bob
    line.refresh_from_db()
    assert line.outcome == "taken"


def test_a_move_is_refused_when_its_worker_is_away_then(team: Team) -> None:
    overloaded(team)
    plan = replan(team)
    first = team.now.date()
    asked = people.request_time_off(team.dana, first, first + timedelta(days=30), actor=team.alice, now=team.now)
    if asked.state == asked.State.REQUESTED:
        people.approve_time_off(asked, actor=team.alice, now=team.now)
    with pytest.raises(actions.StalePlan, match="Dana is away then"):
        actions.apply_plan(plan, actor=team.alice, now=team.now)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"effort_min": 60}, "its effort changed"),
        ({"due_at": None}, "its due date changed"),
        ({"needs": {}}, "what it needs changed"),
        ({"title": "Other"}, ""),
    ],
)
def test_only_what_the_plan_was_made_from_makes_it_stale(team: Team, change: dict[str, Any], what: str) -> None:
    overloaded(team)
    plan = replan(team)
    line = PlanLine.objects.filter(plan=plan, kind="moved")[0]
    work.change_task(team.fresh(line.task), actor=team.alice, now=team.now, **change)
    if not what:
        assert actions.apply_plan(plan, actor=team.alice, now=team.now).state == "applied"
        return
    with pytest.raises(actions.StalePlan, match=what):
        actions.apply_plan(plan, actor=team.alice, now=team.now)


def test_weights_change_the_plan_and_are_kept_with_it(team: Team) -> None:
    overloaded(team)
    first = replan(team)
    calm = actions.remake_plan(first, weights={"lateness": 0, "moved": 200}, actor=team.alice, now=team.now)
    assert (calm.other, calm.weights["lateness"], calm.weights["fairness"]) == (first, 0, 100)
    sheet = queries.plan_sheet(team.alice, calm)
    assert sheet.after is not None
    assert sheet.other is not None
    assert sheet.after.moved < sheet.other.moved
    actions.apply_plan(first, actor=team.alice, now=team.now)
    assert all(queries.replay(receipt) for receipt in Receipt.objects.filter(plan=first))
    with pytest.raises(Invalid):
        replan(team, weights={"lateness": 201})
    with pytest.raises(Invalid):
        replan(team, weights={"speed": 100})


def test_the_workspaces_weights_are_what_plans_begin_with(team: Team) -> None:
    overloaded(team, 2)
    actions.change_planning(weights={"fairness": 150}, actor=team.world.olga.actor, now=team.now)
    assert replan(team).weights["fairness"] == 150
    with pytest.raises(Forbidden):
        actions.change_planning(weights={}, actor=team.alice, now=team.now)
    with pytest.raises(Invalid):
        actions.change_planning(most_moved=-1, actor=team.world.olga.actor, now=team.now)


def test_a_stopped_plan_is_a_draft_that_replays(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    overloaded(team)
    endless = replace(policy.POLICY, quick_tasks=1, iterations_per_task=1_000_000, most_iterations=10**8)
    monkeypatch.setattr(plans, "POLICY", endless)
    plan = replan(team)
    assert plan.state == "making"
    actions.stop_plan(plan, actor=team.alice, now=team.now)
    with pytest.raises(Conflict):
        actions.stop_plan(plan, actor=team.alice, now=team.now)
    asked = Event.objects.get(kind="plan.requested")
    make_large_plan(workspace_id=plan.workspace_id, event_id=asked.pk, now=team.now)
    plan.refresh_from_db()
    assert plan.state == "draft"
    assert plan.stopped_at is not None
    assert plan.stopped_at < plan.iterations
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert all(queries.replay(receipt) for receipt in Receipt.objects.filter(plan=plan)[:1])


def test_a_plan_says_how_far_it_is_from_the_best(team: Team) -> None:
    overloaded(team, 4)
    team.task("Impossible", needs={team.scala.pk: 5})
    plan = replan(team)
    made = Event.objects.filter(kind="plan.made").order_by("-seq")[0]
    for _ in range(2):
        prove_plan(workspace_id=plan.workspace_id, event_id=made.pk, now=team.now)
    plan.refresh_from_db()
    assert plan.gap is not None
    assert 0 <= plan.gap < 1
    assert plan.bound_by
    assert Event.objects.filter(kind="plan.proven").count() == 1


def test_with_nothing_that_could_move_there_is_no_plan(team: Team) -> None:
    with pytest.raises(Refused, match="begun, pinned or being offered"):
        replan(team)


def test_others_may_neither_stop_nor_remake_nor_apply_the_rest(team: Team) -> None:
    overloaded(team, 2)
    plan = replan(team)
    for name in ("bob", "clara", "audrey", "echo"):
        by = {"actor": getattr(team.world, name).actor, "now": team.now}
        for verb in (actions.stop_plan, actions.apply_rest):
            with pytest.raises(Forbidden):
                verb(plan, **by)
        with pytest.raises(Forbidden):
            actions.remake_plan(plan, weights={}, **by)
