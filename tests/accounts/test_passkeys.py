"""Passkeys: added, used as the only and as the second step, and every forgery refused."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone

from accounts.soft_key import SoftKey
from accounts.test_second_factor import TOKEN, _old
from accounts.test_sign_in import sign_in
from conftest import World
from fairlead.accounts import actions
from fairlead.accounts.actions.passkeys import site
from fairlead.accounts.models import Passkey, RecoveryCode
from fairlead.events.models import Event
from fairlead.events.tenancy import enter


def _add(browser: Client, key: SoftKey, name: str = "Laptop") -> Any:
    options = browser.post("/settings/sign-in/passkeys/options/").json()
    return browser.post("/settings/sign-in/passkeys/new/", {"name": name, "answer": key.make(options)})


def _question(browser: Client) -> dict[str, Any]:
    found: dict[str, Any] = browser.post("/sign-in/passkey/options/").json()
    return found


def _enter(browser: Client, answer: str, **more: str) -> Any:
    return browser.post("/sign-in/passkey/", {"answer": answer, **more})


def _fresh(key: SoftKey) -> int:
    """The status when a new browser comes with this key."""
    browser = Client()
    return int(_enter(browser, key.answer(_question(browser))).status_code)


def _is_in(browser: Client) -> bool:
    return get_user(browser).is_authenticated  # type: ignore[arg-type]


@pytest.fixture
def key(world: World) -> SoftKey:
    """bob's, added in a session of his."""
    made, browser = SoftKey(), Client()
    sign_in(browser)
    assert _add(browser, made).status_code == 200
    return made


def test_a_passkey_is_added_with_recovery_codes_and_an_event(world: World) -> None:
    browser = Client()
    sign_in(browser)
    page = _add(browser, SoftKey(), "My laptop").content.decode()
    assert len(re.findall(r"<li><code>", page)) == 10
    second = _add(browser, SoftKey(), "Phone")
    assert second.status_code == 302  # the codes were shown already
    assert [p.name for p in Passkey.objects.order_by("pk")] == ["My laptop", "Phone"]
    assert RecoveryCode.objects.count() == 10
    enter(world.workspace.pk)
    assert [e.payload for e in Event.objects.filter(kind="factor.added")] == [{"factor": "passkey"}] * 2
    assert "My laptop" in browser.get("/settings/sign-in/").content.decode()


def test_a_passkey_signs_in_alone_without_an_address(world: World, key: SoftKey) -> None:
    browser = Client()
    options = _question(browser)
    assert options["allowCredentials"] == []
    assert options["userVerification"] == "required"
    assert _enter(browser, key.answer(options), next="/tasks/").headers["Location"] == "/tasks/"
    assert get_user(browser) == world.bob.user  # type: ignore[arg-type]
    enter(world.workspace.pk)
    assert Event.objects.order_by("-seq")[0].payload["how"] == "passkey"


def test_with_a_passkey_the_password_alone_no_longer_signs_in(world: World, key: SoftKey) -> None:
    browser = Client()
    assert browser.post("/sign-in/", {"email": "bob@example.com", "password": "correct horse battery"}).headers[
        "Location"
    ] == ("/sign-in/second/")
    options = _question(browser)
    assert len(options["allowCredentials"]) == 1
    assert _enter(browser, key.answer(options)).headers["Location"] == "/"
    assert _is_in(browser)


def test_the_second_step_takes_passkeys_of_this_account_only(world: World, key: SoftKey) -> None:
    other, of_dana = Client(), SoftKey()
    sign_in(other, "dana@example.com")
    _add(other, of_dana)
    browser = Client()
    sign_in(browser)
    assert _enter(browser, of_dana.answer(_question(browser))).status_code == 422
    assert not _is_in(browser)


