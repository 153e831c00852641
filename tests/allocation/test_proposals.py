"""Something happens, and a small draft says what should change: within a budget, with its cause, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fairlead.allocation import actions, causes, jobs, queries
from fairlead.allocation.models import Assignment, Plan, Receipt
from fairlead.events.models import Event
from fairlead.jobs import Job
from fairlead.notices import jobs as notice_jobs
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.work import actions as work
from fairlead.work.models import Task

from .conftest import Team


def run(team: Team, job: Job, kind: str) -> None:
    """Run a job for the newest event of this kind, as the worker would."""
    event = Event.objects.filter(kind=kind).order_by("-seq")[0]
    job(workspace_id=team.project.workspace_id, event_id=event.pk, now=team.now)


def draft() -> Plan:
    """The one proposal that waits."""
    return Plan.objects.get(scope="repair", state="draft")


def bobs_week(team: Team, count: int = 4) -> list[Task]:
    """Bob has a day of work on each of the coming days, due at the end of each; Dana has nothing."""
    return week_of(team, team.bob, count)


def week_of(team: Team, worker: Worker, count: int) -> list[Task]:
    """The same for anybody."""
    tasks = []
    for n in range(count):
        due = team.now + timedelta(days=n + 1)
        task = team.task(f"Task {n}", needs={team.python.pk: 3}, effort_min=420, due_at=due)
        actions.assign_task(task, worker, actor=team.alice, now=team.now)
        tasks.append(task)
    return tasks


def grows(team: Team, task: Task) -> Task:
    """The first day of somebody's week begins and needs the whole week."""
    work.start_task(team.fresh(task), actor=team.alice, now=team.now)
    work.change_task(team.fresh(task), effort_min=2400, actor=team.alice, now=team.now)
    run(team, jobs.propose_for_task, "task.changed")
    return task


def away(team: Team, first: int, last: int) -> None:
    """Bob is away from so many days from now to so many."""
    days = [team.now.date() + timedelta(days=n) for n in (first, last)]
    asked = people.request_time_off(team.bob, days[0], days[1], actor=team.world.bob.actor, now=team.now)
    people.approve_time_off(asked, actor=team.alice, now=team.now)


def test_approved_time_off_proposes_who_takes_over(team: Team) -> None:
    bobs_week(team)
    away(team, 1, 9)
    run(team, jobs.propose_for_absence, "timeoff.approved")
    plan = draft()
    assert plan.cause.startswith("Bob is away ")
    sheet = queries.plan_sheet(team.alice, plan)
    moved = sheet.of("moved")
    assert 1 <= len(moved) <= 3
    assert {line.worker.name for line in moved if line.worker} == {"Dana"}
    assert all("Bob is away" in line.reason for line in moved)
    assert sheet.before is not None
    assert sheet.after is not None
    assert sheet.after.late_min < sheet.before.late_min
    assert Event.objects.filter(kind="plan.made").order_by("-seq")[0].actor_kind == "system"


def test_a_proposal_is_applied_told_and_replayed(team: Team) -> None:
    bobs_week(team)
    away(team, 1, 9)
    run(team, jobs.propose_for_absence, "timeoff.approved")
    plan = draft()
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    notices = {e.payload["worker"]["name"]: e for e in Event.objects.filter(kind="plan.notice")}
    assert set(notices) == {"Bob", "Dana"}
    told = queries.notice(notices["Dana"], team.dana)
    assert told.subject == f"Your list changed: {plan.cause}"
    assert any(item.change == "new for you" for item in told.after)
    assert Receipt.objects.filter(plan=plan).count() >= 1
    assert all(queries.replay(receipt) for receipt in Receipt.objects.filter(plan=plan))
    actions.undo_plan(plan, actor=team.alice, now=team.now + timedelta(minutes=1))
    assert Assignment.objects.filter(ended_at__isnull=True, worker=team.bob).count() == 4


