"""Coming in: sign-up, invitations, a first workspace, several workspaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.conftest import Mailed, link_in
from accounts.test_sign_in import PASSWORD, sign_in
from conftest import World
from fairlead.accounts import actions
from fairlead.accounts.models import Invitation, Membership, User, Workspace
from fairlead.config import config
from fairlead.events.models import Event
from fairlead.events.tenancy import enter, tenant
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.people.models import Worker
from fairlead.work.models import Task

NEW = {
    "name": "Nora",
    "email": "Nora@Example.com",
    "password": PASSWORD,
    "workspace": "Nora & Co",
    "time_zone": "Europe/Berlin",
}
Deliver = Callable[[datetime], Mailed]


def test_sign_up_ends_on_a_board_with_work_and_people(browser: Client) -> None:
    response = browser.post("/sign-up/", {**NEW, "example": "on"})
    assert response.headers["Location"] == "/projects/TRY/"
    assert "Build the start page" in browser.get("/projects/TRY/").content.decode()
    user = User.objects.get(email="nora@example.com")
    enter(None, user_id=user.pk)
    workspace = Workspace.objects.get()
    enter(workspace.pk)
    assert (user.time_zone, workspace.time_zone, workspace.name) == ("Europe/Berlin", "Europe/Berlin", "Nora & Co")
    assert (Worker.objects.count(), Task.objects.count()) == (3, 7)
    assert Event.objects.get(seq=1).kind == "workspace.created"


def test_sign_up_without_the_example_leads_to_the_first_project(browser: Client) -> None:
    assert browser.post("/sign-up/", NEW).headers["Location"] == "/projects/new/"


def test_an_unknown_time_zone_becomes_utc(browser: Client) -> None:
    browser.post("/sign-up/", {**NEW, "time_zone": "Mars/Olympus"})
    assert User.objects.get(email="nora@example.com").time_zone == "UTC"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("email", "nora"), ("email", "bob@example.com"), ("password", "short"), ("workspace", "  ")],
)
def test_a_wrong_field_is_named_and_the_rest_is_kept(world: World, browser: Client, field: str, value: str) -> None:
    response = browser.post("/sign-up/", {**NEW, field: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert all(f'value="{kept}"' in page.replace("&amp;", "&") for name, kept in NEW.items() if name != field)
    assert not User.objects.filter(email="nora@example.com").exists()


def test_the_welcome_mail_confirms_the_address(browser: Client, deliver: Deliver) -> None:
    browser.post("/sign-up/", NEW)
    message = deliver(timezone.now())[0]
    assert message.to == ["nora@example.com"]
    browser.post(link_in(message))
    assert User.objects.get(email="nora@example.com").email_confirmed_at


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FAIRLEAD_OPEN_SIGN_UP", "no")
    config.cache_clear()
    yield
    monkeypatch.undo()
    config.cache_clear()


def test_a_closed_server_takes_nobody_without_an_invitation(world: World, browser: Client, closed: None) -> None:
    assert browser.get("/sign-up/").status_code == 403
    assert browser.post("/sign-up/", NEW).status_code == 403
    assert "/sign-up/" not in browser.get("/sign-in/").content.decode()
    sign_in(browser)
    assert browser.post("/welcome/", {"workspace": "Mine"}).status_code == 403


def test_an_invitation_brings_a_new_person_in(world: World, browser: Client, deliver: Deliver) -> None:
    now = timezone.now()
    actions.invite("nora@example.com", "manager", actor=world.olga.actor, now=now)
    message = deliver(now)[0]
    link = link_in(message)
    assert (message.to, message.subject) == (["nora@example.com"], "Olga invites you to Acme")
    assert "Olga invites" in browser.get(link).content.decode()
    assert not User.objects.filter(email="nora@example.com").exists()
    assert browser.post(link, {"name": "Nora", "password": PASSWORD}).headers["Location"] == "/"
    enter(world.workspace.pk)
    assert Membership.objects.get(user__email="nora@example.com").role == "manager"
    assert Client().get(link).status_code == 404


def test_looking_at_an_invitation_while_signed_in_does_not_accept_it(world: World, browser: Client) -> None:
    _, secret = actions.invite("charlie@example.com", "contributor", actor=world.olga.actor, now=timezone.now())
    sign_in(browser, "charlie@example.com")
    assert browser.get(f"/join/{secret}/").status_code == 200
    enter(world.workspace.pk)
    assert Invitation.objects.get().accepted_at is None
    browser.post(f"/join/{secret}/")
    enter(world.workspace.pk)
    assert Membership.objects.filter(user=world.charlie.user).exists()
    assert "Acme" in browser.get("/settings/").content.decode()


def test_somebody_with_an_account_signs_in_first(world: World, browser: Client) -> None:
    _, secret = actions.invite("charlie@example.com", "contributor", actor=world.olga.actor, now=timezone.now())
    assert browser.post(f"/join/{secret}/").headers["Location"] == f"/sign-in/?next=/join/{secret}/"
    response = browser.post(
        "/sign-in/", {"email": "charlie@example.com", "password": PASSWORD, "next": f"/join/{secret}/"}
    )
    assert response.headers["Location"] == f"/join/{secret}/"


def test_an_invitation_is_for_one_address_only(world: World, now: datetime) -> None:
    _, secret = actions.invite("nora@example.com", "owner", actor=world.olga.actor, now=now)
    with pytest.raises(Conflict):
        actions.accept_invitation(secret, user=world.charlie.user, now=now)


def test_a_refused_new_account_leaves_nothing_behind(world: World, browser: Client) -> None:
    _, secret = actions.invite("nora@example.com", "contributor", actor=world.olga.actor, now=timezone.now())
    response = browser.post(f"/join/{secret}/", {"name": "Nora", "password": "short"})
    assert (response.status_code, 'value="Nora"' in response.content.decode()) == (422, True)
    assert not User.objects.filter(email="nora@example.com").exists()


@pytest.mark.parametrize("ended", ["accepted", "withdrawn", "expired", "replaced"])
def test_an_ended_invitation_is_gone(world: World, browser: Client, ended: str) -> None:
    now = timezone.now() - timedelta(days=15 if ended == "expired" else 0)
    invitation, secret = actions.invite("nora@example.com", "contributor", actor=world.olga.actor, now=now)
    if ended == "accepted":
        actions.join_with_new_account(secret, name="Nora", password=PASSWORD, now=now)
    if ended == "withdrawn":
        actions.withdraw_invitation(invitation.pk, actor=world.olga.actor, now=now)
    if ended == "replaced":
        actions.resend_invitation(invitation.pk, actor=world.olga.actor, now=now + timedelta(seconds=1))
    assert browser.get(f"/join/{secret}/").status_code == 404
    assert browser.post(f"/join/{secret}/", {"name": "Nora", "password": PASSWORD}).status_code == 404


def test_a_withdrawn_invitation_is_not_mailed(world: World, now: datetime, deliver: Deliver) -> None:
    invitation, _ = actions.invite("nora@example.com", "contributor", actor=world.olga.actor, now=now)
    actions.withdraw_invitation(invitation.pk, actor=world.olga.actor, now=now)
    assert deliver(now) == []


def test_only_admins_invite_and_only_owners_invite_admins(world: World, now: datetime) -> None:
    for person in (world.alice, world.bob, world.dana, world.clara, world.audrey):
        with pytest.raises(Forbidden):
            actions.invite("nora@example.com", "contributor", actor=person.actor, now=now)
    actions.change_role(world.alice.member.pk, "admin", actor=world.olga.actor, now=now)
    world.alice.member.refresh_from_db()
    with pytest.raises(Invalid):
        actions.invite("nora@example.com", "owner", actor=world.alice.actor, now=now)
    actions.invite("nora@example.com", "manager", actor=world.alice.actor, now=now)


def test_a_stranger_cannot_touch_an_invitation(world: World, now: datetime) -> None:
    invitation, _ = actions.invite("nora@example.com", "contributor", actor=world.olga.actor, now=now)
    with tenant(world.charlie.workspace.pk), pytest.raises(Missing):
        actions.withdraw_invitation(invitation.pk, actor=world.charlie.actor, now=now)


def test_somebody_in_two_workspaces_switches_between_them(world: World, browser: Client) -> None:
    _, secret = actions.invite("charlie@example.com", "contributor", actor=world.olga.actor, now=timezone.now())
    actions.accept_invitation(secret, user=world.charlie.user, now=timezone.now())
    sign_in(browser, "charlie@example.com")
    assert "title>Settings · Beta" in browser.get("/settings/").content.decode()
    assert browser.post("/switch/", {"workspace": world.workspace.pk}).status_code == 302
    assert "title>Settings · Acme" in browser.get("/settings/").content.decode()
    assert browser.post("/switch/", {"workspace": 999_999}).status_code == 404
    assert browser.post("/switch/", {"workspace": "x"}).status_code == 404


def test_the_first_workspace_of_somebody_who_has_none(world: World, browser: Client) -> None:
    actions.create_user("nora@example.com", "Nora", PASSWORD, now=timezone.now())
    sign_in(browser, "nora@example.com")
    assert browser.get("/projects/").headers["Location"] == "/welcome/"
    assert browser.post("/welcome/", {"workspace": "Nora's"}).headers["Location"] == "/projects/new/"
    assert get_user(browser).is_authenticated  # type: ignore[arg-type]
    assert browser.get("/projects/").status_code == 200


def test_no_table_holds_the_secret_of_an_invitation(world: World, now: datetime) -> None:
    """Nor does the queue: a job makes the link when it mails it."""
    from django.db import connection

    _, secret = actions.invite("nora@example.com", "contributor", actor=world.olga.actor, now=now)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE row::text LIKE %s', [f"%{secret}%"])
            assert cursor.fetchone()[0] == 0, table


def test_models_and_migrations_agree(db: None) -> None:
    call_command("makemigrations", "accounts", "--check", "--dry-run", verbosity=0)
