"""A client's program reads and does what the portal lets a client do, and nothing of the inside."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api.conftest import Caller, good, problem
from conftest import World
from fairlead.accounts import actions as accounts
from fairlead.accounts.permissions import SCOPES
from fairlead.people.models import Skill, Worker
from fairlead.work import actions
from fairlead.work.models import Task

SECRET = "zqsecretqz"


@pytest.fixture
def clara(world: World) -> Caller:
    """A client's program; its token was made before she became one."""
    actor = replace(world.clara.actor, role="contributor")
    _, secret = accounts.create_token("test", list(SCOPES), actor=actor, now=timezone.now(), days=None)
    return Caller(secret, Client(raise_request_exception=False))


@pytest.fixture
def task(world: World, now: datetime) -> Task:
    """WEB-1, shared with clara, full of what she must not read, and in review with her."""
    by: dict[str, Any] = {"actor": world.alice.actor, "now": now}
    project = actions.create_project(key="WEB", name="Website", **by)
    other = actions.create_project(key="SEC", name=SECRET, **by)
    actions.share_project(project, world.clara.user, **by)
    skill = Skill.objects.create(workspace=world.workspace, name=SECRET, created_at=now)
    worker = Worker.objects.create(workspace=world.workspace, name=f"Bob {SECRET}", kind="employee", created_at=now)
    actions.change_project(project, lead=worker, **by)
    hidden = actions.create_task(other, actions.TaskDraft(title=SECRET), **by)
    draft = actions.TaskDraft(
        title="Write copy", description="Short", labels=(SECRET,), needs={skill.pk: 3}, effort_min=4711, priority=4,
        external_id=SECRET, criteria=("Fits",),
    )  # fmt: skip
    made = actions.create_task(project, draft, **by)
    actions.hold_task(made, worker, now=now)
    actions.start_task(made, **by)
    actions.submit_task(made, **by)
    actions.add_dependency(made, hidden, **by)
    actions.add_comment(made, SECRET, internal=True, **by)
    actions.add_comment(made, "Hello", internal=False, **by)
    actions.ask_client(made, [world.clara.user.pk], **by)
    return made


PLACES = (
    "/tasks", "/tasks/WEB-1", "/tasks?label=" + SECRET, "/tasks?priority=4", "/tasks?assignee=nobody", "/tasks?q=copy",
    "/tasks/WEB-1/comments", "/projects", "/projects/WEB", "/search?q=copy", "/portal/requests",
    "/portal/requests/WEB-1",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_nothing_of_the_inside_is_in_any_reply(clara: Caller, task: Task, place: str) -> None:
    reply = clara.get(place)
    text = reply.content.decode()
    assert reply.status_code == 200
    for words in (SECRET, "4711", "Alice", "SEC-1"):
        assert words not in text


def test_a_filter_tells_a_client_nothing_of_what_it_filters_by(clara: Caller, task: Task) -> None:
    for wanted in ("label=nothing", "priority=1", "assignee=nobody", f"external_id={SECRET}x"):
        assert [row["key"] for row in good(clara.get(f"/tasks?{wanted}"))["items"]] == ["WEB-1"]
    assert good(clara.get(f"/tasks?q={SECRET}"))["items"] == []


def test_a_client_asks_answers_and_rates(clara: Caller, task: Task) -> None:
    [row] = good(clara.get("/portal/requests"))["items"]
    assert (row["key"], row["group"], row["contact"]) == ("WEB-1", "approve", "Acme team")
    made = good(clara.post("/portal/requests", {"project": "WEB", "title": "A map"}), 201)
    assert (made["key"], made["status"]) == ("WEB-2", "Received")
    round_ = good(clara.get("/portal/requests/WEB-1"))["rounds"][0]["id"]
    base = f"/portal/requests/WEB-1/rounds/{round_}"
    problem(clara.post(f"{base}/rate", {"rating": 5}), 409, "verdict-gone")
    done = good(clara.post(f"{base}/approve", {"words": "Yes"}))
    assert done["rounds"][0]["state"] == "approved"
    problem(clara.post(f"{base}/changes", {"words": "No"}), 409, "verdict-gone")
    assert good(clara.post(f"{base}/rate", {"rating": 5}))["rounds"][0]["rating"] == 5
    problem(clara.get("/portal/requests/SEC-1"), 404, "not-found")


def test_a_manager_hands_over_and_writes_forms(alice: Caller, clara: Caller, task: Task, world: World) -> None:
    problem(alice.post("/tasks/WEB-1/handovers", {"clients": [world.clara.user.pk]}), 409, "conflict")
    round_ = task.handovers.get().pk
    assert alice.delete(f"/tasks/WEB-1/handovers/{round_}").status_code == 204
    good(alice.post("/tasks/WEB-1/handovers", {"clients": [world.clara.user.pk]}), 201)
    shape = {"id": "q1", "kind": "short", "label": "What?", "target": "title", "required": True}
    form = good(alice.post("/projects/WEB/forms", {"name": "Wish", "questions": [shape], "priority": 2}), 201)
    problem(clara.post(f"/portal/forms/{form['id']}", {"answers": {"q1": ["A map"]}}), 404, "not-found")
    good(alice.post(f"/projects/WEB/forms/{form['id']}/publish"))
    problem(clara.post(f"/portal/forms/{form['id']}", {"answers": {}}), 422, "invalid")
    made = good(clara.post(f"/portal/forms/{form['id']}", {"answers": {"q1": ["A map"]}}), 201)
    assert (made["title"], Task.objects.get(number=2, project__key="WEB").priority) == ("A map", 2)
