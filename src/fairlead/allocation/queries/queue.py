"""Queues: work that a policy lets people claim, and what each may claim next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count

from fairlead.allocation import rows
from fairlead.allocation.models import Assignment, Routing
from fairlead.allocation.permissions import may_see
from fairlead.allocation.queries.routing import by_urgency, queued
from fairlead.allocation.routing import Definition, Surroundings, able, of_version
from fairlead.allocation.routing.definition import ANY
from fairlead.allocation.words import policy_name
from fairlead.events.actor import Actor
from fairlead.people.models import Worker
from fairlead.people.queries import worker_of
from fairlead.work.states import OPEN

SHOWN: Final = 30


@dataclass(frozen=True)
class QueueRow:
    """A task that somebody may claim. `can_pick`: this very one, not only the next. `is_next`: first in their order."""

    key: str
    title: str
    project: str
    priority: int
    due_at: datetime | None
    effort_min: int | None
    policy: str
    can_pick: bool
    is_next: bool


@dataclass(frozen=True)
class Queue:
    """What one worker may claim. `full`: names of policies of which they hold as much as is allowed at once."""

    rows: list[QueueRow]
    full: tuple[str, ...]


def queue_of(actor: Actor, *, now: datetime) -> Queue:
    """The queue of whoever asks; empty for those who are no worker."""
    mine = worker_of(actor) if may_see(actor) else None
    return Queue([], ()) if mine is None or mine.deactivated_at is not None else claimable(mine, now=now)


def claimable(worker: Worker, *, now: datetime) -> Queue:
    """What the worker may claim, in the order in which it should be done."""
    found = open_to(worker, now=now)
    held = holdings(worker)
    shown: list[QueueRow] = []
    full: list[str] = []
    for routing in found:
        definition = of_version(routing.version)
        if held.get(routing.version.policy_id, 0) >= definition.claims:
            full.append(policy_name(routing.version.policy))
            continue
        shown.append(_row(routing, definition, is_next=not shown))
    return Queue(shown[:SHOWN], tuple(dict.fromkeys(full)))


def _row(routing: Routing, definition: Definition, *, is_next: bool) -> QueueRow:
    task = routing.task
    return QueueRow(
        key=task.key, title=task.title, project=task.project.name, priority=task.priority, due_at=task.due_at,
        effort_min=task.effort_min, policy=policy_name(routing.version.policy),
        can_pick=definition.pick == ANY or is_next, is_next=is_next,
    )  # fmt: skip


def open_to(worker: Worker, *, now: datetime) -> list[Routing]:
    """The routings in queues whose step means this worker and whose skills they have; the most urgent first."""
    found = by_urgency(queued(worker.workspace_id), now=now)
    if not found:
        return []
    picture = rows.read(
        worker.workspace_id, wanted={it.task_id for it in found}, only={worker.pk}, on=now.date(), since=now
    )
    around = Surroundings(worker.workspace_id, now)
    return [
        it
        for it in found
        if it.task_id in picture.tasks
        and worker.pk in able(picture, it.task, of_version(it.version).steps[it.step], around=around)
    ]


def holdings(worker: Worker) -> dict[int, int]:
    """{policy id: open tasks that the worker holds out of its queue}."""
    mine = Assignment.objects.filter(worker=worker, ended_at__isnull=True, task__state__in=OPEN)
    claimed = mine.filter(receipt__evidence__how="claim", receipt__policy_version__isnull=False).order_by()
    return dict(claimed.values_list("receipt__policy_version__policy_id").annotate(n=Count("id")))
