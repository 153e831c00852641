"""Single sign-on against a real provider: whom it lets in, how far, and every attack on the way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.provider import Provider, new_key
from accounts.test_second_factor import TOKEN, _old, _with_app
from accounts.test_sign_in import PASSWORD, sign_in
from conftest import Person, World
from fairlead.accounts import actions, oidc
from fairlead.accounts.actions.sso import ProviderDraft, find_provider, remove_provider, save_provider
from fairlead.accounts.models import Identity, IdentityProvider, Membership, SecurityPolicy, User
from fairlead.config import config
from fairlead.events.models import Event
from fairlead.events.tenancy import enter, tenant
from fairlead.lib.errors import Forbidden, Invalid, Missing

BOB = {"sub": "bob-1", "email": "Bob@example.com", "email_verified": True, "name": "Bob"}
NORA = {"sub": "nora-1", "email": "nora@example.com", "email_verified": True, "name": "Nora New"}


@pytest.fixture
def provider(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider that vouches for bob; this machine counts as trusted."""
    monkeypatch.setenv("FAIRLEAD_PRIVATE_HOSTS", "127.0.0.1")
    config.cache_clear()
    cache.clear()
    made = Provider(claims=dict(BOB))
    made.start()
    yield made
    made.stop()
    monkeypatch.undo()
    config.cache_clear()
    cache.clear()


@pytest.fixture
def connected(world: World, provider: Provider) -> Callable[..., IdentityProvider]:
    """Connect the provider to acme, or to somebody else's workspace."""

    def run(person: Person | None = None, **more: Any) -> IdentityProvider:
        who = person or world.olga
        draft = ProviderDraft(name="Login", issuer=provider.issuer, client_id="acme", secret=provider.secret, **more)
        with tenant(who.workspace.pk):
            return save_provider(draft, actor=who.actor, now=timezone.now())

    return run


def _go(browser: Client, row: IdentityProvider, query: str = "") -> str:
    answer = browser.get(f"/sign-in/sso/{row.key}/go/{query}")
    assert answer.status_code == 302, answer.content
    return str(answer.headers["Location"])


def _arrive(browser: Client, row: IdentityProvider, provider: Provider, query: str = "", **more: str) -> Any:
    came = provider.sign_in(_go(browser, row, query))
    return browser.get(f"/sign-in/sso/{row.key}/back/", {**came, **more})


def _is_in(browser: Client) -> bool:
    return get_user(browser).is_authenticated  # type: ignore[arg-type]


Connect = Callable[..., IdentityProvider]


# who comes in


def test_a_member_with_a_verified_address_comes_in_and_is_known_by_subject(
    world: World, provider: Provider, connected: Connect
) -> None:
    row, browser = connected(), Client()
    done = _arrive(browser, row, provider, "?next=/tasks/")
    assert done.headers["Location"] == "/tasks/"
    assert get_user(browser) == world.bob.user  # type: ignore[arg-type]
    provider.claims = {"sub": "bob-1", "email": "renamed@elsewhere.org", "email_verified": False}
    again = Client()
    assert _arrive(again, row, provider).status_code == 302
    assert get_user(again) == world.bob.user  # type: ignore[arg-type]
    enter(world.workspace.pk)
    kinds = list(Event.objects.order_by("seq").values_list("kind", "actor_name"))[-4:]
    assert kinds == [("provider.added", "Olga"), ("provider.linked", "Bob"), ("user.signed_in", "Bob"),
                     ("user.signed_in", "Bob")]  # fmt: skip


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_takes_no_account(
    world: World, provider: Provider, connected: Connect, verified: Any
) -> None:
    provider.claims["email_verified"] = verified
    browser = Client()
    refused = _arrive(browser, connected(joins=True), provider)
    assert "does not say that your e-mail address is verified" in refused.content.decode()
    assert not _is_in(browser)
    assert not Identity.objects.exists()


