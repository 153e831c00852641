"""Reading members, invitations, workspaces and tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from fairlead.accounts.devices import device_kind, device_name, key_kind
from fairlead.accounts.models import (
    ApiToken,
    Identity,
    IdentityProvider,
    Invitation,
    Membership,
    Passkey,
    RecoveryCode,
    Session,
    TotpDevice,
    User,
)
from fairlead.accounts.permissions import may_manage_members
from fairlead.events.actor import AGENT, PERSON, Actor
from fairlead.lib.prepared import prepared


def actor_of(member: Membership) -> Actor:
    """The member as an actor at the page; with a token, the API narrows its scopes."""
    return Actor(
        workspace_id=member.workspace_id,
        kind=AGENT if member.user.kind == User.Kind.AGENT else PERSON,
        name=member.user.name,
        role=member.role,
        user_id=member.user_id,
    )


def actor_in(member: Membership) -> Actor:
    """`actor_of` for a membership that was read with its workspace just now: so it is known whether roles tell all."""
    return replace(actor_of(member), roles_only=not member.workspace.has_project_roles)


def workspaces_of(user: User) -> list[dict[str, Any]]:
    """The workspaces that the user is in, by name; needs `enter(…, user_id=user)`."""
    return [
        {"id": m["workspace_id"], "name": m["workspace__name"], "role": m["role"]} for m in _workspaces_of.all(user.pk)
    ]


@prepared
def _workspaces_of(user_id: int) -> QuerySet[Membership, Any]:
    mine = Membership.objects.filter(user_id=user_id, removed_at__isnull=True).order_by("workspace__name")
    return mine.values("workspace_id", "workspace__name", "role")


def membership_in(user_id: int, workspace_id: int) -> Membership | None:
    """The user's membership in exactly this workspace; needs `enter(…, user_id=user_id)`."""
    found: Membership | None = _membership_in.first(user_id, workspace_id)
    return found


@prepared
def _membership_in(user_id: int, workspace_id: int) -> QuerySet[Membership]:
    mine = Membership.objects.filter(user_id=user_id, workspace_id=workspace_id, removed_at__isnull=True)
    return mine.select_related("workspace__security", "user")[:1]


def membership_of(user: User, workspace_id: int | None) -> Membership | None:
    """The user's membership in this workspace, else in the one joined first; needs `enter(…, user_id=user)`."""
    chosen = membership_in(user.pk, workspace_id) if workspace_id else None
    return chosen or _first_membership.first(user.pk)


@prepared
def _first_membership(user_id: int) -> QuerySet[Membership]:
    mine = Membership.objects.filter(user_id=user_id, removed_at__isnull=True).order_by("created_at", "pk")
    return mine.select_related("workspace__security", "user")[:1]


MEMBER_COLUMNS: Final = (
    "id", "role", "created_at", "user_id", "user__name", "user__email", "user__kind", "user__last_login",
)  # fmt: skip


def members(actor: Actor) -> list[dict[str, Any]]:
    """Who is in the workspace, by name.

    Rows with id (of the membership), role, created_at, user_id, name, email, kind and last_login.
    """
    found = Membership.objects.filter(workspace_id=actor.workspace_id, removed_at__isnull=True).order_by("user__name")
    return _member_rows(found)


def _member_rows(found: QuerySet[Membership]) -> list[dict[str, Any]]:
    return [{k.removeprefix("user__"): v for k, v in row.items()} for row in found.values(*MEMBER_COLUMNS)]


def members_page(actor: Actor, text: str, *, start: int, size: int) -> tuple[list[dict[str, Any]], int, int]:
    """Rows as of `members` whose name or address has all of these words; the number of the first one, and of all.

    The page is the one in which row `start` is (counted from 0), or the last one.
    """
    found, first, total = _on_page(actor, text, start, size)
    return _member_rows(found), first, total


def _on_page(actor: Actor, text: str, start: int, size: int) -> tuple[QuerySet[Membership], int, int]:
    found = Membership.objects.filter(workspace_id=actor.workspace_id, removed_at__isnull=True)
    for word in text.split()[:6]:
        found = found.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    total = found.count()
    first = min(start, max(total - 1, 0)) // size * size
    return found.order_by("user__name", "id")[first : first + size], first, total


def open_invitations(workspace_id: int) -> QuerySet[Invitation]:
    """Those neither accepted nor withdrawn; they may have expired."""
    return Invitation.objects.filter(workspace_id=workspace_id, accepted_at__isnull=True, withdrawn_at__isnull=True)


def invitations(actor: Actor) -> list[dict[str, Any]]:
    """The open invitations, newest first: id, email, role, created_at, expires_at, by (name)."""
    rows = open_invitations(actor.workspace_id).order_by("-created_at", "-pk")
    found = rows.annotate(by=F("invited_by__name"))
    return [dict(row) for row in found.values("id", "email", "role", "created_at", "expires_at", "by")]


