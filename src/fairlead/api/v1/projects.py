"""Projects and the columns of their boards."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Query
from pydantic import Field, StringConstraints

from fairlead.accounts.models import Role
from fairlead.api import etags, paging
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, PathId, ProjectKey, Shown, TaskState, Text
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.people.queries import find_worker
from fairlead.work import actions, queries
from fairlead.work.models import Project, Status

routes = Routes(tags=["Projects"])
BY_KEY = Order("projects", ("key",))
Name = Annotated[str, StringConstraints(max_length=120)]


class StatusOut(Shown):
    """A column of the board; its state says what it means."""

    id: int
    name: str = Field(examples=["In progress"])
    state: TaskState
    wip_limit: int | None = Field(description="The most tasks that it should hold.")
    wip_hard: bool = Field(description="Whether a full column refuses further tasks; else the limit is only shown.")


class ProjectOut(Shown):
    key: str = Field(examples=["WEB"])
    name: str = Field(examples=["Website relaunch"])
    description: str = Field(description="Markdown.")
    client: str
    color: int = Field(description="0 to 11.")
    lead_id: int | None = Field(description="The worker who leads it.")
    private: bool = Field(description="Whether only its people see it, and owners, admins and auditors.")
    archived: bool
    created_at: datetime
    version: int
    statuses: list[StatusOut] = Field(description="The columns from left to right.")


class ProjectPage(Shown):
    items: list[ProjectOut]
    next_cursor: str | None


class ProjectFilter(Paging):
    archived: bool = Field(False, description="The archived projects instead of those in use.")


class NewProject(Body):
    key: Annotated[str, StringConstraints(max_length=8)] = Field(description="2 to 8 capitals and digits, like WEB.")
    name: Name
    description: Text = ""
    client: Name = ""
    color: int = Field(0, strict=True, ge=0, le=11)
    private: bool = Field(False, strict=True, description="Only its people see it; whoever creates it leads it.")


class ProjectChange(Body):
    name: Name = ""
    description: Text = ""
    client: Name = ""
    color: int = Field(0, strict=True, ge=0, le=11)
    lead_id: Id | None = None
    private: bool = Field(False, strict=True, description="See the operations on its members.")


class NewStatus(Body):
    name: Annotated[str, StringConstraints(max_length=40)]
    state: TaskState
    wip_limit: int | None = Field(None, strict=True, ge=1, le=999)
    wip_hard: bool = Field(True, strict=True)


class StatusChange(Body):
    name: Annotated[str, StringConstraints(max_length=40)] = ""
    state: TaskState = "backlog"
    wip_limit: int | None = Field(None, strict=True, ge=1, le=999)
    wip_hard: bool = Field(True, strict=True)
    position: int = Field(0, strict=True, ge=0, le=100, description="0 is leftmost.")


class StatusRemoval(Body):
    move_to: int | None = Field(None, ge=1, le=2**63 - 1, description="The column that takes its tasks.")


COLUMNS = (*(name for name in ProjectOut.model_fields if name not in ("archived", "statuses")), "id", "archived_at")


@routes.on("GET", "/projects", scope="work:read", gives=ProjectPage)
def list_projects(request: Call, wanted: Query[ProjectFilter]) -> dict[str, Any]:
    """List projects

    By key.
    """
    found = queries.visible_projects(request.actor).filter(archived_at__isnull=not wanted.archived)
    rows = paging.cut(request, found.values(*COLUMNS), BY_KEY, wanted)
    columns = _statuses([row["id"] for row in rows])
    return paging.page(request, [_row(request, row, columns) for row in rows])


@routes.on("POST", "/projects", scope="work:write", gives=ProjectOut, status=201)
def create_project(request: Call, body: NewProject) -> dict[str, Any]:
    """Create a project

    With the usual columns, from Backlog to Done.
    """
    values = body.given()
    create = actions.create_private_project if values.pop("private", False) else actions.create_project
    return _shown(request, create(actor=request.actor, now=request.now, **values))


@routes.on("GET", "/projects/{key}", scope="work:read", gives=ProjectOut)
def show_project(request: Call, key: ProjectKey) -> dict[str, Any]:
    """Show a project"""
    return _shown(request, queries.find_project(request.actor, key))


@routes.on("PATCH", "/projects/{key}", scope="work:write", gives=ProjectOut, matched=True)
def change_project(request: Call, key: ProjectKey, body: ProjectChange) -> dict[str, Any]:
    """Change a project

    Fields that are not sent stay as they are. Whoever makes it private leads it, and who holds open work of it becomes
    a contributor.
    """
    project = queries.find_project(request.actor, key)
    version = etags.expected(request, project.version)
    values = body.given()
    if "lead_id" in values:
        lead_id = values.pop("lead_id")
        values["lead"] = None if lead_id is None else find_worker(request.actor, lead_id)
    private = values.pop("private", project.private)
    by: dict[str, Any] = {"actor": request.actor, "now": request.now}
    changed = actions.change_project(project, version=version, **by, **values)
    if private != changed.private:
        changed = actions.make_private(changed, **by) if private else actions.make_open(changed, **by)
    return _shown(request, changed)


@routes.on("POST", "/projects/{key}/archive", scope="work:write", gives=ProjectOut)
def archive_project(request: Call, key: ProjectKey) -> dict[str, Any]:
    """Archive a project

    It leaves the lists; its tasks stay as they are.
    """
    project = queries.find_project(request.actor, key)
    return _shown(request, actions.archive_project(project, actor=request.actor, now=request.now))


@routes.on("POST", "/projects/{key}/restore", scope="work:write", gives=ProjectOut)
def restore_project(request: Call, key: ProjectKey) -> dict[str, Any]:
    """Restore a project"""
    project = queries.find_project(request.actor, key)
    return _shown(request, actions.restore_project(project, actor=request.actor, now=request.now))


@routes.on("POST", "/projects/{key}/statuses", scope="work:write", gives=StatusOut, status=201)
def add_status(request: Call, key: ProjectKey, body: NewStatus) -> Status:
    """Add a column

    It stands right of those that mean the same or come earlier.
    """
    project = queries.find_project(request.actor, key)
    limits: dict[str, Any] = {"wip_limit": body.wip_limit, "wip_hard": body.wip_hard}
    return actions.add_status(project, body.name, body.state, actor=request.actor, now=request.now, **limits)


@routes.on("PATCH", "/projects/{key}/statuses/{status_id}", scope="work:write", gives=StatusOut)
def change_status(request: Call, key: ProjectKey, status_id: PathId, body: StatusChange) -> Status:
    """Change a column

    Its state can change only while it is empty.
    """
    status = find_status(request, queries.find_project(request.actor, key), status_id)
    return actions.change_status(status, actor=request.actor, now=request.now, **body.given())


@routes.on("DELETE", "/projects/{key}/statuses/{status_id}", scope="work:write", gives=None, status=204)
def remove_status(request: Call, key: ProjectKey, status_id: PathId, wanted: Query[StatusRemoval]) -> None:
    """Remove a column

    Its tasks go to the bottom of `move_to`, which must mean the same for them.
    """
    project = queries.find_project(request.actor, key)
    status = find_status(request, project, status_id)
    target = None if wanted.move_to is None else find_status(request, project, wanted.move_to)
    actions.remove_status(status, target, actor=request.actor, now=request.now)


def find_status(request: Call, project: Project, status_id: int) -> Status:
    """A column of a visible project. Raises Missing."""
    found = Status.objects.filter(workspace_id=request.actor.workspace_id, project=project, pk=status_id)
    status = found.select_related("project").first()
    if status is None:
        raise Missing(tr("%(project)s has no such column.", project=project.name))
    return status


def _statuses(project_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {pk: [] for pk in project_ids}
    rows = Status.objects.filter(project_id__in=project_ids).order_by("position", "id")
    for row in rows.values("project_id", *StatusOut.model_fields):
        found[row["project_id"]].append(row)
    return found


def _row(request: Call, row: dict[str, Any], statuses: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    """A project; who leads it and how its board is made is the team's own."""
    found = {**row, "archived": row["archived_at"] is not None, "statuses": statuses[row["id"]]}
    return found if request.actor.role != Role.CLIENT else {**found, "lead_id": None, "statuses": []}


def _shown(request: Call, project: Project) -> dict[str, Any]:
    request.version = project.version
    return _row(request, {name: getattr(project, name) for name in COLUMNS}, _statuses([project.pk]))
