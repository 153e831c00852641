"""What was removed is brought back by the button of its toast, exactly as it was; not twice, and not by everybody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from conftest import Person
from fairlead.allocation import actions as allocation
from fairlead.allocation.models import Policy
from fairlead.allocation.routing.definition import Definition
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.people import actions as people
from fairlead.people.models import PresenceState, Team, TeamMember, TimeOff, Worker, WorkerSkill
from fairlead.web.undoing import sealed
from fairlead.work import actions as work
from fairlead.work.forms import Question
from fairlead.work.membership import ProjectMember
from fairlead.work.models import ProjectClient, RequestForm, Status, Task, TimeEntry
from fairlead.work.placement import TaskPlacement
from fairlead.work.time.models import TimeWeek
from work.conftest import Site, site, skill, worker_for  # noqa: F401  a fixture


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def said(response: HttpResponse) -> tuple[str, str]:
    """The last toast: what it says, and where its button goes."""
    message = list(get_messages(response.wsgi_request))[-1]  # type: ignore[attr-defined]
    return str(message.message), message.extra_tags or ""


def removed(client: Client, address: str, **data: Any) -> str:
    """Remove it; the address that brings it back."""
    response = client.post(address, data)
    assert response.status_code == 302
    undo = said(response)[1]
    assert undo, f"nothing takes {address} back"
    return undo


def rows(*models: type[Model]) -> list[dict[str, Any]]:
    return [row for model in models for row in model._default_manager.order_by("pk").values()]


def kinds() -> list[str]:
    return list(Event.objects.order_by("seq").values_list("kind", flat=True))


def brought_back(site: Site, client: Client, undo: str, event: str) -> None:  # noqa: F811
    """The button works once, does nothing the second time, and is nobody else's."""
    before = len(kinds())
    assert browser(site.world.charlie).post(undo).status_code in (403, 404)
    assert browser(site.world.clara).post(undo).status_code in (403, 404)
    assert browser(site.world.audrey).post(undo).status_code in (403, 404)
    assert kinds()[before:] == []
    assert client.post(undo).status_code == 302
    assert kinds()[before:] == [event]
    assert client.post(undo).status_code == 302
    assert kinds()[before:] == [event]


@pytest.fixture
def alice(site: Site) -> Client:  # noqa: F811
    return browser(site.world.alice)


@pytest.fixture
def bob(site: Site) -> Client:  # noqa: F811
    return browser(site.world.bob)


def by(who: Person) -> dict[str, Any]:
    return {"actor": who.actor, "now": timezone.now()}


def test_a_timer_that_was_thrown_away_runs_on_from_its_beginning(site: Site, bob: Client) -> None:  # noqa: F811
    worker = worker_for(site.world.bob, site.now)
    work.start_timer(worker, site.make(), actor=site.world.bob.actor, now=timezone.now() - timedelta(minutes=40))
    before = rows(TimeEntry)
    undo = removed(bob, "/timer/discard/", next="/my-work/")
    assert TimeEntry.objects.get().deleted_at is not None
    brought_back(site, bob, undo, "time.restored")
    assert rows(TimeEntry) == before


def test_a_timer_does_not_run_on_beside_another_or_after_long(site: Site, bob: Client) -> None:  # noqa: F811
    worker = worker_for(site.world.bob, site.now)
    work.start_timer(worker, site.make("One"), **by(site.world.bob))
    undo = removed(bob, "/timer/discard/")
    other = work.start_timer(worker, site.make("Two"), **by(site.world.bob))
    assert said(bob.post(undo)) == ("A timer runs on WEB-2 by now. Stop it, then start one on WEB-1.", "")
    work.discard_timer(worker, **by(site.world.bob))
    TimeEntry.objects.update(deleted_at=timezone.now() - timedelta(minutes=11))
    told = said(bob.post(f"/timer/{other.pk}/resume/"))[0]
    assert told == "A timer that was thrown away does not run again. Start a new one."
    assert not TimeEntry.objects.filter(deleted_at=None).exists()