def tokens(actor: Actor) -> list[dict[str, Any]]:
    """The tokens that are not revoked, newest first: one's own; for owners and admins everybody's."""
    mine = Q() if may_manage_members(actor) else Q(user_id=actor.user_id)
    found = ApiToken.objects.filter(mine, workspace_id=actor.workspace_id, revoked_at__isnull=True)
    rows = found.order_by("-created_at", "-pk").values(
        "id",
        "name",
        "hint",
        "scopes",
        "networks",
        "created_at",
        "expires_at",
        "last_used_at",
        "user_id",
        "user__name",
        "user__kind",
    )
    return [{**row, "owner": row["user__name"], "owner_kind": row["user__kind"]} for row in rows]


def sessions(user: User, *, now: datetime) -> list[dict[str, Any]]:
    """Where somebody is signed in, the latest used first: number, created_at, seen_at, address, how, device,
    device_kind."""
    rows = Session.objects.filter(user=user, expire_date__gt=now).order_by("-seen_at")
    found = rows.values("session_key", "created_at", "seen_at", "agent", "address", "how")
    return [
        {
            **row,
            "number": row["session_key"],
            "device": device_name(row["agent"]),
            "device_kind": device_kind(row["agent"]),
        }
        for row in found
    ]


def has_second_factor(user: User) -> bool:
    """Whether signing in asks for more than one proof."""
    app, key = Q(totp__confirmed_at__isnull=False), Q(passkeys__isnull=False)
    return User.objects.filter(app | key, pk=user.pk).exists()


KEY_COLUMNS: Final = ("id", "name", "created_at", "last_used_at", "transports", "synced", "last_agent")


def factors(user: User) -> dict[str, Any]:
    """app: when it was confirmed, or None; codes: recovery codes that are left; passkeys: rows by age."""
    app = (
        TotpDevice.objects.filter(user=user, confirmed_at__isnull=False).values_list("confirmed_at", flat=True).first()
    )
    rows = Passkey.objects.filter(user=user).order_by("created_at", "pk")
    return {
        "app": app,
        "codes": RecoveryCode.objects.filter(user=user, used_at__isnull=True).count(),
        "passkeys": [_shown_key(row) for row in rows.values(*KEY_COLUMNS)],
    }


def _shown_key(row: dict[str, Any]) -> dict[str, Any]:
    """With words: kind (where it lives), device and device_kind (what used it last)."""
    agent = row.pop("last_agent")
    kind = key_kind(row.pop("transports"), synced=row.pop("synced"))
    used = {"device": device_name(agent) if agent else "", "device_kind": device_kind(agent)}
    return {**row, "kind": kind, **used}


def factors_page(actor: Actor, text: str, *, start: int, size: int) -> tuple[list[dict[str, Any]], int, int]:
    """A page as of `members_page` with name, email, kind, role, created_at, has_factor and tokens (that work)."""
    shown, first, total = _on_page(actor, text, start, size)
    app = TotpDevice.objects.filter(user=OuterRef("user"), confirmed_at__isnull=False)
    key = Passkey.objects.filter(user=OuterRef("user"))
    live = Q(user__apitoken__revoked_at__isnull=True, user__apitoken__workspace_id=actor.workspace_id)
    rows = Membership.objects.filter(pk__in=shown.values("pk")).order_by("user__name", "id").annotate(
        name=F("user__name"), email=F("user__email"), kind=F("user__kind"), has_factor=Exists(app) | Exists(key),
        tokens=Count("user__apitoken", filter=live),
    )  # fmt: skip
    columns = ("name", "email", "kind", "role", "created_at", "has_factor", "tokens")
    return [dict(row) for row in rows.values(*columns)], first, total


def providers(actor: Actor) -> list[dict[str, Any]]:
    """The workspace's providers of single sign-on, by name, with how many people are connected; no secrets."""
    found = IdentityProvider.objects.filter(workspace_id=actor.workspace_id, removed_at__isnull=True).order_by("name")
    columns = ("id", "key", "name", "issuer", "client_id", "joins", "role", "group_claim", "group_roles")
    return [dict(row) for row in found.annotate(people=Count("identities")).values(*columns, "people")]


def ways_to(workspace_id: int) -> list[dict[str, Any]]:
    """The providers that lead into this workspace: key, name. The connection must see the workspace."""
    found = IdentityProvider.objects.filter(workspace_id=workspace_id, removed_at__isnull=True).order_by("name")
    return [dict(row) for row in found.values("key", "name")]


def own_ways(actor: Actor) -> list[dict[str, Any]]:
    """The workspace's single sign-on: key, name, and whether the actor is connected."""
    mine = Identity.objects.filter(provider=OuterRef("pk"), user_id=actor.user_id or 0)
    found = IdentityProvider.objects.filter(workspace_id=actor.workspace_id, removed_at__isnull=True).order_by("name")
    return [dict(row) for row in found.annotate(connected=Exists(mine)).values("key", "name", "connected")]
