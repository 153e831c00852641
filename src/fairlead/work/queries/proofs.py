"""Reading the pins of a version, with what was said at each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.work.models import AttachmentVersion, ProofNote, ProofPin
from fairlead.work.queries.attachments import find_attachment
from fairlead.work.queries.rows import plain


@dataclass(frozen=True)
class Pin:
    """A pin; `x` and `y` from 0 to 1. `notes`: body, created_at, author_id, name. `task`: the key of its task."""

    id: int
    number: int
    x: float
    y: float
    page: int
    internal: bool
    author_id: int | None
    resolved_at: datetime | None
    resolved_by: str
    task: str
    notes: list[dict[str, Any]]


def pins(actor: Actor, version: AttachmentVersion) -> list[Pin]:
    """The pins of a visible version that the actor sees, in their order. Two queries."""
    rows = plain(_pins(actor).filter(version=version).order_by("number").values(
        "id", "number", "x", "y", "page", "internal", "author_id", "resolved_at", "resolved_by__name",
        "task__project__key", "task__number", "task__deleted_at",
    ))  # fmt: skip
    said: dict[int, list[dict[str, Any]]] = defaultdict(list)
    notes = ProofNote.objects.filter(workspace_id=actor.workspace_id, pin_id__in=[row["id"] for row in rows])
    author = {"name": F("author__name"), "author_kind": F("author__kind")}
    for note in plain(notes.order_by("created_at", "id").values("pin_id", "body", "created_at", "author_id", **author)):
        said[note["pin_id"]].append(note)
    return [_pin(row, said[row["id"]]) for row in rows]


def _pin(row: dict[str, Any], notes: list[dict[str, Any]]) -> Pin:
    there = row["task__number"] is not None and row["task__deleted_at"] is None
    return Pin(
        id=row["id"], number=row["number"], x=row["x"], y=row["y"], page=row["page"], internal=row["internal"],
        author_id=row["author_id"], resolved_at=row["resolved_at"], resolved_by=row["resolved_by__name"] or "",
        task=f"{row['task__project__key']}-{row['task__number']}" if there else "", notes=notes,
    )  # fmt: skip


def _pins(actor: Actor) -> QuerySet[ProofPin]:
    found = ProofPin.objects.filter(workspace_id=actor.workspace_id)
    return found.filter(internal=False) if actor.role == Role.CLIENT else found


def find_pin(actor: Actor, attachment_id: int, pin_id: int) -> ProofPin:
    """A pin that the actor sees on a file that they see. Raises Missing."""
    attachment = find_attachment(actor, attachment_id)
    found = _pins(actor).filter(version__attachment=attachment, pk=pin_id).select_related("version", "author").first()
    if found is None:
        raise Missing(tr("There is no such pin."))
    found.version.attachment = attachment
    return found