def test_whoever_was_taken_out_of_a_project_belongs_to_it_as_before(site: Site, alice: Client) -> None:  # noqa: F811
    entry = work.put_member(site.project, site.world.dana.user, "commenter", **by(site.world.olga))
    before = ProjectMember.objects.values("user", "role", "added_by", "created_at").get()
    undo = removed(alice, f"/projects/WEB/people/{entry.pk}/remove/")
    assert browser(site.world.bob).post(undo).status_code == 403
    brought_back(site, alice, undo, "project.member_restored")
    assert ProjectMember.objects.values("user", "role", "added_by", "created_at").get() == before


def test_another_role_that_was_given_since_stays(site: Site, alice: Client) -> None:  # noqa: F811
    entry = work.put_member(site.project, site.world.dana.user, "commenter", **by(site.world.alice))
    undo = removed(alice, f"/projects/WEB/people/{entry.pk}/remove/")
    work.put_member(site.project, site.world.dana.user, "lead", **by(site.world.alice))
    assert said(alice.post(undo))[0] == "Dana belongs to it again, as Lead. Nothing was changed."
    assert ProjectMember.objects.get().role == "lead"


def test_who_left_a_private_project_comes_back_and_nobody_else(site: Site, bob: Client) -> None:  # noqa: F811
    project = work.make_private(site.project, **by(site.world.alice))
    work.put_member(project, site.world.bob.user, "contributor", **by(site.world.alice))
    undo = removed(bob, "/projects/WEB/people/leave/")
    assert bob.get("/projects/WEB/people/").status_code == 404
    assert browser(site.world.dana).post(undo).status_code == 403
    brought_back(site, bob, undo, "project.member_restored")
    assert ProjectMember.objects.get(user=site.world.bob.user).role == "contributor"


def test_who_left_and_was_then_taken_out_does_not_come_back(site: Site, bob: Client) -> None:  # noqa: F811
    project = work.make_private(site.project, **by(site.world.alice))
    work.put_member(project, site.world.bob.user, "contributor", **by(site.world.alice))
    undo = removed(bob, "/projects/WEB/people/leave/")
    again = work.put_member(project, site.world.bob.user, "viewer", **by(site.world.alice))
    work.remove_member(again, **by(site.world.alice))
    assert bob.post(undo).status_code == 403
    assert not ProjectMember.objects.filter(user=site.world.bob.user).exists()


def test_a_client_sees_the_project_again(site: Site, alice: Client) -> None:  # noqa: F811
    clara = site.world.clara.user
    work.share_project(site.project, clara, **by(site.world.alice))
    undo = removed(alice, "/projects/WEB/unshare/", user=clara.pk)
    assert not ProjectClient.objects.exists()
    brought_back(site, alice, undo, "project.shared")
    assert list(ProjectClient.objects.values_list("project__key", "user")) == [("WEB", clara.pk)]


@pytest.fixture
def team(site: Site) -> Team:  # noqa: F811
    """Bob leads, dana is in it, and it belongs to WEB."""
    lead, member = worker_for(site.world.bob, site.now), worker_for(site.world.dana, site.now)
    made = people.create_team("Design", lead=lead, members=[member], description="Looks", **by(site.world.alice))
    work.put_member(site.project, made, "viewer", **by(site.world.alice))
    return made


def test_a_team_is_back_with_its_people_and_projects(site: Site, alice: Client, team: Team) -> None:  # noqa: F811
    def now_is() -> list[dict[str, Any]]:
        members = TeamMember.objects.order_by("worker_id").values("team", "worker")
        return [*rows(Team), *members, *ProjectMember.objects.values("team", "role", "added_by", "created_at")]

    before = now_is()
    undo = removed(alice, f"/people/teams/{team.pk}/remove/")
    assert now_is() == []
    assert browser(site.world.bob).post(undo).status_code == 403
    count = len(kinds())
    assert alice.post(undo).status_code == 302
    assert (kinds()[count:], now_is()) == (["team.restored", "project.member_restored"], before)
    alice.post(undo)
    assert (kinds()[count:], now_is()) == (["team.restored", "project.member_restored"], before)
    assert browser(site.world.charlie).post(undo).status_code == 404