@pytest.mark.parametrize(
    ("change", "other"),
    [
        ({"host": "evil.example"}, {}),
        ({"verifies": False}, {}),
        ({}, {"origin": "https://evil.example"}),
        ({}, {"origin": "http://localhost:8400.evil.example"}),
        ({}, {"origin": "http://127.0.0.1:8400"}),
        ({}, {"challenge": "AAAA"}),
        ({}, {"type": "webauthn.create"}),
        ({"handle": b"somebody else"}, {}),
        ({"number": b"unknown"}, {}),
    ],
    ids=lambda value: "-".join(value) or "key" if isinstance(value, dict) else None,
)
def test_forged_answers_are_refused(world: World, key: SoftKey, change: dict[str, Any], other: dict[str, str]) -> None:
    for name, value in change.items():
        setattr(key, name, value)
    browser = Client()
    assert _enter(browser, key.answer(_question(browser), **other)).status_code == 422
    assert not _is_in(browser)


def test_a_signature_of_another_key_is_refused(world: World, key: SoftKey) -> None:
    browser = Client()
    thief = SoftKey(number=key.number, handle=key.handle, counter=5)
    assert _enter(browser, thief.answer(_question(browser))).status_code == 422
    assert not _is_in(browser)


def test_an_answer_works_once_and_for_its_session_and_five_minutes(world: World, key: SoftKey) -> None:
    key.counts = False  # as many real ones do: the counter does not protect against a replay
    first, second, late = Client(), Client(), Client()
    answer = key.answer(_question(first))
    _question(second)
    assert _enter(second, answer).status_code == 422
    assert _enter(first, answer).status_code == 302
    first.post("/sign-out/")
    assert _enter(first, answer).status_code == 422
    options = _question(late)
    session = late.session
    session["challenge"] = {**session["challenge"], "at": (timezone.now() - timedelta(minutes=6)).isoformat()}
    session.save()
    assert _enter(late, key.answer(options)).status_code == 422


def test_a_copied_key_is_noticed_by_its_counter(world: World, key: SoftKey) -> None:
    copy = SoftKey(number=key.number, private=key.private, handle=key.handle, counter=key.counter)
    for _ in range(3):
        assert _fresh(key) == 302
    assert _fresh(copy) == 422
    assert Passkey.objects.get().sign_count == 3


def test_a_disabled_account_and_a_removed_passkey_let_nobody_in(world: World, key: SoftKey) -> None:
    owner = Client()
    _enter(owner, key.answer(_question(owner)))
    number = Passkey.objects.get().pk
    stranger = Client()
    sign_in(stranger, "dana@example.com")
    assert stranger.post(f"/settings/sign-in/passkeys/{number}/remove/").status_code == 404
    assert owner.post(f"/settings/sign-in/passkeys/{number}/remove/").status_code == 302
    assert _fresh(key) == 422
    assert not RecoveryCode.objects.exists()


@pytest.mark.parametrize("junk", ["", "null", "[]", "{}", '{"id": 1}', "x" * 30_000, '{"id": "a", "response": "b"}'])
def test_junk_is_refused_and_no_error(world: World, key: SoftKey, junk: str) -> None:
    browser = Client()
    _question(browser)
    assert _enter(browser, junk).status_code == 422
    sign_in(browser, "dana@example.com")
    browser.post("/settings/sign-in/passkeys/options/")
    assert browser.post("/settings/sign-in/passkeys/new/", {"name": "x", "answer": junk}).status_code == 422
    assert Passkey.objects.count() == 1


def test_a_new_passkey_of_another_place_or_question_is_refused(world: World) -> None:
    browser = Client()
    sign_in(browser)
    for key, other in (
        (SoftKey(host="evil.example"), {}),
        (SoftKey(verifies=False), {}),
        (SoftKey(), {"origin": "https://evil.example"}),
        (SoftKey(), {"challenge": "AAAA"}),
    ):
        options = browser.post("/settings/sign-in/passkeys/options/").json()
        form = {"name": "Laptop", "answer": key.make(options, **other)}
        assert browser.post("/settings/sign-in/passkeys/new/", form).status_code == 422
    assert not Passkey.objects.exists()


def test_the_same_passkey_is_not_added_twice(world: World, key: SoftKey) -> None:
    browser = Client()
    sign_in(browser, "dana@example.com")
    assert "known already" in _add(browser, key).content.decode()


