"""The inbox: what came in and nobody has looked at yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from fairlead.events.actor import Actor
from fairlead.lib.prepared import Bound, prepared
from fairlead.work.models import Need, Task
from fairlead.work.permissions import may_triage
from fairlead.work.queries.rows import HOLDER, plain
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.reach import shaped
from fairlead.work.states import State
from fairlead.work.triage import Triage

SHOWN: Final = 20
ALIKE: Final = 3
COLUMNS: Final = (
    "id", "number", "title", "description", "state", "priority", "due_at", "effort_min", "labels", "version",
    "project__key", "project__name", "project__color", "status__name", "created_by__name", "created_by__kind",
    "triage__source", "triage__created_at", *HOLDER,
)  # fmt: skip


@dataclass(frozen=True)
class Inbox:
    """The newest first. Rows have COLUMNS, `key`, `missing` (due, effort, skills) and `alike`: (key, title, score)."""

    rows: list[dict[str, Any]]
    total: int
    snoozed: int


def waiting_for_a_look(actor: Actor, *, now: datetime) -> QuerySet[Task]:
    """The tasks of the inbox; for managers only. Whoever moved one on from the backlog has looked at it."""
    tasks = visible_tasks(actor) if may_triage(actor) else Task.objects.none()
    awake = Q(triage__snoozed_until__isnull=True) | Q(triage__snoozed_until__lte=now)
    waits = tasks.filter(state=State.BACKLOG, triage__isnull=False, triage__settled_at__isnull=True)
    return waits.filter(awake, project__archived_at__isnull=True)


def inbox_waits(actor: Actor, *, now: datetime) -> tuple[Bound, ...]:
    """What waits, to be counted."""
    return (_waits.bound(shaped(actor), now),) if may_triage(actor) else ()


@prepared
def _waits(actor: Actor, now: datetime) -> QuerySet[Task, Any]:
    return waiting_for_a_look(actor, now=now).order_by().values("id")


def inbox(actor: Actor, *, now: datetime) -> Inbox:
    """What waits, with what is missing and what looks like it; four queries."""
    tasks = waiting_for_a_look(actor, now=now)
    has_needs = Exists(Need.objects.filter(task=OuterRef("pk")))
    found = tasks.annotate(has_needs=has_needs).order_by("-triage__created_at", "-id")
    rows = plain(found.values(*COLUMNS, "has_needs")[:SHOWN])
    alike = alike_of(actor, [row["id"] for row in rows])
    for row in rows:
        row["key"] = f"{row['project__key']}-{row['number']}"
        missing = {"due": row["due_at"] is None, "effort": row["effort_min"] is None, "skills": not row["has_needs"]}
        row["missing"] = [name for name, lacks in missing.items() if lacks]
        row["alike"] = alike.get(row["id"], [])
    snoozed = Triage.objects.filter(
        workspace_id=actor.workspace_id, settled_at__isnull=True, snoozed_until__gt=now, task__deleted_at__isnull=True
    )
    return Inbox(rows, tasks.count(), snoozed.count())


def alike_of(actor: Actor, task_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """{task id: visible tasks whose titles share many words: key, title, state, percent}, the likest first."""
    if not task_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.id, s.id, s.score FROM unnest(%s::bigint[]) AS t (id), LATERAL fairlead_alike(t.id, %s) AS s"
            " ORDER BY t.id, s.score DESC, s.id",
            [task_ids, ALIKE],
        )
        pairs = cursor.fetchall()
    tasks = visible_tasks(actor).filter(pk__in={other for _, other, _ in pairs})
    known = {row["id"]: row for row in plain(tasks.values("id", "number", "title", "state", "project__key"))}
    found: dict[int, list[dict[str, Any]]] = {}
    for task_id, other, score in pairs:
        if row := known.get(other):
            key = f"{row['project__key']}-{row['number']}"
            told = {"key": key, "title": row["title"], "state": row["state"], "percent": round(score * 100)}
            found.setdefault(task_id, []).append(told)
    return found


def origin(task: Task) -> Triage | None:
    """Where a task came from and what became of it, when it came in from outside."""
    return Triage.objects.select_related("into__project", "settled_by").filter(task=task).first()
