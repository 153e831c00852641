"""Which tasks a plan is made for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from fairlead.allocation.models import Offering, Plan
from fairlead.allocation.queries.pins import pinned
from fairlead.allocation.rows import needs_of
from fairlead.people.queries import skill_levels
from fairlead.work.models import Project, Task
from fairlead.work.states import OPEN, WAITING
from fairlead.work.types.models import NOBODYS

Scope = Plan.Scope
_WAITS = Q(assignee__isnull=True, state__in=OPEN)
_HELD = Q(assignee__isnull=False, assignee__deactivated_at__isnull=True, state__in=WAITING)


def waiting_tasks(workspace_id: int, project: Project | None) -> QuerySet[Task]:
    """Open, held by nobody, not being offered, in projects that are not archived."""
    return _plannable(workspace_id, project).filter(_WAITS)


def held_tasks(workspace_id: int, project: Project | None) -> QuerySet[Task]:
    """Held and not begun, and nobody decided that they stay: what a re-plan may give to somebody else."""
    return _plannable(workspace_id, project).filter(_HELD & ~pinned())


def tasks_of(plan: Plan) -> QuerySet[Task]:
    """The tasks that this plan is made for, as things stand now."""
    which = _WAITS if plan.scope == Scope.WAITING else _WAITS | (_HELD & ~pinned())
    return _plannable(plan.workspace_id, plan.project).filter(which).exclude(type__base__in=NOBODYS)


def against_rules(workspace_id: int, task_ids: Collection[int], *, on: date) -> set[int]:
    """Those of the held tasks whose holder lacks a skill that they need: somebody decided so with a reason, and it
    stays. Three queries."""
    holders = dict(Task.objects.filter(pk__in=task_ids, assignee__isnull=False).values_list("id", "assignee_id"))
    levels = skill_levels(workspace_id, sorted(set(holders.values())), on=on)
    return {
        task_id
        for task_id, needs in needs_of(holders).items()
        if any(levels.get(holders[task_id], {}).get(skill, 0) < level for skill, level in needs.items())
    }


def _plannable(workspace_id: int, project: Project | None) -> QuerySet[Task]:
    found = Task.objects.filter(
        ~Exists(Offering.objects.filter(task_id=OuterRef("pk"), state=Offering.State.OPEN)),
        workspace_id=workspace_id, deleted_at__isnull=True, project__archived_at__isnull=True,
    )  # fmt: skip
    return found if project is None else found.filter(project=project)
