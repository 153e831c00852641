"""A company's directory keeps people and groups by SCIM: as Okta and Entra ID send it, and every way to misuse it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.test_sign_in import PASSWORD, sign_in
from conftest import Person, World
from fairlead.accounts import actions
from fairlead.accounts.actions.directory import make_directory_token, withdraw_directory_token
from fairlead.accounts.actions.sso import ProviderDraft, arrive, remove_provider, save_provider
from fairlead.accounts.models import (
    ApiToken,
    DirectoryEntry,
    DirectoryGroup,
    DirectoryToken,
    IdentityProvider,
    Membership,
    Passkey,
    SecurityPolicy,
    User,
)
from fairlead.api.scim import door
from fairlead.events.audit import verify
from fairlead.events.models import Event
from fairlead.events.tenancy import enter, tenant
from fairlead.lib.errors import Forbidden, Missing
from fairlead.web.sentences import sentence

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ROLES = {"leads": "manager", "staff": "contributor", "auditors": "auditor"}


@dataclass
class Directory:
    """Somebody else's directory: it sends what it likes, with its token."""

    provider: IdentityProvider
    secret: str

    def send(self, method: str, path: str, body: Any = None, **more: str) -> HttpResponse:
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/scim+json"}
        headers = {"Authorization": f"Bearer {self.secret}", **more}
        return Client(raise_request_exception=False).generic(method, f"/scim/v2/{path}", headers=headers, **sent)

    def get(self, path: str) -> dict[str, Any]:
        reply = self.send("GET", path)
        assert reply.status_code == 200, reply.content
        found: dict[str, Any] = json.loads(reply.content)
        return found

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        reply = self.send(method, path, body)
        return reply.status_code, json.loads(reply.content or b"{}")

    def patch(self, path: str, *operations: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return self.ask("PATCH", path, {"schemas": [PATCH_OP], "Operations": list(operations)})

    def found(self, term: str) -> list[dict[str, Any]]:
        reply = self.send("GET", "Users?filter=" + term.replace(" ", "%20").replace('"', "%22"))
        assert reply.status_code == 200, reply.content
        listed: list[dict[str, Any]] = json.loads(reply.content)["Resources"]
        return listed


Connect = Callable[..., Directory]


@pytest.fixture
def connect(world: World) -> Connect:
    """Connect a directory to acme, or to the workspace of somebody else."""
    door.METER.counts.clear()

    def run(person: Person | None = None, name: str = "Okta", **more: Any) -> Directory:
        who = person or world.olga
        draft = ProviderDraft(name=name, issuer="https://id.invalid", client_id="a", secret="s", **more)
        with tenant(who.workspace.pk):
            row = save_provider(draft, actor=world.olga.actor if person is None else who.actor, now=timezone.now())
            return Directory(row, make_directory_token(row.pk, actor=who.actor, now=timezone.now()))

    return run


def okta_user(name: str = "Nora New", email: str = "nora@example.com", **more: Any) -> dict[str, Any]:
    """As Okta sends somebody who was assigned to the app."""
    given, _, family = name.partition(" ")
    return {
        "schemas": [USER], "userName": email, "name": {"givenName": given, "familyName": family},
        "emails": [{"primary": True, "value": email, "type": "work"}], "displayName": name, "locale": "en-US",
        "externalId": f"00u-{email}", "groups": [], "password": "1mz050nq", "active": True, **more,
    }  # fmt: skip


def entra_user(email: str = "nora@example.com", upn: str = "nnew@acme.onmicrosoft.com") -> dict[str, Any]:
    """As Entra ID sends somebody in the scope of the app, whose sign-in name is not their address."""
    return {
        "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", "userName": upn, "active": True,
        "addresses": [{"primary": False, "type": "work", "country": "Germany"}], "displayName": "Nora New",
        "emails": [{"primary": True, "type": "work", "value": email}], "meta": {"resourceType": "User"},
        "name": {"formatted": "Nora New", "familyName": "New", "givenName": "Nora"}, "roles": [], "title": "Writer",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Text"},
    }  # fmt: skip


def add(directory: Directory, *words: str, **more: Any) -> dict[str, Any]:
    status, body = directory.ask("POST", "Users", okta_user(*words, **more))
    assert status == 201, body
    return body


def role(world: World, email: str) -> str:
    """The role of whoever is a member; empty for others."""
    enter(world.workspace.pk)
    found = Membership.objects.filter(workspace=world.workspace, user__email=email, removed_at__isnull=True)
    return str(found.values_list("role", flat=True).first() or "")


def log(world: World, count: int) -> list[str]:
    """The last sentences of the log."""
    enter(world.workspace.pk)
    rows = Event.objects.filter(workspace_id=world.workspace.pk).order_by("-seq")[:count]
    return [f"{e.actor_name} {sentence(e.kind, e.subject_label, e.payload)}" for e in reversed(rows)]


# as Okta does it


def test_okta_brings_somebody_in_changes_and_takes_them_out(world: World, connect: Connect) -> None:
    okta = connect()
    nobody = okta.get("Users?filter=userName%20eq%20%22nora%40example.com%22&startIndex=1&count=100")
    assert (nobody["totalResults"], nobody["Resources"], nobody["itemsPerPage"]) == (0, [], 0)
    made = okta.send("POST", "Users", okta_user())
    body = json.loads(made.content)
    number = body["id"]
    assert made.status_code == 201
    assert made.headers["Content-Type"] == "application/scim+json"
    assert made.headers["Location"].endswith(f"/scim/v2/Users/{number}")
    assert (body["userName"], body["active"], body["externalId"]) == ("nora@example.com", True, "00u-nora@example.com")
    assert body["name"] == {"formatted": "Nora New", "givenName": "Nora", "familyName": "New"}
    assert body["emails"] == [{"value": "nora@example.com", "type": "work", "primary": True}]
    user = User.objects.get(email="nora@example.com")
    assert (user.name, user.has_usable_password(), user.email_confirmed_at) == ("Nora New", False, None)
    assert role(world, "nora@example.com") == "contributor"
    assert log(world, 1) == ["Okta added nora@example.com as contributor"]

    renamed = okta_user("Nora Older", externalId=body["externalId"], id=number)
    status, body = okta.ask("PUT", f"Users/{number}", renamed)
    assert (status, body["displayName"], body["name"]["familyName"]) == (200, "Nora Older", "Older")
    assert User.objects.get(pk=user.pk).name == "Nora Older"
    assert log(world, 1) == ["Okta changed the details of Nora Older (contributor)"]
    before = len(log(world, 1000))
    assert okta.ask("PUT", f"Users/{number}", renamed)[0] == 200
    assert len(log(world, 1000)) == before

    status, body = okta.patch(f"Users/{number}", {"op": "replace", "value": {"active": False}})
    assert (status, body["active"]) == (200, False)
    assert role(world, "nora@example.com") == ""
    assert log(world, 1) == ["Okta removed nora@example.com"]
    assert okta.found('userName eq "Nora@Example.com"')[0]["active"] is False
    status, body = okta.patch(f"Users/{number}", {"op": "replace", "value": {"active": False}})
    assert (status, len(log(world, 1000))) == (200, before + 1)
    assert okta.patch(f"Users/{number}", {"op": "replace", "value": {"active": True}})[1]["active"] is True
    assert role(world, "nora@example.com") == "contributor"
    enter(world.workspace.pk)
    assert verify(world.workspace.pk).problems == []


def test_an_id_that_nobody_has_is_told_in_the_form_of_scim(connect: Connect) -> None:
    okta = connect()
    for path in ("Users/2819c223-7f76-453a-919d-413861904646", "Users/999999999999999999999", "Groups/0", "Groups/-1"):
        status, body = okta.ask("GET", path)
        assert (status, body["schemas"], body["status"]) == (404, [door.ERROR], "404"), path


def test_okta_pushes_a_group_and_the_role_follows(world: World, connect: Connect) -> None:
    okta = connect(group_roles=ROLES)
    nora, otto = add(okta)["id"], add(okta, "Otto Old", "otto@example.com")["id"]
    status, group = okta.ask("POST", "Groups", {"schemas": [GROUP], "displayName": "leads", "members": []})
    assert (status, group["members"]) == (201, [])
    at = f"Groups/{group['id']}"
    status, group = okta.patch(at, {"op": "add", "path": "members", "value": [{"value": nora, "display": "nora"}]})
    assert (status, [m["value"] for m in group["members"]]) == (200, [nora])
    assert (role(world, "nora@example.com"), role(world, "otto@example.com")) == ("manager", "contributor")
    assert log(world, 2) == [
        "Okta changed the group leads (1 in, 0 out)", "Okta changed the role of Nora New (contributor)",
    ]  # fmt: skip
    okta.patch(
        at,
        {"op": "remove", "path": f'members[value eq "{nora}"]'},
        {"op": "add", "path": "members", "value": [{"value": otto, "display": "otto"}]},
    )
    assert (role(world, "nora@example.com"), role(world, "otto@example.com")) == ("contributor", "manager")
    assert okta.get(f"Users/{otto}")["groups"][0]["display"] == "leads"
    status, group = okta.patch(at, {"op": "replace", "value": {"id": group["id"], "displayName": "writers"}})
    assert (status, group["displayName"], role(world, "otto@example.com")) == (200, "writers", "contributor")
    okta.patch(at, {"op": "replace", "path": "members", "value": [{"value": nora}, {"value": otto}]})
    okta.patch(at, {"op": "replace", "value": {"displayName": "auditors"}})
    assert (role(world, "nora@example.com"), role(world, "otto@example.com")) == ("auditor", "auditor")
    assert okta.send("DELETE", at).status_code == 204
    assert (role(world, "nora@example.com"), role(world, "otto@example.com")) == ("contributor", "contributor")
    assert okta.send("GET", at).status_code == 404


# as Entra ID does it


def test_entra_finds_by_its_own_names_and_changes_by_paths(world: World, connect: Connect) -> None:
    entra = connect(name="Entra ID")
    assert entra.found('userName eq "7171c3d7-2b1e-4d26-a5cd-1c8a7a1b4a6e"') == []
    status, body = entra.ask("POST", "Users?aadOptscim062020", entra_user())
    assert (status, body["userName"]) == (201, "nnew@acme.onmicrosoft.com")
    number = body["id"]
    for term in ('userName eq "NNEW@acme.onmicrosoft.com"', 'emails[type eq "work"].value eq "nora@example.com"',
                 'externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"', f'id eq "{number}" and active eq true',
                 'emails.value Eq "NORA@example.com" AND active eq "True"'):  # fmt: skip
        assert [one["id"] for one in entra.found(term)] == [number], term
    assert entra.found('externalId eq "0A21F0F2-8d2a-4f8e-bf98-7363c4aed4ef"') == []
    status, body = entra.patch(
        f"Users/{number}",
        {"op": "Replace", "path": "name.familyName", "value": "Newest"},
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+49 1"},
        {
            "op": "Replace",
            "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            "value": "X",
        },
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "nora.newest@example.com"},
    )
    assert (status, body["displayName"], body["emails"][0]["value"]) == (200, "Nora Newest", "nora.newest@example.com")
    status, body = entra.patch(f"Users/{number}", {"op": "Replace", "path": "active", "value": "False"})
    assert (status, body["active"]) == (200, False)
    assert [one["id"] for one in entra.found("active eq false")] == [number]
    status, body = entra.patch(f"Users/{number}", {"op": "Add", "value": {"active": "True", "name.givenName": "Noa"}})
    assert (body["active"], body["displayName"]) == (True, "Noa Newest")
    assert entra.send("DELETE", f"Users/{number}").status_code == 204
    assert entra.send("DELETE", f"Users/{number}").status_code == 404
    assert entra.found('userName eq "nnew@acme.onmicrosoft.com"') == []
    assert role(world, "nora.newest@example.com") == ""


