"""Saved views of the list of tasks, and changing many tasks in one go."""

from __future__ import annotations

from typing import Annotated, Any, cast

from ninja import Query
from pydantic import Field, StringConstraints

from fairlead.allocation import actions as allocation
from fairlead.api import paging
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, Moment, PathId, ProjectKey, Shown, TaskKey, TaskState
from fairlead.api.own_values import given_values
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.api.v1.shapes import Label, OwnFields, Priority
from fairlead.work import actions, queries
from fairlead.work.actions import TaskEdit
from fairlead.work.models import View
from fairlead.work.types.definitions import find_type

routes = Routes(tags=["Tasks"])
BY_ID = Order("views", ("id",))
ViewName = Annotated[str, StringConstraints(max_length=60)]
TypeKey = Annotated[str, StringConstraints(max_length=40)]
ViewText = Annotated[str, StringConstraints(max_length=1000)]


class ViewOut(Shown):
    id: int
    name: str = Field(examples=["Late in the shop"])
    query: str = Field(description="As in the address of the list.", examples=["state=open&due=late&sort=due"])
    shared: bool = Field(description="Whether the whole team sees it.")
    is_mine: bool


class ViewPage(Shown):
    items: list[ViewOut]
    next_cursor: str | None


class NewView(Body):
    name: ViewName
    query: ViewText = ""
    shared: bool = Field(False, strict=True)


class ViewChange(Body):
    name: ViewName = ""
    query: ViewText = ""
    shared: bool = Field(False, strict=True)


class BulkIn(Body):
    """What should become of every task; what is not sent stays."""

    tasks: list[TaskKey] = Field(min_length=1, max_length=200, examples=[["WEB-42"]])
    status_id: Id | None = None
    state: TaskState | None = Field(None, description="The first column of each task's project with this state.")
    priority: Priority | None = None
    type: TypeKey | None = Field(None, description="The key of a type of work.", examples=["bug"])
    due_at: Moment | None = None
    shift_days: int | None = Field(None, strict=True, ge=-3650, le=3650, description="Move due dates by so many days.")
    add_labels: list[Label] = Field([], max_length=20)
    remove_labels: list[Label] = Field([], max_length=20)
    fields: OwnFields = {}
    place_in: ProjectKey | None = Field(None, description="A project that shows them from then on, too.")
    project: ProjectKey | None = Field(
        None, description="Moves them to that project, with their subtasks; nothing else in the same call."
    )
    trash: bool = Field(False, strict=True, description="Put them into the trash, whatever else is given.")
    preview: bool = Field(False, strict=True, description="Only say what would happen.")


class SkippedOut(Shown):
    key: str = Field(examples=["WEB-42"])
    why: str


class BulkOut(Shown):
    batch: int | None = Field(description="Takes it back for ten minutes; empty for a preview or when nothing changed.")
    changed: list[str] = Field(description="Moved tasks by their new keys, except in a preview.", examples=[["WEB-42"]])
    skipped: list[SkippedOut]


@routes.on("GET", "/views", scope="work:read", gives=ViewPage)
def list_views(request: Call, wanted: Query[Paging]) -> dict[str, Any]:
    """List saved views

    Your own, and those that are shared.
    """
    rows = queries.visible_views(request.actor).values("id", "name", "query", "shared", "owner_id")
    found = paging.cut(request, cast(Any, rows), BY_ID, wanted)
    items = [{**row, "is_mine": row["owner_id"] == request.actor.user_id} for row in found]
    return paging.page(request, items)


@routes.on("POST", "/views", scope="work:write", gives=ViewOut, status=201)
def add_view(request: Call, body: NewView) -> dict[str, Any]:
    """Save a view"""
    view = actions.save_view(body.name, body.query, shared=body.shared, actor=request.actor, now=request.now)
    return _shown(request, view)


@routes.on("PATCH", "/views/{view_id}", scope="work:write", gives=ViewOut)
def change_view(request: Call, view_id: PathId, body: ViewChange) -> dict[str, Any]:
    """Change a view

    Its name, what it shows, or whether it is shared.
    """
    view = queries.find_view(request.actor, view_id)
    return _shown(request, actions.change_view(view, actor=request.actor, now=request.now, **body.given()))


@routes.on("DELETE", "/views/{view_id}", scope="work:write", gives=None, status=204)
def remove_view(request: Call, view_id: PathId) -> None:
    """Remove a view

    Its tasks stay where they are.
    """
    actions.remove_view(queries.find_view(request.actor, view_id), actor=request.actor, now=request.now)


@routes.on("POST", "/tasks/bulk", scope="work:write", gives=BulkOut)
def change_tasks(request: Call, body: BulkIn) -> dict[str, Any]:
    """Change many tasks

    Each by the rules for one: those that a rule keeps as they are come back with the reason.
    """
    edit = TaskEdit(
        status_id=body.status_id, state=body.state or "", priority=body.priority, due_at=body.due_at,
        shift_days=body.shift_days, no_due="due_at" in body.model_fields_set and body.due_at is None,
        add_labels=tuple(body.add_labels), remove_labels=tuple(body.remove_labels), trash=body.trash,
        fields=tuple(given_values(request, body.fields).items()),
        place_in=body.place_in or "",
        type_id=find_type(request.actor, body.type).pk if body.type else None,
        project_id=queries.find_project(request.actor, body.project).pk if body.project else None,
    )  # fmt: skip
    act = actions.preview_many if body.preview else actions.change_many
    return _told(act(body.tasks, edit, actor=request.actor, now=request.now))


@routes.on("POST", "/batches/{batch_id}/undo", scope="work:write", gives=BulkOut)
def undo_change(request: Call, batch_id: PathId) -> dict[str, Any]:
    """Take a change of many tasks back

    Within ten minutes, where nobody changed them since.
    """
    batch = queries.find_batch(request.actor, batch_id)
    return _told(allocation.take_back(batch, actor=request.actor, now=request.now))


def _told(outcome: actions.Outcome) -> dict[str, Any]:
    return {
        "batch": outcome.batch.pk if outcome.batch else None,
        "changed": list(outcome.changed),
        "skipped": [{"key": key, "why": why} for key, why in outcome.skipped],
    }


def _shown(request: Call, view: View) -> dict[str, Any]:
    plain = {name: getattr(view, name) for name in ("id", "name", "query", "shared")}
    return plain | {"is_mine": view.owner_id == request.actor.user_id}
