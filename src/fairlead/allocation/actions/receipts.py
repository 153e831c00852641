"""Keeping what a decision was made from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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


@dataclass(frozen=True)
class Because:
    """What a policy adds to a receipt: its version, and by which step and order it chose."""

    version_id: int
    evidence: dict[str, Any] = field(default_factory=dict)


def keep_receipt(
    task_id: int, judgement: Judgement, *, now: datetime, chosen: Collection[int], because: Because | None = None
) -> Receipt:
    """The receipt of one decision about one task, which concerns the `chosen` workers."""
    workspace_id = judgement.picture.workspace_id
    return Receipt.objects.create(
        workspace_id=workspace_id,
        task_id=task_id,
        snapshot=keep_snapshot(workspace_id, judgement.picture.problem, now=now),
        engine_version=engine.ENGINE_VERSION,
        ranking=judgement.file(chosen=chosen),
        policy_version_id=because.version_id if because else None,
        evidence=because.evidence if because else {},
        created_at=now,
    )