def test_a_passkey_confirms_and_only_ones_own_does(world: World, key: SoftKey) -> None:
    browser = Client()
    _enter(browser, key.answer(_question(browser)))
    _old(browser)
    stranger = SoftKey()
    refused = browser.post("/settings/tokens/", {**TOKEN, "confirm_passkey": stranger.answer(_question(browser))})
    assert refused.status_code == 422
    done = browser.post("/settings/tokens/", {**TOKEN, "confirm_passkey": key.answer(_question(browser))})
    assert "Your token Report" in done.content.decode()


def test_a_workspace_of_passkeys_opens_with_one(world: World, key: SoftKey) -> None:
    from fairlead.accounts.models import SecurityPolicy

    enter(world.workspace.pk)
    SecurityPolicy.objects.create(
        workspace=world.workspace,
        ways_in="strong",
        grace_days=0,
        factor_roles=["contributor"],
        factor_since=timezone.now(),
    )
    browser = Client()
    _enter(browser, key.answer(_question(browser)))
    assert browser.get("/projects/").status_code == 200


def test_where_passkeys_can_be(world: World) -> None:
    named, here = site("https://work.example.org"), site("http://127.0.0.1:8400")
    assert named
    assert (named.host, named.origin) == ("work.example.org", "https://work.example.org")
    assert here
    assert (here.host, here.origin) == ("localhost", "http://localhost:8400")
    assert site("http://192.168.1.5:8400") is None


def test_what_the_server_asks_names_nobody(world: World, key: SoftKey) -> None:
    browser = Client()
    sign_in(browser, "dana@example.com")
    options = browser.post("/settings/sign-in/passkeys/options/").json()
    assert options["rp"] == {"id": "localhost", "name": "Fairlead"}
    assert str(world.dana.user.pk) not in options["user"]["id"]
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert "bob" not in json.dumps(_question(Client()))
    assert actions.WrongCode.code == "wrong-code"


def test_a_passkey_is_renamed_by_its_owner_only(world: World, key: SoftKey) -> None:
    browser, other = Client(), Client()
    _enter(browser, key.answer(_question(browser)))
    sign_in(other, "alice@example.com")
    number = Passkey.objects.get().pk
    address = f"/settings/sign-in/passkeys/{number}/rename/"
    assert other.post(address, {"name": "Mine"}).status_code == 404
    assert Client().post(address, {"name": "Mine"}).status_code == 302
    for wrong in ("", "   ", "x" * 81):
        browser.post(address, {"name": wrong})
        assert Passkey.objects.get().name == "Laptop"
    assert browser.post(address, {"name": "  My   desk "}).headers["Location"] == "/settings/sign-in/"
    browser.post(address, {"name": "My desk"})
    assert Passkey.objects.get().name == "My desk"
    enter(world.workspace.pk)
    assert Event.objects.filter(kind="factor.renamed").count() == 1


def test_the_page_says_where_a_passkey_lives_and_what_used_it_last(world: World, key: SoftKey) -> None:
    browser = Client()
    sign_in_page = browser.post("/sign-in/passkey/options/").json()
    agent = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
    browser.post("/sign-in/passkey/", {"answer": key.answer(sign_in_page)}, headers={"User-Agent": agent})
    Passkey.objects.update(transports=["usb", "nfc"])
    page = " ".join(re.sub(r"<[^>]+>", " ", browser.get("/settings/sign-in/").content.decode()).split())
    assert "on a security key" in page
    assert "with Chrome on Android" in page
    Passkey.objects.update(synced=True)
    assert "synced between your devices" in browser.get("/settings/sign-in/").content.decode()


def test_only_known_transports_are_kept(world: World) -> None:
    browser, made = Client(), SoftKey()
    sign_in(browser)
    options = browser.post("/settings/sign-in/passkeys/options/").json()
    answer = json.loads(made.make(options))
    answer["response"]["transports"] = ["internal", "<b>", 7, "hybrid"]
    browser.post("/settings/sign-in/passkeys/new/", {"name": "Phone", "answer": json.dumps(answer)})
    assert Passkey.objects.get().transports == ["internal", "hybrid"]
