"""Who belongs to a project, through the API: tokens get no further than the people whose they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from api.conftest import Caller, good, problem
from conftest import World
from fairlead.people import actions as people
from fairlead.work import actions as work


@pytest.fixture
def secret(world: World, now: datetime) -> str:
    """alice's private project SEC with a task."""
    by: dict[str, Any] = {"actor": world.alice.actor, "now": now}
    project = work.create_project(key="SEC", name="Merger", **by)
    work.create_task(project, work.TaskDraft(title="Call the bank"), **by)
    work.make_private(project, **by)
    return "/projects/SEC"


def test_somebody_is_added_changed_and_removed(
    world: World, secret: str, alice: Caller, as_person: Callable[..., Caller]
) -> None:
    bob = as_person("bob")
    problem(bob.get(secret), 404, "not-found")
    made = good(alice.put(f"{secret}/members", {"user_id": world.bob.user.pk, "role": "viewer"}))
    assert (made["name"], made["role"], made["added_by"]) == ("Bob", "viewer", "Alice")
    assert good(bob.get(secret))["private"] is True
    again = good(alice.put(f"{secret}/members", {"user_id": world.bob.user.pk, "role": "contributor"}))
    assert (again["id"], again["role"]) == (made["id"], "contributor")
    assert [one["name"] for one in good(bob.get(f"{secret}/members"))["items"]] == ["Alice", "Bob"]
    problem(bob.put(f"{secret}/members", {"user_id": world.dana.user.pk, "role": "viewer"}), 403, "forbidden")
    good(alice.delete(f"{secret}/members/{made['id']}"), 204)
    problem(bob.get("/tasks/SEC-1"), 404, "not-found")


def test_a_worker_with_an_account_is_that_member_and_a_team_is_a_team(
    world: World, now: datetime, secret: str, alice: Caller
) -> None:
    by: dict[str, Any] = {"actor": world.olga.actor, "now": now}
    dana = people.create_worker(kind="employee", name="Dana", user=world.dana.user, **by)
    team = people.create_team("Bankers", members=[dana], **by)
    made = good(alice.put(f"{secret}/members", {"worker_id": dana.pk, "role": "viewer"}))
    assert (made["user_id"], made["worker_id"], made["team_id"]) == (world.dana.user.pk, dana.pk, None)
    whole = good(alice.put(f"{secret}/members", {"team_id": team.pk, "role": "viewer"}))
    assert (whole["user_id"], whole["worker_id"], whole["team_id"]) == (None, None, team.pk)


def test_exactly_one_is_named(world: World, secret: str, alice: Caller) -> None:
    user = world.bob.user.pk
    problem(alice.put(f"{secret}/members", {"role": "viewer"}), 422, "invalid")
    problem(alice.put(f"{secret}/members", {"user_id": user, "team_id": 1, "role": "viewer"}), 422, "invalid")
    problem(alice.put(f"{secret}/members", {"user_id": world.charlie.user.pk, "role": "viewer"}), 404, "not-found")


def test_the_last_lead_stays(secret: str, alice: Caller) -> None:
    [only] = good(alice.get(f"{secret}/members"))["items"]
    problem(alice.delete(f"{secret}/members/{only['id']}"), 409, "last-lead")


def test_private_is_a_field_of_the_project(
    world: World, now: datetime, alice: Caller, as_person: Callable[..., Caller]
) -> None:
    work.create_project(key="WEB", name="Website", actor=world.alice.actor, now=now)
    bob, read = as_person("bob"), good(alice.get("/projects/WEB"))
    assert read["private"] is False
    problem(bob.patch("/projects/WEB", {"private": True}, If_Match='"1"'), 403, "forbidden")
    changed = good(alice.patch("/projects/WEB", {"private": True}, If_Match=f'"{read["version"]}"'))
    assert changed["private"] is True
    problem(bob.get("/projects/WEB"), 404, "not-found")
    assert [one["key"] for one in good(bob.get("/projects"))["items"]] == []
    good(alice.patch("/projects/WEB", {"private": False}, If_Match=f'"{changed["version"]}"'))
    assert good(bob.get("/projects/WEB"))["private"] is False


def test_an_ai_agent_with_every_scope_lets_nobody_in(
    world: World, now: datetime, secret: str, alice: Caller, as_person: Callable[..., Caller]
) -> None:
    good(alice.put(f"{secret}/members", {"user_id": world.echo.user.pk, "role": "contributor"}))
    echo = as_person("echo")
    problem(echo.put(f"{secret}/members", {"user_id": world.bob.user.pk, "role": "viewer"}), 403, "forbidden")
    problem(echo.patch(secret, {"private": False}, If_Match='"2"'), 403, "forbidden")


def test_a_project_begins_private(alice: Caller) -> None:
    made = good(alice.post("/projects", {"key": "SEC", "name": "Secret", "private": True}), 201)
    assert made["private"] is True
    people = good(alice.get("/projects/SEC/members"))["items"]
    assert [(row["name"], row["role"]) for row in people] == [("Alice", "lead")]
    assert good(alice.post("/projects", {"key": "PUB", "name": "Open", "private": False}), 201)["private"] is False
