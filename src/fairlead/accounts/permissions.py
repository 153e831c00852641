"""What each role may do in a workspace, and what each scope lets a token do."""

from __future__ import annotations

from typing import Final

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.speech import later

ADMINS: Final = frozenset({Role.OWNER, Role.ADMIN})
MANAGERS: Final = frozenset({Role.OWNER, Role.ADMIN, Role.MANAGER})
STAFF: Final = MANAGERS | {Role.CONTRIBUTOR}
READERS: Final = STAFF | {Role.AUDITOR}

ROLES: Final[dict[str, str]] = {
    Role.OWNER: later("Everything, also making and removing admins and owners."),
    Role.ADMIN: later("Settings, members and everything that managers may."),
    Role.MANAGER: later("Projects, tasks, people and who does what."),
    Role.CONTRIBUTOR: later("Sees the team's work; changes the tasks that they hold or wrote, and their own profile."),
    Role.CLIENT: later("Sees the projects shared with them, without internal comments; adds requests and comments."),
    Role.AUDITOR: later("Reads everything, also the event log; changes nothing."),
}
"""What each role is for, in the words of the members page."""

# A token does nothing outside its scopes, whatever its user's role allows.
SCOPES: Final[dict[str, str]] = {
    "work:read": later("Read projects, tasks and comments"),
    "work:write": later("Create and change projects, tasks and comments"),
    "people:read": later("Read workers, skills and availability"),
    "people:write": later("Create and change workers, skills and availability"),
    "allocation:read": later("Read recommendations, plans and receipts"),
    "allocation:write": later("Assign work, make and apply plans"),
    "events:read": later("Read the event log"),
}


def in_scope(actor: Actor, scope: str) -> bool:
    """Whether the actor's token, if it came with one, was granted the scope."""
    return actor.scopes is None or scope in actor.scopes


def may_manage_members(actor: Actor) -> bool:
    """Invite, change roles, remove. Never with a token: a leaked key must not make new members."""
    return actor.role in ADMINS and actor.scopes is None


def may_grant(actor: Actor, role: str) -> bool:
    """Nobody grants more than they have: only owners make owners and admins."""
    return may_manage_members(actor) and (actor.role == Role.OWNER or role not in ADMINS)


def may_see_members(actor: Actor) -> bool:
    return actor.role in MANAGERS | {Role.AUDITOR} and actor.scopes is None


def may_change_workspace(actor: Actor) -> bool:
    return actor.role in ADMINS and actor.scopes is None


def may_make_tokens(actor: Actor) -> bool:
    """Everybody but clients makes tokens for themselves, at the page only."""
    return actor.role in READERS and actor.scopes is None


def may_export_events(actor: Actor) -> bool:
    """Take the whole log out of the house: at the page only, and not for every manager."""
    return actor.role in ADMINS | {Role.AUDITOR} and actor.scopes is None


def may_read_events(actor: Actor) -> bool:
    return actor.role in MANAGERS | {Role.AUDITOR} and in_scope(actor, "events:read")
