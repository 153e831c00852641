"""My work: what stands where, in which order, and that one press can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Person
from fairlead.allocation import actions as allocation
from fairlead.allocation import queries
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Forbidden
from fairlead.people import actions as people
from fairlead.people.models import Worker
from fairlead.work import actions
from fairlead.work.models import Batch, Task

from .conftest import Team

HTMX = {"HX-Request": "true"}


def given(team: Team, title: str, *, worker: Worker | None = None, **draft: object) -> Task:
    """A task that bob holds."""
    task = team.task(title, **draft)
    allocation.assign_task(task, worker or team.bob, actor=team.alice, now=team.now)
    return team.fresh(task)


def mine(team: Team, who: Person | None = None) -> queries.MyWork:
    person = who or team.world.bob
    return queries.my_work(team.bob, actor=person.actor, now=team.now, zone="Europe/Berlin")


def browser(team: Team, who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def test_every_task_stands_in_one_place_in_the_order_of_the_schedule(team: Team) -> None:
    bob = team.world.bob.actor
    first = given(team, "First", effort_min=120)
    late = given(team, "Late", due_at=team.now - timedelta(days=1))
    far = given(team, "Far", effort_min=60 * 40)
    blocked = given(team, "Blocked")
    actions.add_dependency(blocked, team.task("Before"), actor=team.alice, now=team.now)
    reviewed = given(team, "Reviewed")
    actions.start_task(reviewed, actor=bob, now=team.now)
    actions.submit_task(reviewed, actor=bob, now=team.now)
    finished = given(team, "Finished")
    actions.start_task(finished, actor=bob, now=team.now)
    actions.complete_task(finished, actor=bob, now=team.now)
    given(team, "Of dana", worker=team.dana)
    found = mine(team)
    assert [item.key for item in found.overdue] == [str(late)]
    assert [item.key for item in found.today] == [str(first), str(far)]
    assert {item.key: item.blocked_by for item in found.waiting} == {str(blocked): ("WEB-5",), str(reviewed): ()}
    assert [item.key for item in found.done] == [str(finished)]
    assert (found.next, found.open) == ((), 5)
    times = [(item.starts_at, item.ends_at) for item in found.today]
    assert all(start and end and start < end for start, end in times)
    assert times == sorted(times)


def test_what_is_planned_for_later_days_comes_next(team: Team) -> None:
    given(team, "Long", effort_min=60 * 8)
    later = given(team, "Later", effort_min=60)
    assert [item.key for item in mine(team).next] == [str(later)]


def test_steps_follow_state_and_criteria(team: Team) -> None:
    task = given(team, "Work", criteria=("Fast",))
    assert [(item.step, item.may_finish) for item in mine(team).today] == [("start", False)]
    actions.start_task(task, actor=team.world.bob.actor, now=team.now)
    assert [(item.step, item.may_finish) for item in mine(team).today] == [("submit", False)]
    actions.check_criterion(task.criteria.get(), actor=team.world.bob.actor, now=team.now)
    assert [(item.step, item.may_finish) for item in mine(team).today] == [("submit", True)]


def test_the_page_costs_as_many_queries_for_twenty_tasks_as_for_one(team: Team) -> None:
    client = browser(team, team.world.bob)
    given(team, "One")
    few = _queries(team, client)
    for n in range(20):
        given(team, f"More {n}", criteria=("Fast",))
    assert _queries(team, client) == few


def _queries(team: Team, client: Client) -> int:
    client.get("/my-work/")
    with CaptureQueriesContext(connection) as found:
        assert client.get("/my-work/").status_code == 200
    enter(team.world.workspace.pk)
    return len(found)


def test_one_press_starts_and_undo_gives_everything_back(team: Team) -> None:
    task = given(team, "Work")
    before = Task.objects.values("status_id", "state", "rank", "started_at", "done_at").get(pk=task.pk)
    client = browser(team, team.world.bob)
    answer = client.post(f"/my-work/{task}/start/", headers=HTMX)
    enter(team.world.workspace.pk)
    batch = Batch.objects.get()
    assert (answer.status_code, team.fresh(task).state) == (200, "running")
    assert f"/batches/{batch.pk}/undo/?next=/my-work/" in answer.headers["HX-Trigger"]
    assert client.post(f"/batches/{batch.pk}/undo/?next=/my-work/").headers["Location"] == "/my-work/"
    enter(team.world.workspace.pk)
    assert Task.objects.values(*before).get(pk=task.pk) == before


def test_undo_of_done_gives_the_task_back_to_its_holder(team: Team) -> None:
    task = given(team, "Work")
    bob = team.world.bob.actor
    actions.start_task(task, actor=bob, now=team.now)
    batch = actions.change_one(team.fresh(task), actions.TaskEdit(state="done"), actor=bob, now=team.now)
    assert team.fresh(task).state == "done"
    assert actions.undo_batch(batch, actor=bob, now=team.now).changed == (str(task),)
    back = team.fresh(task)
    assert (back.state, back.done_at, back.assignee) == ("running", None, team.bob)


def test_others_can_neither_press_nor_undo(team: Team) -> None:
    task = given(team, "Work")
    assert browser(team, team.world.dana).post(f"/my-work/{task}/start/").status_code == 403
    enter(team.world.workspace.pk)
    batch = actions.change_one(task, actions.TaskEdit(state="running"), actor=team.world.bob.actor, now=team.now)
    for who, status in ((team.world.dana, 404), (team.world.charlie, 404), (team.world.clara, 404)):
        assert browser(team, who).post(f"/batches/{batch.pk}/undo/").status_code == status
    assert browser(team, team.world.clara).get("/my-work/").status_code == 403


def test_a_refused_step_says_why_and_changes_nothing(team: Team) -> None:
    task = given(team, "Work", criteria=("Fast",))
    client = browser(team, team.world.bob)
    client.post(f"/my-work/{task}/start/")
    answer = client.post(f"/my-work/{task}/done/", headers=HTMX)
    enter(team.world.workspace.pk)
    assert (answer.status_code, team.fresh(task).state) == (422, "running")
    assert "Not done yet: Fast" in answer.headers["HX-Trigger"]


def test_an_agent_never_gets_to_done_also_not_by_undo(team: Team) -> None:
    task = given(team, "Work", worker=team.echo)
    echo = team.world.echo.actor
    actions.start_task(task, actor=echo, now=team.now)
    with pytest.raises(Forbidden):
        actions.change_one(team.fresh(task), actions.TaskEdit(state="done"), actor=echo, now=team.now)


def test_a_manager_sees_what_waits_for_a_decision(team: Team) -> None:
    team.task("Waits")
    people.request_time_off(
        team.bob, team.now.date() + timedelta(days=9), team.now.date() + timedelta(days=9), "Away",
        actor=team.world.bob.actor, now=team.now,
    )  # fmt: skip
    counted = {item.name: item.count for item in queries.decisions(team.alice, now=team.now)}
    assert (counted["Tasks without anybody"], counted["Requests for time off"]) == (1, 1)
    assert queries.decisions(team.world.bob.actor, now=team.now) == []
    shown = browser(team, team.world.alice).get("/my-work/").content.decode()
    assert "Waits for your decision" in shown
    assert "Tasks without anybody" in shown


def test_who_works_starts_at_my_work_and_others_at_the_projects(team: Team) -> None:
    assert browser(team, team.world.bob).get("/").headers["Location"] == "/my-work/"
    for who in (team.world.alice, team.world.audrey):
        assert browser(team, who).get("/").headers["Location"] == "/projects/"
    assert browser(team, team.world.clara).get("/").headers["Location"] == "/portal/"


def test_an_empty_page_teaches(team: Team) -> None:
    shown = browser(team, team.world.bob).get("/my-work/").content.decode()
    assert "You are free" in shown
    assert "/tasks/?assignee=nobody&amp;state=open" in shown
