"""A task moves to another project: everything goes with it, and its old key leads to it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Refused
from fairlead.work import actions, queries
from fairlead.work.models import Comment, Project, Status, Task
from fairlead.work.placement import TaskPlacement

from .conftest import Site


@pytest.fixture
def ops(site: Site) -> Project:
    return actions.create_project(key="OPS", name="Operations", actor=site.world.alice.actor, now=site.now)


@pytest.fixture
def by(site: Site) -> dict[str, Any]:
    return {"actor": site.world.alice.actor, "now": site.now}


def found(site: Site, key: str) -> Task:
    return queries.find_task(site.world.alice.actor, key)


def test_it_keeps_its_state_and_everything_about_it(site: Site, ops: Project, by: dict[str, Any]) -> None:
    actions.create_task(ops, actions.TaskDraft(title="First"), **by)
    task = site.held(site.world.bob, "Write copy", status=site.column("Ready"))
    actions.add_comment(task, "Hello", internal=True, **by)
    actions.place_task(task, ops, **by)
    moved = actions.transfer_task(found(site, "WEB-1"), ops, **by)
    assert (str(moved), moved.project, moved.state, moved.status.project) == ("OPS-2", ops, "ready", ops)
    assert (moved.assignee and moved.assignee.name) == "Bob"
    assert [comment.body for comment in queries.visible_comments(site.world.alice.actor, moved)] == ["Hello"]
    assert not TaskPlacement.objects.exists()
    event = Event.objects.filter(kind="task.transferred").get()
    assert event.project_id == ops.pk
    assert event.payload == {"changes": {"key": ["WEB-1", "OPS-2"], "project": ["Website", "Operations"]}}


def test_the_old_key_leads_to_it_and_is_its_key_again_when_it_returns(
    site: Site, ops: Project, by: dict[str, Any]
) -> None:
    site.make()
    actions.transfer_task(found(site, "WEB-1"), ops, **by)
    assert str(found(site, "web-1")) == "OPS-1"
    assert str(site.make("Another")) == "WEB-2"
    assert str(actions.transfer_task(found(site, "OPS-1"), site.project, **by)) == "WEB-1"
    assert str(found(site, "OPS-1")) == "WEB-1"
    assert str(actions.transfer_task(found(site, "WEB-1"), ops, **by)) == "OPS-1"


def test_subtasks_go_with_it_and_a_subtask_alone_leaves_its_parent(
    site: Site, ops: Project, by: dict[str, Any]
) -> None:
    parent = site.make("Parent")
    child = site.make("Child", parent=parent)
    site.make("Grandchild", parent=child)
    thrown = site.make("Thrown away", parent=parent)
    actions.delete_task(thrown, **by)
    actions.transfer_task(found(site, "WEB-1"), ops, **by)
    assert [str(found(site, f"WEB-{n}")) for n in (1, 2, 3)] == ["OPS-1", "OPS-2", "OPS-3"]
    assert str(found(site, "OPS-3").parent) == "OPS-2"
    assert str(queries.find_deleted_task(site.world.alice.actor, "WEB-4")) == "OPS-4"
    alone = actions.transfer_task(found(site, "OPS-2"), site.project, **by)
    assert (str(alone), alone.parent) == ("WEB-2", None)
    assert str(found(site, "OPS-3")) == "WEB-3"


def test_what_stands_in_the_way_is_said_and_changes_nothing(site: Site, ops: Project, by: dict[str, Any]) -> None:
    task = site.make(external_id="A1")
    with pytest.raises(Invalid, match="in Website already"):
        actions.transfer_task(task, site.project, **by)
    other = actions.create_task(ops, actions.TaskDraft(title="Same", external_id="A1"), **by)
    with pytest.raises(Conflict, match="OPS-1 has the same outside id"):
        actions.transfer_task(task, ops, **by)
    actions.change_task(other, external_id="", **by)
    with pytest.raises(Conflict, match="changed by somebody else"):
        actions.transfer_task(task, ops, version=task.version + 1, **by)
    backlog = Status.objects.get(project=ops, name="Backlog")
    actions.change_status(backlog, wip_limit=1, **by)
    with pytest.raises(Refused, match="Backlog holds 1 of at most 1"):
        actions.transfer_task(task, ops, **by)
    actions.archive_project(ops, **by)
    ops.refresh_from_db()
    with pytest.raises(Refused, match="Operations is archived"):
        actions.transfer_task(task, ops, **by)
    assert str(found(site, "WEB-1")) == "WEB-1"
    assert not Event.objects.filter(kind="task.transferred").exists()


def test_a_project_without_its_column_does_not_take_it(site: Site, ops: Project, by: dict[str, Any]) -> None:
    task = site.make()
    column = Status.objects.get(project=ops, name="Backlog")
    actions.remove_status(column, move_to=Status.objects.get(project=ops, name="Ready"), **by)
    with pytest.raises(Refused, match="Operations has no column for Backlog, where WEB-1 is"):
        actions.transfer_task(task, ops, **by)


def test_a_private_project_takes_only_what_its_people_hold(site: Site, ops: Project, by: dict[str, Any]) -> None:
    task = site.held(site.world.bob)
    ops = actions.make_private(ops, **by)
    with pytest.raises(actions.Outside, match="to which Bob does not belong"):
        actions.transfer_task(task, ops, **by)
    actions.put_member(ops, site.world.bob.user, "contributor", **by)
    assert str(actions.transfer_task(found(site, "WEB-1"), ops, **by)) == "OPS-1"
    with pytest.raises(Missing):
        queries.find_task(site.world.dana.actor, "WEB-1")


def test_what_was_said_to_one_client_is_not_shown_to_another(site: Site, ops: Project, by: dict[str, Any]) -> None:
    task = site.make()
    actions.share_project(site.project, site.world.clara.user, **by)
    actions.add_comment(task, "Dear Clara", internal=False, **by)
    actions.transfer_task(task, ops, **by)
    assert Comment.objects.get().internal is False
    actions.unshare_project(site.project, site.world.clara.user, **by)
    actions.share_project(ops, site.world.clara.user, **by)
    actions.transfer_task(found(site, "OPS-1"), site.project, **by)
    assert Comment.objects.get().internal is False
    actions.transfer_task(found(site, "WEB-1"), ops, **by)
    assert Comment.objects.get().internal is True
    assert list(queries.visible_comments(site.world.clara.actor, found(site, "OPS-1"))) == []


def test_contributors_clients_and_strangers_move_nothing(site: Site, ops: Project) -> None:
    task = site.held(site.world.bob)
    for who in (site.world.bob, site.world.echo, site.world.clara, site.world.charlie):
        with pytest.raises(Forbidden):
            actions.transfer_task(task, ops, actor=who.actor, now=site.now)


def test_all_that_lies_below_is_named_before_it_goes_with_the_task(site: Site, ops: Project) -> None:
    top = site.make("Write copy")
    below = site.make("Collect facts", parent=top)
    client = Client()
    client.force_login(site.world.alice.user)
    assert "Its subtask goes with it." in client.get("/tasks/WEB-1/transfer/").content.decode()
    site.make("Call the client", parent=below)
    assert "Its 2 subtasks go with it." in client.get("/tasks/WEB-1/transfer/").content.decode()
    client.post("/tasks/WEB-1/transfer/", {"project": "OPS"})
    enter(site.world.workspace.pk)
    assert sorted(map(str, Task.objects.select_related("project"))) == ["OPS-1", "OPS-2", "OPS-3"]


def test_on_its_page_it_is_moved_undone_and_found_under_its_old_address(site: Site, ops: Project) -> None:
    site.make("Write copy")
    client = Client()
    client.force_login(site.world.alice.user)
    assert "/tasks/WEB-1/transfer/" in client.get("/tasks/WEB-1/").content.decode()
    asked = client.get("/tasks/WEB-1/transfer/").content.decode()
    assert '<option value="OPS">Operations (OPS)</option>' in asked
    assert 'value="WEB"' not in asked
    answer = client.post("/tasks/WEB-1/transfer/", {"project": "OPS"}, follow=True)
    assert answer.redirect_chain == [("/tasks/OPS-1/", 302)]
    page = answer.content.decode()
    assert "WEB-1 is OPS-1 in Operations now." in page
    (undo,) = re.findall(r'action="(/batches/\d+/undo/\?next=/tasks/WEB-1/)"', page)
    assert client.get("/tasks/WEB-1/").headers["Location"] == "/tasks/OPS-1/"
    assert "/tasks/OPS-1/" in client.get("/search/?q=WEB-1").content.decode()
    assert "/tasks/OPS-1/" in client.get("/tasks/?q=WEB-1").content.decode()
    assert client.post(undo).headers["Location"] == "/tasks/WEB-1/"
    assert client.post("/tasks/WEB-1/transfer/", {"project": "WEB"}).status_code == 422
    enter(site.world.workspace.pk)
    assert str(found(site, "OPS-1")) == "WEB-1"