def test_the_mail_says_why(team: Team, mailoutbox: list[Any]) -> None:
    people.change_worker(team.dana, email="dana@example.com", actor=team.alice, now=team.now)
    bobs_week(team)
    away(team, 1, 9)
    run(team, jobs.propose_for_absence, "timeoff.approved")
    actions.apply_plan(draft(), actor=team.alice, now=team.now)
    event = next(e for e in Event.objects.filter(kind="plan.notice") if e.payload["worker"]["name"] == "Dana")
    notice_jobs.mail_plan(workspace_id=event.workspace_id, event_id=event.pk, now=team.now)
    (mail,) = mailoutbox
    assert mail.to == ["dana@example.com"]
    assert mail.subject.startswith("Your list changed: Bob is away")
    assert "new for you: Bob is away" in mail.body


def test_time_off_without_work_then_proposes_nothing(team: Team) -> None:
    bobs_week(team, 1)
    away(team, 20, 25)
    run(team, jobs.propose_for_absence, "timeoff.approved")
    assert not Plan.objects.exists()


def test_a_newer_proposal_for_the_same_cause_replaces_the_older(team: Team) -> None:
    bobs_week(team)
    away(team, 1, 9)
    for _ in range(2):
        run(team, jobs.propose_for_absence, "timeoff.approved")
        assert [plan.state for plan in Plan.objects.all()] == ["draft"], "the same question has its answer already"
    bobs_week(team, 1)
    run(team, jobs.propose_for_absence, "timeoff.approved")
    assert sorted(Plan.objects.values_list("state", flat=True)) == ["draft", "replaced"]
    assert Event.objects.filter(kind="plan.replaced").count() == 1


def test_an_absence_that_no_longer_matters_takes_its_proposal_back(team: Team) -> None:
    tasks = bobs_week(team)
    away(team, 1, 9)
    run(team, jobs.propose_for_absence, "timeoff.approved")
    for task in tasks:
        work.cancel_task(team.fresh(task), actor=team.alice, now=team.now)
    run(team, jobs.propose_for_absence, "timeoff.approved")
    assert Plan.objects.get().state == "replaced"


def test_the_budget_is_kept(team: Team) -> None:
    bobs_week(team, 6)
    actions.change_planning(most_moved_each=1, actor=team.world.olga.actor, now=team.now)
    away(team, 1, 9)
    run(team, jobs.propose_for_absence, "timeoff.approved")
    assert len(queries.plan_sheet(team.alice, draft()).of("moved")) == 1


def test_nothing_in_the_frozen_hours_moves(team: Team) -> None:
    bobs_week(team)
    actions.change_planning(frozen_min=2400, actor=team.world.olga.actor, now=team.now)
    team.task("Now", needs={team.python.pk: 3}, effort_min=60, due_at=team.now + timedelta(hours=3), priority=4)
    run(team, jobs.propose_for_task, "task.created")
    for plan in Plan.objects.filter(scope="repair"):
        assert not queries.plan_sheet(team.alice, plan).of("moved")


def test_proposals_can_be_switched_off(team: Team) -> None:
    bobs_week(team)
    actions.change_planning(proposes=False, actor=team.world.olga.actor, now=team.now)
    away(team, 1, 9)
    run(team, jobs.propose_for_absence, "timeoff.approved")
    assert not Plan.objects.exists()


def test_other_hours_bring_a_proposal_while_they_are_news(team: Team) -> None:
    bobs_week(team)
    people.set_hours(team.bob, [(4, 540, 600)], actor=team.alice, now=team.now)
    event = Event.objects.get(kind="worker.hours_changed")
    for days, count in ((3, 0), (1, 1)):
        later = event.at + timedelta(days=days)
        jobs.propose_for_hours(workspace_id=team.project.workspace_id, event_id=event.pk, now=later)
        assert Plan.objects.filter(state="draft").count() == count
    assert draft().cause == "The hours of Bob changed"


