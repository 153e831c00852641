"""Types of work."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from fairlead.accounts.models import Role
from fairlead.api import etags
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Shown, Text
from fairlead.api.routes import Routes
from fairlead.api.v1.own_fields import FieldKey
from fairlead.api.v1.shapes import Minutes, NeedIn
from fairlead.lib.errors import require
from fairlead.work import actions
from fairlead.work.actions.types import ONLY_MANAGERS
from fairlead.work.permissions import may_manage_projects
from fairlead.work.types.definitions import TypeDef, find_type, task_types
from fairlead.work.types.models import TaskType

routes = Routes(tags=["Types"])
TypeName = Annotated[str, StringConstraints(max_length=40)]
Icon = Literal[
    "circle-dot", "message-square", "bug", "stamp", "diamond", "file-text", "lightbulb", "wrench", "flask-conical",
    "megaphone", "palette", "scale", "shield", "truck", "video", "zap",
]  # fmt: skip


class TypeOut(Shown):
    key: str = Field(examples=["bug"])
    name: str = Field(examples=["Bug"])
    base: str = Field(description="What is built in about it: task, request, bug, approval, milestone; else empty.")
    icon: Icon
    color: int = Field(description="0 to 11.")
    description: str = Field(description="The template of its tasks.")
    criteria: list[str]
    effort_min: int | None
    needs: dict[str, int] = Field(description="{skill id: level}")
    columns: list[int] = Field(description="Ids of the columns that its tasks may be in; of a project without: all.")
    archived: bool
    version: int


class TypeList(Shown):
    items: list[TypeOut]


class TypeTexts(Body):
    name: TypeName = ""
    icon: Icon = "circle-dot"
    color: int = Field(0, strict=True, ge=0, le=11)
    description: Text = ""
    criteria: list[Annotated[str, StringConstraints(max_length=300)]] = Field([], max_length=50)
    effort_min: Minutes | None = None
    needs: list[NeedIn] = Field([], max_length=50)
    columns: list[int] = Field([], max_length=500)


class NewType(TypeTexts):
    name: TypeName


class TypeChange(TypeTexts):
    position: int = Field(0, strict=True, ge=0, le=100)
    archived: bool = Field(False, strict=True)


@routes.on("GET", "/types", scope="work:read", gives=TypeList)
def list_types(request: Call) -> dict[str, Any]:
    """List types of work

    In their order; to a client their names and looks.
    """
    return {"items": [_shown(request, kind) for kind in task_types(request.actor.workspace_id)]}


@routes.on("POST", "/types", scope="work:write", gives=TypeOut, status=201)
def create_type(request: Call, body: NewType) -> dict[str, Any]:
    """Create a type of work"""
    require(may_manage_projects(request.actor), ONLY_MANAGERS)
    return _one(request, actions.create_type(actor=request.actor, now=request.now, **_values(body)))


@routes.on("PATCH", "/types/{key}", scope="work:write", gives=TypeOut, matched=True)
def change_type(request: Call, key: FieldKey, body: TypeChange) -> dict[str, Any]:
    """Change a type of work

    What is not sent stays as it is.
    """
    found = find_type(request.actor, key)
    require(may_manage_projects(request.actor), ONLY_MANAGERS)
    values, version = _values(body), etags.expected(request, found.version)
    archived = values.pop("archived", None)
    actions.change_type(found, actor=request.actor, now=request.now, version=version, **values)
    if archived is not None:
        act = actions.archive_type if archived else actions.unarchive_type
        act(found, actor=request.actor, now=request.now)
    return _one(request, found)


@routes.on("DELETE", "/types/{key}", scope="work:write", gives=None, status=204, matched=True)
def delete_type(request: Call, key: FieldKey) -> None:
    """Delete a type of work

    One of the workspace's own that no task is of.
    """
    found = find_type(request.actor, key)
    etags.expected(request, found.version)
    actions.delete_type(found, actor=request.actor, now=request.now)


def _values(body: TypeTexts) -> dict[str, Any]:
    values = body.given()
    if "criteria" in values:
        values["criteria"] = "\n".join(body.criteria)
    if "needs" in values:
        values["needs"] = {need.skill_id: need.level for need in body.needs}
    return values


def _one(request: Call, found: TaskType) -> dict[str, Any]:
    kind = next(kind for kind in task_types(found.workspace_id) if kind.id == found.pk)
    request.version = kind.version
    return _shown(request, kind)


def _shown(request: Call, kind: TypeDef) -> dict[str, Any]:
    plain = {name: getattr(kind, name) for name in ("key", "name", "base", "icon", "color", "archived", "version")}
    if request.actor.role == Role.CLIENT:
        return {**plain, "description": "", "criteria": [], "effort_min": None, "needs": {}, "columns": []}
    return {
        **plain, "description": kind.description, "criteria": list(kind.criteria), "effort_min": kind.effort_min,
        "needs": {str(pk): level for pk, level in kind.needs.items()}, "columns": sorted(kind.columns),
    }  # fmt: skip
