"""All open tasks at once: a draft to look at, applied in one go, undone exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from fairlead import engine
from fairlead.allocation import actions, policy, queries, snapshot, solver
from fairlead.allocation.actions import plans
from fairlead.allocation.jobs import make_large_plan
from fairlead.allocation.models import Assignment, Plan, PlanLine, Receipt
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Missing, Refused
from fairlead.people import actions as people
from fairlead.work import actions as work
from fairlead.work.models import Task

from .conftest import Team


def some_tasks(team: Team, count: int = 6) -> list[Task]:
    """Tasks that need Python 2, due one after the other."""
    return [
        team.task(f"Task {n}", needs={team.python.pk: 2}, due_at=team.now + timedelta(days=n + 1)) for n in range(count)
    ]


def holders(tasks: list[Task]) -> dict[str, str | None]:
    """{title: who has it}."""
    rows = Task.objects.filter(pk__in=[t.pk for t in tasks]).values_list("title", "assignee__name")
    return dict(rows.order_by("pk"))


def test_a_draft_proposes_somebody_for_every_task_and_changes_nothing(team: Team) -> None:
    tasks = some_tasks(team)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    sheet = queries.plan_sheet(team.alice, plan)
    assert plan.state == "draft"
    assert sorted(line.key for line in sheet.lines) == sorted(str(t) for t in tasks)
    assert all(line.worker and line.starts_at and line.ends_at and not line.late_min for line in sheet.lines)
    assert set(holders(tasks).values()) == {None}
    assert not Assignment.objects.exists()
    event = Event.objects.order_by("-seq")[0]
    assert (event.kind, event.payload["assigned"], event.payload["unassigned"]) == ("plan.made", 6, 0)


def test_a_solver_that_dies_costs_one_plan_and_nothing_else(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = some_tasks(team)
    monkeypatch.setattr(solver.sys, "executable", "/bin/false")
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    assert plan.state == "failed"
    assert set(holders(tasks).values()) == {None}
    assert Event.objects.order_by("-seq")[0].kind == "plan.failed"
    with pytest.raises(Conflict):
        actions.apply_plan(plan, actor=team.alice, now=team.now)
    monkeypatch.undo()
    assert actions.make_plan(team.project, actor=team.alice, now=team.now).state == "draft"


def test_a_plan_made_apart_is_the_same_to_the_byte(team: Team) -> None:
    some_tasks(team)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    problem = snapshot.problem_of(plan.snapshot.content)
    here = engine.solve(problem, stop=engine.Iterations(plan.iterations), seed=plan.seed)
    assert snapshot.plan_content(here) == bytes(plan.result)


def test_a_plan_says_why_a_task_stays_open(team: Team) -> None:
    team.task("Impossible", needs={team.scala.pk: 5})
    team.task("Possible")
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    (line,) = queries.plan_sheet(team.alice, plan).left_open
    assert (line.title, line.worker) == ("Impossible", None)
    assert line.reason.lower().startswith("needs scala ≥ 5; the highest here is 3")
    assert any("Bob could do it" in fix for fix in line.fixes)


def test_applying_assigns_as_proposed_with_receipts(team: Team) -> None:
    tasks = some_tasks(team)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    proposed = {line.title: line.worker.name for line in queries.plan_sheet(team.alice, plan).lines if line.worker}
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert holders(tasks) == proposed
    made = Assignment.objects.get(task=tasks[0])
    assert (made.by_kind, made.by_user_id, made.plan_id) == ("engine", team.world.alice.user.pk, plan.pk)
    assert (made.starts_at, made.fit) == PlanLine.objects.values_list("starts_at", "fit").get(task=tasks[0])
    assert queries.replay(Receipt.objects.get(pk=made.receipt_id))
    events = Event.objects.order_by("-seq")[:7]
    assert [e.kind for e in events] == ["plan.applied", *["task.assigned"] * 6]
    assert {(e.actor_kind, e.actor_user_id) for e in events[1:]} == {("engine", team.world.alice.user.pk)}


def test_what_is_held_stays_with_its_holder(team: Team) -> None:
    held = team.task("Held")
    actions.assign_task(held, team.echo, actor=team.alice, now=team.now)
    some_tasks(team, 2)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    assert not PlanLine.objects.filter(plan=plan, task=held).exists()
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert team.fresh(held).assignee == team.echo


def test_nobody_is_proposed_more_than_they_take_beside_what_they_have(team: Team) -> None:
    """Even when what they have is late and small, and what is new is urgent."""
    for worker in (team.bob, team.dana):
        people.deactivate_worker(worker, actor=team.alice, now=team.now)
    people.change_worker(team.echo, max_tasks=2, actor=team.alice, now=team.now)
    late = team.task("Late", due_at=team.now - timedelta(days=9), priority=0, effort_min=1200)
    actions.assign_task(late, team.echo, actor=team.alice, now=team.now)
    urgent = [team.task(f"Urgent {n}", priority=4) for n in range(3)]
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    assert PlanLine.objects.filter(plan=plan, worker=team.echo).count() == 1
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert sorted(str(team.fresh(task).assignee) for task in [late, *urgent]) == ["Echo", "Echo", "None", "None"]


def test_lines_can_be_left_out(team: Team) -> None:
    tasks = some_tasks(team, 3)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    skipped = PlanLine.objects.get(plan=plan, task=tasks[1])
    actions.apply_plan(plan, actor=team.alice, now=team.now, leave_out={skipped.pk})
    skipped.refresh_from_db()
    assert (skipped.outcome, team.fresh(tasks[1]).assignee) == ("left_out", None)
    assert team.fresh(tasks[0]).assignee is not None


def test_a_plan_is_refused_with_what_changed_and_its_rest_can_be_applied(team: Team) -> None:
    tasks = some_tasks(team, 5)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    actions.assign_task(team.fresh(tasks[0]), team.echo, actor=team.alice, now=team.now)
    work.cancel_task(team.fresh(tasks[1]), actor=team.alice, now=team.now)
    work.delete_task(team.fresh(tasks[2]), actor=team.alice, now=team.now)
    work.change_task(team.fresh(tasks[4]), due_at=team.now + timedelta(days=40), actor=team.alice, now=team.now)
    with pytest.raises(actions.StalePlan) as refused:
        actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert sorted((item.title, item.what) for item in refused.value.stale) == [
        ("Task 0", "Echo has it now"), ("Task 1", "it is over"), ("Task 2", "it was put into the trash"),
        ("Task 4", "its due date changed"),
    ]  # fmt: skip
    plan.refresh_from_db()
    assert (plan.state, team.fresh(tasks[3]).assignee) == ("draft", None)
    actions.apply_rest(plan, actor=team.alice, now=team.now)
    outcomes = dict(PlanLine.objects.filter(plan=plan).values_list("task__title", "outcome"))
    assert outcomes == {f"Task {n}": "applied" if n == 3 else "taken" for n in range(5)}
    assert team.fresh(tasks[0]).assignee == team.echo
    assert Event.objects.order_by("-seq")[0].payload == {"assigned": 1, "moved": 0, "shifted": 0}
    assert not Receipt.objects.filter(plan=plan).exclude(task=tasks[3]).exists()


def test_a_change_of_a_line_that_is_left_out_does_not_matter(team: Team) -> None:
    tasks = some_tasks(team, 2)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    work.cancel_task(team.fresh(tasks[0]), actor=team.alice, now=team.now)
    skipped = PlanLine.objects.get(plan=plan, task=tasks[0])
    actions.apply_plan(plan, actor=team.alice, now=team.now, leave_out={skipped.pk})
    assert team.fresh(tasks[1]).assignee is not None


def test_a_worker_who_left_meanwhile_gets_nothing(team: Team) -> None:
    task = team.task(needs={team.scala.pk: 1})
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    people.deactivate_worker(team.bob, actor=team.alice, now=team.now)
    with pytest.raises(actions.StalePlan, match="Bob does not take work any more"):
        actions.apply_plan(plan, actor=team.alice, now=team.now)
    actions.apply_rest(plan, actor=team.alice, now=team.now)
    assert team.fresh(task).assignee is None


def test_a_plan_is_applied_once(team: Team) -> None:
    some_tasks(team, 2)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    for again in (actions.apply_plan, actions.discard_plan):
        with pytest.raises(Conflict):
            again(plan, actor=team.alice, now=team.now)


def test_an_apply_that_fails_half_way_changes_nothing(team: Team) -> None:
    tasks = some_tasks(team, 3)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    seq = Event.objects.order_by("-seq")[0].seq
    with pytest.raises(OperationalError), connection.execute_wrapper(Outage(after=2)):
        actions.apply_plan(plan, actor=team.alice, now=team.now)
    plan.refresh_from_db()
    assert (plan.state, set(holders(tasks).values())) == ("draft", {None})
    assert (Assignment.objects.count(), Receipt.objects.count()) == (0, 0)
    assert Event.objects.order_by("-seq")[0].seq == seq


class Outage:
    """The database goes away while the events are written."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('INSERT INTO "events_event"'):
            self.left -= 1
            if not self.left:
                raise OperationalError("the connection is lost")
        return execute(sql, params, many, context)


