"""A POST with an Idempotency-Key has its effect once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from api.conftest import Caller, caller, good, problem
from conftest import World, make_world
from fairlead.api import actions as replies
from fairlead.api.jobs import forget_replies
from fairlead.api.models import Reply
from fairlead.api.v1 import skills as skill_routes
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.people.models import Skill

PYTHON = {"name": "Python"}


def test_the_same_request_again_gives_the_same_reply(alice: Caller) -> None:
    first = alice.post("/skills", PYTHON, Idempotency_Key="k1")
    again = alice.post("/skills", PYTHON, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["Content-Type"] == again.headers["Content-Type"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Skill.objects.count() == Event.objects.filter(kind="skill.created").count() == 1


def test_the_same_key_with_another_body_is_refused(alice: Caller) -> None:
    good(alice.post("/skills", PYTHON, Idempotency_Key="k1"), 201)
    problem(alice.post("/skills", {"name": "Perl"}, Idempotency_Key="k1"), 422, "key-reused")
    assert Skill.objects.count() == 1


def test_without_a_key_every_request_counts(alice: Caller) -> None:
    good(alice.post("/skills", PYTHON), 201)
    problem(alice.post("/skills", PYTHON), 422, "invalid")


def test_a_key_belongs_to_one_user_route_and_workspace(alice: Caller, world: World) -> None:
    good(alice.post("/skills", PYTHON, Idempotency_Key="k1"), 201)
    good(alice.post("/projects", {"key": "WEB", "name": "Website"}, Idempotency_Key="k1"), 201)
    good(caller(world.olga).post("/skills", {"name": "Perl"}, Idempotency_Key="k1"), 201)
    charlie = caller(world.charlie)
    reply = charlie.post("/skills", PYTHON, Idempotency_Key="k1")
    assert good(reply, 201)["name"] == "Python"
    assert "Idempotent-Replayed" not in reply.headers


def test_a_refusal_is_not_kept(alice: Caller) -> None:
    problem(alice.post("/tasks", {"project": "WEB", "title": "x"}, Idempotency_Key="k1"), 404, "not-found")
    good(alice.post("/projects", {"key": "WEB", "name": "Website"}), 201)
    good(alice.post("/tasks", {"project": "WEB", "title": "x"}, Idempotency_Key="k1"), 201)


def test_a_token_without_the_scope_gets_no_kept_reply(alice: Caller, world: World) -> None:
    good(alice.post("/skills", PYTHON, Idempotency_Key="k1"), 201)
    problem(caller(world.alice, "work:read").post("/skills", PYTHON, Idempotency_Key="k1"), 403, "missing-scope")


def test_after_a_day_the_key_is_free_again(alice: Caller) -> None:
    good(alice.post("/projects", {"key": "WEB", "name": "Website"}, Idempotency_Key="k1"), 201)
    Reply.objects.update(created_at=timezone.now() - replies.KEEP - timedelta(seconds=1))
    problem(alice.post("/projects", {"key": "WEB", "name": "Website"}, Idempotency_Key="k1"), 422, "invalid")
    good(alice.post("/projects", {"key": "APP", "name": "App"}, Idempotency_Key="k1"), 201)
    assert Reply.objects.count() == 1


def test_old_replies_are_forgotten(alice: Caller, world: World) -> None:
    good(alice.post("/skills", PYTHON, Idempotency_Key="k1"), 201)
    forget_replies(now=timezone.now())
    assert Reply.objects.filter(workspace=world.workspace).count() == 1
    forget_replies(now=timezone.now() + replies.KEEP)
    enter(world.workspace.pk)
    assert Reply.objects.count() == 0


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é", "a\tb"])
def test_a_key_has_visible_characters(alice: Caller, key: str) -> None:
    problem(alice.post("/skills", PYTHON, Idempotency_Key=key), 400, "malformed")


def test_a_crash_leaves_neither_effect_nor_reply(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    create = skill_routes.actions.create_skill

    def crash_afterwards(*args: Any, **kwargs: Any) -> Skill:
        create(*args, **kwargs)
        raise ZeroDivisionError

    monkeypatch.setattr(skill_routes.actions, "create_skill", crash_afterwards)
    problem(alice.post("/skills", PYTHON, Idempotency_Key="k1"), 500, "crash")
    assert Skill.objects.count() == Reply.objects.count() == Event.objects.filter(kind="skill.created").count() == 0
    monkeypatch.undo()
    good(alice.post("/skills", PYTHON, Idempotency_Key="k1"), 201)


def test_of_64_at_once_one_has_the_effect(committed: None) -> None:
    world = make_world()
    alice = caller(world.alice)

    def send(_number: int) -> HttpResponse:
        try:
            return Caller(alice.token, Client()).post("/skills", PYTHON, Idempotency_Key="k1")
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(send, range(64)))
    enter(world.workspace.pk)
    assert Skill.objects.count() == Event.objects.filter(kind="skill.created").count() == 1
    good_ones = [reply for reply in found if reply.status_code == 201]
    assert len({reply.content for reply in good_ones}) == 1
    assert sum("Idempotent-Replayed" not in reply.headers for reply in good_ones) == 1
    for reply in found:
        if reply.status_code != 201:
            problem(reply, 409, "in-flight")


def test_while_the_first_one_runs_the_others_wait(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    alice = caller(world.alice)
    create = skill_routes.actions.create_skill
    others: list[HttpResponse] = []

    def send_another() -> HttpResponse:
        try:
            return Caller(alice.token, Client()).post("/skills", PYTHON, Idempotency_Key="k1")
        finally:
            connection.close()

    def create_slowly(*args: Any, **kwargs: Any) -> Skill:
        made = create(*args, **kwargs)
        with ThreadPoolExecutor(1) as pool:
            others.append(pool.submit(send_another).result())
        return made

    monkeypatch.setattr(skill_routes.actions, "create_skill", create_slowly)
    good(alice.post("/skills", PYTHON, Idempotency_Key="k1"), 201)
    problem(others[0], 409, "in-flight")
    assert send_another().headers["Idempotent-Replayed"] == "true"
