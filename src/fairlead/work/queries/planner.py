"""One's own notes and blocks, and when somebody is busy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import F

from fairlead.events.actor import Actor
from fairlead.lib.among import among
from fairlead.lib.errors import Missing
from fairlead.lib.hours import Interval, joined
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.work.planner import Capture, OwnBlock
from fairlead.work.queries.rows import plain


def captures(actor: Actor) -> list[dict[str, Any]]:
    """The actor's own notes that wait, the latest first."""
    mine = Capture.objects.filter(
        workspace_id=actor.workspace_id, user_id=actor.user_id or 0, task__isnull=True, dropped_at__isnull=True,
        kept_at__isnull=True,
    )  # fmt: skip
    names = {"project_key": F("project__key"), "project_name": F("project__name")}
    return plain(mine.order_by("-id").values("id", "text", "due_at", "labels", "priority", "created_at", **names)[:100])


def find_capture(actor: Actor, number: int) -> Capture:
    """One of the actor's own notes. Raises Missing, also for somebody else's."""
    mine = Capture.objects.filter(workspace_id=actor.workspace_id, user_id=actor.user_id or 0)
    found = mine.select_related("project").filter(pk=number).first()
    if found is None:
        raise Missing(tr("There is no such note."))
    return found


def own_blocks(worker: Worker, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """The blocks of one worker that touch the time, for their own eyes: with titles and tasks."""
    found = OwnBlock.objects.filter(worker=worker, removed_at__isnull=True, starts_at__lt=end, ends_at__gt=start)
    rows = plain(found.order_by("starts_at", "id").values(
        "id", "kind", "title", "starts_at", "ends_at", "task_id", "task__number", "task__title", "task__state",
        "task__project__key", "task__deleted_at",
    ))  # fmt: skip
    for row in rows:
        row["key"] = f"{row['task__project__key']}-{row['task__number']}" if row["task_id"] else ""
    return [row for row in rows if row["task__deleted_at"] is None]


def find_block(actor: Actor, number: int) -> OwnBlock:
    """One of the actor's own blocks. Raises Missing, also for somebody else's."""
    mine = OwnBlock.objects.filter(workspace_id=actor.workspace_id, worker__user_id=actor.user_id or 0)
    found = mine.select_related("worker", "task__project").filter(pk=number).first()
    if found is None:
        raise Missing(tr("There is no such block of yours."))
    return found


def busy_time(worker_ids: Collection[int], start: datetime, end: datetime) -> dict[int, list[Interval]]:
    """{worker id: when they keep their time, sorted and apart}; one query. What for is nobody's business."""
    found = OwnBlock.objects.filter(
        among("worker_id", worker_ids), removed_at__isnull=True, starts_at__lt=end, ends_at__gt=start
    ).exclude(kind=OwnBlock.Kind.TASK)
    spans: dict[int, list[Interval]] = defaultdict(list)
    for worker_id, low, high in found.values_list("worker_id", "starts_at", "ends_at"):
        spans[worker_id].append((low, high))
    return {pk: joined(intervals) for pk, intervals in spans.items()}