def test_undo_restores_exactly_and_keeps_what_somebody_touched(team: Team) -> None:
    tasks = some_tasks(team, 4)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    work.start_task(team.fresh(tasks[0]), actor=team.alice, now=team.now)
    other = team.echo if team.fresh(tasks[1]).assignee != team.echo else team.bob
    actions.assign_task(team.fresh(tasks[1]), other, actor=team.alice, now=team.now)
    begun = team.fresh(tasks[0]).assignee
    actions.undo_plan(plan, actor=team.alice, now=team.now)
    assert [team.fresh(t).assignee for t in tasks] == [begun, other, None, None]
    outcomes = dict(PlanLine.objects.filter(plan=plan).values_list("task__title", "outcome"))
    assert outcomes == {"Task 0": "kept", "Task 1": "kept", "Task 2": "undone", "Task 3": "undone"}
    assert Event.objects.order_by("-seq")[0].payload == {"restored": 2, "kept": 2}
    with pytest.raises(Conflict):
        actions.undo_plan(plan, actor=team.alice, now=team.now)


def test_after_an_undo_the_same_plan_can_be_made_again(team: Team) -> None:
    tasks = some_tasks(team, 3)
    first = actions.apply_plan(
        actions.make_plan(team.project, actor=team.alice, now=team.now), actor=team.alice, now=team.now
    )
    before = holders(tasks)
    actions.undo_plan(first, actor=team.alice, now=team.now)
    second = actions.make_plan(team.project, actor=team.alice, now=team.now)
    assert bytes(second.result) == bytes(first.result)
    actions.apply_plan(second, actor=team.alice, now=team.now)
    assert holders(tasks) == before


