"""Who may bring data in from elsewhere."""

from __future__ import annotations

from fairlead.accounts.permissions import MANAGERS, in_scope
from fairlead.events.actor import Actor


def may_import(actor: Actor) -> bool:
    """Managers; an import creates people as well as tasks."""
    return actor.role in MANAGERS and in_scope(actor, "work:write") and in_scope(actor, "people:write")
