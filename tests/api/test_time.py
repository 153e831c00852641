"""The time log for programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from api.conftest import Caller, good, problem
from conftest import World
from fairlead.people.models import Worker
from fairlead.work import actions


@pytest.fixture
def bob(world: World, as_person: Callable[..., Caller]) -> Caller:
    """bob, who is in the directory, in a workspace with the task WEB-1."""
    now, by = timezone.now(), world.alice.actor
    Worker.objects.create(workspace=world.workspace, user=world.bob.user, name="Bob", kind="employee", created_at=now)
    project = actions.create_project(key="WEB", name="Web", actor=by, now=now)
    actions.create_task(project, actions.TaskDraft(title="Copy", effort_min=60), actor=by, now=now)
    return as_person("bob")


def test_time_is_logged_changed_and_removed(bob: Caller) -> None:
    made = good(bob.post("/time-entries", {"task": "WEB-1", "minutes": 90, "day": "2026-01-05", "note": "x"}), 201)
    assert (made["task"], made["minutes"], made["source"], made["day"]) == ("WEB-1", 90, "manual", "2026-01-05")
    at = {"started_at": "2026-01-06T09:00:00Z", "ended_at": "2026-01-06T10:15:00Z"}
    timed = good(bob.post("/time-entries", {"task": "WEB-1", **at}), 201)
    assert (timed["minutes"], timed["day"]) == (75, "2026-01-06")
    found = good(bob.get("/time-entries?day_to=2026-01-05"))["items"]
    assert [row["id"] for row in found] == [made["id"]]
    changed = good(bob.patch(f"/time-entries/{timed['id']}", {"note": "better"}))
    assert (changed["note"], changed["started_at"]) == ("better", timed["started_at"])
    assert bob.delete(f"/time-entries/{made['id']}").status_code == 204
    problem(bob.get(f"/time-entries/{made['id']}"), 404, "not-found")
    assert good(bob.post(f"/time-entries/{made['id']}/restore"))["minutes"] == 90


@pytest.mark.parametrize("body", [{}, {"minutes": 0}, {"started_at": "2026-01-06T09:00:00Z"}, {"minutes": 1441}])
def test_what_has_no_length_is_refused(bob: Caller, body: dict[str, object]) -> None:
    assert bob.post("/time-entries", {"task": "WEB-1", **body}).status_code == 422


def test_the_timer_of_the_tokens_user(bob: Caller, as_person: Callable[..., Caller]) -> None:
    assert good(bob.get("/timer")) == {"running": None}
    assert good(bob.post("/timer/start", {"task": "WEB-1"}))["running"]["minutes"] is None
    assert good(bob.get("/timer"))["running"]["task"] == "WEB-1"
    assert good(bob.post("/timer/stop"))["minutes"] == 1
    problem(bob.post("/timer/stop"), 404, "no-timer")
    assert good(as_person("alice").get("/timer")) == {"running": None}
    problem(as_person("alice").post("/timer/start", {"task": "WEB-1"}), 404, "not-found")