def test_what_somebody_who_left_held_finds_others(team: Team) -> None:
    bobs_week(team, 3)
    people.deactivate_worker(team.bob, actor=team.alice, now=team.now)
    run(team, jobs.propose_for_departure, "worker.deactivated")
    plan = draft()
    assert plan.cause == "Bob does not take work any more"
    sheet = queries.plan_sheet(team.alice, plan)
    assert {line.worker.name for line in sheet.of("new") if line.worker} == {"Dana"}
    assert len(sheet.of("new")) == 3


def test_an_urgent_task_finds_somebody(team: Team) -> None:
    bobs_week(team, 2)
    task = team.task("Fire", needs={team.scala.pk: 2}, due_at=team.now + timedelta(days=1), priority=4)
    run(team, jobs.propose_for_task, "task.created")
    plan = draft()
    assert plan.cause == f"{task} is new and urgent"
    assert [line.title for line in queries.plan_sheet(team.alice, plan).of("new")] == ["Fire"]


@pytest.mark.parametrize("priority", [0, 1, 2, 3])
def test_other_new_tasks_bring_no_proposal(team: Team, priority: int) -> None:
    team.task("Calm", priority=priority)
    run(team, jobs.propose_for_task, "task.created")
    assert not Plan.objects.exists()


def test_an_earlier_due_date_brings_a_proposal(team: Team) -> None:
    tasks = bobs_week(team, 4)
    work.change_task(team.fresh(tasks[3]), due_at=team.now + timedelta(hours=9), actor=team.alice, now=team.now)
    run(team, jobs.propose_for_task, "task.changed")
    assert "is due earlier" in draft().cause


def test_a_task_that_runs_over_brings_a_proposal_and_stays_where_it_is(team: Team) -> None:
    tasks = bobs_week(team, 4)
    grows(team, tasks[0])
    sheet = queries.plan_sheet(team.alice, draft())
    assert "takes longer than planned" in sheet.plan.cause
    assert tasks[0].pk not in {line.task_id for line in sheet.lines if line.kind != "shifted"}


def test_what_takes_longer_is_one_proposal_for_all_of_it(team: Team) -> None:
    bobs = grows(team, bobs_week(team, 4)[0])
    alone = draft()
    danas = grows(team, week_of(team, team.dana, 4)[0])
    together = draft()
    assert together.cause == f"{bobs}, {danas} take longer than planned"
    assert together.changes == [["task", str(bobs)], ["task", str(danas)]]
    alone.refresh_from_db()
    assert alone.state == "replaced"
    jobs.propose_for_overrun(workspace_id=team.project.workspace_id, task_id=bobs.pk, now=team.now)
    assert draft() == together, "what is in it already makes no other one"


def test_what_is_done_meanwhile_is_no_cause_any_more(team: Team) -> None:
    bobs = grows(team, bobs_week(team, 4)[0])
    work.cancel_task(team.fresh(bobs), actor=team.alice, now=team.now)
    danas = grows(team, week_of(team, team.dana, 4)[0])
    assert draft().cause == f"{danas} takes longer than planned"


def test_an_urgent_task_does_not_join_what_takes_longer(team: Team) -> None:
    grows(team, bobs_week(team, 4)[0])
    team.task("Fire", needs={team.scala.pk: 2}, due_at=team.now + timedelta(days=1), priority=4)
    run(team, jobs.propose_for_task, "task.created")
    assert Plan.objects.filter(state="draft").count() == 2


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "A-1 takes longer than planned"),
        (3, "A-1, A-2, A-3 take longer than planned"),
        (5, "A-1, A-2, A-3 and 2 more take longer than planned"),
    ],
)
def test_the_first_three_are_named(count: int, said: str) -> None:
    assert causes.longer([f"A-{n + 1}" for n in range(count)]) == said


def test_a_stranger_sees_no_proposal(team: Team) -> None:
    bobs_week(team)
    away(team, 1, 9)
    run(team, jobs.propose_for_absence, "timeoff.approved")
    assert queries.proposals(team.alice).count() == 1
    for name in ("bob", "clara", "charlie", "echo"):
        assert not queries.proposals(getattr(team.world, name).actor).exists()
