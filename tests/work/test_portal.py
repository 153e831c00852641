"""What clients see in the portal, and what never reaches them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Person
from fairlead.accounts import actions as accounts
from fairlead.accounts.brand import brand_in
from fairlead.events.models import Event
from fairlead.lib.errors import Missing
from fairlead.work import actions
from fairlead.work.actions.portal_looks import note_look
from fairlead.work.models import LastLook
from fairlead.work.queries import find_task, portal
from work.conftest import Site, worker_for

SECRET = "zqsecretqz"


@pytest.fixture
def shared(site: Site) -> Site:
    """WEB is shared with clara."""
    actions.share_project(site.project, site.world.clara.user, actor=site.world.alice.actor, now=site.now)
    return site


def rows(site: Site, who: Person | None = None) -> dict[str, portal.RequestRow]:
    person = who or site.world.clara
    return {row.key: row for row in portal.requests(person.actor, brand_in(site.world.workspace.pk))}


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def test_requests_are_grouped_by_what_waits_for_the_client(shared: Site) -> None:
    alice = {"actor": shared.world.alice.actor, "now": shared.now}
    clara = shared.world.clara.actor
    new = shared.make("A map, please", by=shared.world.clara)
    done, asked, question, running = (shared.make(title) for title in ("Done", "Asked", "Question", "Running"))
    actions.complete_task(done, **alice)
    for task in (asked, running):
        actions.start_task(task, **alice)
    actions.submit_task(asked, **alice)
    actions.ask_client(asked, [shared.world.clara.user.pk], **alice)
    actions.ask_question(question, "Blue or green?", **alice)
    found = rows(shared)
    assert {row.title: (row.group, row.word) for row in found.values()} == {
        "Asked": ("approve", "To approve"), "Question": ("answer", "Received"),
        "A map, please": ("current", "Received"), "Running": ("current", "In progress"), "Done": ("over", "Done"),
    }  # fmt: skip
    assert [row.group for row in found.values()] == ["approve", "answer", "current", "current", "over"]
    assert found[str(new)].is_mine
    actions.add_comment(question, "Blue", internal=False, actor=clara, now=shared.now + timedelta(minutes=1))
    assert rows(shared)[str(question)].group == "current"


def test_parts_of_the_teams_own_are_not_shown_unless_they_were_asked_for(shared: Site) -> None:
    whole = shared.make("Whole")
    shared.make("Part", parent=whole)
    assert [row.title for row in rows(shared).values()] == ["Whole"]


def test_it_says_what_has_changed_since_the_last_look(shared: Site) -> None:
    task, clara, later = shared.make(), shared.world.clara, shared.now + timedelta(hours=1)
    assert not rows(shared)[str(task)].is_new, "nothing is marked on the first visit"
    note_look(shared.make("Another"), actor=clara.actor, now=shared.now)
    assert rows(shared)[str(task)].is_new
    note_look(task, actor=clara.actor, now=shared.now)
    assert (rows(shared)[str(task)].is_new, rows(shared)[str(task)].news) == (False, ())
    by = {"actor": shared.world.alice.actor, "now": later}
    actions.start_task(task, **by)
    actions.add_comment(task, "Begun", internal=False, **by)
    actions.add_comment(task, SECRET, internal=True, **by)
    actions.add_comment(task, "Good", internal=False, actor=clara.actor, now=later)
    assert rows(shared)[str(task)].news == ("now “In progress”", "1 new message")
    note_look(task, actor=clara.actor, now=later)
    assert rows(shared)[str(task)].news == ()


def test_names_of_the_team_appear_only_where_the_workspace_allows_it(shared: Site) -> None:
    worker = worker_for(shared.world.bob, shared.now)
    actions.change_project(shared.project, lead=worker, actor=shared.world.alice.actor, now=shared.now)
    task = shared.held(shared.world.bob)
    actions.start_task(task, actor=shared.world.bob.actor, now=shared.now)
    assert (rows(shared)[str(task)].contact, rows(shared)[str(task)].by) == ("Acme team", "")
    accounts.change_branding(
        shared.world.workspace, actor=shared.world.olga.actor, now=shared.now, shows_names=True,
        words={"running": "Ours"},
    )  # fmt: skip
    row = rows(shared)[str(task)]
    assert (row.contact, row.by, row.word) == ("Bob", "Bob", "Ours")
    agent = shared.held(shared.world.echo, "By a machine")
    actions.start_task(agent, actor=shared.world.alice.actor, now=shared.now)
    assert rows(shared)[str(agent)].by == "an AI agent"


def test_the_page_tells_nothing_of_the_inside(shared: Site) -> None:
    worker_for(shared.world.bob, shared.now)
    task = shared.make(
        "Write copy", description="**Short**", labels=(SECRET,), effort_min=4711, criteria=("Fits on a page",)
    )
    by = {"actor": shared.world.alice.actor, "now": shared.now}
    actions.add_comment(task, SECRET, internal=True, **by)
    actions.add_comment(task, "Hello Clara", internal=False, **by)
    other = actions.create_project(key="SEC", name=SECRET, **by)
    hidden = actions.create_task(other, actions.TaskDraft(title=SECRET), **by)
    actions.add_dependency(task, hidden, **by)
    client = browser(shared.world.clara)
    shown = text(client.get("/portal/")) + text(client.get(f"/portal/{task}/"))
    for words in ("Hello Clara", "<strong>Short</strong>", "Fits on a page", "Acme team"):
        assert words in shown
    for words in (SECRET, "4711", "Alice", "Bob", str(hidden)):
        assert words not in shown
    assert client.get(f"/portal/{hidden}/").status_code == 404


def test_clients_are_sent_from_the_teams_pages_to_the_portal(shared: Site) -> None:
    task, client = shared.make(), browser(shared.world.clara)
    targets = {
        "/": "/portal/", "/projects/": "/portal/", "/projects/WEB/": "/portal/", "/projects/WEB/list/": "/portal/",
        "/tasks/": "/portal/", f"/tasks/{task}/": f"/portal/{task}/", "/search/?q=copy": "/portal/",
        "/tasks/new/": "/portal/new/",
    }  # fmt: skip
    assert {address: client.get(address).headers.get("Location") for address in targets} == targets
    assert "WEB-1" not in text(client.get("/palette/?q=WEB", headers={"HX-Request": "true"}))


def test_strangers_staff_and_other_clients_stay_outside(shared: Site) -> None:
    task = shared.make()
    clement = accounts.create_user("clement@example.com", "Clement", None, now=shared.now)
    member = accounts.add_member(clement, "client", actor=shared.world.olga.actor, now=shared.now)
    other = Person(clement, member)
    assert portal.requests(other.actor, brand_in(shared.world.workspace.pk)) == []
    with pytest.raises(Missing):
        portal.find_request(other.actor, str(task))
    assert browser(other).get(f"/portal/{task}/").status_code == 404
    assert browser(shared.world.charlie).get(f"/portal/{task}/").status_code == 404
    assert browser(shared.world.alice).get("/portal/").headers["Location"] == "/projects/"
    assert browser(shared.world.alice).get(f"/portal/{task}/").status_code == 403
    assert browser(shared.world.echo).get(f"/portal/{task}/").status_code == 403


def test_a_client_writes_approves_and_rates_on_the_page(shared: Site) -> None:
    task, client = shared.make(), browser(shared.world.clara)
    by = {"actor": shared.world.alice.actor, "now": shared.now}
    actions.start_task(task, **by)
    actions.submit_task(task, **by)
    round_ = actions.ask_client(task, [shared.world.clara.user.pk], message="Have a *look*", **by)
    shown = text(client.get(f"/portal/{task}/"))
    assert "Have a <em>look</em>" in shown
    wrong = client.post(f"/portal/{task}/say/", {"body": " "})
    assert (wrong.status_code, "Write something" in text(wrong)) == (422, True)
    assert client.post(f"/portal/{task}/say/", {"body": "Nice"}).status_code == 302
    base = f"/portal/{task}/rounds/{round_.pk}"
    wrong = client.post(f"{base}/changes/", {"changes": ""})
    assert (wrong.status_code, "Say what should be different" in text(wrong)) == (422, True)
    assert client.post(f"{base}/approve/").status_code == 302
    assert find_task(shared.world.alice.actor, str(task)).state == "done"
    again = client.post(f"{base}/approve/")
    assert (again.status_code, "no longer waits" in text(again)) == (409, True)
    wrong = client.post(f"{base}/rate/", {"rating": "9", "rating_words": "Super"})
    assert (wrong.status_code, 'value="Super"' in text(wrong)) == (422, True)
    assert client.post(f"{base}/rate/", {"rating": "5", "rating_words": "Super"}).status_code == 302
    assert "5 of 5: Super" in text(client.get(f"/portal/{task}/"))
    team = browser(shared.world.alice)
    assert "Rated 5 of 5" in text(team.get(f"/tasks/{task}/"))
    assert "Rated" not in text(browser(shared.world.bob).get(f"/tasks/{task}/"))


@pytest.mark.parametrize("many", [3, 30])
def test_the_list_costs_the_same_however_long_it_is(shared: Site, many: int) -> None:
    for number in range(many):
        note_look(shared.make(f"Task {number}"), actor=shared.world.clara.actor, now=shared.now)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        portal.requests(shared.world.clara.actor, brand_in(shared.world.workspace.pk))
    assert len(queries) == 8


def test_a_manager_sees_what_a_client_sees_changes_nothing_and_it_is_noted(shared: Site) -> None:
    task, clara = shared.make(), shared.world.clara.user
    actions.add_comment(task, SECRET, internal=True, actor=shared.world.alice.actor, now=shared.now)
    manager, base = browser(shared.world.alice), f"/projects/WEB/as-client/{shared.world.clara.user.pk}/"
    assert manager.get(base).headers["Location"] == "/projects/WEB/as-client/"
    assert not Event.objects.filter(kind="project.seen_as_client").exists()
    assert manager.post("/projects/WEB/as-client/", {"user": clara.pk}).headers["Location"] == base
    assert Event.objects.get(kind="project.seen_as_client").payload == {"user": clara.pk, "name": "Clara"}
    shown = text(manager.get(base)) + text(manager.get(f"{base}{task}/"))
    assert "You see what <strong>Clara</strong> sees" in shown
    assert SECRET not in shown
    assert "<form" not in shown
    assert not LastLook.objects.exists()
    for who, status in (("bob", 403), ("clara", 403), ("audrey", 403), ("charlie", 404)):
        assert browser(getattr(shared.world, who)).get(base).status_code == status
