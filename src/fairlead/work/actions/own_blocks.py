"""Blocks of one's own time. What they are for stays out of the log; that somebody is busy does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from fairlead.events.actor import Actor
from fairlead.events.announce import announce
from fairlead.events.record import record
from fairlead.lib.errors import Invalid, Missing, require
from fairlead.lib.speech import later, tr
from fairlead.lib.text import one_line
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.permissions import may_keep_time
from fairlead.work.planner import OwnBlock

LONGEST: Final = timedelta(hours=24)
MAX_TITLE: Final = 120
NOT_YOURS: Final = later("Everybody keeps their own time only.")
Kind = OwnBlock.Kind
Span = tuple[datetime, datetime]


def add_block(
    worker: Worker, span: Span, *, actor: Actor, now: datetime, kind: str = Kind.FOCUS, title: str = "",
    task: Task | None = None,
) -> OwnBlock:  # fmt: skip
    """Keep the time from … to …: for focus, something private, or a task."""
    require(may_keep_time(actor, worker), NOT_YOURS)
    _check(span, kind, title, task)
    with transaction.atomic():
        block = OwnBlock.objects.create(
            workspace_id=worker.workspace_id, worker=worker, kind=kind, title=one_line(title), task=task,
            starts_at=span[0], ends_at=span[1], created_at=now,
        )  # fmt: skip
        told = {"worker": worker.name, "starts_at": span[0], "ends_at": span[1]}
        record("ownblock.added", block, actor=actor, now=now, busy=kind != Kind.TASK, **told)
        _tell(worker)
    return block


def move_block(block: OwnBlock, span: Span, *, actor: Actor, now: datetime) -> OwnBlock:
    """At another time, or of another length."""
    require(may_keep_time(actor, block.worker), NOT_YOURS)
    _check(span, block.kind, block.title, block.task)
    with transaction.atomic():
        before = [block.starts_at, block.ends_at]
        if not OwnBlock.objects.filter(pk=block.pk, removed_at__isnull=True).update(starts_at=span[0], ends_at=span[1]):
            raise Missing(tr("This block was removed."))
        changes = {"starts_at": [before[0], span[0]], "ends_at": [before[1], span[1]]}
        record("ownblock.moved", block, actor=actor, now=now, worker=block.worker.name, changes=changes)
        _tell(block.worker)
    block.starts_at, block.ends_at = span
    return block


def remove_block(block: OwnBlock, *, actor: Actor, now: datetime) -> None:
    """Give the time back; `restore_block` keeps it again."""
    require(may_keep_time(actor, block.worker), NOT_YOURS)
    with transaction.atomic():
        if OwnBlock.objects.filter(pk=block.pk, removed_at__isnull=True).update(removed_at=now):
            record("ownblock.removed", block, actor=actor, now=now, worker=block.worker.name)
            _tell(block.worker)


def restore_block(block: OwnBlock, *, actor: Actor, now: datetime) -> None:
    """Keep a removed block again."""
    require(may_keep_time(actor, block.worker), NOT_YOURS)
    with transaction.atomic():
        if OwnBlock.objects.filter(pk=block.pk, removed_at__isnull=False).update(removed_at=None):
            told = {"worker": block.worker.name, "starts_at": block.starts_at, "ends_at": block.ends_at}
            record("ownblock.added", block, actor=actor, now=now, busy=block.kind != Kind.TASK, **told)
            _tell(block.worker)


def move_blocks(moves: Sequence[tuple[OwnBlock, Span]], *, actor: Actor, now: datetime) -> list[OwnBlock]:
    """Several at once, all or none."""
    with transaction.atomic():
        return [move_block(block, span, actor=actor, now=now) for block, span in moves]


def move_blocks_back(moves: Sequence[tuple[OwnBlock, Span, Span]], *, actor: Actor, now: datetime) -> list[OwnBlock]:
    """Undo of `move_blocks`, for (block, where it was, where it was put): those that nobody moved or removed since."""
    with transaction.atomic():
        there = _still_there([(block, put) for block, _, put in moves])
        return [move_block(block, was, actor=actor, now=now) for block, was, _ in moves if block.pk in there]


def add_task_blocks(
    worker: Worker, spans: Sequence[tuple[Task, Span]], *, actor: Actor, now: datetime
) -> list[OwnBlock]:
    """A block for each of these tasks, all or none."""
    with transaction.atomic():
        return [add_block(worker, span, kind=Kind.TASK, task=task, actor=actor, now=now) for task, span in spans]


def remove_added_blocks(added: Sequence[tuple[OwnBlock, Span]], *, actor: Actor, now: datetime) -> int:
    """Undo of `add_task_blocks`, for (block, where it was put): those that nobody moved or removed since; how many."""
    with transaction.atomic():
        there = _still_there(added)
        for block, _ in added:
            if block.pk in there:
                remove_block(block, actor=actor, now=now)
    return len(there)


def _still_there(placed: Sequence[tuple[OwnBlock, Span]]) -> set[int]:
    """Ids of the blocks that nobody moved or removed since they were put there; held until the transaction ends."""
    held = OwnBlock.objects.select_for_update(of=("self",)).filter(pk__in=[block.pk for block, _ in placed])
    spans = {block.pk: (block.starts_at, block.ends_at) for block in held.filter(removed_at__isnull=True)}
    return {block.pk for block, put in placed if spans.get(block.pk) == put}


def _check(span: Span, kind: str, title: str, task: Task | None) -> None:
    wrong = {}
    if not timedelta() < span[1] - span[0] <= LONGEST:
        wrong["ends_at"] = tr("A block ends after it begins, within a day.")
    if kind not in Kind.values or (kind == Kind.TASK) != (task is not None):
        wrong["kind"] = tr("Choose focus or private, or a task.")
    if len(title) > MAX_TITLE:
        wrong["title"] = tr("A title has at most %(most)s characters.", most=MAX_TITLE)
    if wrong:
        raise Invalid(wrong)


def _tell(worker: Worker) -> None:
    if worker.user_id is not None:
        announce("planner", worker.workspace_id, worker.user_id)