def test_a_stranger_joins_only_where_that_is_wanted(world: World, provider: Provider, connected: Connect) -> None:
    provider.claims = dict(NORA)
    row = connected()
    assert "Ask an admin to invite you" in _arrive(Client(), row, provider).content.decode()
    enter(world.workspace.pk)
    IdentityProvider.objects.update(joins=True, role="auditor")
    browser = Client()
    assert _arrive(browser, row, provider).status_code == 302
    user = User.objects.get(email="nora@example.com")
    enter(world.workspace.pk)
    member = Membership.objects.get(user=user)
    assert (member.role, user.name, user.has_usable_password(), user.email_confirmed_at) == (
        "auditor", "Nora New", False, None,
    )  # fmt: skip


def test_who_was_removed_does_not_come_back_by_themselves(world: World, provider: Provider, connected: Connect) -> None:
    row = connected(joins=True)
    _arrive(Client(), row, provider)
    enter(world.workspace.pk)
    actions.remove_member(world.bob.member.pk, actor=world.olga.actor, now=timezone.now())
    assert "no longer a member" in _arrive(Client(), row, provider).content.decode()


def test_agents_and_disabled_accounts_do_not_come_in(world: World, provider: Provider, connected: Connect) -> None:
    row = connected()
    provider.claims = {**BOB, "sub": "e", "email": "echo@example.com"}
    assert _arrive(Client(), row, provider).status_code == 422
    provider.claims = dict(BOB)
    User.objects.filter(pk=world.bob.user.pk).update(is_active=False)
    assert _arrive(Client(), row, provider).status_code == 422


def test_groups_give_the_role_at_each_sign_in_but_never_take_an_owner(
    world: World, provider: Provider, connected: Connect
) -> None:
    row = connected(group_claim="groups", group_roles={"leads": "manager", "staff": "contributor"})
    for groups, role in ((["staff", "leads"], "manager"), (["staff"], "contributor"), (["other"], "contributor"),
                         ("leads", "manager")):  # fmt: skip
        provider.claims["groups"] = groups
        _arrive(Client(), row, provider)
        enter(world.workspace.pk)
        assert Membership.objects.get(pk=world.bob.member.pk).role == role
    event = Event.objects.filter(kind="member.role_changed").latest("seq")
    assert (event.actor_name, event.payload["changes"]) == ("Fairlead", {"role": ["contributor", "manager"]})
    provider.claims = {"sub": "o", "email": "olga@example.com", "email_verified": True, "groups": ["staff"]}
    _arrive(Client(), row, provider)
    enter(world.workspace.pk)
    assert Membership.objects.get(pk=world.olga.member.pk).role == "owner"


def test_connecting_an_account_while_signed_in_needs_no_address(
    world: World, provider: Provider, connected: Connect
) -> None:
    provider.claims = {"sub": "x-1"}
    row, browser = connected(), Client()
    sign_in(browser)
    assert _arrive(browser, row, provider, "?link=1").headers["Location"] == "/settings/sign-in/"
    assert "Connected" in browser.get("/settings/sign-in/").content.decode()
    other = Client()
    sign_in(other, "dana@example.com")
    assert _arrive(other, row, provider, "?link=1").status_code == 409
    assert _arrive(Client(), row, provider).status_code == 302


# how far it reaches


def test_the_provider_of_one_workspace_opens_no_other(world: World, provider: Provider, connected: Connect) -> None:
    """charlie owns beta and its provider, which may say what it likes: it must not lead to acme."""
    with tenant(world.charlie.workspace.pk):
        actions.add_member(world.bob.user, "contributor", actor=world.charlie.actor, now=timezone.now())
    row, browser = connected(world.charlie), Client()
    assert _arrive(browser, row, provider).status_code == 302
    page = browser.get("/projects/").content.decode()
    assert "Beta" in page
    assert "Acme" not in page
    for address, data in (
        ("/switch/", {"workspace": world.workspace.pk}),
        ("/welcome/", {"workspace": "Mine"}),
        ("/settings/password/", {"password": "a phrase of my own"}),
        ("/settings/sign-in/app/new/", {}),
        ("/settings/sign-in/codes/", {}),
        ("/settings/sign-in/passkeys/options/", {}),
        ("/settings/sessions/end-others/", {}),
    ):
        assert browser.post(address, data).status_code == 403, address
    assert browser.get("/settings/sessions/").status_code == 403
    session = browser.session
    session["workspace"] = world.workspace.pk
    session.save()
    assert "Acme" not in browser.get("/projects/").content.decode()