def test_who_was_taken_out_of_a_team_is_in_it_again(site: Site, alice: Client, team: Team) -> None:  # noqa: F811
    lead, member = site.world.bob, TeamMember.objects.exclude(worker__user=site.world.bob.user).get()
    before = [*rows(Team), *TeamMember.objects.order_by("worker_id").values("team", "worker")]
    sent = {"name": "Designers", "description": "", "lead": "", "members": [worker_for(lead, site.now).pk]}
    undo = removed(alice, f"/people/teams/{team.pk}/", **sent)
    assert not TeamMember.objects.filter(worker=member.worker).exists()
    assert browser(lead).post(undo).status_code == 403
    brought_back(site, alice, undo, "team.changed")
    assert [*rows(Team), *TeamMember.objects.order_by("worker_id").values("team", "worker")] == before


def test_a_team_that_somebody_changed_since_stays_as_it_is(site: Site, alice: Client, team: Team) -> None:  # noqa: F811
    undo = removed(alice, f"/people/teams/{team.pk}/", name="Designers")
    values: dict[str, Any] = {"lead": None, "members": [], "description": "New"}
    allocation.change_team(team, name="Designers", **values, **by(site.world.olga))
    assert said(alice.post(undo))[0] == "Somebody changed Designers since. Change it anew instead."
    assert Team.objects.get().description == "New"
    unchanged = alice.post(f"/people/teams/{team.pk}/", {"name": "Designers", "description": "New"})
    assert said(unchanged) == ("Designers was saved.", "")


def test_a_team_opens_no_project_that_is_private_since(site: Site, alice: Client, team: Team) -> None:  # noqa: F811
    undo = removed(alice, f"/people/teams/{team.pk}/remove/")
    work.make_private(site.project, **by(site.world.alice))
    alice.post(undo)
    assert Team.objects.get().pk == team.pk
    assert not ProjectMember.objects.filter(team=team.pk).exists()


def test_a_team_whose_name_is_taken_is_not_brought_back(site: Site, alice: Client, team: Team) -> None:  # noqa: F811
    undo = removed(alice, f"/people/teams/{team.pk}/remove/")
    other = people.create_team("Design", **by(site.world.alice))
    assert "Design" in said(alice.post(undo))[0]
    assert Team.objects.get().pk == other.pk


@pytest.mark.parametrize("in_use", [True, False])
def test_a_policy_is_back_as_it_was(site: Site, alice: Client, in_use: bool) -> None:  # noqa: F811
    policy = allocation.create_policy("Copy", Definition(), **by(site.world.alice))
    if in_use:
        allocation.resume_policy(policy, **by(site.world.alice))
    before = rows(Policy)
    undo = removed(alice, f"/policies/{policy.pk}/remove/")
    assert browser(site.world.bob).post(undo).status_code in (403, 404)
    brought_back(site, alice, undo, "policy.restored")
    assert rows(Policy) == before


def test_a_policy_whose_name_is_taken_is_not_brought_back(site: Site, alice: Client) -> None:  # noqa: F811
    policy = allocation.create_policy("Copy", Definition(), **by(site.world.alice))
    undo = removed(alice, f"/policies/{policy.pk}/remove/")
    allocation.create_policy("Copy", Definition(), **by(site.world.alice))
    told = said(alice.post(undo))[0]
    assert told == "Another policy is called Copy by now. Rename it, then take the removal back."
    assert Policy.objects.get(pk=policy.pk).removed_at is not None


def test_a_request_form_is_back_at_its_public_address(site: Site, alice: Client) -> None:  # noqa: F811
    question = Question("q1", "short", "What?", target="title")
    form = work.create_form(site.project, "Fault", (question,), **by(site.world.alice))
    form = work.open_form(work.publish_form(form, **by(site.world.alice)), **by(site.world.alice))
    before, secret = RequestForm.objects.values().get(), work.public_secret(form)
    undo = removed(alice, f"/projects/WEB/forms/{form.pk}/remove/")
    assert Client().get(f"/ask/{secret}/").status_code == 404
    enter(site.world.workspace.pk)
    brought_back(site, alice, undo, "request_form.restored")
    assert Client().get(f"/ask/{secret}/").status_code == 200
    enter(site.world.workspace.pk)
    assert RequestForm.objects.values().get() == {**before, "version": before["version"] + 2}


