"""One person's work as calendar entries: when the schedule has them at what, and what is due when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fairlead.allocation import snapshot
from fairlead.allocation.near import waited_for
from fairlead.lib.ics_out import Entry
from fairlead.lib.speech import later, tr
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import OPEN

HIDDEN = later("Busy")


def work_entries(worker: Worker, *, titles: bool, address: str, now: datetime) -> list[Entry]:
    """The planned blocks of what `worker` holds, cut where they do not work, then the due dates of it.

    Without `titles` only that they are busy, and no due dates. `address`: where the product is, for links.
    """
    whose = waited_for([worker.pk], workspace_id=worker.workspace_id)
    picture = snapshot.take(worker.workspace_id, wanted=(), now=now, only=whose)
    blocks = list(_blocks(picture, worker, titles=titles, address=address))
    return [*blocks, *_dues(worker, address)] if titles else blocks


def _blocks(picture: snapshot.Picture, worker: Worker, *, titles: bool, address: str) -> Iterator[Entry]:
    for item in snapshot.decode(picture.problem, snapshot.queue(picture.problem)):
        if item.worker != snapshot.worker_name(worker.pk):
            continue
        row = picture.rows.tasks[picture.task_ids[item.task]]
        calendar = picture.problem.worker(item.worker).calendar or ()
        pieces = [(max(a, item.start), min(b, item.finish)) for a, b in calendar if a < item.finish and b > item.start]
        for low, high in pieces:
            starts = picture.at(low).astimezone(UTC)
            yield Entry(
                uid=f"task-{row['id']}-{starts:%Y%m%dT%H%M}",
                title=f"{item.task} {row['title']}" if titles else str(HIDDEN),
                starts=starts, ends=picture.at(high), url=f"{address}/tasks/{item.task}/" if titles else "",
            )  # fmt: skip


def _dues(worker: Worker, address: str) -> Iterator[Entry]:
    found = Task.objects.filter(
        workspace_id=worker.workspace_id, assignee=worker, state__in=OPEN, deleted_at__isnull=True,
        due_at__isnull=False, project__archived_at__isnull=True,
    ).order_by("due_at", "id")  # fmt: skip
    columns = ("pk", "project__key", "number", "title", "due_at")
    for pk, key, number, title, due_at in found.values_list(*columns):
        assert due_at is not None  # noqa: S101  the filter leaves out those without
        day = due_at.astimezone(ZoneInfo(worker.time_zone)).date()
        yield Entry(
            f"due-{pk}",
            tr("Due: %(task)s %(title)s", task=f"{key}-{number}", title=title),
            day,
            url=f"{address}/tasks/{key}-{number}/",
        )
