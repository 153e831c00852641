"""Where a task is shown beside its home."""

from __future__ import annotations

from typing import Any

from fairlead.events.actor import Actor
from fairlead.work.models import Task
from fairlead.work.placement import TaskPlacement
from fairlead.work.queries.rows import plain
from fairlead.work.queries.visible import visible_projects


def placements_of(actor: Actor, task: Task) -> list[dict[str, Any]]:
    """The further projects that the actor sees, by name: key, name, color, status, state."""
    found = TaskPlacement.objects.filter(task=task, project__in=visible_projects(actor)).order_by("project__name")
    rows = plain(found.values("project__key", "project__name", "project__color", "status__name", "status__state"))
    return [{name.split("__", 1)[1]: value for name, value in row.items() if name.startswith("project__")}
            | {"status": row["status__name"], "state": row["status__state"]} for row in rows]  # fmt: skip


def placeable(actor: Actor, task: Task) -> list[tuple[str, str]]:
    """(key, name) of the projects in which it could be shown, too."""
    taken = TaskPlacement.objects.filter(task=task).values("project_id")
    projects = visible_projects(actor).filter(archived_at__isnull=True).exclude(pk__in=taken)
    return list(projects.exclude(pk=task.project_id).order_by("name").values_list("key", "name"))