def test_entra_fills_and_empties_a_group(world: World, connect: Connect) -> None:
    entra = connect(name="Entra ID", group_roles=ROLES)
    nora = add(entra)["id"]
    new = {"schemas": [GROUP], "externalId": "8aa1a0c0", "displayName": "leads", "meta": {"resourceType": "Group"}}
    number = entra.ask("POST", "Groups", new)[1]["id"]
    assert "members" not in entra.get(f"Groups/{number}?excludedAttributes=members")
    found = entra.get("Groups?excludedAttributes=members&filter=displayName%20eq%20%22Leads%22")
    assert ([one["id"] for one in found["Resources"]], found["Resources"][0].get("members")) == ([number], None)
    one = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": nora}]}
    assert entra.patch(f"Groups/{number}", one)[0] == 200
    assert entra.patch(f"Groups/{number}", one)[0] == 200
    assert role(world, "nora@example.com") == "manager"
    asked = f"Groups?filter=id%20eq%20%22{number}%22%20and%20members%20eq%20%22{nora}%22"
    assert entra.get(asked)["totalResults"] == 1
    gone = {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": nora}]}
    assert entra.patch(f"Groups/{number}", gone)[1]["members"] == []
    assert (role(world, "nora@example.com"), entra.get(asked)["totalResults"]) == ("contributor", 0)


# who is kept


def test_a_member_of_before_is_found_and_kept_from_then_on(world: World, connect: Connect) -> None:
    okta = connect()
    found = okta.found('userName eq "bob@example.com"')[0]
    assert (found["id"], found["active"]) == (str(world.bob.member.pk), True)
    assert okta.ask("POST", "Users", okta_user("Bob", "bob@example.com"))[1]["scimType"] == "uniqueness"
    status, body = okta.ask("PUT", f"Users/{found['id']}", okta_user("Bob Builder", "bob@example.com"))
    assert (status, body["displayName"]) == (200, "Bob Builder")
    assert log(world, 2) == [
        "Okta takes care of bob@example.com from now on",
        "Okta changed the details of Bob Builder (contributor)",
    ]
    assert okta.patch(f"Users/{found['id']}", {"op": "replace", "value": {"active": False}})[0] == 200
    assert okta.get(f"Users/{found['id']}")["active"] is False


def test_who_is_seen(world: World, connect: Connect) -> None:
    """Not the agent echo, not clara, a client who was invited by hand, and nobody whom another directory keeps."""
    okta, entra = connect(), connect(name="Entra ID")
    add(entra)
    names = [one["userName"] for one in okta.get("Users")["Resources"]]
    assert names == [f"{name}@example.com" for name in ("olga", "alice", "bob", "dana", "audrey")]
    for who, email in ((world.echo, "echo@example.com"), (world.clara, "clara@example.com")):
        assert okta.send("GET", f"Users/{who.member.pk}").status_code == 404
        assert okta.send("DELETE", f"Users/{who.member.pk}").status_code == 404
        assert okta.ask("POST", "Users", okta_user("X Y", email))[0] == 409
    assert okta.ask("POST", "Users", okta_user())[0] == 409
    enter(world.workspace.pk)
    remove_provider(entra.provider.pk, actor=world.olga.actor, now=timezone.now())
    assert [one["userName"] for one in okta.get("Users")["Resources"]][-1] == "nora@example.com"


def test_no_two_users_have_one_name(world: World, connect: Connect) -> None:
    """Also not a new one and a member of before, who is found by their address."""
    okta = connect()
    number = add(okta)["id"]
    for name in ("Nora@example.com", "bob@example.com"):
        status, body = okta.ask("POST", "Users", okta_user("Otto Old", "otto@example.com", userName=name))
        assert (status, body["scimType"]) == (409, "uniqueness"), name
    assert not User.objects.filter(email="otto@example.com").exists()
    add(okta, "Otto Old", "otto@example.com", userName="otto")
    status, body = okta.patch(f"Users/{number}", {"op": "replace", "path": "userName", "value": "OTTO"})
    assert (status, body["scimType"]) == (409, "uniqueness")


def test_a_directory_of_clients_keeps_clients(world: World, connect: Connect) -> None:
    customers = connect(name="Customers", role="client")
    number = add(customers)["id"]
    assert role(world, "nora@example.com") == "client"
    assert customers.get(f"Users/{number}")["active"] is True


def test_an_account_of_another_workspace_gains_a_membership_and_loses_nothing(world: World, connect: Connect) -> None:
    okta = connect()
    body = add(okta, "Somebody Else", "charlie@example.com")
    user = User.objects.get(email="charlie@example.com")
    assert (user.pk, user.name, user.check_password(PASSWORD)) == (world.charlie.user.pk, "Charlie", True)
    assert (role(world, "charlie@example.com"), body["displayName"]) == ("contributor", "Charlie")
    status, body = okta.ask("PUT", f"Users/{body['id']}", okta_user("Evil Name", "charlie@example.com"))
    assert (status, body["displayName"], body["name"]["givenName"]) == (200, "Charlie", "Evil")
    status, body = okta.patch(
        f"Users/{body['id']}", {"op": "replace", "path": "emails", "value": [{"value": "evil@example.com"}]}
    )
    assert (status, body["scimType"]) == (400, "mutability")
    assert okta.send("DELETE", f"Users/{body.get('id') or Membership.objects.get(user=user).pk}").status_code == 204
    user.refresh_from_db()
    assert (user.name, user.email, user.is_active) == ("Charlie", "charlie@example.com", True)
    enter(world.charlie.workspace.pk)
    assert Membership.objects.get(workspace=world.charlie.workspace, user=user).removed_at is None


def test_the_address_changes_only_while_the_account_is_the_directorys_alone(world: World, connect: Connect) -> None:
    okta = connect()
    number = add(okta)["id"]
    user = User.objects.get(email="nora@example.com")
    actions.make_sign_in_link(user, now=timezone.now())

    def address(email: str) -> tuple[int, str]:
        status, body = okta.ask("PUT", f"Users/{number}", okta_user("Nora New", email))
        return status, body.get("scimType", "")

    assert address("nora.new@example.com") == (200, "")
    assert User.objects.get(pk=user.pk).email == "nora.new@example.com"
    assert okta.get(f"Users/{number}")["userName"] == "nora.new@example.com"
    assert address("bob@example.com") == (409, "uniqueness")
    assert address("no address") == (400, "invalidValue")
    for change, back in (
        ({"email_confirmed_at": timezone.now()}, {"email_confirmed_at": None}),
        ({"password": world.bob.user.password}, {"password": user.password}),
    ):
        User.objects.filter(pk=user.pk).update(**change)
        assert address("evil@example.com") == (400, "mutability")
        User.objects.filter(pk=user.pk).update(**back)
    key = Passkey.objects.create(user=user, name="K", credential_id="k", public_key=b"", created_at=timezone.now())
    assert address("evil@example.com") == (400, "mutability")
    key.delete()
    with tenant(world.charlie.workspace.pk):
        other = actions.add_member(user, "contributor", actor=world.charlie.actor, now=timezone.now())
        actions.remove_member(other.pk, actor=world.charlie.actor, now=timezone.now())
    assert address("evil@example.com") == (400, "mutability")
    assert User.objects.get(pk=user.pk).email == "nora.new@example.com"
    assert okta.get(f"Users/{number}")["userName"] == "nora.new@example.com"


def test_a_link_that_was_mailed_to_the_former_address_opens_nothing(world: World, connect: Connect) -> None:
    okta = connect()
    number = add(okta)["id"]
    secret = actions.make_sign_in_link(User.objects.get(email="nora@example.com"), now=timezone.now())
    assert okta.ask("PUT", f"Users/{number}", okta_user("Nora New", "nora.new@example.com"))[0] == 200
    with pytest.raises(Missing):
        actions.link_user(secret, now=timezone.now())


def test_the_address_of_a_member_of_before_is_not_the_directorys(world: World, connect: Connect) -> None:
    okta = connect()
    status, body = okta.ask("PUT", f"Users/{world.bob.member.pk}", okta_user("Bob", "evil@example.com"))
    assert (status, body["scimType"]) == (400, "mutability")
    enter(world.workspace.pk)
    assert not DirectoryEntry.objects.exists()


def test_who_comes_by_single_sign_on_is_the_same_member(world: World, connect: Connect) -> None:
    okta = connect()
    number = add(okta)["id"]
    claims = {"sub": "n-1", "email": "Nora@example.com", "email_verified": True}
    member = arrive(okta.provider, claims, now=timezone.now())
    assert str(member.pk) == number
    okta.patch(f"Users/{number}", {"op": "replace", "value": {"active": False}})
    with pytest.raises(Exception, match="no longer a member"):
        arrive(okta.provider, claims, now=timezone.now())


def test_only_addresses_of_the_workspaces_domains_come_in(world: World, connect: Connect) -> None:
    okta = connect()
    enter(world.workspace.pk)
    SecurityPolicy.objects.create(workspace=world.workspace, invite_domains=["acme.com"])
    status, body = okta.ask("POST", "Users", okta_user())
    assert (status, body["scimType"]) == (400, "invalidValue")
    assert "acme.com" in body["detail"]
    number = add(okta, "Nora New", "nora@acme.com")["id"]
    assert okta.ask("PUT", f"Users/{number}", okta_user())[0] == 400
    assert User.objects.filter(email="nora@example.com").count() == 0


# leaving


def test_tokens_stop_with_who_leaves_and_the_last_owner_stays(world: World, connect: Connect) -> None:
    okta = connect()
    enter(world.workspace.pk)
    actions.create_token("Mine", ["work:read"], actor=world.bob.actor, now=timezone.now(), days=None)
    okta.send("DELETE", f"Users/{world.bob.member.pk}")
    enter(world.workspace.pk)
    assert ApiToken.objects.get(user=world.bob.user).revoked_at is not None
    for reply in (
        okta.ask("DELETE", f"Users/{world.olga.member.pk}"),
        okta.patch(f"Users/{world.olga.member.pk}", {"op": "Replace", "path": "active", "value": False}),
    ):
        assert (reply[0], "needs an owner" in reply[1]["detail"]) == (409, True)
    assert role(world, "olga@example.com") == "owner"


def test_a_former_owner_comes_back_as_no_owner(world: World, connect: Connect) -> None:
    okta = connect()
    enter(world.workspace.pk)
    actions.change_role(world.alice.member.pk, "owner", actor=world.olga.actor, now=timezone.now())
    at = f"Users/{world.alice.member.pk}"
    for active in (False, True):
        assert okta.patch(at, {"op": "replace", "value": {"active": active}})[0] == 200
    assert role(world, "alice@example.com") == "contributor"


def test_who_was_manager_comes_back_as_one(world: World, connect: Connect) -> None:
    okta = connect()
    at = f"Users/{world.alice.member.pk}"
    for active in (False, True):
        okta.patch(at, {"op": "replace", "value": {"active": active}})
    assert role(world, "alice@example.com") == "manager"


def test_a_group_keeps_who_is_deactivated_and_gives_their_role_back(world: World, connect: Connect) -> None:
    okta = connect(group_roles=ROLES)
    number = add(okta)["id"]
    okta.ask("POST", "Groups", {"schemas": [GROUP], "displayName": "auditors", "members": [{"value": number}]})
    okta.patch(f"Users/{number}", {"op": "replace", "value": {"active": False}})
    okta.patch(f"Users/{number}", {"op": "replace", "value": {"active": True}})
    assert role(world, "nora@example.com") == "auditor"


# groups and roles


def test_an_owner_stays_one_and_nobody_becomes_one(world: World, connect: Connect) -> None:
    okta = connect(group_roles=ROLES)
    members = [{"value": str(world.olga.member.pk)}, {"value": str(world.bob.member.pk)}]
    okta.ask("POST", "Groups", {"displayName": "auditors", "members": members})
    assert (role(world, "olga@example.com"), role(world, "bob@example.com")) == ("owner", "auditor")
    okta.ask("POST", "Groups", {"displayName": "owner", "members": members})
    assert role(world, "bob@example.com") == "auditor"


def test_the_highest_of_several_groups_counts_and_unmapped_ones_change_nothing(world: World, connect: Connect) -> None:
    okta = connect(group_roles=ROLES)
    alice, bob = str(world.alice.member.pk), str(world.bob.member.pk)
    okta.ask("POST", "Groups", {"displayName": "everybody", "members": [{"value": alice}]})
    assert role(world, "alice@example.com") == "manager"
    okta.ask("POST", "Groups", {"displayName": "auditors", "members": [{"value": bob}]})
    leads = okta.ask("POST", "Groups", {"displayName": "leads", "members": [{"value": bob}]})[1]["id"]
    assert role(world, "bob@example.com") == "manager"
    okta.ask("PUT", f"Groups/{leads}", {"displayName": "leads", "members": []})
    assert role(world, "bob@example.com") == "auditor"


def test_a_role_chosen_by_hand_stays_until_a_group_says_another(world: World, connect: Connect) -> None:
    okta = connect(group_roles=ROLES)
    members = [{"value": str(world.bob.member.pk)}]
    okta.ask("POST", "Groups", {"displayName": "auditors", "members": members})
    enter(world.workspace.pk)
    actions.change_role(world.bob.member.pk, "contributor", actor=world.olga.actor, now=timezone.now())
    everybody = okta.ask("POST", "Groups", {"displayName": "everybody", "members": members})[1]["id"]
    okta.ask("PUT", f"Groups/{everybody}", {"displayName": "all", "members": []})
    assert role(world, "bob@example.com") == "contributor"
    okta.ask("PUT", f"Groups/{everybody}", {"displayName": "leads", "members": members})
    assert role(world, "bob@example.com") == "manager"


def test_roles_follow_at_once_when_another_role_is_chosen_for_a_group(world: World, connect: Connect) -> None:
    okta = connect(group_roles=ROLES)
    number = add(okta)["id"]
    okta.ask("POST", "Groups", {"displayName": "writers", "members": [{"value": number}]})
    assert role(world, "nora@example.com") == "contributor"
    enter(world.workspace.pk)
    draft = ProviderDraft("Okta", "https://id.invalid", "a", group_roles={"writers": "manager"})
    save_provider(draft, actor=world.olga.actor, now=timezone.now(), number=okta.provider.pk)
    assert role(world, "nora@example.com") == "manager"
    assert log(world, 1) == ["Olga changed the role of Nora New (contributor)"]


def test_a_wrong_member_changes_nothing_of_a_group(world: World, connect: Connect) -> None:
    okta = connect(group_roles=ROLES)
    number = add(okta)["id"]
    for wrong in ("999999", "x", str(world.clara.member.pk), str(world.charlie.member.pk)):
        body = {"displayName": "leads", "members": [{"value": number}, {"value": wrong}]}
        assert okta.ask("POST", "Groups", body)[1].get("scimType") == "invalidValue", wrong
    assert okta.get("Groups")["totalResults"] == 0
    assert role(world, "nora@example.com") == "contributor"


def test_there_is_one_group_of_a_name(world: World, connect: Connect) -> None:
    okta = connect()
    okta.ask("POST", "Groups", {"displayName": "Leads"})
    status, body = okta.ask("POST", "Groups", {"displayName": "leads"})
    assert (status, body["scimType"]) == (409, "uniqueness")
    assert okta.ask("POST", "Groups", {"displayName": ""})[1]["scimType"] == "invalidValue"


# what the token of an admin may not do


def _admin(world: World) -> Person:
    enter(world.workspace.pk)
    actions.change_role(world.alice.member.pk, "admin", actor=world.olga.actor, now=timezone.now())
    return Person(world.alice.user, Membership.objects.select_related("user").get(pk=world.alice.member.pk))


def test_the_token_of_an_admin_removes_no_owner_or_admin(world: World, connect: Connect) -> None:
    alice, okta = _admin(world), connect()
    enter(world.workspace.pk)
    actions.change_role(world.dana.member.pk, "owner", actor=world.olga.actor, now=timezone.now())
    mine = Directory(okta.provider, make_directory_token(okta.provider.pk, actor=alice.actor, now=timezone.now()))
    for who in (world.olga, world.dana, world.alice):
        status, body = mine.ask("DELETE", f"Users/{who.member.pk}")
        assert (status, "let an owner renew it" in body["detail"]) == (403, True)
    assert mine.send("DELETE", f"Users/{world.bob.member.pk}").status_code == 204
    enter(world.workspace.pk)
    owners = Directory(
        okta.provider, make_directory_token(okta.provider.pk, actor=world.olga.actor, now=timezone.now())
    )
    assert owners.send("DELETE", f"Users/{world.dana.member.pk}").status_code == 204


def test_an_admin_makes_no_token_for_a_provider_that_makes_admins(world: World, connect: Connect) -> None:
    alice, okta = _admin(world), connect(group_roles={"it": "admin"})
    enter(world.workspace.pk)
    with pytest.raises(Forbidden):
        make_directory_token(okta.provider.pk, actor=alice.actor, now=timezone.now())
    number = add(okta)["id"]
    okta.ask("POST", "Groups", {"displayName": "it", "members": [{"value": number}]})
    assert role(world, "nora@example.com") == "admin"


def test_a_token_that_an_admin_made_before_makes_no_admins(world: World, connect: Connect) -> None:
    alice, okta = _admin(world), connect()
    enter(world.workspace.pk)
    mine = Directory(okta.provider, make_directory_token(okta.provider.pk, actor=alice.actor, now=timezone.now()))
    draft = ProviderDraft("Okta", "https://id.invalid", "a", group_roles={"it": "admin"})
    save_provider(draft, actor=world.olga.actor, now=timezone.now(), number=okta.provider.pk)
    number = add(mine)["id"]
    body = {"displayName": "it", "members": [{"value": number}]}
    assert mine.ask("POST", "Groups", body)[0] == 403
    assert (role(world, "nora@example.com"), mine.get("Groups")["totalResults"]) == ("contributor", 0)


# the door


def test_a_token_opens_scim_only_and_one_workspace_only(world: World, connect: Connect) -> None:
    okta, theirs = connect(), connect(world.charlie, name="Theirs")
    number = add(okta)["id"]
    group = okta.ask("POST", "Groups", {"displayName": "leads", "members": [{"value": number}]})[1]["id"]
    names = [one["userName"] for one in theirs.get("Users")["Resources"]]
    assert names == ["charlie@example.com"]
    for path in (f"Users/{number}", f"Users/{world.bob.member.pk}", f"Groups/{group}"):
        for method, body in (("GET", None), ("DELETE", None), ("PUT", okta_user()), ("PATCH", {"Operations": [
                {"op": "replace", "value": {"displayName": "Evil"}}]})):  # fmt: skip
            assert theirs.send(method, path, body).status_code == 404, (method, path)
    assert theirs.found('userName eq "nora@example.com"') == []
    assert theirs.found(f'id eq "{number}"') == []
    assert theirs.get("Groups")["totalResults"] == 0
    api = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {okta.secret}"})
    assert api.status_code == 401
    enter(world.workspace.pk)
    _, secret = actions.create_token("Mine", ["work:read"], actor=world.olga.actor, now=timezone.now(), days=None)
    assert Directory(okta.provider, secret).send("GET", "Users").status_code == 401


def test_a_wrong_or_old_token_is_refused_in_scims_words(world: World, connect: Connect) -> None:
    okta = connect()
    before = Directory(okta.provider, okta.secret)
    enter(world.workspace.pk)
    okta.secret = make_directory_token(okta.provider.pk, actor=world.olga.actor, now=timezone.now())
    signed_in = Client()
    sign_in(signed_in, "olga@example.com")
    refused = [
        before.send("GET", "Users"),
        Directory(okta.provider, "fld_wrong").send("GET", "Users"),
        Directory(okta.provider, "x" * 300).send("GET", "Users"),
        Client().get("/scim/v2/Users"),
        Client().get("/scim/v2/Users", headers={"Authorization": f"Basic {okta.secret}"}),
        signed_in.get("/scim/v2/Users"),
        signed_in.post("/scim/v2/Users", okta_user(), content_type="application/scim+json"),
    ]
    for reply in refused:
        body = json.loads(reply.content)
        assert (reply.status_code, body["status"], body["schemas"]) == (401, "401", [door.ERROR])
        assert reply.headers["Content-Type"] == "application/scim+json"
        assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert okta.send("GET", "Users").status_code == 200
    enter(world.workspace.pk)
    withdraw_directory_token(okta.provider.pk, actor=world.olga.actor, now=timezone.now())
    assert okta.send("GET", "Users").status_code == 401


def test_removing_the_provider_stops_its_directory_and_lets_its_people_stay(world: World, connect: Connect) -> None:
    okta = connect(group_roles=ROLES)
    number = add(okta)["id"]
    okta.ask("POST", "Groups", {"displayName": "leads", "members": [{"value": number}]})
    enter(world.workspace.pk)
    remove_provider(okta.provider.pk, actor=world.olga.actor, now=timezone.now())
    assert okta.send("GET", "Users").status_code == 401
    assert role(world, "nora@example.com") == "manager"
    assert not DirectoryEntry.objects.exists()
    assert not DirectoryGroup.objects.exists()
    assert DirectoryToken.objects.get().revoked_at is not None


def test_only_a_digest_is_kept(world: World, connect: Connect) -> None:
    okta = connect()
    enter(world.workspace.pk)
    assert okta.secret.startswith("fld_")
    row = DirectoryToken.objects.values().get()
    assert okta.secret not in str(row)
    assert okta.secret not in str(list(Event.objects.values_list("payload", flat=True)))


def test_too_many_requests_wait(world: World, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    okta, entra = connect(), connect(name="Entra ID")
    monkeypatch.setattr("fairlead.api.limits.config", lambda: type("C", (), {"api_per_minute": 2}))
    codes = [okta.send("GET", "Users?count=0").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert int(okta.send("GET", "Users").headers["Retry-After"]) >= 0
    assert entra.send("GET", "Users?count=0").status_code == 200


def test_what_cannot_be_read_is_refused_and_never_breaks(world: World, connect: Connect) -> None:
    okta = connect()
    bearer = {"Authorization": f"Bearer {okta.secret}"}

    def post(data: Any, kind: str = "application/scim+json", path: str = "Users") -> tuple[int, str]:
        reply = Client().generic("POST", f"/scim/v2/{path}", data, content_type=kind, headers=bearer)
        body = json.loads(reply.content)
        assert body["schemas"] == [door.ERROR]
        return reply.status_code, body.get("scimType", "")

    assert post("{") == (400, "invalidSyntax")
    assert post("[]") == (400, "invalidSyntax")
    assert post("{}", "text/plain") == (415, "")
    assert post(b"x" * (1024 * 1024 + 1)) == (413, "")
    assert post("{}") == (400, "invalidValue")
    assert post(json.dumps({"userName": 7})) == (400, "invalidValue")
    assert post(json.dumps(okta_user(active="perhaps"))) == (400, "invalidValue")
    assert post(json.dumps(okta_user(emails=["x"]))) == (400, "invalidValue")
    assert post(json.dumps(okta_user(email="x" * 300 + "@example.com"))) == (400, "invalidValue")
    assert post(json.dumps(okta_user(externalId="x" * 300))) == (400, "invalidValue")
    assert post(json.dumps(okta_user(userName="nora\x00@example.com"))) == (400, "invalidValue")
    assert post(json.dumps({"displayName": "x", "members": ["7"]}), path="Groups") == (400, "invalidValue")
    at = f"Users/{world.bob.member.pk}"
    for operation, kind in (
        ({"op": "move", "path": "active"}, "invalidSyntax"), ({"op": "remove"}, "invalidPath"),
        ({"op": "replace", "path": "a b", "value": 1}, "invalidPath"), ({"op": "replace", "value": 7}, "invalidValue"),
        ({"op": "remove", "path": "userName"}, "invalidValue"), ({"op": "remove", "path": "active"}, "invalidValue"),
        ({"op": "replace", "path": "displayName", "value": 7}, "invalidValue"),
        ({"op": "replace", "path": "displayName", "value": "x" * 200}, "invalidValue"),
    ):  # fmt: skip
        assert okta.patch(at, operation)[1].get("scimType") == kind, operation
    assert okta.ask("PATCH", at, {"Operations": []})[1]["scimType"] == "invalidSyntax"
    for path, status in (("Nothing", 404), ("Users/x", 404), ("Users/99999999999999999999999", 404), ("Me", 404)):
        reply = okta.send("GET", path)
        assert (reply.status_code, json.loads(reply.content)["status"]) == (status, str(status)), path
    wrong = okta.send("DELETE", "Users")
    assert (wrong.status_code, wrong.headers["Allow"], json.loads(wrong.content)["status"]) == (405, "GET, POST", "405")
    assert role(world, "bob@example.com") == "contributor"


@pytest.mark.parametrize("term", [
    'userName co "a"', 'userName eq "a" or active eq true', "userName eq a", 'password eq "a"', "active pr", "(", "and",
    'userName eq "a" and', 'not (userName eq "a")', 'emails[type eq "home"].value eq "a"', 'userName eq "a',
    "active eq 7", 'active eq "perhaps"', 'userName eq "\\x"', "active eq trueand active eq true",
    'userName eq "a" junk', "x" * 2000,
])  # fmt: skip
def test_a_filter_that_is_not_understood_is_refused(world: World, connect: Connect, term: str) -> None:
    okta = connect()
    reply = Client().get("/scim/v2/Users", {"filter": term}, headers={"Authorization": f"Bearer {okta.secret}"})
    assert (reply.status_code, json.loads(reply.content)["scimType"]) == (400, "invalidFilter")


def test_pages_are_bounded_and_ask_the_database_as_often_for_many(world: World, connect: Connect) -> None:
    okta = connect()
    okta.get("Users")
    with CaptureQueriesContext(
        connection,
    ) as few:
        okta.get("Users")
    numbers = [add(okta, f"Number {n}", f"n{n}@example.com")["id"] for n in range(12)]
    okta.ask("POST", "Groups", {"displayName": "all", "members": [{"value": number} for number in numbers]})
    okta.ask("POST", "Groups", {"displayName": "some", "members": [{"value": number} for number in numbers[:4]]})
    with CaptureQueriesContext(connection) as many:
        whole = okta.get("Users")
    assert len(many) <= len(few) + 1
    with CaptureQueriesContext(connection) as groups:
        assert [len(one["members"]) for one in okta.get("Groups")["Resources"]] == [12, 4]
    assert len(groups) <= len(many)
    assert (whole["totalResults"], whole["itemsPerPage"], whole["startIndex"]) == (17, 17, 1)
    second = okta.get("Users?startIndex=16&count=10")
    assert (second["itemsPerPage"], second["startIndex"], second["totalResults"]) == (2, 16, 17)
    assert [one["id"] for one in second["Resources"]] == numbers[-2:]
    for query, shown in (("startIndex=0&count=1", 1), ("count=0", 0), ("count=-3", 0), ("count=100000", 17),
                         ("startIndex=900000000", 0)):  # fmt: skip
        assert okta.get(f"Users?{query}")["itemsPerPage"] == shown, query
    assert okta.send("GET", "Users?count=ten").status_code == 400
    slim = okta.get(f"Users/{numbers[0]}?attributes=userName")
    assert sorted(slim) == ["id", "schemas", "userName"]


def test_what_is_served_is_told(world: World, connect: Connect) -> None:
    okta = connect()
    config = okta.get("ServiceProviderConfig")
    assert [config[name]["supported"] for name in ("patch", "filter", "bulk", "sort", "etag", "changePassword")] == [
        True, True, False, False, False, False,
    ]  # fmt: skip
    assert [one["endpoint"] for one in okta.get("ResourceTypes")["Resources"]] == ["/Users", "/Groups"]
    assert okta.get("ResourceTypes/Group")["schema"] == GROUP
    assert [one["id"] for one in okta.get("Schemas")["Resources"]] == [USER, GROUP]
    assert okta.get(f"Schemas/{USER}")["name"] == "User"
    assert okta.send("GET", "Schemas/x").status_code == 404


# the page


def test_the_page_shows_the_token_once(world: World, connect: Connect) -> None:
    okta = connect()
    browser = Client()
    sign_in(browser, "olga@example.com")
    at = f"/settings/security/providers/{okta.provider.pk}/"
    assert browser.post(f"{at}token/withdraw/").status_code == 302
    assert "Let members come and go by themselves" in browser.get(at).content.decode()
    page = browser.post(f"{at}token/").content.decode()
    secret = page.split('id="new-secret" readonly value="')[1].split('"')[0]
    okta.secret = secret
    number = add(okta)["id"]
    okta.ask("POST", "Groups", {"displayName": "leads", "members": [{"value": number}]})
    again = browser.get(at).content.decode()
    assert secret not in again
    assert "1 member, 1 group" in again
    assert "/scim/v2" in again
    assert log(world, 4)[0] == "Olga withdrew the token of the directory of Okta"
    assert log(world, 4)[1] == "Olga made a token for the directory of Okta"


def test_making_a_token_asks_who_it_is_and_is_for_admins(world: World, connect: Connect) -> None:
    okta = connect()
    enter(world.workspace.pk)
    for who in (world.alice, world.bob, world.audrey):
        with pytest.raises(Forbidden):
            make_directory_token(okta.provider.pk, actor=who.actor, now=timezone.now())
    with tenant(world.charlie.workspace.pk), pytest.raises(Missing):
        make_directory_token(okta.provider.pk, actor=world.charlie.actor, now=timezone.now())
