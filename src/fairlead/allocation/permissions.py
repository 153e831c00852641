"""Who may see recommendations, and who may decide about work."""

from __future__ import annotations

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import MANAGERS, READERS, STAFF, in_scope
from fairlead.events.actor import AGENT, Actor
from fairlead.people.models import Worker
from fairlead.work.membership import ProjectRole
from fairlead.work.models import Task
from fairlead.work.permissions import leads_any
from fairlead.work.reach import is_at_least

OPEN_STATES_TO_TAKE = frozenset({"backlog", "ready"})


def may_see(actor: Actor) -> bool:
    """Candidates, plans, receipts and loads: the team and auditors, never clients."""
    return actor.role in READERS and in_scope(actor, "allocation:read")


def may_assign(actor: Actor) -> bool:
    """Managers decide; an AI agent never gives work to anybody, whatever its role."""
    return actor.role in MANAGERS and actor.kind != AGENT and in_scope(actor, "allocation:write")


def may_assign_in(actor: Actor, project_id: int) -> bool:
    """Whoever leads the project decides who does its work: managers, unless it gives them another role; no AI agent."""
    leads = is_at_least(actor, project_id, ProjectRole.LEAD)
    return leads and actor.kind != AGENT and in_scope(actor, "allocation:write")


def may_assign_some(actor: Actor) -> bool:
    """Whether there may be a project whose work the actor gives to people: managers, and who leads one."""
    return actor.kind != AGENT and in_scope(actor, "allocation:write") and leads_any(actor)


def may_take(actor: Actor, task: Task, worker: Worker) -> bool:
    """A contributor takes a task that nobody holds and nobody has begun, for themself."""
    mine = actor.user_id is not None and worker.user_id == actor.user_id
    waits = task.assignee_id is None and task.state in OPEN_STATES_TO_TAKE
    allowed = actor.role == Role.CONTRIBUTOR and actor.kind != AGENT and in_scope(actor, "allocation:write")
    return allowed and mine and waits and is_at_least(actor, task.project_id, ProjectRole.CONTRIBUTOR)


def may_release(actor: Actor, holder: Worker) -> bool:
    """Managers take a task back; its holder gives it back."""
    mine = actor.user_id is not None and holder.user_id == actor.user_id
    return may_assign(actor) or (mine and actor.role == Role.CONTRIBUTOR and in_scope(actor, "allocation:write"))


def may_see_rates(actor: Actor) -> bool:
    """Cost factors tell what people earn: managers and auditors only."""
    return actor.role in MANAGERS | {Role.AUDITOR}


def may_answer(actor: Actor, worker: Worker) -> bool:
    """Only whoever was asked answers an offer: a person or an AI agent, for themself."""
    mine = actor.user_id is not None and worker.user_id == actor.user_id
    return mine and actor.role in STAFF and in_scope(actor, "allocation:write")


def may_see_everybody(actor: Actor) -> bool:
    """Managers and auditors see what was offered to everybody and how everybody stands; others see what is theirs."""
    return actor.role in MANAGERS | {Role.AUDITOR} and in_scope(actor, "allocation:read")


def may_write_policies(actor: Actor) -> bool:
    """Managers say how work is routed; an AI agent never does, whatever its role."""
    return may_assign(actor)


def may_see_policies(actor: Actor) -> bool:
    """Policies, and where every task stands in them: for those who decide and those who audit."""
    return may_see_everybody(actor)


def may_claim(actor: Actor, worker: Worker) -> bool:
    """Whoever does work takes it out of a queue for themself: people and AI agents, managers who work too."""
    mine = actor.user_id is not None and worker.user_id == actor.user_id
    return mine and actor.role in STAFF and in_scope(actor, "allocation:write")
