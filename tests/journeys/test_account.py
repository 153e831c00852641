"""Account security in the browser: an app, recovery codes, passkeys, ended sessions, and a workspace that asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from fairlead.accounts.totp import code_for, step_at

from .company import open_company
from .conftest import Server
from .steps import Person, sign_in, sign_out, sign_up, somebody

pytestmark = pytest.mark.journey


NO_OFFER = "if (window.PublicKeyCredential) PublicKeyCredential.isConditionalMediationAvailable = async () => false"
"""A virtual passkey would answer the offer of the sign-in page before anybody can press its button."""


def _type_password(page: Page, person: Person) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _set_up_app(page: Page) -> tuple[str, list[str], int]:
    """From the page with the QR code to the recovery codes: the secret, the codes, and the step that was used."""
    expect(page.get_by_role("img", name="QR code").or_(page.locator("svg.qr-code"))).to_be_visible()
    page.get_by_text("It cannot be scanned?").click()
    secret = (page.locator("code.spaced").text_content() or "").replace(" ", "")
    step = step_at(datetime.now(UTC))
    page.get_by_label("Code").fill(code_for(secret, step))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Your app is on")).to_be_visible()
    codes = [text.strip() for text in page.locator("#codes li").all_text_contents()]
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    return secret, codes, step


def _is_inside(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_an_app_is_set_up_and_asked_for_and_a_recovery_code_helps_once(visitor: Callable[..., Page]) -> None:
    page, person = visitor(), somebody("Tara Totp")
    sign_up(page, person, workspace="Totp")
    page.goto("/settings/sign-in/")
    page.get_by_role("button", name="Set up").click()
    secret, codes, step = _set_up_app(page)
    expect(page.get_by_text("10 of 10 left")).to_be_visible()
    sign_out(page)
    _type_password(page, person)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_label("Code").fill(code_for(secret, step + 1))  # each works once; the clock may be a step off
    page.get_by_role("button", name="Sign in").click()
    _is_inside(page)
    sign_out(page)
    _type_password(page, person)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You have 9 recovery codes left.")).to_be_visible()
    sign_out(page)
    _type_password(page, person)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("used already").first).to_be_visible()


def test_a_passkey_is_added_and_signs_in_alone(visitor: Callable[..., Page], server: Server) -> None:
    page, person = visitor(), somebody("Petra Passkey")
    here = server.address.replace("127.0.0.1", "localhost")  # browsers make no passkeys for numbers
    control = page.context.new_cdp_session(page)
    control.send("WebAuthn.enable")
    made = control.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    page.goto(f"{here}/sign-up/")
    page.get_by_label("Your name").fill(person.name)
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_label("Workspace").fill("Keys")
    page.get_by_role("button", name="Create account and workspace").click()
    _is_inside(page)
    page.goto(f"{here}/settings/sign-in/passkeys/new/")
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Your passkey is added")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("My laptop")).to_be_visible()
    kept = control.send("WebAuthn.getCredentials", {"authenticatorId": made["authenticatorId"]})["credentials"]
    assert [one["rpId"] for one in kept] == ["localhost"]
    page.context.clear_cookies()
    page.add_init_script(NO_OFFER)
    page.goto(f"{here}/settings/sign-in/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("My laptop")).to_be_visible()
    page.goto(f"{here}/activity/?kind=security")
    expect(page.get_by_text("signed in (passkey)")).to_be_visible()


def test_a_session_ends_from_afar(visitor: Callable[..., Page]) -> None:
    desk, phone, person = visitor(), visitor(width=360, height=740), somebody("Sam Session")
    sign_up(desk, person, workspace="Sessions")
    sign_in(phone, person)
    desk.goto("/settings/sessions/")
    expect(desk.get_by_text("This one", exact=True)).to_be_visible()
    desk.get_by_role("button", name=re.compile("^End the session of")).click()
    expect(desk.get_by_text("That session has ended")).to_be_visible()
    phone.goto("/projects/")
    expect(phone.get_by_role("heading", name="Sign in", level=1)).to_be_visible()
    desk.goto("/projects/")
    _is_inside(desk)


def test_a_workspace_asks_for_a_second_factor_before_anything_else(visitor: Callable[..., Page]) -> None:
    page = visitor()
    open_company(page)
    page.goto("/settings/security/")
    page.get_by_label("Owner", exact=True).check()
    page.get_by_label("Days to set it up").fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="A second factor is needed")).to_be_visible()
    page.goto("/projects/")
    expect(page.get_by_role("heading", name="A second factor is needed")).to_be_visible()
    page.get_by_role("button", name="Use an authenticator app").click()
    _set_up_app(page)
    page.goto("/settings/security/")
    expect(page.get_by_role("row", name="Alice Adler").get_by_text("Yes", exact=True)).to_be_visible()
