"""What goes wrong shows nothing of the inside, and what is logged holds no secret."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from types import ModuleType

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from conftest import World
from fairlead import urls
from fairlead.accounts import actions
from fairlead.events.tenancy import enter
from fairlead.lib import logs
from fairlead.web.access import Request, member_page

SECRET = "hunter2-hunter2"


def crash(request: HttpRequest) -> HttpResponse:
    password = SECRET
    raise RuntimeError(f"the inside of it at {len(password)}")


@member_page
def crash_for_members(request: Request) -> HttpResponse:
    enter(None)
    raise LookupError("somebody's secret detail")


broken = ModuleType("broken_urls")
broken.urlpatterns = [path("crash/", crash), path("crash/member/", crash_for_members), *urls.urlpatterns]  # type: ignore[attr-defined]
for name in ("handler400", "handler403", "handler404", "handler500"):
    setattr(broken, name, getattr(urls, name))


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What would be written to the log, as it would be written."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.formatter())
    logging.getLogger().addHandler(handler)
    yield out
    logging.getLogger().removeHandler(handler)


@override_settings(ROOT_URLCONF=broken)
@pytest.mark.parametrize("address", ["/crash/", "/crash/member/"])
def test_a_crash_shows_a_number_and_nothing_else(world: World, lines: io.StringIO, address: str) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(world.alice.user)
    response = browser.get(address + "?token=" + SECRET)
    page = response.content.decode()
    assert response.status_code == 500
    assert response.headers["X-Request-Id"] in page
    assert not any(
        word in page for word in ("RuntimeError", "LookupError", "Traceback", "crash", "secret detail", "/src/")
    )
    logged = lines.getvalue()
    assert response.headers["X-Request-Id"] in logged
    assert "Error" in logged
    assert SECRET not in logged


@pytest.mark.parametrize(
    "address", ["/nowhere/", "/tasks/NONE-1/", "/people/999999999999999999999/", "/tasks/%00/", "/..%2f"]
)
def test_what_is_not_there_is_a_page_that_says_what_to_do(world: World, address: str) -> None:
    browser = Client()
    browser.force_login(world.alice.user)
    response = browser.get(address)
    assert response.status_code == 404
    assert "Back to the start" in response.content.decode()


def test_secrets_in_addresses_and_forms_are_not_logged(world: World, lines: io.StringIO) -> None:
    from django.utils import timezone

    secret = actions.make_sign_in_link(world.bob.user, now=timezone.now())
    _, invitation = actions.invite("nora@example.com", "manager", actor=world.olga.actor, now=timezone.now())
    browser = Client()
    browser.get(f"/sign-in/link/{secret}/")
    browser.get(f"/join/{invitation}/")
    browser.post(f"/sign-in/link/{secret}/")
    browser.post("/sign-in/", {"email": "bob@example.com", "password": SECRET})
    token = browser.post("/settings/tokens/", {"name": "x", "scopes": ["work:read"], "days": "7"}).content.decode()
    api_secret = token.split('value="fl_')[1].split('"')[0]
    logged = lines.getvalue()
    assert "/sign-in/link/fls_[hidden]/" in logged
    assert "/join/fli_[hidden]/" in logged
    assert not any(word in logged for word in (secret, invitation, SECRET, api_secret))


def test_who_signs_in_who_fails_and_who_is_refused_is_logged(world: World, lines: io.StringIO) -> None:
    browser = Client()
    browser.post("/sign-in/", {"email": "bob@example.com", "password": "wrong"})
    browser.post("/sign-in/", {"email": "bob@example.com", "password": "correct horse battery"})
    browser.get("/settings/workspace/")
    logged = lines.getvalue()
    assert [what in logged for what in ('"sign-in refused"', '"signed in"', '"access refused"')] == [True] * 3


def test_a_refusal_is_a_page_a_message_or_a_problem_as_asked(world: World) -> None:
    browser = Client()
    browser.force_login(world.bob.user)
    assert "Only an owner or admin" in browser.get("/settings/workspace/").content.decode()
    fragment = browser.get("/settings/workspace/", headers={"HX-Request": "true"})
    assert (fragment.status_code, "Only an owner or admin" in fragment.headers["HX-Trigger"]) == (403, True)
    problem = browser.get("/settings/workspace/", headers={"Accept": "application/json"})
    assert (problem.headers["Content-Type"], problem.json()["status"]) == ("application/problem+json", 403)
