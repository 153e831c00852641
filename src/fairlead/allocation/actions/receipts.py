"""Keeping what a decision was made from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from fairlead import engine
from fairlead.allocation.judgement import Judgement
from fairlead.allocation.models import Receipt, Snapshot
from fairlead.allocation.snapshot import content


def keep_snapshot(workspace_id: int, problem: engine.Problem, *, now: datetime) -> Snapshot:
    """The snapshot with this problem's bytes, stored once however many decisions were made from it."""
    digest, packed = content(problem)
    found, _ = Snapshot.objects.get_or_create(
        workspace_id=workspace_id, digest=digest, defaults={"content": packed, "created_at": now}
    )
    return found


def keep_receipt(task_id: int, judgement: Judgement, *, now: datetime, chosen: Collection[int]) -> Receipt:
    """The receipt of one decision about one task, which concerns the `chosen` workers."""
    workspace_id = judgement.picture.workspace_id
    return Receipt.objects.create(
        workspace_id=workspace_id,
        task_id=task_id,
        snapshot=keep_snapshot(workspace_id, judgement.picture.problem, now=now),
        engine_version=engine.ENGINE_VERSION,
        ranking=judgement.file(chosen=chosen),
        created_at=now,
    )
