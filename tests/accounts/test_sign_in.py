"""Signing in: with a password, with a mailed link, and out again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone

from accounts.conftest import Mailed, link_in
from conftest import World
from fairlead.accounts import actions
from fairlead.accounts.actions.session_store import SessionStore
from fairlead.accounts.models import User
from fairlead.events.models import Event
from fairlead.events.tenancy import enter

PASSWORD = "correct horse battery"
Deliver = Callable[[datetime], Mailed]


def sign_in(browser: Client, email: str = "bob@example.com", password: str = PASSWORD, **more: str) -> int:
    return browser.post("/sign-in/", {"email": email, "password": password, **more}).status_code


def test_the_right_password_signs_in_and_is_noted_in_the_log(world: World, browser: Client) -> None:
    response = browser.post("/sign-in/", {"email": " BOB@example.com ", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert get_user(browser) == world.bob.user  # type: ignore[arg-type]
    enter(world.workspace.pk)
    event = Event.objects.order_by("-seq")[0]
    assert (event.kind, event.actor_name, event.payload) == (
        "user.signed_in",
        "Bob",
        {"how": "password", "device": "Unknown device"},
    )


def test_a_wrong_password_an_unknown_address_and_an_agent_are_told_the_same(world: World, browser: Client) -> None:
    pages = [
        browser.post("/sign-in/", {"email": email, "password": password}).content.decode()
        for email, password in (
            ("bob@example.com", "wrong"),
            ("zoe@example.com", "wrong"),
            ("echo@example.com", PASSWORD),
        )
    ]
    assert all("do not belong together" in page for page in pages)
    assert not get_user(browser).is_authenticated  # type: ignore[arg-type]


def test_what_was_typed_is_kept_but_the_password(world: World, browser: Client) -> None:
    page = browser.post("/sign-in/", {"email": "bob@example.com", "password": "my-wrong-one"}).content.decode()
    assert 'value="bob@example.com"' in page
    assert "my-wrong-one" not in page


def test_the_session_gets_a_new_name_when_somebody_signs_in(world: World, browser: Client) -> None:
    before = browser.session.session_key  # somebody else may have put it there
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value == before
    sign_in(browser)
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert not SessionStore(before).exists(before)


def test_a_session_ends_with_sign_out_with_a_new_password_and_with_the_account(world: World) -> None:
    browsers = [Client() for _ in range(3)]
    for one in browsers:
        sign_in(one)
    out = browsers[0].post("/sign-out/")
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browsers[0].get("/settings/").status_code == 302
    browsers[1].post("/settings/password/", {"current": PASSWORD, "password": "quite another phrase"})
    assert browsers[1].get("/settings/").status_code == 200
    assert browsers[2].get("/settings/").status_code == 302
    User.objects.filter(pk=world.bob.user.pk).update(is_active=False)
    assert browsers[1].get("/settings/").status_code == 302


def test_who_is_removed_sees_nothing_with_the_next_request(world: World, browser: Client) -> None:
    sign_in(browser)
    assert browser.get("/projects/").status_code == 200
    enter(world.workspace.pk)
    actions.remove_member(world.bob.member.pk, actor=world.olga.actor, now=timezone.now())
    assert browser.get("/projects/").headers["Location"] == "/welcome/"


def test_a_mailed_link_signs_in_once(world: World, browser: Client, deliver: Deliver) -> None:
    now = timezone.now()
    answer = browser.post("/sign-in/link/", {"email": "Bob@example.com"})
    link = link_in(deliver(now)[0])
    looked = browser.get(link)
    assert looked.status_code == 200
    assert not get_user(browser).is_authenticated  # type: ignore[arg-type]  # a mail scanner only looks
    assert browser.post(link).status_code == 302
    assert get_user(browser) == world.bob.user  # type: ignore[arg-type]
    assert Client().post(link).status_code == 404
    assert "Look into your mailbox" in answer.content.decode()


def test_a_server_without_mail_says_where_the_link_is(browser: Client, world: World, settings: Any) -> None:
    told = {}
    for settings.MAIL_URL in ("", "smtp://mail.example.org:587"):
        told[settings.MAIL_URL] = browser.post("/sign-in/link/", {"email": "nobody@example.com"}).content.decode()
    assert "This server sends no mail yet" in told[""]
    assert "Look among the spam" not in told[""]
    assert "This server sends no mail yet" not in told["smtp://mail.example.org:587"]
    assert "Look among the spam" in told["smtp://mail.example.org:587"]


def _without_token(page: str) -> str:
    return re.sub(r'name="csrf-token" content="\w+"', "", page)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(world: World, browser: Client, deliver: Deliver) -> None:
    known = browser.post("/sign-in/link/", {"email": "bob@example.com"}).content.decode()
    unknown = browser.post("/sign-in/link/", {"email": "bo2@example.com"}).content.decode()
    assert _without_token(unknown.replace("bo2@", "bob@")) == _without_token(known)
    assert [m.to for m in deliver(timezone.now())] == [["bob@example.com"]]


def test_an_old_link_does_nothing(world: World, browser: Client) -> None:
    secret = actions.make_sign_in_link(world.bob.user, now=timezone.now() - timedelta(minutes=21))
    response = browser.post(f"/sign-in/link/{secret}/")
    assert response.status_code == 404
    assert "no longer works" in response.content.decode()


def test_a_password_from_before_the_address_was_confirmed_is_dropped(world: World, browser: Client) -> None:
    """Somebody else may have made the account in the name of the owner of the address."""
    secret = actions.make_sign_in_link(world.bob.user, now=timezone.now())
    assert browser.post(f"/sign-in/link/{secret}/").headers["Location"] == "/settings/#password"
    assert sign_in(Client()) == 422
    assert browser.post("/settings/password/", {"password": "a phrase of my own"}).status_code == 302
    assert sign_in(Client(), password="a phrase of my own") == 302


def test_who_follows_the_link_while_signed_in_confirms_and_keeps_the_password(world: World, browser: Client) -> None:
    sign_in(browser)
    secret = actions.make_sign_in_link(world.bob.user, now=timezone.now())
    browser.post(f"/sign-in/link/{secret}/")
    assert User.objects.get(pk=world.bob.user.pk).email_confirmed_at
    assert sign_in(Client()) == 302


def test_a_new_password_needs_the_present_one_a_while_after_the_link(world: World, browser: Client) -> None:
    sign_in(browser)
    refused = browser.post("/settings/password/", {"password": "a phrase of my own"})
    assert refused.status_code == 422
    wrong = browser.post("/settings/password/", {"current": "wrong", "password": "a phrase of my own"})
    assert "not your present password" in wrong.content.decode()
    assert sign_in(Client()) == 302


@pytest.mark.parametrize("weak", ["short", "password", "12345678", "bob@example.com"])
def test_weak_passwords_are_refused_with_a_reason(world: World, browser: Client, weak: str) -> None:
    sign_in(browser)
    assert browser.post("/settings/password/", {"current": PASSWORD, "password": weak}).status_code == 422


@pytest.mark.parametrize("good", ["x" * 63 + "y", "пароль из четырёх слов", "   spaces around   "])
def test_long_and_unusual_passwords_work(world: World, browser: Client, good: str) -> None:
    sign_in(browser)
    assert browser.post("/settings/password/", {"current": PASSWORD, "password": good}).status_code == 302
    assert sign_in(Client(), password=good) == 302
