"""Who may log time and for whom, who sees it, and who approves weeks. Clients never see any of it."""

from __future__ import annotations

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import MANAGERS, READERS, STAFF
from fairlead.events.actor import AGENT, Actor
from fairlead.people.models import Worker
from fairlead.work.permissions import may_write


def may_log(actor: Actor, worker: Worker) -> bool:
    """One's own time; managers also that of others, but no AI agent does."""
    if worker.workspace_id != actor.workspace_id or actor.role not in STAFF or not may_write(actor):
        return False
    own = actor.user_id is not None and worker.user_id == actor.user_id
    return own or (actor.role in MANAGERS and actor.kind != AGENT)


def may_see_all_time(actor: Actor) -> bool:
    """Everybody's entries, not only one's own."""
    return actor.role in MANAGERS | {Role.AUDITOR} and actor.kind != AGENT


def may_see_spent(actor: Actor) -> bool:
    """How much time a task has taken, without who spent it."""
    return actor.role in READERS


def may_decide_weeks(actor: Actor) -> bool:
    """Approve weeks, or send them back."""
    return actor.role in MANAGERS and actor.kind != AGENT and may_write(actor)


def may_decide_week(actor: Actor, worker: Worker) -> bool:
    """Those of this worker."""
    return may_decide_weeks(actor) and worker.workspace_id == actor.workspace_id
