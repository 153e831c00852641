"""The API as a set of routes: none is forgotten, a browser's session opens none, and dead tokens open none."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from api.expectations import OPERATIONS
from fairlead.accounts import actions
from fairlead.accounts.permissions import SCOPES
from fairlead.events.models import Head
from fairlead.events.tenancy import enter
from security.asking import ANONYMOUS, House
from security.expectations import OWNER
from security.objects import CANARY
from security.routes import Route, all_routes

ROUTES = [route for route in all_routes() if route.is_api]
OPEN = {"/api/v1/openapi.json", "/api/v1/docs"}
"""What describes the API and holds nothing of anybody."""


def _as_in_table(route: Route, method: str) -> str:
    address = route.address.removeprefix("/api/v1").replace("<", "{").replace(">", "}")
    return f"{method} {address}"


def _entries() -> list[tuple[Route, str]]:
    return [(route, method) for route in ROUTES for method in sorted(route.methods or ()) if method != "HEAD"]


def test_every_operation_that_answers_is_in_the_table() -> None:
    assert sorted({_as_in_table(route, method) for route, method in _entries()} - set(OPERATIONS)) == []
    others = {route.address for route in ROUTES if route.methods is None}
    assert others - OPEN <= {"/api/v1/"}, "a view beside the operations: put it into OPEN or make it an operation"


@pytest.mark.parametrize(("route", "method"), _entries(), ids=lambda part: getattr(part, "address", part))
def test_a_session_and_dead_tokens_open_nothing(house: House, route: Route, method: str) -> None:
    """So a form of another site has nothing to ride on, and what was revoked is dead everywhere."""
    places = dict.fromkeys(re.findall(r"<(\w+)>", route.address), "1")
    with transaction.atomic():
        dead = {f"Bearer {secret}" for secret in (_expired(house), _revoked(house), "fl_" + "x" * 32)}
        before = Head.objects.get(workspace_id=house.filled.world.workspace.pk).seq
        assert house.browser(OWNER).generic(method, route.url(places)).status_code == 401
        for header in ("", "Bearer", "Basic b2xnYTpwdw==", *dead):
            response = house.browser(ANONYMOUS).generic(method, route.url(places), headers={"Authorization": header})
            assert (header, response.status_code) == (header, 401)
        enter(house.filled.world.workspace.pk)
        assert Head.objects.get(workspace_id=house.filled.world.workspace.pk).seq == before
        transaction.set_rollback(True)


def _expired(house: House) -> str:
    now = timezone.now() - timedelta(days=3)
    return actions.create_token("old", SCOPES, actor=house.filled.world.olga.actor, now=now, days=1)[1]


def _revoked(house: House) -> str:
    by = {"actor": house.filled.world.olga.actor, "now": timezone.now()}
    enter(house.filled.world.workspace.pk)
    token, secret = actions.create_token("gone", SCOPES, days=None, **by)
    actions.revoke_token(token.pk, **by)
    return secret


@pytest.mark.parametrize("address", sorted(OPEN))
def test_the_description_of_the_api_is_open_and_holds_nothing_of_anybody(house: House, address: str) -> None:
    response = house.browser(OWNER).get(address)
    assert response.status_code == 200
    assert CANARY not in response.content.decode()
