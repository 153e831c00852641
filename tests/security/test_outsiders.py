"""Nobody outside a private project learns anything of it, at any address of the pages and of the API.

Two sweeps over every route: as it stands in the tables, where lists must leave it out; and with the private project's
own things in the address, where there is nothing to be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import override_settings
from django.utils import timezone

from api.expectations import OPERATIONS
from api.test_matrix import BODY, Programs, _places, _token
from fairlead.accounts.permissions import SCOPES
from fairlead.api.limits import METER
from fairlead.events.models import Head
from fairlead.events.tenancy import enter
from security.asking import House, _session, open_house, outcome
from security.conftest import QUICK
from security.expectations import OWNER, PAGES, Line
from security.objects import fill
from security.outsiders import OUTSIDE_AGENT, OUTSIDE_MANAGER, OUTSIDER, SECRET, Hidden, hide
from security.routes import all_routes

ROUTES = {route.address: route for route in all_routes() if not route.is_api}
AT_PAGES, AT_THE_API = (OUTSIDE_MANAGER, OUTSIDER), (OUTSIDE_MANAGER, OUTSIDE_AGENT)
BY_SECRET = (
    "/calendar/<secret>/work.ics",
    "/offer/<secret>/",
    "/ask/<secret>/",
    "/portal/reminders/<secret>/",
    "/notices/stop/<secret>/",
)


@dataclass(frozen=True)
class Both:
    house: House
    hidden: Hidden
    programs: Programs


@pytest.fixture(scope="module")
def both(django_db_setup: None, django_db_blocker: Any) -> Iterator[Both]:
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=QUICK), transaction.atomic():
        filled = fill(timezone.now())
        house = open_house(filled)
        hidden = hide(filled, timezone.now())
        house.sessions.update({who: _session(person.user) for who, person in hidden.people.items()})
        callers = {who: _token(person, *SCOPES) for who, person in hidden.people.items()}
        callers[OWNER] = _token(filled.world.olga, *SCOPES)
        enter(filled.world.workspace.pk)
        yield Both(house, hidden, Programs(filled, callers, {}, _places(filled)))
        transaction.set_rollback(True)


def _text(response: HttpResponse) -> str:
    body = b"".join(response.streaming_content) if getattr(response, "streaming", False) else response.content
    return body.decode(errors="replace") + str(dict(response.headers))


def _near(text: str) -> str:
    at = text.find(SECRET)
    return "" if at < 0 else " ".join(text[max(0, at - 160) : at + 40].split())


@pytest.mark.parametrize("entry", PAGES)
def test_no_page_shows_anything_of_it(both: Both, entry: str) -> None:
    method, _, address = entry.partition(" ")
    if address in BY_SECRET:
        return
    found = {who: _near(_text(both.house.ask(who, method, ROUTES[address], PAGES[entry]))) for who in AT_PAGES}
    assert {who: near for who, near in found.items() if near} == {}


@pytest.mark.parametrize("entry", PAGES)
def test_its_own_addresses_are_nowhere(both: Both, entry: str) -> None:
    method, _, address = entry.partition(" ")
    route, line = ROUTES[address], PAGES[entry]
    places = {**both.house.filled.places, **both.hidden.places}
    wanted = {part for part in both.hidden.places if part.rpartition("/")[0]}
    names = [f"{a}/{b}" for a, b in re.findall(r"([\w-]+)/<(\w+)>", address)]
    if not set(names) & wanted:
        return
    for who in AT_PAGES:
        before = Head.objects.get(workspace_id=both.house.filled.world.workspace.pk).seq
        line = Line(line.who, {k: v for k, v in line.data.items() if not isinstance(v, bytes)})
        there = House(replace(both.house.filled, places=places), both.house.sessions)
        response = there.ask(who, method, route, line)
        enter(both.house.filled.world.workspace.pk)
        assert (outcome(response), _near(_text(response))) in (("missing", ""), ("forbidden", "")), who
        assert Head.objects.get(workspace_id=both.house.filled.world.workspace.pk).seq == before


@pytest.mark.parametrize("entry", OPERATIONS)
def test_no_operation_of_the_api_tells_anything_of_it(both: Both, entry: str) -> None:
    line = OPERATIONS[entry]
    found = {who: _near(_text(both.programs.ask(who, entry, line))) for who in AT_THE_API}
    assert {who: near for who, near in found.items() if near} == {}


@pytest.mark.parametrize("entry", [entry for entry in OPERATIONS if "{" in entry])
def test_the_api_knows_none_of_its_things(both: Both, entry: str) -> None:
    method, _, path = entry.partition(" ")
    hidden = both.hidden.places
    parts = re.findall(r"([\w-]+)/\{(\w+)\}", path)
    own = {name: hidden[f"{before}/{name}"] for before, name in parts if f"{before}/{name}" in hidden}
    if not own:
        return
    data = OPERATIONS[entry].data
    body = {name: both.programs._filled_in(value) for name, value in data.items()}
    for who in AT_THE_API:
        METER.counts.clear()
        with transaction.atomic():
            url = path.format(**{**both.programs.places, "key": "WEB-1", **own})
            reply = both.programs.callers[who].send(method, url, body if method in BODY else None)
            transaction.set_rollback(True)
        assert reply.status_code in (403, 404), (who, reply.content)
        assert _near(_text(reply)) == ""


def test_the_secret_is_there_to_be_found(both: Both) -> None:
    """Otherwise the sweeps would prove nothing: the owner meets it all over the place."""
    gets = [entry for entry in PAGES if entry.startswith("GET")]
    pages = [e for e in gets if SECRET in _text(both.house.ask(OWNER, "GET", ROUTES[e[4:]], PAGES[e]))]
    reads = [
        e for e in OPERATIONS if e.startswith("GET") and SECRET in _text(both.programs.ask(OWNER, e, OPERATIONS[e]))
    ]
    assert len(pages) > 25, pages
    assert len(reads) > 8, reads
