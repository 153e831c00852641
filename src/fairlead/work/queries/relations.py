"""What belongs to many tasks at once: what they wait for, who holds them, their labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.among import among
from fairlead.lib.prepared import fixed, prepared
from fairlead.people.models import Worker
from fairlead.work.models import Dependency, Project, Task
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.reach import knows_key, shaped
from fairlead.work.states import OPEN, WAITING

HOLDS_UP: Final[dict[str, Any]] = {"kind": Dependency.Kind.FINISH_START, "lag_min__gte": 0}
"""The links that keep a task from starting."""


def freed_by(task: Task) -> list[Task]:
    """The open tasks that have not begun, waited for this one, and wait for nothing any more; by key."""
    waiting = Dependency.objects.filter(
        after=task, task__deleted_at__isnull=True, task__state__in=WAITING, **HOLDS_UP
    ).values_list("task_id", flat=True)
    ids = list(waiting)
    if not ids:
        return []
    still = blocked(ids)
    free = Task.objects.filter(pk__in=[pk for pk in ids if pk not in still]).select_related("project")
    return list(free.order_by("project__key", "number"))


def blocked(task_ids: Iterable[int]) -> dict[int, list[str]]:
    """{task id: keys of what it waits for}, only for tasks that wait. What is over or deleted holds up nobody.

    Only a task that starts after the other ends waits for it; with a negative lag it may begin before that.
    """
    links = Dependency.objects.filter(
        among("task_id", list(task_ids)), after__deleted_at__isnull=True, after__state__in=OPEN, **HOLDS_UP
    ).order_by("after__project__key", "after__number")
    found: dict[int, list[str]] = {}
    for task_id, key, number in links.values_list("task_id", "after__project__key", "after__number"):
        found.setdefault(task_id, []).append(f"{key}-{number}")
    return found


def known_keys(actor: Actor, keys: list[str], project: Project) -> list[str]:
    """The keys of tasks that this reader may know of: a client only those of the project that they look at."""
    if actor.role == Role.CLIENT:
        return [key for key in keys if key.startswith(f"{project.key}-")]
    return [key for key in keys if knows_key(actor, key)]


LABELLED: Final = 2000
"""Of a workspace of any size the choices of a filter are there at once; older labels are found by typing them."""


def assignees(actor: Actor, project: Project | None = None, *, most: int | None = None) -> list[dict[str, Any]]:
    """Who holds a visible task (of the project): id, name, kind, by name; the first `most` of them."""
    return _holders.all(shaped(actor), project and project.pk, fixed(most))


@prepared
def _holders(actor: Actor, project_id: int | None, most: int | None) -> QuerySet[Worker, Any]:
    workers = Worker.objects.filter(workspace_id=actor.workspace_id)
    holders = workers.filter(Exists(_tasks_of(actor, project_id).filter(assignee=OuterRef("pk"))))
    return holders.order_by("name").values("id", "name", "kind")[:most]


def _tasks_of(actor: Actor, project_id: int | None) -> QuerySet[Task]:
    return visible_tasks(actor) if project_id is None else visible_tasks(actor).filter(project_id=project_id)


def labels(actor: Actor, project: Project | None = None) -> list[str]:
    """The labels of the visible tasks (of the project) that changed last (so many as LABELLED), by name."""
    latest = _latest_labels.all(shaped(actor), project and project.pk)
    return sorted({label for each in latest for label in each}, key=str.casefold)


@prepared
def _latest_labels(actor: Actor, project_id: int | None) -> QuerySet[Task, Any]:
    tasks = _tasks_of(actor, project_id).order_by("-updated_at", "id")
    return tasks.values_list("labels", flat=True)[:LABELLED]
