"""Search, views and changes of many tasks, through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.conftest import Caller, caller, good, problem
from conftest import World
from fairlead.events.tenancy import tenant
from fairlead.work.actions import count_words

As = Callable[..., Caller]


@pytest.fixture
def web(alice: Caller) -> dict[str, Any]:
    """A project WEB with three tasks."""
    made = good(alice.post("/projects", {"key": "WEB", "name": "Website"}), 201)
    for title, priority in (("Login fails", 4), ("Login page", 1), ("Other", 0)):
        good(alice.post("/tasks", {"project": "WEB", "title": title, "priority": priority}), 201)
    return made


def test_search_finds_and_says_what_it_does_not_understand(alice: Caller, web: dict[str, Any]) -> None:
    found = good(alice.get("/search?q=login+priority:urgent"))
    assert [(hit["key"], hit["title"], hit["where"]) for hit in found["items"]] == [("WEB-1", "Login fails", "")]
    assert found["more"] is False
    assert good(alice.get("/search?q=login&limit=1"))["more"] is True
    wrong = problem(alice.get("/search?q=colour:red"), 422, "invalid")
    assert "There is no operator colour:" in wrong["detail"]


def test_a_stranger_finds_nothing(world: World, alice: Caller, web: dict[str, Any]) -> None:
    assert good(caller(world.charlie).get("/search?q=login")) == {"items": [], "more": False, "instead": None}


def test_a_typing_error_is_corrected_and_said(world: World, alice: Caller, web: dict[str, Any]) -> None:
    with tenant(world.alice.workspace.pk):
        count_words(world.alice.workspace.pk)
    found = good(alice.get("/search?q=logni"))
    assert (found["instead"], len(found["items"])) == ("login", 2)
    assert good(alice.get("/search?q=logni&exact=true")) == {"items": [], "more": False, "instead": None}
    assert good(alice.get("/search?q=login"))["instead"] is None
    assert good(caller(world.charlie).get("/search?q=logni"))["instead"] is None


def test_the_list_takes_the_filters_of_the_page(alice: Caller, web: dict[str, Any]) -> None:
    assert [task["key"] for task in good(alice.get("/tasks?priority=4"))["items"]] == ["WEB-1"]
    assert good(alice.get("/tasks?due=late"))["items"] == []
    assert len(good(alice.get("/tasks?created_from=2020-01-01&due=none"))["items"]) == 3
    problem(alice.get("/tasks?due=soon"), 422, "invalid")


def test_many_are_previewed_changed_and_taken_back(alice: Caller, web: dict[str, Any]) -> None:
    body = {"tasks": ["WEB-1", "WEB-2"], "priority": 4, "add_labels": ["hot"]}
    assert good(alice.post("/tasks/bulk", {**body, "preview": True})) == {
        "batch": None, "changed": ["WEB-1", "WEB-2"], "skipped": [],
    }  # fmt: skip
    assert good(alice.get("/tasks/WEB-2"))["labels"] == []
    done = good(alice.post("/tasks/bulk", body))
    assert good(alice.get("/tasks/WEB-2"))["labels"] == ["hot"]
    again = good(alice.post("/tasks/bulk", {"tasks": ["WEB-1"], "priority": 4}))
    assert (again["batch"], again["skipped"]) == (None, [{"key": "WEB-1", "why": "It is so already."}])
    back = good(alice.post(f"/batches/{done['batch']}/undo"))
    assert back["changed"] == ["WEB-1", "WEB-2"]
    assert good(alice.get("/tasks/WEB-2"))["priority"] == 1
    problem(alice.post(f"/batches/{done['batch']}/undo"), 409, "conflict")
    problem(alice.post("/tasks/bulk", {"tasks": ["WEB-9"], "priority": 4}), 404, "not-found")


def test_many_move_to_another_project_and_come_back(as_person: As, alice: Caller, web: dict[str, Any]) -> None:
    good(alice.post("/projects", {"key": "OPS", "name": "Operations"}), 201)
    body = {"tasks": ["WEB-1", "WEB-2"], "project": "OPS"}
    assert good(alice.post("/tasks/bulk", {**body, "preview": True})) == {
        "batch": None, "changed": ["WEB-1", "WEB-2"], "skipped": [],
    }  # fmt: skip
    echo = as_person("echo", "work:read", "work:write")
    refused = good(echo.post("/tasks/bulk", body))
    assert (refused["batch"], refused["changed"]) == (None, [])
    assert refused["skipped"][0] == {
        "key": "WEB-1", "why": "Only who leads both projects moves a task from one to the other.",
    }  # fmt: skip
    done = good(alice.post("/tasks/bulk", body))
    assert (done["changed"], good(alice.get("/tasks/WEB-1"))["key"]) == (["OPS-1", "OPS-2"], "OPS-1")
    again = good(alice.post("/tasks/bulk", {"tasks": ["OPS-1"], "project": "OPS"}))
    assert again["skipped"] == [{"key": "OPS-1", "why": "OPS-1 is in Operations already."}]
    assert good(alice.post(f"/batches/{done['batch']}/undo"))["changed"] == ["WEB-1", "WEB-2"]
    problem(alice.post("/tasks/bulk", {**body, "priority": 4}), 422, "invalid")
    problem(alice.post("/tasks/bulk", {**body, "project": "XYZ"}), 404, "not-found")


def test_an_agent_and_a_narrow_token_are_held_back(as_person: As, alice: Caller, web: dict[str, Any]) -> None:
    echo = as_person("echo", "work:read", "work:write")
    skipped = good(echo.post("/tasks/bulk", {"tasks": ["WEB-1"], "state": "done"}))["skipped"]
    assert skipped[0]["key"] == "WEB-1"
    reader = as_person("bob", "work:read")
    problem(reader.post("/tasks/bulk", {"tasks": ["WEB-1"], "priority": 1}), 403, "missing-scope")
    problem(reader.post("/views", {"name": "Mine"}), 403, "missing-scope")


def test_views_are_kept_shared_and_removed(as_person: As, alice: Caller, web: dict[str, Any]) -> None:
    bob = as_person("bob", "work:read", "work:write")
    made = good(bob.post("/views", {"name": "Late", "query": "due=late"}), 201)
    assert good(alice.get("/views"))["items"] == []
    good(bob.patch(f"/views/{made['id']}", {"shared": True}))
    assert good(alice.get("/views"))["items"] == [{**made, "shared": True, "is_mine": False}]
    problem(alice.patch(f"/views/{made['id']}", {"name": "Mine"}), 403, "forbidden")
    problem(bob.post("/views", {"name": "Late"}), 409, "conflict")
    good(alice.delete(f"/views/{made['id']}"), 204)
    problem(bob.delete(f"/views/{made['id']}"), 404, "not-found")
