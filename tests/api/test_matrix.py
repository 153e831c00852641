"""Every role, a stranger, a token without the scope and nobody at all, at every operation of the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from api.conftest import Caller, problem
from api.expectations import OPERATIONS
from conftest import Person
from fairlead.accounts import actions as accounts
from fairlead.accounts.permissions import SCOPES
from fairlead.allocation.models import Assignment
from fairlead.api.limits import METER
from fairlead.api.v1 import api
from fairlead.events.tenancy import enter
from security.asking import ANONYMOUS, STRANGER
from security.expectations import (
    ADMIN,
    AUDITOR,
    CLIENT,
    CONTRIBUTOR,
    EVERYBODY,
    HOLDER,
    MANAGER,
    OTHER_CLIENT,
    OWNER,
    Line,
)
from security.objects import CANARY, Filled, fill

REFUSED = {"forbidden", "missing"}
BODY = {"POST", "PUT", "PATCH"}


@dataclass(frozen=True)
class Programs:
    """The filled world and a program of everybody in it."""

    filled: Filled
    callers: dict[str, Caller]
    limited: dict[str, Caller]
    places: dict[str, str]

    def ask(self, who: str, entry: str, line: Line) -> HttpResponse:
        """One request; whatever it changes is taken back."""
        return self.send(self.callers[who], entry, line)

    def send(self, by: Caller, entry: str, line: Line) -> HttpResponse:
        method, path, body = self.request(entry, line)
        METER.counts.clear()
        with transaction.atomic():
            reply = by.send(method, path, body)
            transaction.set_rollback(True)
        return reply

    def request(self, entry: str, line: Line) -> tuple[str, str, Any]:
        """The method, the address with this world's numbers in it, and the body."""
        method, _, path = entry.partition(" ")
        places = self.places | {"key": "WEB-1" if path.startswith("/tasks/") else "WEB"}
        places |= {
            name: self.filled.ids.get(value, self.filled.places.get(value, value)) for name, value in line.at.items()
        }
        body = {name: self._filled_in(value) for name, value in line.data.items()}
        return method, path.format(**places), body if method in BODY else None

    def _filled_in(self, value: Any) -> Any:
        if value in ("clara", "bob"):
            return [int(self.filled.ids[value])]
        return int(self.filled.ids[value]) if value in ("in_progress", "focus", "worker", "team") else value


def _token(person: Person, *scopes: str) -> Caller:
    """A token of this person; that of a client was made before they became one."""
    enter(person.workspace.pk, user_id=person.user.pk)
    actor = replace(person.actor, role="contributor") if person.actor.role == "client" else person.actor
    _, secret = accounts.create_token("test", scopes, actor=actor, now=timezone.now(), days=None)
    return Caller(secret, Client(raise_request_exception=False))


@pytest.fixture(scope="module")
def programs(django_db_setup: None, django_db_blocker: Any) -> Iterator[Programs]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_programs()
        transaction.set_rollback(True)


def make_programs() -> Programs:
    """The filled world, now, with a program of everybody in it."""
    filled = fill(timezone.now())
    world = filled.world
    people = {
        OWNER: world.olga, ADMIN: filled.admin, MANAGER: world.alice, HOLDER: world.bob, CONTRIBUTOR: world.dana,
        CLIENT: world.clara, OTHER_CLIENT: filled.other_client, AUDITOR: world.audrey, STRANGER: world.charlie,
    }  # fmt: skip
    callers = {who: _token(person, *SCOPES) for who, person in people.items()}
    limited = {scope: _token(world.olga, *(set(SCOPES) - {scope})) for scope in SCOPES}
    enter(world.workspace.pk)
    return Programs(filled, {**callers, ANONYMOUS: Caller("", Client())}, limited, _places(filled))


def _places(filled: Filled) -> dict[str, str]:
    receipt = Assignment.objects.filter(task__project__key="WEB").earliest("pk").receipt_id
    return {
        "after": filled.ids["done"], "worker_id": filled.ids["worker"], "skill_id": filled.ids["skill"],
        "status_id": filled.ids["cancelled"], "criterion_id": filled.places["criteria/criterion_id"],
        "comment_id": filled.places["comments/comment_id"], "number": filled.places["time-off/asked_number"],
        "plan_id": filled.places["plans/plan_id"], "receipt_id": str(receipt),
        "policy_id": filled.places["policies/policy_id"],
        "offer_id": filled.places["offers/offer_id"], "state_id": filled.ids["focus"],
        "notice_id": filled.ids["notice"], "view_id": filled.places["views/view_id"],
        "item_id": filled.places["checklist/item_id"],
        "round_id": filled.places["rounds/number"], "form_id": filled.places["forms/number"],
        "sign": "agree",
        "pin_id": filled.places["pins/pin_id"],
        "attachment_id": filled.places["files/attachment_id"],
        "batch_id": filled.places["batches/batch_id"],
        "entry_id": filled.places["time-entries/entry_id"], "monday": filled.places["monday"],
        "project_key": "OPS",
        "team_id": filled.places["teams/team_id"], "member_id": filled.ids["belonging"],
        "calendar_id": filled.places["calendars/calendar_id"],
    }  # fmt: skip


def _outcome(reply: HttpResponse) -> str:
    if reply.status_code < 300 or reply.status_code in (409, 422):
        return "ok"
    return {401: "no token", 403: "forbidden", 404: "missing"}.get(reply.status_code, str(reply.status_code))


def test_every_operation_has_a_line_and_every_line_an_operation() -> None:
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    declared = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, item in document["paths"].items()
        for method in item
    }
    assert declared == set(OPERATIONS)


@pytest.mark.parametrize("entry", OPERATIONS)
def test_who_gets_in(programs: Programs, entry: str) -> None:
    line = OPERATIONS[entry]
    found = {who: _outcome(programs.ask(who, entry, line)) for who in (*EVERYBODY, STRANGER, ANONYMOUS)}
    for who in EVERYBODY:
        good = {"ok"} if who in line.who else REFUSED
        assert found[who] in good, f"{who} at {entry}: {found[who]}, all: {found}"
    assert found[STRANGER] in ({"missing"} if "{" in entry else {"ok", "missing"}), f"a stranger at {entry}: {found}"
    assert found[ANONYMOUS] == "no token", f"nobody at {entry}: {found}"


@pytest.mark.parametrize("entry", OPERATIONS)
def test_whoever_may_succeeds(programs: Programs, entry: str) -> None:
    """So that the table is checked by what is done, not by what refuses input before anybody asks who it is."""
    line = OPERATIONS[entry]
    found = {who: programs.ask(who, entry, line) for who in line.who}
    assert {who: reply.content for who, reply in found.items() if reply.status_code >= 400} == {}


@pytest.mark.parametrize("entry", OPERATIONS)
def test_without_its_scope_even_the_owner_is_refused(programs: Programs, entry: str) -> None:
    method, _, path = entry.partition(" ")
    scope = api.get_openapi_schema()["paths"][f"/api/v1{path}"][method.lower()]["x-scope"]
    if scope is not None:
        body = problem(programs.send(programs.limited[scope], entry, OPERATIONS[entry]), 403, "missing-scope")
        assert scope in body["detail"]


@pytest.mark.parametrize("entry", OPERATIONS)
def test_a_stranger_reads_nothing_of_acme(programs: Programs, entry: str) -> None:
    assert CANARY.encode() not in programs.ask(STRANGER, entry, OPERATIONS[entry]).content
