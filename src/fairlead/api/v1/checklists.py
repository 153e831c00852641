"""The checklist of a task: its small steps. Clients never see it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from fairlead.api.calls import Call
from fairlead.api.fields import Body, Day, Id, PathId, Shown, TaskKey
from fairlead.api.routes import Routes
from fairlead.api.v1.shapes import Condition
from fairlead.lib.errors import require
from fairlead.lib.speech import later
from fairlead.people.queries import find_worker
from fairlead.work import actions
from fairlead.work.models import ChecklistItem, Task
from fairlead.work.permissions import may_see_inside
from fairlead.work.queries import find_task
from fairlead.work.queries.approvals import checklist, find_item

routes = Routes(tags=["Task details"])
Place = Annotated[
    int, Field(strict=True, ge=0, le=1000, description="0 is the first; a larger one than there are: last.")
]
NOT_CLIENTS = later("Checklists are the team's own. Ask your contact about the task instead.")


class ChecklistItemOut(Shown):
    """A step of a task."""

    id: int
    text: str = Field(examples=["Ask for the logo as SVG"])
    assignee_id: int | None = Field(description="The worker whose step it is.")
    due_on: date | None
    done_at: datetime | None
    done_by: str | None = Field(description="Who ticked it off.", examples=["Bob Lind"])


class ChecklistOut(Shown):
    """In the order of the list."""

    items: list[ChecklistItemOut]


class NewChecklistItem(Body):
    text: Condition
    assignee_id: Id | None = None
    due_on: Day | None = None


class ChecklistItemChange(Body):
    """Only what is sent changes; null takes the worker or the day away."""

    text: Condition = ""
    assignee_id: Id | None = None
    due_on: Day | None = None


class ItemPlace(Body):
    position: Place


class MadeSubtask(Shown):
    """The task that was made of a step."""

    key: str = Field(examples=["WEB-43"])


@routes.on("GET", "/tasks/{key}/checklist", scope="work:read", gives=ChecklistOut)
def list_checklist(request: Call, key: TaskKey) -> dict[str, Any]:
    """List the steps of a task

    All of them, at most 100, in their order.
    """
    return {"items": _rows(_task(request, key))}


@routes.on("POST", "/tasks/{key}/checklist", scope="work:write", gives=ChecklistItemOut, status=201)
def add_checklist_item(request: Call, key: TaskKey, body: NewChecklistItem) -> dict[str, Any]:
    """Add a step

    At the end of the list.
    """
    task, who = _task(request, key), body.assignee_id
    worker = None if who is None else find_worker(request.actor, who)
    item = actions.add_item(
        task, body.text, assignee=worker, due_on=body.due_on, actor=request.actor, now=request.now
    )  # fmt: skip
    return _shown(item)


@routes.on("PATCH", "/tasks/{key}/checklist/{item_id}", scope="work:write", gives=ChecklistItemOut)
def change_checklist_item(request: Call, key: TaskKey, item_id: PathId, body: ChecklistItemChange) -> dict[str, Any]:
    """Change a step"""
    item, given = _item(request, key, item_id), body.given()
    if "assignee_id" in given:
        who = given.pop("assignee_id")
        given["assignee"] = None if who is None else find_worker(request.actor, who)
    return _shown(actions.change_item(item, actor=request.actor, now=request.now, **given))


@routes.on("POST", "/tasks/{key}/checklist/{item_id}/check", scope="work:write", gives=ChecklistItemOut)
def check_checklist_item(request: Call, key: TaskKey, item_id: PathId) -> dict[str, Any]:
    """Tick a step off

    Also by the worker whose step it is.
    """
    return _shown(actions.check_item(_item(request, key, item_id), actor=request.actor, now=request.now))


@routes.on("POST", "/tasks/{key}/checklist/{item_id}/uncheck", scope="work:write", gives=ChecklistItemOut)
def uncheck_checklist_item(request: Call, key: TaskKey, item_id: PathId) -> dict[str, Any]:
    """Say that a step is not done after all"""
    return _shown(actions.uncheck_item(_item(request, key, item_id), actor=request.actor, now=request.now))


@routes.on("POST", "/tasks/{key}/checklist/{item_id}/place", scope="work:write", gives=ChecklistOut)
def place_checklist_item(request: Call, key: TaskKey, item_id: PathId, body: ItemPlace) -> dict[str, Any]:
    """Move a step to another place

    Gives the whole list in its new order.
    """
    item = actions.place_item(_item(request, key, item_id), body.position, actor=request.actor)
    return {"items": _rows(item.task)}


@routes.on("POST", "/tasks/{key}/checklist/{item_id}/subtask", scope="work:write", gives=MadeSubtask, status=201)
def make_item_subtask(request: Call, key: TaskKey, item_id: PathId) -> dict[str, str]:
    """Make a subtask of a step

    With its worker and its day. The step leaves the list; one that is done is refused.
    """
    made = actions.item_to_subtask(_item(request, key, item_id), actor=request.actor, now=request.now)
    return {"key": str(made)}


@routes.on("DELETE", "/tasks/{key}/checklist/{item_id}", scope="work:write", gives=None, status=204)
def remove_checklist_item(request: Call, key: TaskKey, item_id: PathId) -> None:
    """Take a step off the list"""
    actions.remove_item(_item(request, key, item_id), actor=request.actor, now=request.now)


def _task(request: Call, key: str) -> Task:
    task = find_task(request.actor, key)
    require(may_see_inside(request.actor), NOT_CLIENTS)
    return task


def _item(request: Call, key: str, item_id: int) -> ChecklistItem:
    return find_item(request.actor, _task(request, key), item_id)


def _rows(task: Task) -> list[dict[str, Any]]:
    return [{**row, "done_by": row["by"]} for row in checklist(task)]


def _shown(item: ChecklistItem) -> dict[str, Any]:
    return next(row for row in _rows(item.task) if row["id"] == item.pk)