def test_a_mailed_link_in_the_same_browser_opens_the_whole_account(
    world: World, provider: Provider, connected: Connect
) -> None:
    browser = Client()
    _arrive(browser, connected(), provider)
    assert browser.get("/settings/sessions/").status_code == 403
    browser.post(f"/sign-in/link/{actions.make_sign_in_link(world.bob.user, now=timezone.now())}/")
    assert browser.get("/settings/sessions/").status_code == 200


def test_it_meets_the_rules_of_the_workspace_and_leaves_factors_to_the_provider(
    world: World, provider: Provider, connected: Connect
) -> None:
    row = connected()
    _with_app(world.bob.user, timezone.now())
    enter(world.workspace.pk)
    SecurityPolicy.objects.create(
        workspace=world.workspace, ways_in="strong", factor_roles=["contributor"], grace_days=0,
        factor_since=timezone.now(),
    )  # fmt: skip
    browser = Client()
    _arrive(browser, row, provider)
    assert browser.get("/projects/").status_code == 200
    with_password = Client()
    sign_in(with_password, "alice@example.com")
    page = with_password.get("/needs/stronger-sign-in/").content.decode()
    assert f"/sign-in/sso/{row.key}/go/" in page


def test_confirming_asks_the_provider_anew(world: World, provider: Provider, connected: Connect) -> None:
    row, browser = connected(), Client()
    _arrive(browser, row, provider)
    asked = _old(browser).post("/settings/tokens/", TOKEN)
    assert f"/sign-in/sso/{row.key}/go/?again=1&amp;next=" in asked.content.decode()
    address = _go(browser, row, "?again=1&next=/settings/tokens/")
    assert "prompt=login&max_age=0" in address
    provider.claims["auth_time"] = 1
    came = provider.sign_in(address)
    assert browser.get(f"/sign-in/sso/{row.key}/back/", came).status_code == 422
    del provider.claims["auth_time"]
    _arrive(browser, row, provider, "?again=1")
    assert "Your token Report" in browser.post("/settings/tokens/", TOKEN).content.decode()


def test_signing_out_offers_to_sign_out_there_too(world: World, provider: Provider, connected: Connect) -> None:
    row, browser = connected(), Client()
    _arrive(browser, row, provider)
    out = browser.post("/sign-out/")
    assert out.headers["Location"] == f"/sign-in/sso/{row.key}/out/"
    assert f"{provider.issuer}/logout" in browser.get(out.headers["Location"]).content.decode()
    assert "Continue with Login" in browser.get("/sign-in/").content.decode()


# attacks


def _hs256(provider: Provider, claims: dict[str, Any]) -> str:
    """Signed with the public key as if it were a shared secret."""
    parts = [{"alg": "HS256", "typ": "JWT", "kid": provider.kid}, claims]
    text = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    mac = hmac.new(provider.public_pem(), text.encode(), hashlib.sha256).digest()
    return text + "." + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


