"""Reading tasks for the API: any number of them in six queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from django.db.models import F

from fairlead.accounts.brand import brand_in
from fairlead.accounts.models import Role
from fairlead.api.calls import Call
from fairlead.api.own_values import own_values
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.work.models import Criterion, Dependency, Need, Task
from fairlead.work.queries import blocked, visible_tasks
from fairlead.work.queries.rows import HOLDER, holder, plain
from fairlead.work.reach import knows_key
from fairlead.work.types.models import TASK

PLAIN = (
    "title", "description", "state", "priority", "effort_low_min", "effort_min", "effort_high_min", "release_at",
    "due_at", "labels", "external_id", "created_at", "updated_at", "started_at", "done_at", "version",
)  # fmt: skip
COLUMNS = (
    "id", "number", "project_id", "type__key", "project__key",
    "parent__number", "status_id", "status__name", *HOLDER, *PLAIN,
)  # fmt: skip

Rows = list[dict[str, Any]]


def shown(request: Call, rows: Rows) -> Rows:
    """Rows that have COLUMNS as TaskOut; clients get what the portal shows them, and empty values for the rest."""
    ids = [row["id"] for row in rows]
    if request.actor.role == Role.CLIENT:
        return _for_client(request, rows, _criteria(ids))
    needs, criteria, links, stops = _needs(ids), _criteria(ids), _links(request, ids), blocked(ids)
    own = own_values(request.actor, rows)
    return [
        {
            **{name: row[name] for name in PLAIN},
            "key": f"{row['project__key']}-{row['number']}",
            "project": row["project__key"],
            "status": {"id": row["status_id"], "name": row["status__name"]},
            "parent": f"{row['project__key']}-{row['parent__number']}" if row["parent__number"] else None,
            "assignee": holder(row),
            "needs": needs.get(row["id"], []),
            "criteria": criteria.get(row["id"], []),
            "waits_for": [link["after"] for link in links.get(row["id"], [])],
            "links": links.get(row["id"], []),
            "blocked_by": [key for key in stops.get(row["id"], ()) if knows_key(request.actor, key)],
            "type": row["type__key"] or TASK,
            "fields": own[row["id"]],
        }
        for row in rows
    ]


FOR_CLIENTS: Final = (
    "title", "description", "state", "due_at", "created_at", "updated_at", "done_at", "version",
)  # fmt: skip
NOTHING: Final[dict[str, Any]] = {
    "priority": 0, "effort_low_min": None, "effort_min": None, "effort_high_min": None, "release_at": None,
    "labels": [], "parent": None, "assignee": None, "needs": [], "links": [], "waits_for": [], "blocked_by": [],
    "external_id": "", "started_at": None, "type": TASK, "fields": {},
}  # fmt: skip
"""What of a task is the team's own."""


def _for_client(request: Call, rows: Rows, criteria: dict[int, Rows]) -> Rows:
    brand = brand_in(request.actor.workspace_id)
    return [
        {
            **NOTHING,
            **{name: row[name] for name in FOR_CLIENTS},
            "key": f"{row['project__key']}-{row['number']}",
            "project": row["project__key"],
            "status": {"id": row["status_id"], "name": brand.word(row["state"])},
            "criteria": criteria.get(row["id"], []),
        }
        for row in rows
    ]


def one(request: Call, task: Task) -> dict[str, Any]:
    """A task as it is now; the reply is tagged with its version. Raises Missing when it is gone."""
    rows = list(visible_tasks(request.actor).filter(pk=task.pk).values(*COLUMNS))
    if not rows:
        raise Missing(tr("%(task)s is in the trash.", task=task))
    request.version = rows[0]["version"]
    return shown(request, rows)[0]


def _grouped(rows: Iterable[dict[str, Any]]) -> dict[int, Rows]:
    found: dict[int, Rows] = defaultdict(list)
    for row in rows:
        found[row["task_id"]].append(row)
    return found


def _needs(ids: list[int]) -> dict[int, Rows]:
    rows = Need.objects.filter(task_id__in=ids).order_by("skill__name")
    return _grouped(plain(rows.values("task_id", "skill_id", "level", name=F("skill__name"))))


def _criteria(ids: list[int]) -> dict[int, Rows]:
    rows = Criterion.objects.filter(task_id__in=ids).order_by("position", "id")
    return _grouped(plain(rows.values("task_id", "id", "text", "checked_at")))


def _links(request: Call, ids: list[int]) -> dict[int, Rows]:
    """What each task follows, and how, as far as the actor sees it."""
    rows = Dependency.objects.filter(task_id__in=ids, after__in=visible_tasks(request.actor))
    found: dict[int, Rows] = defaultdict(list)
    ordered = rows.order_by("after__project__key", "after__number")
    names = ("task_id", "after__project__key", "after__number", "kind", "lag_min")
    for task_id, key, number, kind, lag_min in ordered.values_list(*names):
        found[task_id].append({"after": f"{key}-{number}", "kind": kind, "lag_min": lag_min})
    return found
