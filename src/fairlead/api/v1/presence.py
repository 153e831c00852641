"""Presence: the states of the workspace, and who is in which."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query
from pydantic import Field, StringConstraints

from fairlead.api import paging
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, Moment, PathId, Shown
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.api.v1.workers import CLIENTS_DO_NOT, WorkerOut, one
from fairlead.lib.errors import require
from fairlead.people import actions, queries
from fairlead.people.models import PresenceState
from fairlead.people.visibility import may_see_directory

routes = Routes(tags=["Presence"])
IN_ORDER = Order("presence-states", ("position", "id"))
StateName = Annotated[str, StringConstraints(max_length=40)]


class PresenceStateOut(Shown):
    id: int
    name: str = Field(examples=["Focus"])
    available: bool = Field(description="Whether whoever is in it is given new work.")
    color: int = Field(description="0 to 7.")
    position: int
    is_default: bool = Field(description="What people are in who said nothing.")


class PresenceStatePage(Shown):
    items: list[PresenceStateOut]
    next_cursor: str | None


class NewPresenceState(Body):
    name: StateName
    available: bool = Field(True, strict=True)
    color: int = Field(0, strict=True, ge=0, le=7)


class PresenceStateChange(Body):
    name: StateName = ""
    available: bool = Field(True, strict=True)
    color: int = Field(0, strict=True, ge=0, le=7)
    position: int = Field(0, strict=True, ge=0, le=100, description="0 is the first.")
    is_default: bool = Field(True, strict=True, description="true makes it the default instead of the present one.")


class PresenceIn(Body):
    state_id: Id
    until: Moment | None = Field(None, description="When the default holds again; null: when somebody changes it.")
    text: Annotated[str, StringConstraints(max_length=80)] = Field("", examples=["back at 14:00"])


COLUMNS = tuple(PresenceStateOut.model_fields)


@routes.on("GET", "/presence-states", scope="people:read", gives=PresenceStatePage)
def list_presence_states(request: Call, wanted: Query[Paging]) -> dict[str, Any]:
    """List presence states"""
    require(may_see_directory(request.actor), CLIENTS_DO_NOT)
    found = queries.presence_states(request.actor).values(*COLUMNS)
    return paging.page(request, paging.cut(request, found, IN_ORDER, wanted))


@routes.on("POST", "/presence-states", scope="people:write", gives=PresenceStateOut, status=201)
def create_presence_state(request: Call, body: NewPresenceState) -> PresenceState:
    """Add a presence state

    At the end of the list. For owners and admins.
    """
    return actions.create_presence_state(actor=request.actor, now=request.now, **body.given())


@routes.on("PATCH", "/presence-states/{state_id}", scope="people:write", gives=PresenceStateOut)
def change_presence_state(request: Call, state_id: PathId, body: PresenceStateChange) -> PresenceState:
    """Change a presence state

    Fields that are not sent stay as they are.
    """
    state = queries.find_presence_state(request.actor, state_id)
    return actions.change_presence_state(state, actor=request.actor, now=request.now, **body.given())


@routes.on("DELETE", "/presence-states/{state_id}", scope="people:write", gives=None, status=204)
def remove_presence_state(request: Call, state_id: PathId) -> None:
    """Remove a presence state

    Whoever is in it is in the default one then.
    """
    state = queries.find_presence_state(request.actor, state_id)
    actions.remove_presence_state(state, actor=request.actor, now=request.now)


@routes.on("PUT", "/workers/{worker_id}/presence", scope="people:write", gives=WorkerOut)
def set_presence(request: Call, worker_id: PathId, body: PresenceIn) -> dict[str, Any]:
    """Set a worker's presence

    By the worker (an AI agent too), the human who answers for it, or a manager.
    """
    worker = queries.find_worker(request.actor, worker_id)
    state = queries.find_presence_state(request.actor, body.state_id)
    actions.set_presence(worker, state, until=body.until, text=body.text, actor=request.actor, now=request.now)
    return one(request, worker)
