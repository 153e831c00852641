"""Every role, a stranger and nobody at all, at every method of every page: who gets in is what the table says."""

from __future__ import annotations

import pytest

from security.asking import ANONYMOUS, STRANGER, House, outcome
from security.expectations import EVERYBODY, OWNER, PAGES, Line
from security.routes import Route, all_routes

PAGE_ROUTES = {route.address: route for route in all_routes() if not route.is_api}
REFUSED = {"forbidden", "missing"}


def test_every_line_has_a_route() -> None:
    assert [entry for entry in PAGES if entry.split(" ")[1] not in PAGE_ROUTES] == []


def test_every_page_has_a_line(house: House) -> None:
    unlisted = [f"{m} {address}" for address in PAGE_ROUTES for m in ("GET", "POST") if f"{m} {address}" not in PAGES]
    served = [
        entry
        for entry in unlisted
        if outcome(house.ask(OWNER, entry.split(" ")[0], PAGE_ROUTES[entry.split(" ")[1]], Line(())))
        != "no such method"
    ]
    assert served == [], "add these to expectations.py, or put @require_GET or @require_POST on their views"


@pytest.mark.parametrize("entry", PAGES)
def test_who_gets_in(house: House, entry: str) -> None:
    """Whoever may gets a page, with a good form succeeds; whoever may not learns nothing and changes nothing."""
    method, _, address = entry.partition(" ")
    line, route = PAGES[entry], PAGE_ROUTES[address]
    found = {who: outcome(house.ask(who, method, route, line)) for who in (*EVERYBODY, STRANGER, ANONYMOUS)}
    unexpected = {who: came for who, came in found.items() if came not in _good(who, line, route)}
    assert unexpected == {}, f"{entry}: {found}"


def _good(who: str, line: Line, route: Route) -> set[str]:
    if line.by_token:
        return {"unknown"}
    ok = {"ok"} if line.data else {"ok", "wrong"}
    if who == ANONYMOUS:
        return ok | {"sign in"} if line.anonymous else {"sign in"}
    if who == STRANGER:
        at_home = ok | {"missing", "wrong"}
        return ok | {"sign in"} if line.stranger else {"missing"} if "<" in route.address else at_home
    if who in line.who:
        return ok | {"sign in"} if line.anonymous else ok
    return REFUSED | {"wrong"} if who in line.blind else REFUSED