def test_a_request_form_whose_name_is_taken_is_not_brought_back(site: Site, alice: Client) -> None:  # noqa: F811
    question = Question("q1", "short", "What?", target="title")
    form = work.create_form(site.project, "Fault", (question,), **by(site.world.alice))
    undo = removed(alice, f"/projects/WEB/forms/{form.pk}/remove/")
    work.create_form(site.project, "Fault", (question,), **by(site.world.alice))
    assert said(alice.post(undo))[0] == "Another form of this project has this name."
    assert RequestForm.objects.filter(removed_at=None).count() == 1


def places() -> list[tuple[Any, ...]]:
    return list(Task.objects.order_by("pk").values_list("pk", "status", "state", "rank", "deleted_at"))


def test_a_column_is_back_at_its_place_with_its_tasks(site: Site, alice: Client) -> None:  # noqa: F811
    for title in ("One", "Two", "Three"):
        site.make(title, status=site.column("Backlog"))
    there = site.make("There", status=site.column("Ready"))
    Task.objects.filter(pk=there.pk).update(rank=1024)
    gone = site.make("Gone", status=site.column("Backlog"))
    work.delete_task(gone, **by(site.world.alice))
    other = work.create_project(key="OPS", name="Operations", **by(site.world.alice))
    elsewhere = work.create_task(other, work.TaskDraft(title="Shown"), **by(site.world.alice))
    work.place_task(elsewhere, site.project, **by(site.world.alice))
    backlog, ready = site.column("Backlog"), site.column("Ready")
    before = [*places(), *rows(Status, TaskPlacement)]
    undo = removed(alice, f"/projects/WEB/columns/{backlog.pk}/remove/", move_to=ready.pk)
    assert [*places(), *rows(Status, TaskPlacement)] != before
    assert browser(site.world.bob).post(undo).status_code == 403
    brought_back(site, alice, undo, "status.restored")
    assert [*places(), *rows(Status, TaskPlacement)] == before
    assert Event.objects.get(kind="status.restored").payload == {"name": "Backlog", "state": "backlog", "tasks": 3}


def test_a_task_that_somebody_touched_since_stays_where_it_is(site: Site, alice: Client) -> None:  # noqa: F811
    one, two = (site.make(title, status=site.column("Backlog")) for title in ("One", "Two"))
    backlog, ready = site.column("Backlog"), site.column("Ready")
    undo = removed(alice, f"/projects/WEB/columns/{backlog.pk}/remove/", move_to=ready.pk)
    two.refresh_from_db()
    work.change_task(two, title="Two and a half", **by(site.world.alice))
    alice.post(undo)
    assert dict(Task.objects.values_list("pk", "status")) == {one.pk: backlog.pk, two.pk: ready.pk}


def test_a_column_whose_name_is_taken_is_not_brought_back(site: Site, alice: Client) -> None:  # noqa: F811
    undo = removed(alice, f"/projects/WEB/columns/{site.column('Backlog').pk}/remove/")
    work.add_status(site.project, "Backlog", "backlog", **by(site.world.alice))
    assert said(alice.post(undo))[0] == "There is a column Backlog already."


def test_a_column_comes_back_only_to_its_own_project(site: Site, alice: Client) -> None:  # noqa: F811
    undo = removed(alice, f"/projects/WEB/columns/{site.column('Backlog').pk}/remove/")
    work.create_project(key="OPS", name="Operations", **by(site.world.alice))
    assert alice.post(undo.replace("/WEB/", "/OPS/")).status_code == 404


def test_a_presence_is_back_with_those_who_were_in_it(site: Site) -> None:  # noqa: F811
    olga, states = browser(site.world.olga), PresenceState.objects
    state = people.create_presence_state("Pairing", available=False, color=3, **by(site.world.olga))
    one, two = worker_for(site.world.bob, site.now), worker_for(site.world.dana, site.now)
    until = timezone.now() + timedelta(hours=2)
    for worker in (one, two):
        people.set_presence(worker, state, until=until, text="with Ann", **by(site.world.alice))
    before = [*states.order_by("pk").values(), *Worker.objects.filter(pk=one.pk).values()]
    undo = removed(olga, f"/settings/presence/{state.pk}/remove/")
    focus = states.get(name="Focus")
    people.set_presence(two, focus, **by(site.world.dana))
    assert browser(site.world.alice).post(undo).status_code == 403
    brought_back(site, olga, undo, "presence_state.restored")
    assert [*states.order_by("pk").values(), *Worker.objects.filter(pk=one.pk).values()] == before
    assert Worker.objects.get(pk=two.pk).presence_id == focus.pk


