"""What holds for every page: careful headers, no secrets of others, looking changes nothing, forms need their token."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import override_settings

from fairlead.events.models import Event, Head
from fairlead.events.tenancy import tenant
from security.asking import ANONYMOUS, STRANGER, House, outcome
from security.expectations import CLIENT, OWNER, PAGES, Line
from security.objects import CANARY
from security.routes import all_routes

ROUTES = {route.address: route for route in all_routes() if not route.is_api}
GETS = [entry.split(" ")[1] for entry in PAGES if entry.startswith("GET")]
CONTENTS = [address for address in GETS if address.endswith(("/download/", "/image/", "/thumb/", "/exports/<number>/"))]
"""Addresses of files that people sent: no pages. What holds for them is in test_uploads.py."""
NOTED = ("/settings/data/exports/<number>/",)
"""Addresses that change nothing but the log: who took everything away must stand there."""
POSTS = [entry.split(" ")[1] for entry in PAGES if entry.startswith("POST")]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)


def ask(house: House, who: str, address: str, method: str = "GET", **more: str) -> HttpResponse:
    return house.ask(who, method, ROUTES[address], PAGES[f"{method} {address}"], **more)


@pytest.mark.parametrize(
    "address", [address for address in GETS if address not in CONTENTS and not address.startswith("/static/")]
)
def test_headers_and_markup_are_careful(house: House, address: str) -> None:
    response = ask(house, OWNER, address)
    headers, html = response.headers, response.content.decode(errors="replace")
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Request-Id"]
    assert [m.group() for m in INLINE.finditer(re.sub(r"<(textarea|pre|code)\b.*?</\1>", "", html, flags=re.S))] == []


@pytest.mark.parametrize("address", [address for address in GETS if address not in NOTED])
def test_looking_changes_nothing(house: House, address: str) -> None:
    before = _heads(house)
    for who in (OWNER, CLIENT, STRANGER, ANONYMOUS):
        for method in ("GET", "HEAD"):
            route = ROUTES[address]
            from django.db import transaction

            with transaction.atomic():
                house.browser(who).generic(method, route.url(house.filled.places))
                after = _heads(house)
                transaction.set_rollback(True)
            assert after == before, f"{method} {address} as {who} wrote an event"


def _heads(house: House) -> list[tuple[int, int]]:
    found = []
    for person in (house.filled.world.olga, house.filled.world.charlie):
        with tenant(person.workspace.pk):
            found.extend(Head.objects.filter(workspace_id=person.workspace.pk).values_list("workspace_id", "seq"))
    return found


BY_MAIL_PROGRAMS = ("/notices/stop/<secret>/", "/portal/reminders/<secret>/", "/notices/seen/<secret>/")
"""One-click unsubscription (RFC 8058) and a press on a push come without a session: the signed secret is the proof."""
BY_SECRET = (
    "/sign-in/sso/<key>/out/", "/calendar/<secret>/work.ics",
    "/join/<secret>/", "/offer/<secret>/", *BY_MAIL_PROGRAMS, "/ask/<secret>/", "/portal/sign-in/<slug>/",
    "/portal/brand/<digest>/<version>/logo/",
)  # fmt: skip


@pytest.mark.parametrize("address", GETS)
def test_nothing_of_acme_reaches_a_stranger(house: House, address: str) -> None:
    """Whoever holds the secret of a link is no stranger to what the link is about."""
    if address in BY_SECRET:
        return
    response = ask(house, STRANGER, address)
    shown = response.content.decode() + str(dict(response.headers))
    assert CANARY not in shown


OF_PAGES = [a for a in POSTS if a not in BY_MAIL_PROGRAMS and not PAGES[f"POST {a}"].by_token]
"""Programs with a token send no cookie, so that no other site can make a browser do it for them."""


@pytest.mark.parametrize("address", OF_PAGES)
def test_a_form_without_its_token_is_refused(house: House, address: str) -> None:
    """Also when somebody is signed in, and with a token that belongs to no cookie."""
    line, route = PAGES[f"POST {address}"], ROUTES[address]
    before = _heads(house)
    for data in ({}, {"csrfmiddlewaretoken": "x" * 64}):
        response = house.browser(OWNER, enforce_csrf_checks=True).post(
            route.url(house.filled.places), {**line.data, **data}
        )
        assert response.status_code == 403
        assert "could not be accepted" in response.content.decode()
    assert _heads(house) == before


def test_a_form_from_another_site_is_refused_with_the_right_token(house: House) -> None:
    browser = house.browser(OWNER, enforce_csrf_checks=True)
    token = re.search(r'csrf-token" content="(\w+)"', browser.get("/settings/").content.decode())
    assert token
    form = {"theme": "dark", "csrfmiddlewaretoken": token[1]}
    assert browser.post("/settings/theme/", form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.post("/settings/theme/", form).status_code == 302


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_do_nothing(house: House, method: str) -> None:
    before = _heads(house)
    came = {address: outcome(house.ask(OWNER, method, ROUTES[address], Line(()))) for address in ROUTES}
    assert _heads(house) == before
    assert {address: what for address, what in came.items() if what.isdigit() and int(what) >= 500} == {}


def test_cookies_are_out_of_reach(house: House) -> None:
    response = ask(house, ANONYMOUS, "/sign-in/", "POST")
    found = dict(response.cookies)
    assert set(found) >= {"fairlead", "device"}
    assert all(
        m["httponly"] and m["samesite"] == "Lax" and m["path"] == "/" and not m["domain"] for m in found.values()
    )


def test_with_tls_cookies_are_bound_to_the_host_and_browsers_are_told_to_stay(house: House) -> None:
    """The settings follow the base address; see tests/runtime for that they do."""
    secure = {
        "SESSION_COOKIE_NAME": "__Host-fairlead", "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_NAME": "__Host-csrf",
        "CSRF_COOKIE_SECURE": True, "SECURE_HSTS_SECONDS": 31_536_000, "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    }  # fmt: skip
    with override_settings(**secure):
        response = ask(house, ANONYMOUS, "/sign-in/", "POST", **{"wsgi.url_scheme": "https"})
        page = ask(house, ANONYMOUS, "/sign-in/", **{"wsgi.url_scheme": "https"})
    cookies = {**response.cookies, **page.cookies}
    assert {"__Host-fairlead", "__Host-csrf", "__Host-device"} <= set(cookies)
    assert all(morsel["secure"] and morsel["path"] == "/" and not morsel["domain"] for morsel in cookies.values())
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_the_canary_is_there_to_be_found(house: House) -> None:
    """Otherwise the sweep would prove nothing."""
    pages = [address for address in GETS if address not in CONTENTS]
    seen = [address for address in pages if CANARY.encode() in ask(house, OWNER, address).content]
    assert len(seen) > len(GETS) / 2
    assert Event.objects.exists()
