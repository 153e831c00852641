"""Keeping what was removed or replaced for as long as it can be taken back, then forgetting it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import serializers
from django.db.models import Model

from fairlead.accounts.models import Kept
from fairlead.lib.errors import Conflict
from fairlead.lib.seal import seal, unseal
from fairlead.lib.speech import tr
from fairlead.lib.undo import UNDO_FOR


def keep(kind: str, facts: Mapping[str, Any], *, workspace_id: int, now: datetime) -> int:
    """Keep facts, as JSON takes them; the number by which they are found again."""
    sealed = seal(json.dumps(dict(facts), default=str), key=settings.SECRET_KEY, purpose=_purpose(kind, workspace_id))
    return Kept.objects.create(workspace_id=workspace_id, kind=kind, sealed=sealed, created_at=now).pk


def take_kept(number: int, kind: str, *, workspace_id: int, now: datetime) -> dict[str, Any]:
    """What was kept, for the one caller who brings it back, inside their transaction. Raises Conflict."""
    here = Kept.objects.filter(pk=number, workspace_id=workspace_id, kind=kind, created_at__gte=now - UNDO_FOR)
    kept = here.select_for_update().first()
    if kept is None:
        raise Conflict(tr("This was taken back already."))
    kept.delete()
    facts: dict[str, Any] = json.loads(
        unseal(kept.sealed, key=settings.SECRET_KEY, purpose=_purpose(kind, workspace_id))
    )
    return facts


def keep_rows(kind: str, rows: Iterable[Model], *, workspace_id: int, now: datetime) -> int:
    """Keep rows that are about to be deleted; the number by which `take_rows` finds them again."""
    return keep(kind, {"rows": serializers.serialize("python", rows)}, workspace_id=workspace_id, now=now)


def take_rows(number: int, kind: str, *, workspace_id: int, now: datetime) -> list[Any]:
    """The rows as they were, in their order and not yet stored. Raises Conflict."""
    facts = take_kept(number, kind, workspace_id=workspace_id, now=now)
    return [found.object for found in serializers.deserialize("python", facts["rows"])]


def _purpose(kind: str, workspace_id: int) -> str:
    return f"kept:{workspace_id}:{kind}"


def forget_kept(*, now: datetime) -> int:
    """Forget what nobody can take back any more, in the open workspace; how much it was."""
    return Kept.objects.filter(created_at__lt=now - UNDO_FOR).delete()[0]