OTHER_KEY = new_key()
FORGERIES: dict[str, Callable[[Provider, dict[str, Any]], str]] = {
    "no signature": lambda _p, c: jwt.encode(c, None, algorithm="none"),
    "a shared secret instead of the key": _hs256,
    "the client secret": lambda p, c: jwt.encode(c, p.secret.ljust(32), algorithm="HS256"),
    "another key": lambda p, c: jwt.encode(c, OTHER_KEY, algorithm="RS256", headers={"kid": p.kid}),
    "another algorithm of the same key": lambda p, c: jwt.encode(c, p.key, algorithm="RS512", headers={"kid": p.kid}),
    "an unknown key": lambda p, c: p.token(c, kid="../../dev/null"),
    "a key that the token brings": lambda _p, c: jwt.encode(
        c, OTHER_KEY, algorithm="RS256",
        headers={"kid": "x", "jku": "https://evil.example/keys", "jwk": json.loads(
            jwt.algorithms.RSAAlgorithm.to_jwk(OTHER_KEY.public_key()))},
    ),
    "expired": lambda p, c: p.token({**c, "exp": c["iat"] - 100, "iat": c["iat"] - 400}),
    "from the future": lambda p, c: p.token({**c, "iat": c["iat"] + 500, "exp": c["iat"] + 900}),
    "no end": lambda p, c: p.token({k: v for k, v in c.items() if k != "exp"}),
    "a text as time": lambda p, c: p.token({**c, "exp": "9999999999"}),
    "another audience": lambda p, c: p.token({**c, "aud": "somebody"}),
    "two audiences and no azp": lambda p, c: p.token({**c, "aud": ["acme", "somebody"]}),
    "another azp": lambda p, c: p.token({**c, "azp": "somebody"}),
    "another issuer": lambda p, c: p.token({**c, "iss": "https://evil.example"}),
    "another nonce": lambda p, c: p.token({**c, "nonce": "replayed"}),
    "no nonce": lambda p, c: p.token({k: v for k, v in c.items() if k != "nonce"}),
    "no subject": lambda p, c: p.token({**c, "sub": ""}),
    "changed after signing": lambda p, c: p.token({**c, "sub": "x"})[:-8] + "AAAAAAAA",
    "no token": lambda _p, _c: "hello",
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_tokens_let_nobody_in(world: World, provider: Provider, connected: Connect, name: str) -> None:
    provider.forge = lambda claims: FORGERIES[name](provider, claims)
    browser = Client()
    refused = _arrive(browser, connected(), provider)
    assert (refused.status_code, _is_in(browser)) == (422, False)
    assert not Identity.objects.exists()


def test_an_answer_counts_once_in_its_own_browser_for_its_own_provider(
    world: World, provider: Provider, connected: Connect
) -> None:
    row, browser, thief = connected(), Client(), Client()
    came = provider.sign_in(_go(browser, row))
    back = f"/sign-in/sso/{row.key}/back/"
    assert thief.get(back, came).status_code == 422
    _go(thief, row)
    assert thief.get(back, came).status_code == 422
    assert browser.get(back, came).status_code == 302
    assert browser.get(back, came).status_code == 422
    assert not _is_in(thief)


def test_a_wrong_state_burns_the_sign_in(world: World, provider: Provider, connected: Connect) -> None:
    row, browser = connected(), Client()
    came = provider.sign_in(_go(browser, row))
    back = f"/sign-in/sso/{row.key}/back/"
    assert browser.get(back, {**came, "state": "x"}).status_code == 422
    assert browser.get(back, came).status_code == 422


def test_a_code_of_another_sign_in_is_refused_by_pkce(world: World, provider: Provider, connected: Connect) -> None:
    row, browser, victim = connected(), Client(), Client()
    of_victim = provider.sign_in(_go(victim, row))
    own = provider.sign_in(_go(browser, row))
    injected = {**own, "code": of_victim["code"]}
    assert browser.get(f"/sign-in/sso/{row.key}/back/", injected).status_code == 422


def test_answers_of_another_issuer_are_refused(world: World, provider: Provider, connected: Connect) -> None:
    row = connected()
    assert _arrive(Client(), row, provider, iss="https://evil.example").status_code == 422
    assert _arrive(Client(), row, provider, iss=provider.issuer).status_code == 302
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    cache.clear()
    assert _arrive(Client(), row, provider).status_code == 422
    assert _arrive(Client(), row, provider, iss=provider.issuer).status_code == 302


def test_an_answer_meant_for_one_provider_does_not_count_for_another(
    world: World, provider: Provider, connected: Connect
) -> None:
    ours, theirs, browser = connected(), connected(world.charlie), Client()
    came = provider.sign_in(_go(browser, theirs))
    assert browser.get(f"/sign-in/sso/{ours.key}/back/", came).status_code == 422


def test_a_refusal_of_the_provider_is_told(world: World, provider: Provider, connected: Connect) -> None:
    row, browser = connected(), Client()
    came = provider.sign_in(_go(browser, row))
    answer = browser.get(f"/sign-in/sso/{row.key}/back/", {"state": came["state"], "error": "<b>access_denied"})
    assert "let nobody in: &lt;b&gt;access_denied" in answer.content.decode()


def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    world: World, provider: Provider, connected: Connect
) -> None:
    provider.metadata["issuer"] = "https://evil.example"
    with pytest.raises(oidc.SsoFailed, match="calls itself"):
        oidc.discover(provider.issuer)


