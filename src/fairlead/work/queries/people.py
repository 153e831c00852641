"""Who belongs to a project: its list of people, who may be given its work, and who can still be added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from fairlead.accounts.models import Membership, User
from fairlead.accounts.permissions import STAFF
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.people.models import Team, Worker
from fairlead.work.membership import ProjectMember, ProjectRole
from fairlead.work.models import Project, Task
from fairlead.work.placement import TaskPlacement
from fairlead.work.queries.visible import visible_projects
from fairlead.work.reach import RANK
from fairlead.work.states import OPEN

USER, WORKER, TEAM = "user", "worker", "team"
DOES_WORK = frozenset({ProjectRole.LEAD.value, ProjectRole.CONTRIBUTOR.value})


@dataclass(frozen=True)
class Belonging:
    """One entry in the list of a project's people. `kind`: user, worker (without an account) or team; `number` is
    theirs, `worker_id` that of their profile, `people` how many a team stands for."""

    id: int
    kind: str
    number: int
    name: str
    role: str
    worker_id: int | None
    is_agent: bool
    people: int
    added_by: str
    created_at: datetime


def belongings(project: Project) -> list[Belonging]:
    """The people of a project that the reader sees: leads first, then by name. Two queries."""
    rows = ProjectMember.objects.filter(project=project).values(
        "id", "role", "created_at", "user_id", "worker_id", "team_id", "user__name", "user__kind", "worker__name",
        "worker__kind", "team__name", "added_by__name", people=Count("team__members"),
    )  # fmt: skip
    users = [row["user_id"] for row in rows if row["user_id"]]
    found = Worker.objects.filter(workspace_id=project.workspace_id, user_id__in=users)
    profiles: dict[int | None, int] = dict(found.values_list("user_id", "id")) if users else {}
    made = [_belonging(row, profiles) for row in rows]
    return sorted(made, key=lambda one: (-RANK[one.role], one.name.casefold(), one.id))


def _belonging(row: Mapping[str, Any], profiles: Mapping[int | None, int]) -> Belonging:
    kind = USER if row["user_id"] else WORKER if row["worker_id"] else TEAM
    agent = "agent" in (row["user__kind"], row["worker__kind"])
    return Belonging(
        row["id"], kind, row[f"{kind}_id"], row[f"{kind}__name"], row["role"],
        profiles.get(row["user_id"]) if kind == USER else row["worker_id"], agent, row["people"],
        row["added_by__name"] or "", row["created_at"],
    )  # fmt: skip


def find_belonging(project: Project, number: int) -> ProjectMember:
    """One entry of the project's people. Raises Missing."""
    found = ProjectMember.objects.filter(workspace_id=project.workspace_id, project=project, pk=number)
    entry = found.select_related("user", "worker", "team", "project").first()
    if entry is None:
        raise Missing(tr("This person or team does not belong to the project any more."))
    return entry


def workers_in(project_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """{project id: the workers who may be given its work}: its contributors and leads, themselves or by a team."""
    rows = ProjectMember.objects.filter(project_id__in=list(project_ids)).order_by()
    roles: dict[tuple[int, int], tuple[bool, int, str]] = {}
    values = rows.values_list("project_id", "role", "worker_id", "user__workers__id", "team__members__worker_id")
    for project_id, role, own, by_user, by_team in values:
        worker_id = own or by_user or by_team
        if worker_id is not None:
            weight = (by_team is None, RANK[role], role)
            roles[project_id, worker_id] = max(weight, roles.get((project_id, worker_id), weight))
    found: dict[int, set[int]] = defaultdict(set)
    for (project_id, worker_id), (_, _, role) in roles.items():
        if role in DOES_WORK:
            found[project_id].add(worker_id)
    return {pk: frozenset(found[pk]) for pk in project_ids}


def may_do_work_of(task: Task, worker: Worker) -> bool:
    """Whether the task's project lets this worker have it: an open one everybody, a private one who belongs to it."""
    return not task.project.private or worker.pk in workers_in([task.project_id])[task.project_id]


def outside_holders(project: Project) -> QuerySet[Worker]:
    """Who holds open work of the project and would not be given any if it were private."""
    held = Task.objects.filter(project=project, state__in=OPEN, deleted_at__isnull=True, assignee__isnull=False)
    found = Worker.objects.filter(pk__in=held.values("assignee_id"))
    return found.exclude(pk__in=workers_in([project.pk])[project.pk]).order_by("name", "id")


def addable(project: Project) -> dict[str, list[tuple[int, str]]]:
    """Who could still be added, by kind (user, worker, team): id and name, by name."""
    taken = ProjectMember.objects.filter(project=project)
    staff = Membership.objects.filter(workspace_id=project.workspace_id, removed_at__isnull=True, role__in=STAFF)
    people = staff.exclude(user_id__in=taken.filter(user__isnull=False).values("user_id"))
    here = {"workspace_id": project.workspace_id}
    agents = Worker.objects.filter(user__isnull=True, deactivated_at__isnull=True, **here)
    agents = agents.exclude(pk__in=taken.filter(worker__isnull=False).values("worker_id"))
    teams = Team.objects.filter(**here).exclude(pk__in=taken.filter(team__isnull=False).values("team_id"))
    return {
        USER: list(people.order_by("user__name", "user_id").values_list("user_id", "user__name")),
        WORKER: list(agents.order_by("name", "id").values_list("id", "name")),
        TEAM: list(teams.order_by("name", "id").values_list("id", "name")),
    }


def find_person(actor: Actor, kind: str, number: int) -> User | Worker | Team:
    """A member of the workspace with this user id, a worker, or a team. Raises Missing."""
    here = {"workspace_id": actor.workspace_id}
    if kind == USER:
        member = Membership.objects.filter(user_id=number, removed_at__isnull=True, **here).select_related("user")
        found: User | Worker | Team | None = next((one.user for one in member), None)
    elif kind == WORKER:
        found = Worker.objects.select_related("user").filter(pk=number, deactivated_at__isnull=True, **here).first()
    else:
        found = Team.objects.filter(pk=number, **here).first() if kind == TEAM else None
    if found is None:
        raise Missing(tr("There is no such person or team in this workspace."))
    return found


def teams_hidden_behind(actor: Actor, team: Team) -> bool:
    """Whether the team belongs to a private project that the actor does not see: who joins it would see it too."""
    entries = ProjectMember.objects.filter(team=team, project__private=True)
    return entries.exclude(project__in=visible_projects(actor)).exists()


def standing_elsewhere(project: Project) -> int:
    """How many tasks of the project also stand on the boards of others, where outsiders would no longer see them."""
    return TaskPlacement.objects.filter(task__project=project, task__deleted_at__isnull=True).count()
