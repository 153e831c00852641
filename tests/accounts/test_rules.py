"""The security rules of a workspace: second factors, the age of a sign-in, ways in, invitations, API tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.test_second_factor import _code, _old, _with_app
from accounts.test_sign_in import PASSWORD, sign_in
from conftest import World
from fairlead.accounts import actions
from fairlead.accounts.actions.tokens import TokenElsewhere
from fairlead.accounts.models import ApiToken, Membership, SecurityPolicy, User
from fairlead.accounts.rules import Rules, rules_in
from fairlead.events.models import Event
from fairlead.events.tenancy import enter, tenant
from fairlead.lib.addresses import client_ip, customer, inside, network
from fairlead.lib.errors import Forbidden, Invalid
from fairlead.web.settings_pages import security

Change = Callable[..., Rules]


@pytest.fixture
def change(world: World) -> Change:
    """olga sets rules, two weeks ago unless said otherwise; afterwards the connection is where it was."""

    def run(*, at: datetime | None = None, **values: Any) -> Rules:
        Membership.objects.filter(workspace=world.workspace).update(created_at=timezone.now() - timedelta(days=99))
        with tenant(world.workspace.pk):
            return actions.change_rules(
                world.workspace, Rules(**values), actor=world.olga.actor, now=at or timezone.now() - timedelta(days=14)
            )

    return run


def _in(email: str = "bob@example.com", **more: Any) -> Client:
    browser = Client(**more)
    assert sign_in(browser, email) == 302
    return browser


# who may


def test_only_owners_and_admins_change_rules_and_never_with_a_token(world: World, now: datetime) -> None:
    for person in (world.alice, world.bob, world.echo, world.clara, world.audrey):
        with pytest.raises(Forbidden):
            actions.change_rules(world.workspace, Rules(), actor=person.actor, now=now)
    assert not SecurityPolicy.objects.exists()


def test_the_rules_of_one_workspace_say_nothing_to_another(world: World, change: Change) -> None:
    change(factor_roles=("owner", "contributor"), grace_days=0, session_hours=1)
    browser = _in("charlie@example.com")
    assert _old(browser).get("/settings/").status_code == 200
    enter(world.charlie.workspace.pk)
    assert not SecurityPolicy.objects.exists()


def test_a_change_is_in_the_log_with_what_was_before(world: World, change: Change) -> None:
    change(token_days=30)
    change(token_days=7, invite_domains=("Example.com", "@acme.org"))
    event = Event.objects.order_by("-seq")[0]
    assert event.kind == "security.changed"
    assert event.payload == {"changes": {"invite_domains": [[], ["example.com", "acme.org"]], "token_days": [30, 7]}}
    before = Event.objects.count()
    change(token_days=7, invite_domains=("example.com", "acme.org"))
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("factor_roles", ("king",)),
        ("grace_days", -1),
        ("grace_days", 91),
        ("session_hours", 0),
        ("invite_domains", ("nodot",)),
        ("invite_domains", ("a b.com",)),
        ("token_days", 0),
        ("token_networks", ("10.0.0.0/33",)),
        ("token_networks", ("everywhere",)),
        ("ways_in", "window"),
        ("ways_in", "strong"),  # olga has no passkey and would lock herself out
    ],
)
def test_rules_that_make_no_sense_are_refused_at_their_field(change: Change, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        change(**{field: value})
    assert set(refused.value.fields) == {field}
    assert not SecurityPolicy.objects.exists()


def test_the_page_saves_what_was_typed_and_shows_who_lacks_a_factor(world: World) -> None:
    browser = _in("olga@example.com")
    form = {"factor_roles": ["contributor"], "grace_days": "3", "ways_in": "any", "session_hours": "12",
            "invite_domains": "example.com, acme.org", "token_days": "90",
            "token_networks": "10.1.2.3/8 ::1"}  # fmt: skip
    assert browser.post("/settings/security/", form).status_code == 302
    enter(world.workspace.pk)
    saved = rules_in(world.workspace.pk)
    assert (saved.factor_roles, saved.session_hours, saved.token_days) == (("contributor",), 12, 90)
    assert saved.token_networks == ("10.0.0.0/8", "::1/128")
    page = browser.get("/settings/security/").content.decode()
    assert 'value="10.0.0.0/8 ::1/128"' in page
    assert page.count("Until ") == 2  # bob and dana; echo works by token
    wrong = browser.post("/settings/security/", {**form, "token_networks": "x<y"})
    assert wrong.status_code == 422
    assert "is no network" in wrong.content.decode()


def test_second_factors_of_many_members_come_page_by_page_and_are_found_by_name(
    world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Membership.objects.filter(workspace=world.workspace).count()
    monkeypatch.setattr(security, "SHOWN", there)
    browser = _in("olga@example.com")
    whole = browser.get("/settings/security/").content.decode()
    assert (whole.count('<td class="title">'), "address of a member" in whole, 'class="pages"' in whole) == (
        there,
        False,
        False,
    )
    zoe = User.objects.create(email="zoe@example.com", name="Zoe", kind="human", created_at=now)
    Membership.objects.create(workspace=world.workspace, user=zoe, role="auditor", created_at=now)
    actions.create_token("A", ["work:read"], actor=world.bob.actor, now=now, days=1)
    first = browser.get("/settings/security/").content.decode()
    assert (first.count('<td class="title">'), "zoe@" in first) == (there, False)
    assert f'href="?from={there}"' in first
    last = browser.get(f"/settings/security/?from={there}").content.decode()
    assert (last.count('<td class="title">'), "zoe@" in last, 'href="?from=0"' in last) == (1, True, True)
    found = browser.get("/settings/security/?q=bo+example").content.decode()
    assert (found.count('<td class="title">'), "bob@" in found, '<td class="num">1</td>' in found) == (1, True, True)
    assert "No member has this" in browser.get("/settings/security/?q=nobody%00here&from=x").content.decode()


# second factors


def test_without_a_factor_nothing_works_until_there_is_one(world: World, change: Change) -> None:
    change(factor_roles=("contributor",))
    browser = _in()
    for address in ("/", "/projects/", "/settings/", "/settings/tokens/", "/notices/"):
        assert browser.get(address).headers["Location"] == "/needs/second-factor/"
    assert browser.post("/settings/tokens/", {"name": "x"}).headers["Location"] == "/needs/second-factor/"
    assert "Acme asks for more than a password" in browser.get("/needs/second-factor/").content.decode()
    browser.post("/settings/sign-in/app/new/")
    secret = actions.totp_secret(world.bob.user)
    assert "Your app is on" in browser.post("/settings/sign-in/app/", {"code": _code(secret)}).content.decode()
    assert browser.get("/projects/").status_code == 200
    assert browser.get("/needs/second-factor/").headers["Location"] == "/"


def test_other_roles_and_who_has_time_left_go_on_working(world: World, change: Change) -> None:
    change(factor_roles=("contributor",), at=timezone.now() - timedelta(days=2))
    assert _in("alice@example.com").get("/projects/").status_code == 200
    page = _in().get("/projects/").content.decode()
    assert "Acme asks for a second factor from" in page


def test_who_has_one_already_has_used_it(world: World, change: Change) -> None:
    change(factor_roles=("contributor",))
    secret, _ = _with_app(world.bob.user, timezone.now())
    browser = _in()
    browser.post("/sign-in/second/", {"code": _code(secret)})
    assert browser.get("/projects/").status_code == 200


def test_a_removed_factor_closes_the_workspace_again(world: World, change: Change) -> None:
    change(factor_roles=("contributor",))
    secret, _ = _with_app(world.bob.user, timezone.now())
    browser = _in()
    browser.post("/sign-in/second/", {"code": _code(secret)})
    browser.post("/settings/sign-in/app/remove/")
    assert browser.get("/projects/").headers["Location"] == "/needs/second-factor/"


def test_a_new_member_has_their_own_time(world: World, change: Change) -> None:
    change(factor_roles=("contributor",))
    Membership.objects.filter(pk=world.bob.member.pk).update(created_at=timezone.now() - timedelta(days=1))
    assert _in().get("/projects/").status_code == 200


def test_somebody_who_has_waited_long_enough_elsewhere_is_not_asked_there(world: World, change: Change) -> None:
    change(factor_roles=("contributor",))
    browser = _in()
    enter(world.charlie.workspace.pk)
    actions.add_member(world.bob.user, "contributor", actor=world.charlie.actor, now=timezone.now())
    assert browser.post("/switch/", {"workspace": world.charlie.workspace.pk}).status_code == 302
    assert browser.get("/projects/").status_code == 200


# sessions and ways in


def test_a_sign_in_ends_after_the_hours_of_the_workspace(world: World, change: Change) -> None:
    change(session_hours=8)
    browser = _in()
    session = browser.session
    session["began_at"] = (timezone.now() - timedelta(hours=7)).isoformat()
    session.save()
    assert browser.get("/projects/").status_code == 200
    session["began_at"] = (timezone.now() - timedelta(hours=8)).isoformat()
    session.save()
    assert browser.get("/projects/").headers["Location"] == "/sign-in/?next=%2Fprojects%2F"


def test_a_password_does_not_open_a_workspace_of_passkeys(world: World, change: Change) -> None:
    change()
    SecurityPolicy.objects.create(workspace=world.workspace, ways_in="strong")
    browser = _in()
    assert browser.get("/projects/").headers["Location"] == "/needs/stronger-sign-in/"
    assert "Sign in more safely" in browser.get("/needs/stronger-sign-in/").content.decode()
    linked = Client()
    secret = actions.make_sign_in_link(world.bob.user, now=timezone.now())
    linked.post(f"/sign-in/link/{secret}/")
    assert linked.get("/projects/").headers["Location"] == "/needs/stronger-sign-in/"


def test_the_rules_cost_a_page_no_further_question(
    world: World, change: Change, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = _in()
    browser.get("/settings/")
    with CaptureQueriesContext(connection) as before:
        browser.get("/settings/")
    change(session_hours=8, factor_roles=("owner",))
    with django_assert_num_queries(len(before)):
        browser.get("/settings/")


# invitations and tokens


def test_only_addresses_of_the_listed_domains_are_invited(world: World, change: Change, now: datetime) -> None:
    change(invite_domains=("example.com",))
    actions.invite("n@Example.COM", "contributor", actor=world.olga.actor, now=now)
    for email in ("n@evil.com", "n@example.com.evil.com", "n@sub.example.com"):
        with pytest.raises(Invalid, match=r"Only addresses at example\.com"):
            actions.invite(email, "contributor", actor=world.olga.actor, now=now)


def test_tokens_live_no_longer_than_allowed_also_those_from_before(world: World, change: Change, now: datetime) -> None:
    _, secret = actions.create_token("Old", ["work:read"], actor=world.bob.actor, now=now, days=None)
    change(token_days=30)
    for days in (None, 31):
        with pytest.raises(Invalid, match="at most 30 days"):
            actions.create_token("New", ["work:read"], actor=world.bob.actor, now=now, days=days)
    assert actions.token_actor(secret, now=now + timedelta(days=29))
    assert actions.token_actor(secret, now=now + timedelta(days=30)) is None


def test_a_token_works_from_its_networks_only(world: World, now: datetime) -> None:
    token, secret = actions.create_token(
        "CI", ["work:read"], actor=world.bob.actor, now=now, days=1, networks=["198.51.100.0/24", "2001:db8::/32"]
    )
    assert token.networks == ["198.51.100.0/24", "2001:db8::/32"]
    for good in ("198.51.100.9", "2001:db8:1::7", "::ffff:198.51.100.1"):
        assert actions.token_actor(secret, now=now, address=good)
    for bad in ("198.51.101.1", "::1", "", "unknown"):
        with pytest.raises(TokenElsewhere):
            actions.token_actor(secret, now=now, address=bad)
    with pytest.raises(Invalid):
        actions.create_token("CI", ["work:read"], actor=world.bob.actor, now=now, days=1, networks=["ten"])


def test_the_workspace_and_the_token_must_both_allow_the_address(world: World, change: Change, now: datetime) -> None:
    _, secret = actions.create_token(
        "CI", ["work:read"], actor=world.bob.actor, now=now, days=1, networks=["10.1.0.0/16"]
    )
    change(token_networks=("10.1.1.0/24", "10.2.0.0/16"))
    assert actions.token_actor(secret, now=now, address="10.1.1.1")
    for address in ("10.1.2.1", "10.2.0.1"):
        with pytest.raises(TokenElsewhere):
            actions.token_actor(secret, now=now, address=address)


def test_the_api_says_why_and_believes_no_header(world: World) -> None:
    now = timezone.now()
    _, secret = actions.create_token(
        "CI", ["work:read"], actor=world.bob.actor, now=now, days=1, networks=["198.51.100.0/24"]
    )
    ask = {"Authorization": f"Bearer {secret}"}
    assert Client(REMOTE_ADDR="198.51.100.7").get("/api/v1/tasks", headers=ask).status_code == 200
    forged = Client(REMOTE_ADDR="203.0.113.1")
    refused = forged.get("/api/v1/tasks", headers={**ask, "X-Forwarded-For": "198.51.100.7"})
    assert (refused.status_code, refused.json()["title"]) == (403, "The token may not be used from here")


def test_tokens_are_untouched_by_second_factors(world: World, change: Change) -> None:
    _, secret = actions.create_token("CI", ["work:read"], actor=world.bob.actor, now=timezone.now(), days=1)
    change(factor_roles=("contributor",), grace_days=0)
    answer = Client().get("/api/v1/tasks", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    enter(world.workspace.pk)
    assert ApiToken.objects.count() == 1


def test_the_token_form_takes_networks(world: World) -> None:
    browser = _in()
    form = {"name": "CI", "scopes": ["work:read"], "days": "7", "networks": "10.0.0.1, 2001:db8::/32"}
    assert "Your token CI" in browser.post("/settings/tokens/", form).content.decode()
    enter(world.workspace.pk)
    assert ApiToken.objects.get().networks == ["10.0.0.1/32", "2001:db8::/32"]
    assert browser.post("/settings/tokens/", {**form, "networks": "10.0.0.1/40"}).status_code == 422
    assert PASSWORD not in browser.get("/settings/tokens/").content.decode()


# addresses


def test_networks_and_addresses() -> None:
    assert network("10.1.2.3/8") == "10.0.0.0/8"
    assert customer("2001:db8:1:2:3::4") == "2001:db8:1:2::/64"
    assert customer("nonsense") == "unknown"
    assert not inside("10.0.0.1", ["2001:db8::/32"])
    assert client_ip("10.0.0.9", "1.1.1.1, 2.2.2.2", trusted=0) == "10.0.0.9"
    assert client_ip("10.0.0.9", "1.1.1.1, 2.2.2.2", trusted=1) == "2.2.2.2"
    assert client_ip("10.0.0.9", "2.2.2.2", trusted=3) == "2.2.2.2"
    assert client_ip("10.0.0.9", "", trusted=1) == "10.0.0.9"
