"""Reading the event log. Who may is for the layers above to say; the log knows no roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fairlead.events.actor import Actor
from fairlead.events.models import Event

COLUMNS = (
    "seq", "at", "kind", "actor_kind", "actor_user_id", "actor_name", "token_id",
    "subject_kind", "subject_id", "subject_label", "project_id", "payload",
)  # fmt: skip


@dataclass(frozen=True)
class LogFilter:
    """Which events. `kind`: one kind, or the first part of it such as "task"; None: whatever it is."""

    kind: str | None = None
    user_id: int | None = None
    actor_kind: str | None = None
    before: int | None = None


def latest(actor: Actor, wanted: LogFilter, *, limit: int) -> list[dict[str, Any]]:
    """The workspace's events, the latest first, those with a `seq` below `wanted.before`; see COLUMNS."""
    found = Event.objects.filter(workspace_id=actor.workspace_id)
    if wanted.kind:
        found = (
            found.filter(kind=wanted.kind) if "." in wanted.kind else found.filter(kind__startswith=f"{wanted.kind}.")
        )
    if wanted.user_id is not None:
        found = found.filter(actor_user_id=wanted.user_id)
    if wanted.actor_kind:
        found = found.filter(actor_kind=wanted.actor_kind)
    if wanted.before is not None:
        found = found.filter(seq__lt=wanted.before)
    return list(found.order_by("-seq").values(*COLUMNS)[:limit])
