"""Pins on images and pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from fairlead.api.calls import Call
from fairlead.api.fields import Body, PathId, Shown
from fairlead.api.routes import Routes
from fairlead.work import actions, queries
from fairlead.work.models import ProofPin

routes = Routes(tags=["Files"])
Place = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Note = Annotated[str, StringConstraints(max_length=5_000)]


class ProofNoteOut(Shown):
    body: str
    author_id: int | None
    name: str | None = Field(description="Who said it.", examples=["Dana Reyes"])
    created_at: datetime


class ProofPinOut(Shown):
    """A point with what was said there; `x` from the left and `y` from the top, 0 to 1."""

    id: int
    number: int
    x: float
    y: float
    page: int = Field(description="Of a PDF, from 1; an image has one page.", examples=[1])
    internal: bool
    resolved_at: datetime | None
    task: str = Field(description="The key of the task that was made of it, or empty.", examples=[""])
    notes: list[ProofNoteOut]


class ProofPinList(Shown):
    items: list[ProofPinOut]


class NewProofPin(Body):
    x: Place
    y: Place
    page: int = Field(1, strict=True, ge=1, le=1000, description="Of a PDF; an image has one page.")
    body: Note
    internal: bool = Field(True, strict=True, description="Internal pins are never shown to clients.")


class NewProofNote(Body):
    body: Note


def _shown(request: Call, pin: ProofPin) -> Any:
    return next(row for row in queries.pins(request.actor, pin.version) if row.id == pin.pk)


@routes.on("GET", "/attachments/{attachment_id}/versions/{number}/pins", scope="work:read", gives=ProofPinList)
def list_pins(request: Call, attachment_id: PathId, number: PathId) -> dict[str, Any]:
    """List the pins of a version"""
    return {"items": queries.pins(request.actor, queries.find_version(request.actor, attachment_id, number))}


@routes.on(
    "POST", "/attachments/{attachment_id}/versions/{number}/pins", scope="work:write", gives=ProofPinOut, status=201
)
def set_pin(request: Call, attachment_id: PathId, number: PathId, body: NewProofPin) -> Any:
    """Set a pin

    On an image, or a page of a PDF, that has its preview.
    """
    version = queries.find_version(request.actor, attachment_id, number)
    pin = actions.set_pin(
        version, body.body, x=body.x, y=body.y, page=body.page, internal=body.internal, actor=request.actor,
        now=request.now,
    )  # fmt: skip
    return _shown(request, pin)


@routes.on(
    "POST", "/attachments/{attachment_id}/pins/{pin_id}/notes", scope="work:write", gives=ProofPinOut, status=201
)
def answer_pin(request: Call, attachment_id: PathId, pin_id: PathId, body: NewProofNote) -> Any:
    """Answer at a pin"""
    pin = queries.find_pin(request.actor, attachment_id, pin_id)
    actions.answer_pin(pin, body.body, actor=request.actor, now=request.now)
    return _shown(request, pin)


@routes.on("POST", "/attachments/{attachment_id}/pins/{pin_id}/resolve", scope="work:write", gives=ProofPinOut)
def resolve_pin(request: Call, attachment_id: PathId, pin_id: PathId) -> Any:
    """Resolve a pin"""
    pin = queries.find_pin(request.actor, attachment_id, pin_id)
    actions.resolve_pin(pin, actor=request.actor, now=request.now)
    return _shown(request, pin)


@routes.on("POST", "/attachments/{attachment_id}/pins/{pin_id}/reopen", scope="work:write", gives=ProofPinOut)
def reopen_pin(request: Call, attachment_id: PathId, pin_id: PathId) -> Any:
    """Reopen a pin"""
    pin = queries.find_pin(request.actor, attachment_id, pin_id)
    actions.reopen_pin(pin, actor=request.actor, now=request.now)
    return _shown(request, pin)


@routes.on("POST", "/attachments/{attachment_id}/pins/{pin_id}/task", scope="work:write", gives=ProofPinOut, status=201)
def make_pin_task(request: Call, attachment_id: PathId, pin_id: PathId) -> Any:
    """Make a pin a task

    A subtask of the file's task.
    """
    pin = queries.find_pin(request.actor, attachment_id, pin_id)
    actions.make_pin_task(pin, actor=request.actor, now=request.now)
    return _shown(request, pin)
