"""The fields of the workspace: what is kept about tasks besides what Fairlead keeps."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field, StringConstraints

from fairlead.api import etags
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, ProjectKey, Shown
from fairlead.api.routes import Routes
from fairlead.lib.errors import Missing, require
from fairlead.lib.speech import tr
from fairlead.work import actions
from fairlead.work.actions import OptionIn
from fairlead.work.actions.fields import ONLY_MANAGERS
from fairlead.work.fields.definitions import FieldDef, by_key, find_field, visible
from fairlead.work.fields.models import Field as FieldRow
from fairlead.work.models import Project
from fairlead.work.permissions import may_manage_projects
from fairlead.work.queries import find_project, visible_projects

routes = Routes(tags=["Fields"])
KindName = Literal[
    "text", "long", "number", "money", "date", "select", "multi", "person", "people", "check", "link", "formula"
]
FieldKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FieldName = Annotated[str, StringConstraints(max_length=60)]


class OptionOut(Shown):
    id: int
    name: str = Field(examples=["Live"])
    color: int = Field(description="0 to 11.")
    archived: bool = Field(description="It stays where it was chosen and is offered no more.")


class FieldOut(Shown):
    key: str = Field(examples=["budget"], description="Its name in searches, policies and the API; never changes.")
    name: str = Field(examples=["Budget"])
    kind: KindName
    hint: str
    unit: str
    decimals: int
    currency: str = Field(description="Of money, and of a formula that gives money.")
    formula: str = Field(description="CEL over `task.fields.…` and `task.effort_h`.")
    required_from: str = Field(description="`review` or `done`: a task without it gets no further; else empty.")
    for_clients: bool
    archived: bool
    options: list[OptionOut]
    projects: list[str] = Field(description="Keys of the projects where it is switched on.", examples=[["WEB"]])
    on_cards: list[str] = Field(description="Of those, the ones whose cards show it.")
    version: int


class FieldList(Shown):
    items: list[FieldOut]


class OptionBody(Body):
    id: Id | None = Field(None, description="Of an option that is there; without it a new one is made.")
    name: FieldName
    color: int = Field(0, strict=True, ge=0, le=11)
    archived: bool = Field(False, strict=True)


class FieldTexts(Body):
    name: FieldName = ""
    hint: Annotated[str, StringConstraints(max_length=200)] = ""
    unit: Annotated[str, StringConstraints(max_length=12)] = ""
    decimals: int = Field(0, strict=True, ge=0, le=4)
    currency: Annotated[str, StringConstraints(max_length=3)] = ""
    formula: Annotated[str, StringConstraints(max_length=500)] = ""
    required_from: Literal["", "review", "done"] = ""
    for_clients: bool = Field(False, strict=True)
    options: list[OptionBody] = Field([], max_length=100, description="All options in order; others are removed.")
    projects: list[ProjectKey] = Field([], max_length=500, description="Where it is switched on, and nowhere else.")


class NewField(FieldTexts):
    name: FieldName
    kind: KindName
    key: FieldKey | None = None


class FieldChange(FieldTexts):
    position: int = Field(0, strict=True, ge=0, le=100, description="0 is the first.")
    archived: bool = Field(False, strict=True, description="true: it takes no new values.")
    on_cards: list[ProjectKey] = Field([], max_length=500)


class FieldQuery(Body):
    project: ProjectKey | None = Field(None, description="Only those that are switched on there.")


@routes.on("GET", "/fields", scope="work:read", gives=FieldList)
def list_fields(request: Call, wanted: Query[FieldQuery]) -> dict[str, Any]:
    """List fields

    In their order; a client gets those that are for clients.
    """
    keys = _keys(request)
    project = None if wanted.project is None else find_project(request.actor, wanted.project)
    return {"items": [_shown(f, keys) for f in visible(request.actor) if project is None or project.pk in f.projects]}


@routes.on("POST", "/fields", scope="work:write", gives=FieldOut, status=201)
def create_field(request: Call, body: NewField) -> dict[str, Any]:
    """Create a field"""
    require(may_manage_projects(request.actor), ONLY_MANAGERS)
    values = body.given()
    values["projects"] = _projects(request, body.projects)
    values["options"] = _options(body)
    return _one(request, actions.create_field(actor=request.actor, now=request.now, **values))


@routes.on("GET", "/fields/{key}", scope="work:read", gives=FieldOut)
def show_field(request: Call, key: FieldKey) -> dict[str, Any]:
    """Show a field"""
    return _one(request, find_field(request.actor, key))


@routes.on("PATCH", "/fields/{key}", scope="work:write", gives=FieldOut, matched=True)
def change_field(request: Call, key: FieldKey, body: FieldChange) -> dict[str, Any]:
    """Change a field

    What is not sent stays as it is. Its key and its kind never change.
    """
    field = find_field(request.actor, key)
    require(may_manage_projects(request.actor), ONLY_MANAGERS)
    values = body.given()
    version = etags.expected(request, field.version)
    switches: dict[str, Any] = {
        str(name): values.pop(name) for name in ("projects", "on_cards", "archived") if name in values
    }
    if "options" in values:
        values["options"] = _options(body)
    actions.change_field(field, actor=request.actor, now=request.now, version=version, **values)
    _switch(request, field, switches)
    return _one(request, find_field(request.actor, key))


def _switch(request: Call, field: FieldRow, switches: dict[str, Any]) -> None:
    by: dict[str, Any] = {"actor": request.actor, "now": request.now}
    if "archived" in switches:
        act = actions.archive_field if switches["archived"] else actions.unarchive_field
        act(field, **by)
    if "projects" in switches:
        wanted = {project.pk for project in _projects(request, switches["projects"])}
        for project in visible_projects(request.actor).order_by("key"):
            (actions.switch_on if project.pk in wanted else actions.switch_off)(field, project, **by)
    if "on_cards" in switches:
        wanted = {project.pk for project in _projects(request, switches["on_cards"])}
        for project in visible_projects(request.actor).order_by("key"):
            (actions.show_on_cards if project.pk in wanted else actions.hide_from_cards)(field, project, **by)


@routes.on("DELETE", "/fields/{key}", scope="work:write", gives=None, status=204, matched=True)
def delete_field(request: Call, key: FieldKey) -> None:
    """Delete a field

    It goes into the trash with its values and can be restored.
    """
    field = find_field(request.actor, key)
    etags.expected(request, field.version)
    actions.delete_field(field, actor=request.actor, now=request.now)


@routes.on("POST", "/fields/{key}/restore", scope="work:write", gives=FieldOut)
def restore_field(request: Call, key: FieldKey) -> dict[str, Any]:
    """Restore a deleted field"""
    require(may_manage_projects(request.actor), ONLY_MANAGERS)
    field = find_field(request.actor, key, deleted=True)
    return _one(request, actions.restore_field(field, actor=request.actor, now=request.now))


def _options(body: FieldTexts) -> tuple[OptionIn, ...]:
    return tuple(OptionIn(o.name, color=o.color, archived=o.archived, id=o.id) for o in body.options)


def _projects(request: Call, keys: list[str]) -> tuple[Project, ...]:
    return tuple(find_project(request.actor, key) for key in dict.fromkeys(keys))


def _keys(request: Call) -> dict[int, str]:
    return dict(visible_projects(request.actor).values_list("id", "key"))


def _one(request: Call, field: FieldRow) -> dict[str, Any]:
    found = by_key(visible(request.actor), field.key)
    if found is None:
        raise Missing(tr("There is no such field."))
    request.version = found.version
    return _shown(found, _keys(request))


def _shown(field: FieldDef, keys: dict[int, str]) -> dict[str, Any]:
    plain = {name: getattr(field, name) for name in FieldOut.model_fields if name not in ("projects", "on_cards")}
    return {
        **plain,
        "projects": sorted(keys[pk] for pk in field.projects if pk in keys),
        "on_cards": sorted(keys[pk] for pk in field.cards if pk in keys),
    }