def test_a_skill_is_back_and_still_confirmed(site: Site, bob: Client) -> None:  # noqa: F811
    worker, writing = worker_for(site.world.bob, site.now), skill(site.world, "Writing", site.now)
    used = {"evidence": "Three books", "last_used_on": date(2026, 3, 1), "expires_on": date(2030, 1, 1)}
    people.set_skill(worker, writing, 4, **used, **by(site.world.alice))
    kept = [field.attname for field in WorkerSkill._meta.fields if field.attname != "id"]
    before = WorkerSkill.objects.values(*kept).get()
    undo = removed(bob, f"/people/{worker.pk}/skills/{writing.pk}/remove/")
    assert browser(site.world.dana).post(undo).status_code == 403
    brought_back(site, bob, undo, "worker.skill_restored")
    assert WorkerSkill.objects.values(*kept).get() == before


def test_a_skill_that_was_added_anew_stays_as_it_is_now(site: Site, bob: Client) -> None:  # noqa: F811
    worker, writing = worker_for(site.world.bob, site.now), skill(site.world, "Writing", site.now)
    people.set_skill(worker, writing, 4, **by(site.world.alice))
    undo = removed(bob, f"/people/{worker.pk}/skills/{writing.pk}/remove/")
    people.set_skill(worker, writing, 2, **by(site.world.bob))
    assert said(bob.post(undo))[0] == "Writing of Bob was added anew meanwhile."
    assert WorkerSkill.objects.get().level == 2


def test_time_off_stands_again_as_it_was_granted(site: Site, bob: Client) -> None:  # noqa: F811
    worker, first = worker_for(site.world.bob, site.now), date(2027, 3, 1)
    asked = people.request_time_off(worker, first, first, "Sea", **by(site.world.bob))
    people.approve_time_off(asked, **by(site.world.alice))
    before = rows(TimeOff)
    undo = removed(bob, f"/people/{worker.pk}/time-off/{asked.pk}/cancel/")
    assert browser(site.world.dana).post(undo).status_code == 403
    brought_back(site, bob, undo, "timeoff.restored")
    assert rows(TimeOff) == before


def test_time_off_that_was_asked_for_anew_is_not_there_twice(site: Site, bob: Client) -> None:  # noqa: F811
    worker, first = worker_for(site.world.bob, site.now), date(2027, 3, 1)
    asked = people.request_time_off(worker, first, first, **by(site.world.bob))
    undo = removed(bob, f"/people/{worker.pk}/time-off/{asked.pk}/cancel/")
    people.request_time_off(worker, first, first + timedelta(days=2), **by(site.world.bob))
    assert said(bob.post(undo))[0].startswith("Requested already")
    assert TimeOff.objects.filter(state="requested").count() == 1


def test_time_off_that_was_declined_waits_again(site: Site, alice: Client) -> None:  # noqa: F811
    worker, first = worker_for(site.world.bob, site.now), date(2027, 3, 1)
    asked = people.request_time_off(worker, first, first, "Sea", **by(site.world.bob))
    undo = removed(alice, f"/people/{worker.pk}/time-off/{asked.pk}/decline/", note="Too busy")
    assert browser(site.world.bob).post(undo).status_code == 403
    brought_back(site, alice, undo, "timeoff.restored")
    waiting = {"state": "requested", "note": "", "decided_by": None}
    assert TimeOff.objects.values("state", "note", "decided_by").get() == waiting
    people.approve_time_off(asked, **by(site.world.alice))
    assert said(alice.post(undo))[0] == "This request is already approved."