def test_only_asymmetric_algorithms_of_the_provider_count(provider: Provider) -> None:
    provider.metadata["id_token_signing_alg_values_supported"] = ["none", "HS256", "RS256"]
    assert oidc.discover(provider.issuer).algorithms == ("RS256",)


def test_a_new_key_is_fetched_and_an_unknown_one_does_not_make_us_ask_for_ever(
    world: World, provider: Provider, connected: Connect
) -> None:
    row = connected()
    _arrive(Client(), row, provider)
    provider.key, provider.kid = new_key(), "two"
    assert _arrive(Client(), row, provider).status_code == 302
    before = provider.asked.count("/keys")
    provider.forge = lambda claims: provider.token(claims, kid="three")
    for _ in range(3):
        assert _arrive(Client(), row, provider).status_code == 422
    assert provider.asked.count("/keys") == before


def test_nothing_inside_the_network_is_asked_unless_allowed(
    world: World, provider: Provider, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = connected()
    monkeypatch.setenv("FAIRLEAD_PRIVATE_HOSTS", "")
    config.cache_clear()
    cache.clear()
    before = len(provider.asked)
    assert Client().get(f"/sign-in/sso/{row.key}/go/").status_code == 422
    assert len(provider.asked) == before


# settings


def test_only_owners_and_admins_keep_providers_and_only_owners_let_them_make_admins(
    world: World, provider: Provider, connected: Connect
) -> None:
    draft = ProviderDraft(name="Login", issuer=provider.issuer, client_id="acme", secret="s")
    now = timezone.now()
    for person in (world.alice, world.bob, world.echo, world.clara, world.audrey):
        with pytest.raises(Forbidden):
            save_provider(draft, actor=person.actor, now=now)
    actions.change_role(world.alice.member.pk, "admin", actor=world.olga.actor, now=now)
    world.alice.member.refresh_from_db()
    with pytest.raises(Invalid):
        save_provider(replace(draft, group_roles={"x": "admin"}), actor=world.alice.actor, now=now)
    for roles in ({"x": "owner"}, {"x": "king"}):
        with pytest.raises(Invalid):
            save_provider(replace(draft, group_roles=roles), actor=world.olga.actor, now=now)
    row = connected()
    with pytest.raises(Missing):
        remove_provider(row.pk, actor=world.charlie.actor, now=now)


def test_the_secret_is_sealed_and_shown_nowhere(world: World, provider: Provider, connected: Connect) -> None:
    row = connected()
    browser = Client()
    sign_in(browser, "olga@example.com")
    page = browser.get(f"/settings/security/providers/{row.pk}/").content.decode()
    assert f"{settings.BASE_URL}/sign-in/sso/{row.key}/back/" in page
    enter(world.workspace.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM accounts_identityprovider t")
        kept = cursor.fetchone()[0]
    events = json.dumps(list(Event.objects.values_list("payload", flat=True)))
    assert not any("s3cret" in text for text in (page, kept, events))


def test_a_provider_is_saved_changed_and_removed_through_the_pages(world: World, provider: Provider) -> None:
    browser = Client()
    sign_in(browser, "olga@example.com")
    form = {"name": "Login", "issuer": provider.issuer, "client_id": "acme", "secret": provider.secret, "joins": "on",
            "role": "contributor", "group_claim": "groups",
            "group_roles": "staff = contributor\nleads=manager"}  # fmt: skip
    wrong = browser.post("/settings/security/providers/new/", {**form, "issuer": provider.issuer + "/no"})
    assert wrong.status_code == 422
    saved = browser.post("/settings/security/providers/new/", form)
    enter(world.workspace.pk)
    row = IdentityProvider.objects.get()
    assert saved.headers["Location"] == f"/settings/security/providers/{row.pk}/"
    assert row.group_roles == {"staff": "contributor", "leads": "manager"}
    browser.post(f"/settings/security/providers/{row.pk}/", {**form, "secret": "", "name": "Company login"})
    assert _arrive(Client(), row, provider).status_code == 302
    assert "Company login" in browser.get("/settings/security/").content.decode()
    browser.post(f"/settings/security/providers/{row.pk}/remove/")
    with pytest.raises(Missing):
        find_provider(row.key)
    assert Client().get(f"/sign-in/sso/{row.key}/go/").status_code == 404
    assert PASSWORD not in str(form)
