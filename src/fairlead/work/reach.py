"""What a project's own roles let an actor see and do: the one place that reads them.

Owners and admins lead every project, auditors read every one. Clients see what was shared with them (`visible`).
Everybody else has the role that a project gives them, themselves or through a team; where it gives none, an open
project knows managers as leads and contributors as contributors, and a private one knows nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from django.db.models import CharField, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import ADMINS, MANAGERS, STAFF
from fairlead.events.actor import AGENT, Actor
from fairlead.lib.prepared import Shaped
from fairlead.people.models import TeamMember
from fairlead.work.membership import ProjectMember, ProjectRole
from fairlead.work.models import Project

RANK: Final[dict[str, int]] = {"": 0, "viewer": 1, "commenter": 2, "contributor": 3, "lead": 4}
SEE_ALL: Final = ADMINS | {Role.AUDITOR}
MEMO: Final = "reach"


@dataclass(frozen=True)
class Reach:
    """Ids and keys of the private projects that the actor does not see, and the roles that projects give them by id."""

    hidden: frozenset[int] = frozenset()
    hidden_keys: frozenset[str] = frozenset()
    roles: Mapping[int, str] = field(default_factory=dict)


EVERYWHERE: Final = Reach()


def reach_of(actor: Actor) -> Reach:
    """At most one query for an actor; none where roles alone tell."""
    if actor.roles_only or actor.role in SEE_ALL or actor.role == Role.CLIENT:
        return EVERYWHERE
    if MEMO not in actor.memo:
        actor.memo[MEMO] = _read(actor)
    return actor.memo[MEMO]  # type: ignore[no-any-return]


def forget_reach(actor: Actor) -> None:
    """For an action that changes who belongs to a project."""
    actor.memo.pop(MEMO, None)


def _read(actor: Actor) -> Reach:
    own = entries_of(actor).values_list("project_id", "role", "team_id", "project__key")
    private = Project.objects.filter(workspace_id=actor.workspace_id, private=True)
    nothing = Value("", CharField()), Cast(Value(None), IntegerField())
    rows = list(own.union(private.order_by().values_list("id", *nothing, "key"), all=True))
    roles = {row[0]: row[1] for row in sorted((row for row in rows if row[1]), key=_weight)}
    hidden = {row[0]: row[3] for row in rows if not row[1] and row[0] not in roles}
    return Reach(frozenset(hidden), frozenset(hidden.values()), roles)


def shaped(actor: Actor) -> Shaped:
    """The actor for a prepared statement: ids are values, what the role, the scopes and the projects allow is shape."""
    reach = reach_of(actor)
    shape = (actor.kind, actor.role, actor.scopes, actor.roles_only, reach.hidden, tuple(sorted(reach.roles.items())))
    ids = (actor.workspace_id, actor.user_id)
    return Shaped(shape, ids, lambda workspace, user: replace(actor, workspace_id=workspace, user_id=user))


def knows_key(actor: Actor, key: str) -> bool:
    """Whether a task with this key, like WEB-42, may be named to the actor."""
    return key.rpartition("-")[0] not in reach_of(actor).hidden_keys


def _weight(row: tuple[int, str, int | None, str]) -> tuple[bool, int]:
    """What was given to somebody themselves counts more than the best of what their teams have."""
    return row[2] is None, RANK[row[1]]


def entries_of(actor: Actor) -> QuerySet[ProjectMember]:
    """The entries that stand for the actor: their own, and those of their teams."""
    found = ProjectMember.objects.filter(workspace_id=actor.workspace_id).order_by()
    if actor.user_id is None:
        return found.none()
    mine = Q(user_id=actor.user_id) | Q(worker__user_id=actor.user_id)
    return found.filter(mine | Q(team__members__worker__user_id=actor.user_id))


def belonging_to(project_id: int) -> Q:
    """Memberships of those who see a private project: its people, and whoever sees all."""
    entries = ProjectMember.objects.filter(project_id=project_id)
    teams = TeamMember.objects.filter(team__in=entries.filter(team__isnull=False).values("team_id"))
    return (
        Q(role__in=SEE_ALL)
        | Q(user_id__in=entries.filter(user__isnull=False).values("user_id"))
        | Q(user_id__in=entries.filter(worker__user__isnull=False).values("worker__user_id"))
        | Q(user_id__in=teams.filter(worker__user__isnull=False).values("worker__user_id"))
    )


def role_in(actor: Actor, project_id: int) -> str:
    """What the actor is in this project of their workspace: a project role, or nothing."""
    if actor.role in ADMINS:
        return ProjectRole.LEAD
    if actor.role not in STAFF:
        return ""
    reach = reach_of(actor)
    if project_id in reach.hidden:
        return ""
    boss = actor.role in MANAGERS
    own = reach.roles.get(project_id, ProjectRole.LEAD if boss else ProjectRole.CONTRIBUTOR)
    return ProjectRole.CONTRIBUTOR if own == ProjectRole.LEAD and actor.kind == AGENT and not boss else own


def is_at_least(actor: Actor, project_id: int, role: str) -> bool:
    """Whether the actor is this, or more, in the project."""
    return RANK[role_in(actor, project_id)] >= RANK[role]
