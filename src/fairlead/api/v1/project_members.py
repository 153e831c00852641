"""Who belongs to a project, and as what."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, PathId, ProjectKey, Shown
from fairlead.api.routes import Routes
from fairlead.lib.errors import Invalid, require
from fairlead.lib.speech import tr
from fairlead.work import actions, queries
from fairlead.work.models import Project
from fairlead.work.permissions import may_see_people
from fairlead.work.queries.people import TEAM, USER, WORKER, Belonging, belongings, find_belonging, find_person

routes = Routes(tags=["Projects"])
Role = Literal["lead", "contributor", "commenter", "viewer"]


class ProjectMemberOut(Shown):
    """One entry: a member of the workspace (user_id), somebody without an account (worker_id), or a team."""

    id: int
    user_id: int | None
    worker_id: int | None = Field(description="Their profile in the directory, if they have one.")
    team_id: int | None
    name: str
    role: Role
    added_by: str
    created_at: datetime


class ProjectMembersOut(Shown):
    items: list[ProjectMemberOut] = Field(description="Leads first, then by name.")


class ProjectMemberIn(Body):
    user_id: Id | None = Field(None, description="A member of the workspace.")
    worker_id: Id | None = Field(None, description="A worker; one with an account counts as that member.")
    team_id: Id | None = Field(None, description="Everybody who is in the team, at any time.")
    role: Role


@routes.on("GET", "/projects/{key}/members", scope="work:read", gives=ProjectMembersOut)
def list_project_members(request: Call, key: ProjectKey) -> dict[str, Any]:
    """List the people of a project"""
    project = queries.find_project(request.actor, key)
    require(may_see_people(request.actor, project), tr("Who belongs to a project is for the team."))
    return {"items": [_row(one) for one in belongings(project)]}


@routes.on("PUT", "/projects/{key}/members", scope="work:write", gives=ProjectMemberOut)
def put_project_member(request: Call, key: ProjectKey, body: ProjectMemberIn) -> dict[str, Any]:
    """Add somebody to a project, or change their role

    Exactly one of user_id, worker_id and team_id. Only people who lead the project; never AI agents.
    """
    project = queries.find_project(request.actor, key)
    require(may_see_people(request.actor, project), tr("Who belongs to a project is for the team."))
    named = {USER: body.user_id, WORKER: body.worker_id, TEAM: body.team_id}
    given = [(kind, number) for kind, number in named.items() if number is not None]
    if len(given) != 1:
        raise Invalid({"user_id": tr("Name exactly one of user_id, worker_id and team_id.")})
    who = find_person(request.actor, *given[0])
    entry = actions.put_member(project, who, body.role, actor=request.actor, now=request.now)
    return _of(project, entry.pk)


@routes.on("DELETE", "/projects/{key}/members/{member_id}", scope="work:write", gives=None, status=204)
def remove_project_member(request: Call, key: ProjectKey, member_id: PathId) -> None:
    """Remove somebody from a project

    Refused for the last lead of a private project, and for whoever holds open work of one.
    """
    project = queries.find_project(request.actor, key)
    require(may_see_people(request.actor, project), tr("Who belongs to a project is for the team."))
    actions.remove_member(find_belonging(project, member_id), actor=request.actor, now=request.now)


def _of(project: Project, entry_id: int) -> dict[str, Any]:
    return next(_row(one) for one in belongings(project) if one.id == entry_id)


def _row(one: Belonging) -> dict[str, Any]:
    return {
        "id": one.id, "user_id": one.number if one.kind == USER else None, "worker_id": one.worker_id,
        "team_id": one.number if one.kind == TEAM else None, "name": one.name, "role": one.role,
        "added_by": one.added_by, "created_at": one.created_at,
    }  # fmt: skip
