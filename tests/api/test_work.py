"""Projects, tasks and what hangs on them, through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.conftest import Caller, caller, good, problem
from conftest import World
from fairlead.events.models import Event
from fairlead.people import actions as people

As = Callable[..., Caller]


@pytest.fixture
def web(alice: Caller) -> dict[str, Any]:
    """A project WEB."""
    return good(alice.post("/projects", {"key": "WEB", "name": "Website"}), 201)


def new_task(alice: Caller, title: str = "Write", **more: Any) -> dict[str, Any]:
    return good(alice.post("/tasks", {"project": "WEB", "title": title, **more}), 201)


def status(web: dict[str, Any], name: str) -> int:
    return next(s["id"] for s in web["statuses"] if s["name"] == name)


def test_a_project_begins_with_the_usual_columns(alice: Caller, web: dict[str, Any]) -> None:
    assert [s["name"] for s in web["statuses"]] == ["Backlog", "Ready", "In progress", "In review", "Done", "Cancelled"]
    assert good(alice.get("/projects"))["items"] == [web]
    assert good(alice.get("/projects/WEB")) == web


def test_a_project_is_changed_field_by_field(alice: Caller, web: dict[str, Any]) -> None:
    lead = good(alice.post("/workers", {"kind": "employee", "name": "Lena"}), 201)
    changed = good(alice.patch("/projects/WEB", {"client": "Globex", "lead_id": lead["id"]}))
    assert changed == {**web, "client": "Globex", "lead_id": lead["id"], "version": 2}
    assert good(alice.patch("/projects/WEB", {"lead_id": None}))["lead_id"] is None
    problem(alice.patch("/projects/WEB", {"name": None}), 422, "invalid")
    problem(alice.patch("/projects/WEB", {"name": " "}), 422, "invalid")
    problem(alice.patch("/projects/WEB", {"workspace_id": 1}), 422, "invalid")


def test_an_archived_project_leaves_the_list(alice: Caller, web: dict[str, Any]) -> None:
    assert good(alice.post("/projects/WEB/archive"))["archived"] is True
    assert good(alice.get("/projects"))["items"] == []
    assert [p["key"] for p in good(alice.get("/projects?archived=true"))["items"]] == ["WEB"]
    problem(alice.post("/tasks", {"project": "WEB", "title": "Late"}), 422, "refused")
    assert good(alice.post("/projects/WEB/restore"))["archived"] is False


def test_columns_are_added_changed_and_removed(alice: Caller, web: dict[str, Any]) -> None:
    added = good(alice.post("/projects/WEB/statuses", {"name": "Blocked", "state": "running", "wip_limit": 2}), 201)
    assert added == {"id": added["id"], "name": "Blocked", "state": "running", "wip_limit": 2, "wip_hard": True}
    renamed = good(alice.patch(f"/projects/WEB/statuses/{added['id']}", {"name": "Waiting", "wip_limit": None}))
    assert renamed == {**added, "name": "Waiting", "wip_limit": None}
    good(alice.delete(f"/projects/WEB/statuses/{added['id']}"), 204)
    assert good(alice.get("/projects/WEB"))["statuses"] == web["statuses"]
    problem(alice.delete(f"/projects/WEB/statuses/{added['id']}"), 404, "not-found")
    problem(alice.delete(f"/projects/WEB/statuses/{status(web, 'Done')}"), 422, "refused")


def test_a_task_is_created_with_everything(alice: Caller, web: dict[str, Any]) -> None:
    skill = good(alice.post("/skills", {"name": "Python"}), 201)
    first = new_task(alice)
    made = new_task(
        alice, "Build", description="*Soon*", status_id=status(web, "Ready"), priority=3, effort_low_min=60,
        effort_min=90, effort_high_min=120, release_at="2026-12-01T08:00:00Z", due_at="2026-12-24T18:00:00+01:00",
        labels=["shop"], parent=first["key"], needs=[{"skill_id": skill["id"], "level": 3}],
        criteria=["It works"], after=[first["key"]], external_id="jira-7",
    )  # fmt: skip
    criterion = made["criteria"][0]
    assert {name: value for name, value in made.items() if name not in ("created_at", "updated_at")} == {
        "key": "WEB-2", "project": "WEB", "title": "Build", "description": "*Soon*",
        "status": {"id": status(web, "Ready"), "name": "Ready"}, "state": "ready", "priority": 3,
        "effort_low_min": 60, "effort_min": 90, "effort_high_min": 120, "release_at": "2026-12-01T08:00:00Z",
        "due_at": "2026-12-24T17:00:00Z", "labels": ["shop"], "parent": "WEB-1", "assignee": None,
        "needs": [{"skill_id": skill["id"], "name": "Python", "level": 3}],
        "criteria": [{"id": criterion["id"], "text": "It works", "checked_at": None}], "waits_for": ["WEB-1"],
        "links": [{"after": "WEB-1", "kind": "fs", "lag_min": 0}],
        "blocked_by": ["WEB-1"], "type": "task", "fields": {},
        "external_id": "jira-7", "started_at": None, "done_at": None, "version": 1,
    }  # fmt: skip
    assert good(alice.get("/tasks/WEB-2")) == made


def test_wrong_tasks_are_pointed_at(alice: Caller, web: dict[str, Any]) -> None:
    wrong: dict[str, Any] = {
        "title": " ", "priority": 5, "effort_min": 0, "due_at": "2026-12-24T18:00:00", "labels": ["x" * 41],
        "needs": [{"skill_id": 1, "level": 6}], "after": ["web"], "tenant": 2,
    }  # fmt: skip
    body = problem(alice.post("/tasks", {"project": "WEB", **wrong}), 422, "invalid")
    assert {error["pointer"] for error in body["errors"]} == {
        "#/priority", "#/effort_min", "#/due_at", "#/labels/0", "#/needs/0/level", "#/after/0", "#/tenant",
    }  # fmt: skip
    body = problem(alice.post("/tasks", {"project": "WEB", "title": " "}), 422, "invalid")
    assert [error["pointer"] for error in body["errors"]] == ["#/title"]
    twice = [{"skill_id": 1, "level": 1}, {"skill_id": 1, "level": 2}]
    body = problem(alice.post("/tasks", {"project": "WEB", "title": "x", "needs": twice}), 422, "invalid")
    assert [error["pointer"] for error in body["errors"]] == ["#/needs"]
    for at in (1e18, 0, "1", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "2026-12-24"):
        problem(alice.post("/tasks", {"project": "WEB", "title": "x", "due_at": at}), 422, "invalid")


def test_one_outside_id_is_one_task(alice: Caller, web: dict[str, Any]) -> None:
    new_task(alice, external_id="jira-7")
    problem(alice.post("/tasks", {"project": "WEB", "title": "Again", "external_id": "jira-7"}), 409, "conflict")
    assert [t["key"] for t in good(alice.get("/tasks?external_id=jira-7"))["items"]] == ["WEB-1"]


def test_only_what_was_sent_is_changed(alice: Caller, web: dict[str, Any]) -> None:
    made = new_task(alice, due_at="2026-12-24T18:00:00Z", labels=["a"])
    changed = good(alice.patch("/tasks/WEB-1", {"due_at": None}))
    assert changed == {**made, "due_at": None, "version": 2, "updated_at": changed["updated_at"]}
    assert good(alice.patch("/tasks/WEB-1", {}))["version"] == 2
    assert good(alice.patch("/tasks/WEB-1", {"due_at": None}))["version"] == 2
    assert Event.objects.filter(kind="task.changed").count() == 1


def test_a_stale_writer_is_stopped(alice: Caller, web: dict[str, Any]) -> None:
    new_task(alice)
    etag = alice.get("/tasks/WEB-1").headers["ETag"]
    changed = alice.patch("/tasks/WEB-1", {"title": "Mine"}, If_Match=etag)
    assert good(changed)["title"] == "Mine"
    for path, body in (("", {"title": "Yours"}), ("/move", {"status_id": status(web, "Ready")})):
        method = "PATCH" if not path else "POST"
        problem(alice.send(method, f"/tasks/WEB-1{path}", body, If_Match=etag), 412, "precondition-failed")
    problem(alice.delete("/tasks/WEB-1", If_Match=etag), 412, "precondition-failed")
    problem(alice.delete("/tasks/WEB-1", If_Match="nonsense"), 412, "precondition-failed")
    assert good(alice.patch("/tasks/WEB-1", {"title": "Ours"}, If_Match=changed.headers["ETag"]))["title"] == "Ours"
    assert good(alice.patch("/tasks/WEB-1", {"title": "Any"}, If_Match="*"))["version"] == 4


def test_the_etag_changes_with_what_hangs_on_a_task(alice: Caller, web: dict[str, Any]) -> None:
    new_task(alice)
    before = alice.get("/tasks/WEB-1").headers["ETag"]
    good(alice.post("/tasks/WEB-1/criteria", {"text": "Tested"}), 201)
    assert good(alice.get("/tasks/WEB-1", If_None_Match=before))["criteria"][0]["text"] == "Tested"


def test_work_goes_from_state_to_state(alice: Caller, web: dict[str, Any]) -> None:
    new_task(alice)
    for step, state in (
        ("start", "running"),
        ("submit", "review"),
        ("complete", "done"),
        ("reopen", "ready"),
        ("cancel", "cancelled"),
    ):
        assert good(alice.post(f"/tasks/WEB-1/{step}"))["state"] == state
    problem(alice.post("/tasks/WEB-1/start"), 422, "no-such-step")
    kinds = Event.objects.filter(subject_kind="task").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == [
        "task.created",
        "task.started",
        "task.submitted",
        "task.completed",
        "task.reopened",
        "task.cancelled",
    ]


def test_a_blocked_task_does_not_start(alice: Caller, web: dict[str, Any]) -> None:
    new_task(alice, "First")
    new_task(alice, "Second")
    good(alice.put("/tasks/WEB-2/waits-for/WEB-1"), 204)
    good(alice.put("/tasks/WEB-2/waits-for/WEB-1"), 204)
    problem(alice.put("/tasks/WEB-1/waits-for/WEB-2"), 422, "circle")
    problem(alice.post("/tasks/WEB-2/start"), 422, "blocked")
    good(alice.delete("/tasks/WEB-2/waits-for/WEB-1"), 204)
    good(alice.post("/tasks/WEB-2/start"))


def test_open_criteria_keep_a_task_from_being_done(alice: Caller, web: dict[str, Any]) -> None:
    new_task(alice)
    criterion = good(alice.post("/tasks/WEB-1/criteria", {"text": "Tested"}), 201)
    problem(alice.post("/tasks/WEB-1/complete"), 422, "criteria-open")
    assert good(alice.post(f"/tasks/WEB-1/criteria/{criterion['id']}/check"))["checked_at"] is not None
    assert good(alice.post(f"/tasks/WEB-1/criteria/{criterion['id']}/uncheck"))["checked_at"] is None
    good(alice.delete(f"/tasks/WEB-1/criteria/{criterion['id']}"), 204)
    assert good(alice.post("/tasks/WEB-1/complete"))["state"] == "done"


def test_cards_are_put_in_order(alice: Caller, web: dict[str, Any]) -> None:
    new_task(alice, "First")
    new_task(alice, "Second")
    ready = status(web, "Ready")
    assert good(alice.post("/tasks/WEB-1/move", {"status_id": ready}))["status"]["name"] == "Ready"
    assert good(alice.post("/tasks/WEB-2/move", {"status_id": ready, "below": "WEB-1"}))["state"] == "ready"
    problem(alice.post("/tasks/WEB-2/move", {"status_id": 10**18}), 404, "not-found")


def test_a_deleted_task_comes_back(alice: Caller, web: dict[str, Any]) -> None:
    new_task(alice)
    good(alice.delete("/tasks/WEB-1"), 204)
    problem(alice.get("/tasks/WEB-1"), 404, "not-found")
    assert good(alice.get("/tasks"))["items"] == []
    assert good(alice.post("/tasks/WEB-1/restore"))["key"] == "WEB-1"
    problem(alice.post("/tasks/WEB-1/restore"), 404, "not-found")


def test_comments_are_said_changed_and_removed(alice: Caller, as_person: As, web: dict[str, Any], world: World) -> None:
    new_task(alice)
    said = good(alice.post("/tasks/WEB-1/comments", {"body": "Hello"}), 201)
    assert said["author"] == {"id": world.alice.user.pk, "name": "Alice", "kind": "person"}
    assert said["internal"] is True
    assert good(alice.get("/tasks/WEB-1/comments"))["items"] == [said]
    bob = as_person("bob")
    problem(bob.patch(f"/tasks/WEB-1/comments/{said['id']}", {"body": "Mine"}), 403, "forbidden")
    edited = good(alice.patch(f"/tasks/WEB-1/comments/{said['id']}", {"body": "Hello!"}))
    assert (edited["body"], edited["edited_at"] is not None) == ("Hello!", True)
    good(alice.delete(f"/tasks/WEB-1/comments/{said['id']}"), 204)
    assert good(alice.get("/tasks/WEB-1/comments"))["items"] == []


def test_tasks_are_found_by_what_they_are(alice: Caller, as_person: As, web: dict[str, Any], world: World) -> None:
    good(alice.post("/projects", {"key": "APP", "name": "App"}), 201)
    new_task(alice, "Draw the shop", labels=["art"])
    new_task(alice, "Write the shop")
    good(alice.post("/tasks", {"project": "APP", "title": "Elsewhere"}), 201)
    good(alice.post("/tasks/WEB-2/start"))
    found = {
        query: [t["key"] for t in good(alice.get(f"/tasks?{query}"))["items"]]
        for query in (
            "project=WEB", "state=running", "state=open", "state=done", "label=art", "q=shop%20draw", "q=app-1",
            "assignee=nobody", "assignee=me", "order=-created", f"status_id={status(web, 'Backlog')}",
            "updated_since=2199-01-01T00:00:00Z",
        )
    }  # fmt: skip
    everything = ["WEB-1", "WEB-2", "APP-1"]
    assert found == {
        "project=WEB": ["WEB-1", "WEB-2"], "state=running": ["WEB-2"], "state=open": everything, "state=done": [],
        "label=art": ["WEB-1"], "q=shop%20draw": ["WEB-1"], "q=app-1": ["APP-1"], "assignee=nobody": everything,
        "assignee=me": [], "order=-created": everything[::-1], f"status_id={status(web, 'Backlog')}": ["WEB-1"],
        "updated_since=2199-01-01T00:00:00Z": [],
    }  # fmt: skip
    for query in (
        "state=lost",
        "assignee=alice",
        "assignee=" + "9" * 30,
        "project=web",
        "order=title",
        "updated_since=5",
    ):
        problem(alice.get(f"/tasks?{query}"), 422, "invalid")


def test_a_list_takes_the_same_queries_however_long(
    alice: Caller, web: dict[str, Any], django_assert_num_queries: Any
) -> None:
    skill = good(alice.post("/skills", {"name": "Python"}), 201)
    for number in range(6):
        new_task(alice, f"Task {number}", needs=[{"skill_id": skill["id"], "level": 1}], criteria=["a"])
    good(alice.get("/tasks"))
    with django_assert_num_queries(QUERIES_OF_THE_FRAME + 3):
        assert len(good(alice.get("/tasks"))["items"]) == 6


QUERIES_OF_THE_FRAME = 5
"""Opening the workspace and finding the token with its member."""


def test_an_agent_never_says_that_its_own_work_is_done(
    alice: Caller, as_person: As, web: dict[str, Any], world: World, now: Any
) -> None:
    worker = people.create_worker(kind="agent", name="Echo", user=world.echo.user, actor=world.alice.actor, now=now)
    new_task(alice)
    good(alice.post("/tasks/WEB-1/assignment", {"worker": worker.pk}))
    echo = as_person("echo")
    good(echo.post("/tasks/WEB-1/start"))
    problem(echo.post("/tasks/WEB-1/complete"), 403, "forbidden")
    assert good(echo.post("/tasks/WEB-1/submit"))["state"] == "review"


def test_a_stranger_finds_none_of_it(alice: Caller, web: dict[str, Any], world: World) -> None:
    new_task(alice)
    comment = good(alice.post("/tasks/WEB-1/comments", {"body": "Hello"}), 201)
    charlie = caller(world.charlie)
    for path in ("/projects/WEB", "/tasks/WEB-1", "/tasks/WEB-1/comments", "/tasks/WEB-1/recommendation"):
        problem(charlie.get(path), 404, "not-found")
    problem(charlie.patch(f"/tasks/WEB-1/comments/{comment['id']}", {"body": "x"}), 404, "not-found")
    problem(charlie.post("/tasks", {"project": "WEB", "title": "x"}), 404, "not-found")
    problem(charlie.post("/tasks/WEB-1/start"), 404, "not-found")
    assert good(charlie.get("/tasks"))["items"] == good(charlie.get("/projects"))["items"] == []


def test_a_task_follows_another_in_the_way_that_is_asked(alice: Caller, web: dict[str, Any]) -> None:
    for title in ("First", "Then"):
        new_task(alice, title)
    assert alice.put("/tasks/WEB-2/waits-for/WEB-1?kind=ss&lag_min=2880").status_code == 204
    found = good(alice.get("/tasks/WEB-2"))
    assert (found["links"], found["blocked_by"]) == ([{"after": "WEB-1", "kind": "ss", "lag_min": 2880}], [])
    assert alice.put("/tasks/WEB-2/waits-for/WEB-1").status_code == 204
    assert good(alice.get("/tasks/WEB-2"))["blocked_by"] == ["WEB-1"]
    problem(alice.put("/tasks/WEB-2/waits-for/WEB-1?kind=ss&lag_min=-1"), 422, "invalid")
    problem(alice.put("/tasks/WEB-2/waits-for/WEB-1?kind=later"), 422, "invalid")
    problem(alice.put("/tasks/WEB-1/waits-for/WEB-2?kind=sf"), 422, "circle")
