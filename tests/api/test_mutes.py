"""Muting through the API: one's own, of what one sees."""

from __future__ import annotations

from typing import Any

import pytest

from api.conftest import Caller, good, problem
from conftest import World
from fairlead.work import actions


@pytest.fixture
def task(world: World, alice: Caller, now: Any) -> str:
    project = actions.create_project(key="WEB", name="Website", actor=world.alice.actor, now=now)
    return str(actions.create_task(project, actions.TaskDraft(title="Logo"), actor=world.alice.actor, now=now))


def test_muted_things_are_listed_once_and_heard_of_again(alice: Caller, task: str) -> None:
    for path in (f"/tasks/{task}/mute", f"/tasks/{task}/mute", "/projects/WEB/mute"):
        assert alice.put(path).status_code == 204
    assert good(alice.get("/mutes"))["items"] == [{"task": None, "project": "WEB"}, {"task": task, "project": None}]
    for path in (f"/tasks/{task}/mute", "/projects/WEB/mute", "/projects/WEB/mute"):
        assert alice.delete(path).status_code == 204
    assert good(alice.get("/mutes"))["items"] == []


def test_what_one_does_not_see_cannot_be_muted(alice: Caller, task: str) -> None:
    problem(alice.put("/tasks/WEB-99/mute"), 404, "not-found")
    problem(alice.put("/projects/OPS/mute"), 404, "not-found")
