"""Roles and who may give them, leaving, and the settings of the workspace."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import World
from fairlead.accounts import actions, queries
from fairlead.accounts.models import ApiToken, Membership
from fairlead.events.models import Event
from fairlead.events.tenancy import tenant
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing


def last_event() -> tuple[str, dict[str, object]]:
    event = Event.objects.order_by("-seq")[0]
    return event.kind, event.payload


def test_a_changed_role_is_recorded_once_and_the_same_role_not_at_all(world: World, now: datetime) -> None:
    actions.change_role(world.bob.member.pk, "manager", actor=world.olga.actor, now=now)
    assert last_event() == (
        "member.role_changed",
        {"user": world.bob.user.pk, "changes": {"role": ["contributor", "manager"]}},
    )
    count = Event.objects.count()
    actions.change_role(world.bob.member.pk, "manager", actor=world.olga.actor, now=now)
    assert Event.objects.count() == count


def test_nobody_gives_or_takes_what_is_above_them(world: World, now: datetime) -> None:
    actions.change_role(world.alice.member.pk, "admin", actor=world.olga.actor, now=now)
    world.alice.member.refresh_from_db()
    with pytest.raises(Forbidden):
        actions.change_role(world.alice.member.pk, "owner", actor=world.alice.actor, now=now)
    with pytest.raises(Forbidden):
        actions.change_role(world.bob.member.pk, "admin", actor=world.alice.actor, now=now)
    with pytest.raises(Forbidden):
        actions.remove_member(world.olga.member.pk, actor=world.alice.actor, now=now)
    with pytest.raises(Invalid):
        actions.change_role(world.bob.member.pk, "emperor", actor=world.olga.actor, now=now)


def test_a_workspace_keeps_an_owner(world: World, now: datetime) -> None:
    with pytest.raises(Conflict):
        actions.remove_member(world.olga.member.pk, actor=world.olga.actor, now=now)
    with pytest.raises(Conflict):
        actions.change_role(world.olga.member.pk, "manager", actor=world.olga.actor, now=now)
    actions.change_role(world.alice.member.pk, "owner", actor=world.olga.actor, now=now)
    actions.remove_member(world.olga.member.pk, actor=world.olga.actor, now=now)


def test_removing_ends_tokens_and_can_be_taken_back_without_them(world: World, now: datetime) -> None:
    actions.create_token("Report", ["work:read"], actor=world.bob.actor, now=now, days=None)
    actions.remove_member(world.bob.member.pk, actor=world.olga.actor, now=now)
    assert not Membership.objects.filter(pk=world.bob.member.pk, removed_at__isnull=True).exists()
    actions.restore_member(world.bob.member.pk, actor=world.olga.actor, now=now)
    assert Membership.objects.get(pk=world.bob.member.pk).role == "contributor"
    assert ApiToken.objects.get().revoked_at is not None
    with pytest.raises(Missing):
        actions.restore_member(world.bob.member.pk, actor=world.olga.actor, now=now)


def test_everybody_may_leave(world: World) -> None:
    browser = Client()
    browser.force_login(world.dana.user)
    assert browser.post("/settings/leave/").status_code == 302
    assert browser.get("/settings/").headers["Location"] == "/welcome/"


def test_an_undo_gives_a_member_the_role_they_had(world: World, now: datetime) -> None:
    olga, bob = Client(), world.bob.member
    olga.force_login(world.olga.user)
    address = f"/settings/members/{bob.pk}/role/"
    changed = olga.post(address, {"role": "manager"}, follow=True)
    undo = f"{address}?role=contributor"
    assert f'action="{undo}"' in changed.content.decode()
    olga.post(undo)
    with tenant(world.workspace.pk):
        bob.refresh_from_db()
    assert bob.role == "contributor"


def test_a_withdrawn_invitation_is_open_again_with_its_link_for_some_minutes(world: World, now: datetime) -> None:
    olga = world.olga.actor
    invitation, secret = actions.invite("nora@example.com", "manager", actor=olga, now=now)
    actions.withdraw_invitation(invitation.pk, actor=olga, now=now)
    for who in (world.alice, world.bob, world.clara, world.audrey):
        with pytest.raises(Forbidden):
            actions.restore_invitation(invitation.pk, actor=who.actor, now=now)
    with pytest.raises(Missing):
        actions.restore_invitation(invitation.pk, actor=world.charlie.actor, now=now)
    with pytest.raises(Missing):
        actions.restore_invitation(invitation.pk, actor=olga, now=now + timedelta(minutes=11))
    actions.restore_invitation(invitation.pk, actor=olga, now=now + timedelta(minutes=9))
    assert last_event() == ("invitation.restored", {"email": "nora@example.com"})
    assert actions.find_invitation(secret, now=now).pk == invitation.pk
    actions.withdraw_invitation(invitation.pk, actor=olga, now=now)
    actions.invite("nora@example.com", "contributor", actor=olga, now=now)
    with pytest.raises(Conflict, match=r"nora@example\.com has been invited again meanwhile\."):
        actions.restore_invitation(invitation.pk, actor=olga, now=now)


def test_the_page_takes_a_withdrawal_back(world: World) -> None:
    olga = Client()
    olga.force_login(world.olga.user)
    invitation, _ = actions.invite("nora@example.com", "manager", actor=world.olga.actor, now=timezone.now())
    gone = olga.post(f"/settings/invitations/{invitation.pk}/withdraw/", follow=True).content.decode()
    undo = f"/settings/invitations/{invitation.pk}/restore/"
    assert f'action="{undo}"' in gone
    assert "nora@example.com" in olga.post(undo, follow=True).content.decode()
    with tenant(world.workspace.pk):
        invitation.refresh_from_db()
    assert invitation.withdrawn_at is None


def test_a_stranger_changes_no_role(world: World, now: datetime) -> None:
    with tenant(world.charlie.workspace.pk), pytest.raises(Missing):
        actions.change_role(world.bob.member.pk, "owner", actor=world.charlie.actor, now=now)
    with tenant(world.charlie.workspace.pk), pytest.raises(Missing):
        actions.remove_member(world.bob.member.pk, actor=world.charlie.actor, now=now)


def test_the_workspace_changes_what_differs_only(world: World, now: datetime) -> None:
    actions.change_workspace(
        world.workspace, actor=world.olga.actor, now=now, name="Acme", country="DE", currency="EUR"
    )
    assert last_event() == ("workspace.changed", {"changes": {"country": ["", "DE"]}})
    with pytest.raises(Invalid) as refused:
        actions.change_workspace(
            world.workspace, actor=world.olga.actor, now=now, name=" ", time_zone="Mars", country="XX", currency="ABC"
        )
    assert set(refused.value.fields) == {"name", "time_zone", "country", "currency"}
    with pytest.raises(Forbidden):
        actions.change_workspace(world.workspace, actor=world.alice.actor, now=now, name="Mine")


def test_the_members_page_asks_the_database_as_often_for_many_as_for_few(
    world: World, django_assert_max_num_queries: object, now: datetime
) -> None:
    browser = Client()
    browser.force_login(world.olga.user)
    for n in range(20):
        user = actions.create_user(f"m{n}@example.com", f"M {n}", None, now=now)
        actions.add_member(user, "contributor", actor=world.olga.actor, now=now)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        page = browser.get("/settings/members/").content.decode()
    assert page.count("@example.com") >= 27


def test_inviting_at_the_page_shows_the_link_once(world: World) -> None:
    browser = Client()
    browser.force_login(world.olga.user)
    page = browser.post("/settings/members/invite/", {"email": "nora@example.com", "role": "manager"}).content.decode()
    assert "/join/fli_" in page
    again = browser.get("/settings/members/").content.decode()
    assert "/join/fli_" not in again
    assert "nora@example.com" in again


def test_an_invitation_for_a_member_is_refused_beside_the_field(world: World) -> None:
    browser = Client()
    browser.force_login(world.olga.user)
    response = browser.post("/settings/members/invite/", {"email": "bob@example.com", "role": "manager"})
    assert response.status_code == 422
    assert "They are already a member." in response.content.decode()


def test_tokens_are_shown_once_limited_by_scope_and_counted_as_used(world: World) -> None:
    now = timezone.now()
    token, secret = actions.create_token("Report", ["work:read"], actor=world.bob.actor, now=now, days=30)
    actor = actions.token_actor(secret, now=now)
    assert actor is not None
    assert (actor.name, actor.role, actor.scopes, actor.token_id) == ("Bob", "contributor", {"work:read"}, token.pk)
    assert queries.tokens(world.bob.actor)[0]["last_used_at"] == now
    assert secret not in str(ApiToken.objects.values().get())
    with pytest.raises(Forbidden):
        actions.create_token("Another", ["work:read"], actor=actor, now=now, days=None)


@pytest.mark.parametrize("why", ["expired", "revoked", "member removed", "user disabled", "unknown"])
def test_a_dead_token_is_nobody(world: World, now: datetime, why: str) -> None:
    from datetime import timedelta

    token, secret = actions.create_token("Report", ["work:read"], actor=world.bob.actor, now=now, days=1)
    if why == "revoked":
        actions.revoke_token(token.pk, actor=world.bob.actor, now=now)
    if why == "member removed":
        actions.remove_member(world.bob.member.pk, actor=world.olga.actor, now=now)
    if why == "user disabled":
        world.bob.user.is_active = False
        world.bob.user.save()
    later = now + timedelta(days=1 if why == "expired" else 0)
    assert actions.token_actor("fl_unknown" if why == "unknown" else secret, now=later) is None


def test_a_token_of_somebody_else_is_revoked_by_admins_only(world: World, now: datetime) -> None:
    token, _ = actions.create_token("Report", ["work:read"], actor=world.bob.actor, now=now, days=1)
    for person in (world.alice, world.dana, world.charlie):
        with pytest.raises(Missing):
            actions.revoke_token(token.pk, actor=person.actor, now=now)
    actions.revoke_token(token.pk, actor=world.olga.actor, now=now)
    assert last_event()[0] == "token.revoked"


def test_clients_make_no_tokens(world: World, now: datetime) -> None:
    with pytest.raises(Forbidden):
        actions.create_token("Report", ["work:read"], actor=world.clara.actor, now=now, days=1)


def test_many_members_are_found_by_name_and_shown_page_by_page(world: World, now: datetime) -> None:
    for n in range(120):
        user = actions.create_user(f"kim{n:03}@example.org", f"Kim {n:03}", None, now=now)
        actions.add_member(user, "contributor", actor=world.olga.actor, now=now)
    browser = Client()
    browser.force_login(world.olga.user)
    first = browser.get("/settings/members/").content.decode()
    assert "q=&amp;from=100" in first
    rest = browser.get("/settings/members/?from=100").content.decode()
    assert ("kim119@example.org" in rest, "kim050@example.org" in rest) == (True, False)
    found = browser.get("/settings/members/?q=kim+05").content.decode()
    assert ("kim050@example.org" in found, "kim119@example.org" in found) == (True, False)
    assert browser.get("/settings/members/?q=%00&from=99999999999999999999").status_code == 200
    assert "No member has this" in browser.get("/settings/members/?q=nobody-like-this").content.decode()