def test_a_discarded_plan_cannot_be_applied(team: Team) -> None:
    some_tasks(team, 2)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    actions.discard_plan(plan, actor=team.alice, now=team.now)
    with pytest.raises(Conflict, match="Make a new one"):
        actions.apply_plan(plan, actor=team.alice, now=team.now)


def test_with_nothing_open_there_is_no_plan(team: Team) -> None:
    with pytest.raises(Refused, match="has somebody already"):
        actions.make_plan(team.project, actor=team.alice, now=team.now)


def test_dependent_tasks_follow_each_other(team: Team) -> None:
    first = team.task("First", needs={team.scala.pk: 1})
    team.task("Second", after=(first.pk,))
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    lines = {line.title: line for line in queries.plan_sheet(team.alice, plan).lines}
    first_end, second_start = lines["First"].ends_at, lines["Second"].starts_at
    assert first_end is not None
    assert second_start is not None
    assert second_start >= first_end


def test_a_large_plan_is_made_in_the_background(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "POLICY", replace(policy.POLICY, quick_tasks=3))
    some_tasks(team, 4)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    assert (plan.state, plan.done, plan.total) == ("making", 0, 100)
    asked = Event.objects.get(kind="plan.requested")
    make_large_plan(workspace_id=plan.workspace_id, event_id=asked.pk, now=team.now)
    make_large_plan(workspace_id=plan.workspace_id, event_id=asked.pk, now=team.now)
    plan.refresh_from_db()
    assert (plan.state, plan.done, PlanLine.objects.count()) == ("draft", 100, 4)
    assert Event.objects.get(kind="plan.made").actor_user_id == team.world.alice.user.pk


