"""A second factor: set up with an app, asked on every way in, each code once, recovery codes, asking again."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.conftest import Mailed
from accounts.test_sign_in import PASSWORD, sign_in
from conftest import World
from fairlead.accounts import actions
from fairlead.accounts.models import ApiToken, RecoveryCode, Session, TotpDevice, User
from fairlead.accounts.totp import code_for, matching_step, new_totp_secret, step_at, totp_address
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Conflict, Missing
from fairlead.lib.seal import BrokenSeal, seal, unseal

Deliver = Callable[[datetime], Mailed]
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: the ASCII text 12345678901234567890


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert code_for(RFC_SECRET, step_at(datetime.fromtimestamp(second, UTC))) == code


@pytest.mark.parametrize(("off_s", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_wrong_by_one_step(now: datetime, off_s: int, good: bool) -> None:
    code = code_for(RFC_SECRET, step_at(now + timedelta(seconds=off_s)))
    assert (matching_step(RFC_SECRET, code, now=now) is not None) is good


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "000000"])
def test_nonsense_is_no_code(now: datetime, code: str) -> None:
    assert matching_step(RFC_SECRET, code, now=now) is None


def test_the_address_in_the_qr_code_is_what_apps_read() -> None:
    assert totp_address("ABC", "bob+x@example.com", issuer="Fairlead") == (
        "otpauth://totp/Fairlead:bob%2Bx%40example.com?secret=ABC&issuer=Fairlead&digits=6&period=30"
    )


def test_a_sealed_secret_opens_with_its_key_and_for_its_purpose_only() -> None:
    sealed = seal("secret", key="k" * 40, purpose="totp:1")
    assert unseal(sealed, key="k" * 40, purpose="totp:1") == "secret"
    assert sealed != seal("secret", key="k" * 40, purpose="totp:1")
    for key, purpose, text in (
        ("x" * 40, "totp:1", sealed),
        ("k" * 40, "totp:2", sealed),
        ("k" * 40, "totp:1", sealed[:-6] + "AAAAA="),
        ("k" * 40, "totp:1", "v1.short"),
    ):
        with pytest.raises(BrokenSeal):
            unseal(text, key=key, purpose=purpose)


def _with_app(user: User, now: datetime) -> tuple[str, list[str]]:
    """An app that is on since a minute ago; its secret and the recovery codes."""
    then = now - timedelta(minutes=2)
    actions.begin_totp(user, now=then)
    secret = actions.totp_secret(user)
    return secret, actions.confirm_totp(user, code_for(secret, step_at(then)), now=then)


def _code(secret: str) -> str:
    return code_for(secret, step_at(timezone.now()))


def _is_in(browser: Client) -> bool:
    return get_user(browser).is_authenticated  # type: ignore[arg-type]


def test_setting_up_an_app_through_the_pages(world: World, browser: Client, deliver: Deliver) -> None:
    sign_in(browser)
    assert browser.post("/settings/sign-in/app/new/").headers["Location"] == "/settings/sign-in/app/"
    page = browser.get("/settings/sign-in/app/").content.decode()
    assert "<svg" in page
    secret = re.search(r'class="spaced">([A-Z2-7 ]+)<', page)
    assert secret
    wrong = browser.post("/settings/sign-in/app/", {"code": "000000"})
    assert (wrong.status_code, TotpDevice.objects.get().confirmed_at) == (422, None)
    done = browser.post("/settings/sign-in/app/", {"code": _code(secret[1].replace(" ", ""))}).content.decode()
    codes = re.findall(r"<li><code>([a-z2-9-]{14})</code>", done)
    assert len(set(codes)) == 10
    enter(world.workspace.pk)
    assert Event.objects.order_by("-seq")[0].payload == {"factor": "authenticator app"}
    assert [m.subject for m in deliver(timezone.now())] == ["Your account has a new authenticator app"]
    assert "On since" in browser.get("/settings/sign-in/").content.decode()


def test_the_secret_and_the_recovery_codes_are_not_in_the_database(world: World, now: datetime) -> None:
    secret, codes = _with_app(world.bob.user, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM accounts_totpdevice t")
        kept = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(t::text, '') FROM accounts_recoverycode t")
        kept += cursor.fetchone()[0]
    assert secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_a_secret_of_somebody_else_cannot_be_put_in_its_place(world: World, now: datetime) -> None:
    _with_app(world.bob.user, now)
    _with_app(world.dana.user, now)
    of_dana = TotpDevice.objects.get(user=world.dana.user).sealed
    TotpDevice.objects.filter(user=world.bob.user).update(sealed=of_dana)
    with pytest.raises(BrokenSeal):
        actions.use_code(world.bob.user, "123456", now=now)


def test_the_password_alone_no_longer_signs_in(world: World, browser: Client) -> None:
    secret, _ = _with_app(world.bob.user, timezone.now())
    answer = browser.post("/sign-in/", {"email": "bob@example.com", "password": PASSWORD, "next": "/tasks/"})
    assert answer.headers["Location"] == "/sign-in/second/"
    assert not _is_in(browser)
    assert browser.get("/settings/").status_code == 302
    done = browser.post("/sign-in/second/", {"code": _code(secret)})
    assert done.headers["Location"] == "/tasks/"
    assert _is_in(browser)
    enter(world.workspace.pk)
    event = Event.objects.order_by("-seq")[0]
    assert event.payload == {"how": "password", "device": "Unknown device", "factor": "authenticator app"}


def test_a_mailed_link_does_not_go_around_it(world: World, browser: Client) -> None:
    secret, _ = _with_app(world.bob.user, timezone.now())
    mailed = actions.make_sign_in_link(world.bob.user, now=timezone.now())
    assert browser.post(f"/sign-in/link/{mailed}/").headers["Location"] == "/sign-in/second/"
    assert not _is_in(browser)
    assert browser.post("/settings/password/", {"password": "a phrase of my own"}).status_code == 302
    assert not User.objects.get(pk=world.bob.user.pk).check_password("a phrase of my own")
    assert browser.post("/sign-in/second/", {"code": _code(secret)}).status_code == 302
    assert _is_in(browser)


def test_an_app_that_is_not_confirmed_asks_for_nothing(world: World, browser: Client) -> None:
    actions.begin_totp(world.bob.user, now=timezone.now())
    assert browser.post("/sign-in/", {"email": "bob@example.com", "password": PASSWORD}).headers["Location"] == "/"


def test_a_code_works_once(world: World) -> None:
    secret, _ = _with_app(world.bob.user, timezone.now())
    code = _code(secret)
    first, second = Client(), Client()
    for browser in (first, second):
        sign_in(browser)
    assert first.post("/sign-in/second/", {"code": code}).status_code == 302
    again = second.post("/sign-in/second/", {"code": code})
    assert (again.status_code, _is_in(second)) == (422, False)
    assert "used already" in again.content.decode()


def test_an_older_code_than_the_last_one_is_refused(world: World, now: datetime) -> None:
    secret, _ = _with_app(world.bob.user, now)
    actions.use_code(world.bob.user, code_for(secret, step_at(now)), now=now)
    with pytest.raises(actions.WrongCode):
        actions.use_code(world.bob.user, code_for(secret, step_at(now) - 1), now=now)


def test_the_code_that_turned_the_app_on_does_not_sign_in(world: World, now: datetime) -> None:
    actions.begin_totp(world.bob.user, now=now)
    code = code_for(actions.totp_secret(world.bob.user), step_at(now))
    actions.confirm_totp(world.bob.user, code, now=now)
    with pytest.raises(actions.WrongCode):
        actions.use_code(world.bob.user, code, now=now)


def test_a_recovery_code_works_once_however_it_is_typed(world: World, deliver: Deliver) -> None:
    _, codes = _with_app(world.bob.user, timezone.now())
    browser = Client()
    sign_in(browser)
    assert browser.post("/sign-in/second/", {"code": codes[0].upper().replace("-", " ")}).status_code == 302
    assert "You have 9 recovery codes left" in browser.get("/settings/").content.decode()
    assert "9 are left" in deliver(timezone.now())[-1].subject
    other = Client()
    sign_in(other)
    assert other.post("/sign-in/second/", {"code": codes[0]}).status_code == 422
    assert other.post("/sign-in/second/", {"code": codes[1]}).status_code == 302


def test_recovery_codes_of_others_and_old_ones_are_worthless(world: World, now: datetime) -> None:
    _, old = _with_app(world.bob.user, now)
    _, of_dana = _with_app(world.dana.user, now)
    fresh = actions.new_recovery_codes(world.bob.user, now=now)
    for code in (old[0], of_dana[0], "", "aaaa-bbbb-cccc"):
        with pytest.raises(actions.WrongCode):
            actions.use_code(world.bob.user, code, now=now)
    assert actions.use_code(world.bob.user, fresh[0], now=now) == "recovery code"
    assert RecoveryCode.objects.filter(user=world.bob.user).count() == 10


def test_recovery_codes_need_a_factor_and_go_with_the_last_one(world: World, now: datetime) -> None:
    with pytest.raises(Conflict):
        actions.new_recovery_codes(world.bob.user, now=now)
    _with_app(world.bob.user, now)
    actions.remove_totp(world.bob.user, now=now)
    assert not RecoveryCode.objects.filter(user=world.bob.user).exists()
    with pytest.raises(Missing):
        actions.remove_totp(world.bob.user, now=now)


def test_guessing_codes_is_stopped_and_a_known_device_still_gets_in(world: World) -> None:
    known = Client()
    sign_in(known)
    known.post("/sign-out/")
    secret, _ = _with_app(world.bob.user, timezone.now())
    thief = Client()
    sign_in(thief)
    codes = [thief.post("/sign-in/second/", {"code": "000000"}) for _ in range(11)]
    assert "Too many attempts" in codes[-1].content.decode()
    assert "Too many attempts" in thief.post("/sign-in/second/", {"code": _code(secret)}).content.decode()
    sign_in(known)
    assert known.post("/sign-in/second/", {"code": _code(secret)}).status_code == 302


def test_the_first_proof_is_good_for_ten_minutes_and_ends_with_a_new_password(world: World) -> None:
    secret, _ = _with_app(world.bob.user, timezone.now())
    late, changed = Client(), Client()
    for browser in (late, changed):
        sign_in(browser)
    session = late.session
    session["pending"] = {**session["pending"], "at": (timezone.now() - timedelta(minutes=11)).isoformat()}
    session.save()
    assert late.post("/sign-in/second/", {"code": _code(secret)}).headers["Location"] == "/sign-in/"
    actions.set_password(world.bob.user, "a phrase of my own")
    assert changed.post("/sign-in/second/", {"code": _code(secret)}).headers["Location"] == "/sign-in/"


def test_refused_tries_are_in_the_log_of_the_workspace_and_name_no_one(world: World, deliver: Deliver) -> None:
    browser = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    sign_in(browser, password="wrong")
    sign_in(browser, "nobody@example.com")
    deliver(timezone.now())
    enter(world.workspace.pk)
    event = Event.objects.order_by("-seq")[0]
    assert (event.kind, event.actor_name, event.actor_user_id) == ("user.sign_in_failed", "Somebody", None)
    assert (event.subject_label, event.payload) == ("Bob", {"how": "password", "device": "Firefox on Linux"})
    assert Event.objects.filter(kind="user.sign_in_failed").count() == 1
    enter(world.charlie.workspace.pk)
    assert not Event.objects.filter(kind="user.sign_in_failed").exists()


# asking again


def _old(browser: Client) -> Client:
    """As if the browser had signed in an hour ago."""
    session = browser.session
    session["began_at"] = (timezone.now() - timedelta(hours=1)).isoformat()
    session.save()
    return browser


TOKEN = {"name": "Report", "scopes": ["work:read", "people:read"], "days": "30"}


def test_an_old_session_is_asked_again_before_it_makes_a_token_and_loses_nothing(world: World) -> None:
    browser = Client()
    sign_in(browser)
    asked = _old(browser).post("/settings/tokens/", TOKEN)
    page = asked.content.decode()
    assert (asked.status_code, ApiToken.objects.count()) == (403, 0)
    kept = re.findall(r'type="hidden" name="(scopes|name|days)" value="([^"]*)"', page)
    assert kept == [("name", "Report"), ("scopes", "work:read"), ("scopes", "people:read"), ("days", "30")]
    assert browser.post("/settings/tokens/", {**TOKEN, "confirm_password": "wrong"}).status_code == 422
    assert ApiToken.objects.count() == 0
    assert (
        "Your token Report"
        in browser.post("/settings/tokens/", {**TOKEN, "confirm_password": PASSWORD}).content.decode()
    )
    assert "Your token Two" in browser.post("/settings/tokens/", {**TOKEN, "name": "Two"}).content.decode()


def test_who_has_a_factor_confirms_with_it_and_not_with_the_password(world: World) -> None:
    browser = Client()
    sign_in(browser)
    secret, _ = _with_app(world.bob.user, timezone.now())
    _old(browser)
    assert browser.post("/confirm/", {"confirm_password": PASSWORD, "next": "/tasks/"}).status_code == 422
    assert (
        browser.post("/confirm/", {"confirm_code": _code(secret), "next": "/tasks/"}).headers["Location"] == "/tasks/"
    )
    assert browser.post("/settings/sign-in/app/remove/").headers["Location"] == "/settings/sign-in/"


def test_who_has_no_password_confirms_with_a_mailed_link(world: World) -> None:
    browser = Client()
    browser.force_login(world.bob.user)
    world.bob.user.set_unusable_password()
    world.bob.user.save()
    browser.force_login(world.bob.user)
    assert "Mail me a link" in _old(browser).get("/confirm/?next=/tasks/").content.decode()
    mailed = actions.make_sign_in_link(world.bob.user, now=timezone.now())
    browser.post(f"/sign-in/link/{mailed}/")
    assert "Your token Report" in browser.post("/settings/tokens/", TOKEN).content.decode()


def test_what_was_kept_cannot_break_out_of_the_page(world: World) -> None:
    browser = Client()
    sign_in(browser)
    page = _old(browser).post("/settings/tokens/", {**TOKEN, "name": '"><script>1</script>'}).content.decode()
    assert "<script>1" not in page
    assert html.escape('"><script>1</script>', quote=True).replace("&quot;", "&#34;") in page


def test_confirming_cannot_be_guessed_and_does_not_stop_the_owner_elsewhere(world: World) -> None:
    thief, owner = Client(), Client()
    for browser in (thief, owner):
        sign_in(browser)
        _old(browser)
    for _ in range(10):
        thief.post("/confirm/", {"confirm_password": "guess"})
    assert "Too many attempts" in thief.post("/confirm/", {"confirm_password": PASSWORD}).content.decode()
    assert owner.post("/confirm/", {"confirm_password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_confirming_leads_nowhere_else(world: World, browser: Client, target: str) -> None:
    sign_in(browser)
    assert browser.post("/confirm/", {"confirm_password": PASSWORD, "next": target}).headers["Location"] == "/"


def test_a_session_of_another_user_has_nothing_of_the_one_before(world: World, browser: Client) -> None:
    _with_app(world.bob.user, timezone.now())
    sign_in(browser, "dana@example.com")
    sign_in(browser)
    assert not _is_in(browser)
    assert not Session.objects.filter(user=world.dana.user).exists()
    assert new_totp_secret() != new_totp_secret()
