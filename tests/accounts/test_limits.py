"""Guessing is slowed down, for an account and for an address, and its owner is not locked out by it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.test_sign_in import PASSWORD, sign_in
from conftest import World
from fairlead.accounts import actions
from fairlead.accounts.actions.members import MOST_INVITATIONS
from fairlead.accounts.models import Attempt, Session
from fairlead.config import config
from fairlead.lib.errors import TooMany
from fairlead.web.session import ADDRESS_TRIES


def test_ten_tries_for_an_account_in_a_quarter_of_an_hour(world: World, now: datetime) -> None:
    for _ in range(10):
        actions.count_attempt("account:bob", now=now)
    with pytest.raises(TooMany) as refused:
        actions.count_attempt("account:bob", now=now + timedelta(minutes=5))
    assert refused.value.retry_after_s == 600
    actions.count_attempt("account:bob", now=now + timedelta(minutes=15))
    actions.count_attempt("account:dana", now=now)


def test_refused_tries_do_not_make_the_wait_longer(world: World, now: datetime) -> None:
    for _ in range(10):
        actions.count_attempt("account:bob", now=now)
    for minute in range(14):
        with pytest.raises(TooMany):
            actions.count_attempt("account:bob", now=now + timedelta(minutes=minute))
    assert Attempt.objects.count() == 10


def test_the_eleventh_guess_is_refused_from_any_address_even_with_the_right_password(world: World) -> None:
    codes = [
        Client(REMOTE_ADDR=f"198.51.100.{n}")
        .post("/sign-in/", {"email": "bob@example.com", "password": "guess"})
        .status_code
        for n in range(12)
    ]
    assert codes == [422] * 10 + [429] * 2
    assert sign_in(Client()) == 429


def test_a_device_that_signed_in_before_is_not_locked_out_by_strangers(world: World) -> None:
    known = Client()
    sign_in(known)
    known.post("/sign-out/")
    for _ in range(11):
        sign_in(Client(), password="guess")
    assert sign_in(Client()) == 429
    assert sign_in(known) == 302


def test_the_mark_of_a_device_counts_for_its_account_only_and_cannot_be_forged(world: World) -> None:
    known = Client()
    sign_in(known, "dana@example.com")
    for _ in range(10):
        sign_in(Client(), password="guess")
    assert sign_in(known) == 429
    forged = Client()
    forged.cookies["device"] = known.cookies["device"].value.replace("e", "f")
    assert sign_in(forged) == 429


def test_one_address_is_stopped_whatever_the_accounts(world: World) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")
    now = timezone.now()
    for _ in range(ADDRESS_TRIES):
        actions.count_attempt("address:203.0.113.9", now=now, limit=ADDRESS_TRIES)
    assert sign_in(client) == 429
    assert sign_in(Client(REMOTE_ADDR="203.0.113.10")) == 302


def test_a_forwarded_address_counts_only_behind_a_proxy_that_is_trusted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def codes() -> list[int]:
        return [
            Client(headers={"X-Forwarded-For": f"192.0.2.{n}"})
            .post("/sign-in/", {"email": f"nobody{n}@example.com", "password": "guess"})
            .status_code
            for n in range(2)
        ]  # fmt: skip

    now = timezone.now()
    for _ in range(ADDRESS_TRIES):
        actions.count_attempt("address:127.0.0.1", now=now, limit=ADDRESS_TRIES)
    assert codes() == [429, 429]
    monkeypatch.setenv("FAIRLEAD_TRUSTED_PROXIES", "1")
    config.cache_clear()
    try:
        assert codes() == [422, 422]
    finally:
        monkeypatch.undo()
        config.cache_clear()


def test_links_are_mailed_four_times_at_most(world: World) -> None:
    codes = [Client().post("/sign-in/link/", {"email": "bob@example.com"}).status_code for _ in range(5)]
    assert codes == [200] * 4 + [429]


def test_a_successful_sign_in_forgets_the_failures(world: World) -> None:
    for _ in range(9):
        sign_in(Client(), password="guess")
    assert sign_in(Client()) == 302
    assert sign_in(Client(), password="guess") == 422


def test_what_expired_is_forgotten_after_a_day(world: World, now: datetime) -> None:
    actions.count_attempt("account:bob", now=now)
    actions.make_sign_in_link(world.bob.user, now=now)
    assert actions.forget_old_entries(now=now + timedelta(hours=23)) == 0
    assert actions.forget_old_entries(now=now + timedelta(days=2)) == 2
    sign_in(Client())
    actions.forget_old_entries(now=timezone.now() + timedelta(days=29))
    assert Session.objects.count() == 1
    actions.forget_old_entries(now=timezone.now() + timedelta(days=31))
    assert Session.objects.count() == 0


def test_the_present_password_cannot_be_guessed_in_an_open_session(world: World) -> None:
    client = Client()
    sign_in(client)
    wrong = {"current": "guess", "password": "a phrase of my own"}
    assert [client.post("/settings/password/", wrong).status_code for _ in range(11)][-1] == 422
    assert "Too many attempts" in client.post("/settings/password/", {**wrong, "current": PASSWORD}).content.decode()


def test_nobody_mails_the_world_through_invitations(world: World) -> None:
    browser = Client()
    browser.force_login(world.olga.user)
    for n in range(MOST_INVITATIONS):
        actions.invite(f"n{n}@example.com", "contributor", actor=world.olga.actor, now=timezone.now())
    response = browser.post("/settings/members/invite/", {"email": "one@example.com", "role": "contributor"})
    assert response.status_code == 422
    assert "Too many attempts" in response.content.decode()
