"""Reading tasks for the API: any number of them in three queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from fairlead.accounts.brand import brand_in
from fairlead.accounts.models import Role
from fairlead.api.calls import Call
from fairlead.api.own_values import own_values
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.work.models import Criterion, Task
from fairlead.work.queries import visible_tasks
from fairlead.work.queries.around import around
from fairlead.work.queries.rows import HOLDER, holder, plain
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
    near = around(request.actor, ids)
    own = own_values(request.actor, rows)
    return [
        {
            **{name: row[name] for name in PLAIN},
            "key": f"{row['project__key']}-{row['number']}",
            "project": row["project__key"],
            "status": {"id": row["status_id"], "name": row["status__name"]},
            "parent": f"{row['project__key']}-{row['parent__number']}" if row["parent__number"] else None,
            "assignee": holder(row),
            "needs": near[row["id"]].needs,
            "criteria": near[row["id"]].criteria,
            "waits_for": [link["after"] for link in near[row["id"]].links],
            "links": near[row["id"]].links,
            "blocked_by": [link["after"] for link in near[row["id"]].links if link["open"]],
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


def _criteria(ids: list[int]) -> dict[int, Rows]:
    rows = Criterion.objects.filter(task_id__in=ids).order_by("position", "id")
    return _grouped(plain(rows.values("task_id", "id", "text", "checked_at")))
