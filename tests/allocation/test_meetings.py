"""A meeting appears in somebody's calendar: a small proposal, within two moves, with the reason; and short absences."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fairlead.allocation import actions, jobs, queries
from fairlead.allocation.models import Plan, PlanLine
from fairlead.events.models import Event
from fairlead.lib.errors import Forbidden
from fairlead.lib.ics import Busy, Reading
from fairlead.people import actions as people
from fairlead.people.models import Calendar
from fairlead.work.models import Task

from .conftest import Team

HOUR = timedelta(hours=1)


def calendar(team: Team) -> Calendar:
    mine = {"actor": team.world.bob.actor, "now": team.now}
    return people.connect_calendar(team.bob, "Work", "https://calendar.example/x.ics", **mine)


def meeting(team: Team, of: Calendar, *spans: tuple[float, float]) -> None:
    """Meetings of bob, in hours from now (Monday, 09:00), and the job that follows."""
    busy = tuple(Busy(team.now + low * HOUR, team.now + high * HOUR) for low, high in spans)
    people.keep_reading(of, Reading(busy), now=team.now)
    event = Event.objects.filter(kind="calendar.read").order_by("-seq")[0]
    jobs.propose_for_calendar(workspace_id=event.workspace_id, event_id=event.pk, now=team.now)


def bobs_day(team: Team, count: int = 4, *, due_h: float = 9, priority: int = 0) -> list[Task]:
    """Two hours each from 09:00 on, due this evening."""
    actions.change_planning(frozen_min=0, actor=team.world.olga.actor, now=team.now)
    tasks = []
    for n in range(count):
        task = team.task(f"Task {n}", needs={team.python.pk: 3}, due_at=team.now + due_h * HOUR, priority=priority)
        actions.assign_task(task, team.bob, actor=team.alice, now=team.now)
        tasks.append(task)
    return tasks


def test_two_blocks_move_at_most_and_the_reason_is_the_meeting(team: Team) -> None:
    bobs_day(team, priority=4)
    meeting(team, calendar(team), (1, 5))
    plan = Plan.objects.get(scope="repair", state="draft")
    assert plan.cause == "Bob is busy on 23 Nov, 10:00–14:00"
    assert plan.told["values"]["day"] == {"day": "2026-11-23"}
    sheet = queries.plan_sheet(team.alice, plan)
    moved = sheet.of("moved")
    assert 1 <= len(moved) <= 2
    assert all("Bob is away" in line.reason or "Bob" in line.reason for line in moved)
    assert plan.budget["most_moved"] == 2
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    told = {e.payload["worker"]["name"]: e for e in Event.objects.filter(kind="plan.notice")}
    assert "Bob" in told
    assert queries.notice(told["Bob"], team.bob).reason == plan.cause


def test_a_short_meeting_shifts_what_it_lies_on_and_pushes_the_rest_along(team: Team) -> None:
    bobs_day(team, 3, due_h=100)
    meeting(team, calendar(team), (1, 2))
    plan = Plan.objects.get(scope="repair", state="draft")
    kinds = list(PlanLine.objects.filter(plan=plan).order_by("starts_at").values_list("kind", flat=True))
    assert kinds == ["shifted", "same", "same"]


def test_a_pinned_task_stays_with_its_worker(team: Team) -> None:
    tasks = bobs_day(team)
    actions.pin_task(team.fresh(tasks[0]), team.bob, actor=team.alice, now=team.now, reason="The client asked")
    meeting(team, calendar(team), (0, 6))
    plan = Plan.objects.get(scope="repair", state="draft")
    moved = set(PlanLine.objects.filter(plan=plan, kind="moved").values_list("task_id", flat=True))
    assert 1 <= len(moved) <= 2
    assert tasks[0].pk not in moved
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    assert team.fresh(tasks[0]).assignee == team.bob


def test_meetings_outside_of_work_or_without_work_propose_nothing(team: Team) -> None:
    bobs_day(team, 1)
    meeting(team, calendar(team), (12, 13), (48, 49))
    assert not Plan.objects.exists()


def test_a_meeting_that_is_gone_takes_nothing_back_by_itself(team: Team) -> None:
    bobs_day(team)
    of = calendar(team)
    meeting(team, of, (1, 5))
    meeting(team, of)
    assert Plan.objects.filter(scope="repair", state="draft").count() == 1


def test_away_from_today_counts_at_once_and_its_end_gives_nothing_back(team: Team) -> None:
    bobs_day(team)
    mine = {"actor": team.world.bob.actor, "now": team.now}
    away = people.report_absence(team.bob, team.now.date() + timedelta(days=1), **mine)
    assert (away.state, away.reason) == ("approved", "")
    event = Event.objects.filter(kind="timeoff.approved").get()
    jobs.propose_for_absence(workspace_id=event.workspace_id, event_id=event.pk, now=team.now)
    plan = Plan.objects.get(scope="repair", state="draft")
    lines = queries.plan_sheet(team.alice, plan).of("moved")
    assert 1 <= len(lines) <= 3
    actions.apply_plan(plan, actor=team.alice, now=team.now)
    handed_over = Task.objects.filter(assignee=team.dana)
    assert handed_over.count() == len(lines)
    assert all("Bob is away" in it.reason for task in handed_over for it in task.assignments.filter(ended_at=None))
    # back earlier: nothing is proposed, nothing moves
    people.cancel_time_off(away, **mine)
    assert Plan.objects.filter(state="draft").count() == 0
    assert Task.objects.filter(assignee=team.dana).count() == len(lines)


def test_nobody_reports_an_absence_of_somebody_else(team: Team) -> None:
    for person in (team.world.dana, team.world.echo, team.world.clara, team.world.charlie):
        with pytest.raises(Forbidden):
            people.report_absence(team.bob, date(2026, 11, 24), actor=person.actor, now=team.now)
