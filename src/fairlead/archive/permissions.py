"""Who may take a workspace away, say what it keeps, and end it."""

from __future__ import annotations

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor


def may_keep_data(actor: Actor) -> bool:
    """Owners, at the page only: a leaked token must not carry everything off, nor remove it."""
    return actor.role == Role.OWNER and actor.scopes is None