def test_a_plan_discarded_while_it_is_made_stays_discarded(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "POLICY", replace(policy.POLICY, quick_tasks=0))
    some_tasks(team, 1)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    actions.discard_plan(plan, actor=team.alice, now=team.now)
    actions.finish_plan(plan, actor=team.alice, now=team.now)
    assert (Plan.objects.get().state, PlanLine.objects.count()) == ("discarded", 0)


def test_the_sheet_compares_everybodys_load(team: Team) -> None:
    task = team.task("Held", needs={team.scala.pk: 1}, effort_min=240)
    actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
    team.task("More", needs={team.scala.pk: 1}, effort_min=120)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    (share,) = queries.plan_sheet(team.alice, plan).shares
    assert (share.worker.name, share.tasks, share.before_min, share.after_min) == ("Bob", 1, 240, 360)
    assert share.room_min == 4 * 2400


def test_a_discarded_plan_is_brought_back_and_applied(team: Team) -> None:
    tasks = some_tasks(team, 2)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    with pytest.raises(Conflict, match="cannot be brought back"):
        actions.restore_plan(plan, actor=team.alice, now=team.now)
    actions.discard_plan(plan, actor=team.alice, now=team.now)
    client = Client()
    client.force_login(team.world.alice.user)
    shown = client.post(f"/plans/{plan.pk}/restore/", follow=True).content.decode()
    assert "The plan is a draft again." in shown
    plan.refresh_from_db()
    assert plan.state == "draft"
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert all(holders(tasks).values())
    assert [it.kind for it in Event.objects.filter(kind__startswith="plan.").order_by("seq")] == [
        "plan.made", "plan.discarded", "plan.restored", "plan.applied",
    ]  # fmt: skip


def test_what_was_never_finished_is_not_brought_back(team: Team) -> None:
    plan = Plan.objects.create(
        workspace=team.world.workspace, project=team.project, state="discarded", created_at=team.now
    )
    with pytest.raises(Conflict, match="Make a new one"):
        actions.restore_plan(plan, actor=team.alice, now=team.now)


def test_only_managers_make_apply_undo_and_discard(team: Team) -> None:
    some_tasks(team, 1)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    for name in ("bob", "clara", "audrey", "echo"):
        actor = getattr(team.world, name).actor
        with pytest.raises(Forbidden):
            actions.make_plan(team.project, actor=actor, now=team.now)
        for verb in (actions.apply_plan, actions.undo_plan, actions.discard_plan, actions.restore_plan):
            with pytest.raises(Forbidden):
                verb(plan, actor=actor, now=team.now)


def test_plans_are_seen_by_managers_and_auditors_of_the_workspace_only(team: Team) -> None:
    some_tasks(team, 1)
    plan = actions.make_plan(team.project, actor=team.alice, now=team.now)
    assert queries.find_plan(team.world.audrey.actor, plan.pk) == plan
    for name in ("bob", "clara", "charlie"):
        with pytest.raises(Missing):
            queries.find_plan(getattr(team.world, name).actor, plan.pk)


def test_why_of_a_planned_task_shows_everybody_beside_the_rest_of_the_plan(team: Team) -> None:
    tasks = some_tasks(team, 3)
    actions.apply_plan(actions.make_plan(team.project, actor=team.alice, now=team.now), actor=team.alice, now=team.now)
    told = queries.decision_of(tasks[0], actor=team.alice)
    assert (told.by_kind, told.by_name) == ("engine", "Alice")
    assert told.chosen is not None
    assert [f.name for f in told.chosen.factors] == [
        "Skills", "Free before due", "Load", "Preference", "Cost", "Familiarity",
    ]  # fmt: skip
    assert len(told.recommendation.candidates) == 3
