"""What the directory of a provider sees: people of the workspace, its own groups, and what the settings say of it.

The directory sees members whom it keeps, also while they are deactivated, and members whom no directory keeps. Clients
whom somebody invited, AI agents and members of another directory are none of its business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from fairlead.accounts.models import (
    DirectoryEntry,
    DirectoryGroup,
    DirectoryPlace,
    DirectoryToken,
    IdentityProvider,
    Membership,
    Role,
    User,
)
from fairlead.events.actor import Actor


@dataclass(frozen=True)
class Directory:
    """A directory that has come in by its token. `actor`: it, with the role of who made the token."""

    provider: IdentityProvider
    actor: Actor
    token_id: int


def people(provider: IdentityProvider) -> QuerySet[Membership]:
    """Whom the directory sees, in an order that stays; with user and directory_entry."""
    own = Q(directory_entry__provider=provider)
    nobodys = Q(directory_entry__isnull=True, removed_at__isnull=True) & ~Q(role=Role.CLIENT)
    found = Membership.objects.filter(
        own | nobodys, workspace_id=provider.workspace_id, user__kind=User.Kind.PERSON
    )  # fmt: skip
    return found.select_related("user", "directory_entry").order_by("pk")


def entry_of(member: Membership) -> DirectoryEntry | None:
    """The member as their directory knows them; None: no directory keeps them."""
    return getattr(member, "directory_entry", None)


def groups(provider: IdentityProvider) -> QuerySet[DirectoryGroup]:
    """The directory's groups, in an order that stays."""
    return DirectoryGroup.objects.filter(workspace_id=provider.workspace_id, provider=provider).order_by("pk")


def places(**wanted: Any) -> list[dict[str, Any]]:
    """Who is in which group: entry_id, group_id, group (its name), member (number) and name, by group and number."""
    columns = ("entry_id", "group_id", "group__name", "entry__member_id", "entry__member__user__name")
    rows = DirectoryPlace.objects.filter(**wanted).order_by("group_id", "entry__member_id").values_list(*columns)
    return [dict(zip(("entry_id", "group_id", "group", "member", "name"), row, strict=True)) for row in rows]


def group_names(entry_ids: Iterable[int]) -> dict[int, set[str]]:
    """The names of the groups in which each of these entries is."""
    found: dict[int, set[str]] = {number: set() for number in entry_ids}
    rows = DirectoryPlace.objects.filter(entry_id__in=list(found)).values_list("entry_id", "group__name")
    for number, name in rows:
        found[number].add(name)
    return found


def kept_by(provider_id: int, workspace_id: int) -> dict[str, Any]:
    """For the settings: token (hint, role, created_at, last_used_at; None: there is none), people who are members now,
    and groups: how many of each."""
    here = {"workspace_id": workspace_id, "provider_id": provider_id}
    token = DirectoryToken.objects.filter(**here, revoked_at__isnull=True)
    entries = DirectoryEntry.objects.filter(**here, member__removed_at__isnull=True)
    return {
        "token": token.values("hint", "role", "created_at", "last_used_at").first(),
        "people": entries.count(),
        "groups": DirectoryGroup.objects.filter(**here).count(),
    }
