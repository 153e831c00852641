"""Who sees which part of the directory. Below queries and permissions, because both need it."""

from __future__ import annotations

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import MANAGERS, READERS, in_scope
from fairlead.events.actor import Actor

_RATE_ROLES = MANAGERS | {Role.AUDITOR}


def may_see_directory(actor: Actor) -> bool:
    """Everybody in the workspace but its clients."""
    return actor.role in READERS and in_scope(actor, "people:read")


def may_see_rate(actor: Actor, user_id: int | None) -> bool:
    """What a worker costs is known to those who plan and audit, and to the worker, whose user is `user_id`."""
    own = user_id is not None and user_id == actor.user_id
    return may_see_directory(actor) and (actor.role in _RATE_ROLES or own)
