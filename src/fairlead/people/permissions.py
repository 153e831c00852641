"""Who may change the directory: managers everything, people their own profile, an agent's owner the agent's."""

from __future__ import annotations

from typing import Final

from fairlead.accounts.permissions import ADMINS, MANAGERS, STAFF, in_scope
from fairlead.events.actor import AGENT, Actor
from fairlead.people.models import Worker
from fairlead.people.visibility import may_see_directory, may_see_rate

__all__ = [
    "OWN_FIELDS",
    "is_own",
    "may_connect_calendar",
    "may_decide_time_off",
    "may_edit_worker",
    "may_manage_people",
    "may_manage_presence",
    "may_manage_skills",
    "may_manage_teams",
    "may_see_calendars",
    "may_see_directory",
    "may_see_rate",
    "may_set_presence",
]

# What people may change about themselves; the rest (pay, speed, kind, who they are linked to) is for managers.
OWN_FIELDS: Final = frozenset({
    "headline", "about", "time_zone", "country", "week_minutes", "max_tasks", "day_minutes", "rest_minutes",
    "buffer_minutes", "gap_minutes",
})  # fmt: skip


def may_manage_people(actor: Actor) -> bool:
    """Add workers, change every field of everybody, confirm skills, take people out and back."""
    return actor.role in MANAGERS and actor.kind != AGENT and in_scope(actor, "people:write")


def may_manage_skills(actor: Actor) -> bool:
    """Change the taxonomy."""
    return may_manage_people(actor)


def may_edit_worker(actor: Actor, worker: Worker) -> bool:
    """A manager, the worker, the human who answers for an agent; never an agent, which would choose its own work."""
    if worker.workspace_id != actor.workspace_id or actor.kind == AGENT or not in_scope(actor, "people:write"):
        return False
    mine = actor.user_id is not None and actor.user_id in (worker.user_id, worker.owner_id)
    return actor.role in MANAGERS or (actor.role in STAFF and mine)


def may_manage_teams(actor: Actor) -> bool:
    """Make, change and remove teams."""
    return may_manage_people(actor)


def may_decide_time_off(actor: Actor, worker: Worker) -> bool:
    """Approve and decline requests."""
    return may_manage_people(actor) and worker.workspace_id == actor.workspace_id


def may_manage_presence(actor: Actor) -> bool:
    """Decide which presence states there are."""
    return actor.role in ADMINS and actor.kind != AGENT and in_scope(actor, "people:write")


def may_set_presence(actor: Actor, worker: Worker) -> bool:
    """Whoever may edit the profile; an AI agent, too, but only its own: saying that it is busy gives it no right."""
    own = worker.user_id is not None and worker.user_id == actor.user_id
    inside = worker.workspace_id == actor.workspace_id and actor.role in STAFF and in_scope(actor, "people:write")
    return may_edit_worker(actor, worker) or (inside and own)


def may_connect_calendar(actor: Actor, worker: Worker) -> bool:
    """The person themselves; a manager only for somebody without an account, who cannot do it."""
    if not may_edit_worker(actor, worker):
        return False
    return is_own(actor, worker) or (worker.user_id is None and actor.role in MANAGERS)


def may_see_calendars(actor: Actor, worker: Worker) -> bool:
    """Which calendars are read and whether that works; managers as well, who never see a title or an address."""
    return may_edit_worker(actor, worker)


def is_own(actor: Actor, worker: Worker) -> bool:
    """Whether the profile is the actor's own."""
    return worker.user_id is not None and worker.user_id == actor.user_id