def test_a_week_that_was_sent_back_is_approved_as_it_was(site: Site, alice: Client) -> None:  # noqa: F811
    week = handed_in(site)
    work.approve_week(week, **by(site.world.alice))
    before = rows(TimeWeek)
    undo = removed(alice, f"/time/weeks/{week.worker_id}/{week.monday}/return/", note="Friday", next="/time/approval/")
    assert browser(site.world.bob).post(undo).status_code == 403
    brought_back(site, alice, undo, "timesheet.restored")
    assert rows(TimeWeek) == before
    assert alice.post(undo).headers["Location"] == "/time/approval/"


def test_a_week_that_was_changed_meanwhile_stays_open(site: Site, alice: Client) -> None:  # noqa: F811
    week = handed_in(site)
    undo = removed(alice, f"/time/weeks/{week.worker_id}/{week.monday}/return/", note="Friday is missing")
    work.log_time(week.worker, Task.objects.get(), work.TimeDraft(week.monday, 30), **by(site.world.bob))
    assert said(alice.post(undo))[0] == "Bob has changed the week meanwhile."
    assert TimeWeek.objects.get().state == "open"


def test_a_week_whose_hours_went_to_another_task_stays_open(site: Site, alice: Client) -> None:  # noqa: F811
    week, other = handed_in(site), site.make("Other")
    work.approve_week(week, **by(site.world.alice))
    undo = removed(alice, f"/time/weeks/{week.worker_id}/{week.monday}/return/", note="Wrong task")
    work.change_time(TimeEntry.objects.get(), other, work.TimeDraft(week.monday, 60), **by(site.world.bob))
    assert said(alice.post(undo))[0] == "Bob has changed the week meanwhile."
    work.submit_week(week.worker, week.monday, **by(site.world.bob))
    assert said(alice.post(undo))[0] == "Bob has changed the week meanwhile."
    assert TimeWeek.objects.get().state == "submitted"


def test_an_item_that_was_made_a_subtask_is_on_the_list_again(site: Site, alice: Client) -> None:  # noqa: F811
    bob, task, other = worker_for(site.world.bob, site.now), site.make("Launch"), site.make("Other")
    asked: dict[str, Any] = {"assignee": bob, "due_on": date(2027, 3, 1)}
    item = work.add_item(task, "Draw the logo", **asked, **by(site.world.alice))
    undo = removed(alice, f"/tasks/{task}/checklist/{item.pk}/subtask/")
    made = Task.objects.get(parent=task)
    assert browser(site.world.dana).post(undo).status_code == 403
    assert browser(site.world.charlie).post(undo).status_code == 404
    assert alice.post(undo.replace(f"/tasks/{task}/", f"/tasks/{other}/")).status_code == 404
    assert not other.checklist.exists()
    for answer in (302, 404):
        assert alice.post(undo).status_code == answer
        again = task.checklist.get()
        assert (again.text, again.assignee, again.due_on) == ("Draw the logo", bob, date(2027, 3, 1))
        assert Task.objects.get(pk=made.pk).deleted_at is not None


def handed_in(site: Site) -> TimeWeek:  # noqa: F811
    """A week of bob's with an hour in it, which waits for approval."""
    worker = worker_for(site.world.bob, site.now)
    monday = site.now.date() - timedelta(days=site.now.weekday() + 7)
    work.log_time(worker, site.make("Copy"), work.TimeDraft(monday, 60), **by(site.world.bob))
    return work.submit_week(worker, monday, **by(site.world.bob))


def test_what_is_signed_is_good_for_ten_minutes_and_for_one_thing(site: Site, alice: Client) -> None:  # noqa: F811
    was = {"id": 1, "name": "Forged", "description": "", "lead": None, "members": [], "roles": [],
           "created_at": site.now.isoformat()}  # fmt: skip

    def undo(kind: str, ago_min: int, workspace: int) -> str:
        at = timezone.now() - timedelta(minutes=ago_min)
        return f"/people/teams/restore/?was={sealed(workspace, kind, was, now=at)}"

    here = site.world.workspace.pk
    told = "This was too long ago to be taken back in one go. Do it anew instead."
    assert said(alice.post(undo("team", 11, here)))[0] == told
    assert alice.post(undo("project", 1, here)).status_code == 404
    assert alice.post(undo("team", 1, here + 1)).status_code == 404
    assert alice.post("/people/teams/restore/?was=made-up").status_code == 404
    assert not Team.objects.exists()
