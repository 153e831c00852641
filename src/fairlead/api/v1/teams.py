"""Teams: who works together, under which name."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from fairlead.allocation import actions as allocation
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, Line, PathId, Shown
from fairlead.api.routes import Routes
from fairlead.api.v1.shapes import WorkerName
from fairlead.lib.errors import require
from fairlead.lib.speech import later
from fairlead.people import actions, queries
from fairlead.people.models import Team, Worker
from fairlead.people.visibility import may_see_directory

routes = Routes(tags=["Teams"])
CLIENTS_DO_NOT = later("Clients do not see the directory.")
TeamName = Annotated[str, StringConstraints(max_length=80)]


class TeamOut(Shown):
    id: int
    name: str = Field(examples=["Design"])
    description: str
    lead_id: int | None
    members: list[WorkerName] = Field(description="Those who can be given work, by name.")


class TeamsOut(Shown):
    items: list[TeamOut]


class NewTeam(Body):
    name: TeamName
    description: Line = ""
    lead_id: Id | None = Field(None, description="A worker; the lead is a member of the team.")
    members: list[Id] = Field(default_factory=list, max_length=500, description="Workers.")


class TeamChange(Body):
    name: TeamName = ""
    description: Line = ""
    lead_id: Id | None = None
    members: list[Id] = Field(default_factory=list, max_length=500, description="All of them, not only new ones.")


def _row(request: Call, team: Team) -> Any:
    return queries.team_rows(request.actor, only=team.pk)[0]


def _workers(request: Call, ids: list[int]) -> list[Worker]:
    return [queries.find_worker(request.actor, pk) for pk in ids]


@routes.on("GET", "/teams", scope="people:read", gives=TeamsOut)
def list_teams(request: Call) -> dict[str, Any]:
    """List teams"""
    require(may_see_directory(request.actor), CLIENTS_DO_NOT)
    return {"items": queries.team_rows(request.actor)}


@routes.on("POST", "/teams", scope="people:write", gives=TeamOut, status=201)
def create_team(request: Call, body: NewTeam) -> Any:
    """Make a team"""
    require(may_see_directory(request.actor), CLIENTS_DO_NOT)
    lead = queries.find_worker(request.actor, body.lead_id) if body.lead_id else None
    made = actions.create_team(
        body.name, lead=lead, members=_workers(request, body.members), description=body.description,
        actor=request.actor, now=request.now,
    )  # fmt: skip
    return _row(request, made)


@routes.on("GET", "/teams/{team_id}", scope="people:read", gives=TeamOut)
def show_team(request: Call, team_id: PathId) -> Any:
    """Show a team"""
    return _row(request, queries.find_team(request.actor, team_id))


@routes.on("PATCH", "/teams/{team_id}", scope="people:write", gives=TeamOut)
def change_team(request: Call, team_id: PathId, body: TeamChange) -> Any:
    """Change a team

    Fields that are not sent stay as they are. Another name is refused while a policy says the present one.
    """
    team, given = queries.find_team(request.actor, team_id), body.given()
    members = [row.worker for row in team.members.select_related("worker")]
    lead = team.lead
    if "lead_id" in given:
        lead = queries.find_worker(request.actor, body.lead_id) if body.lead_id else None
    changed = allocation.change_team(
        team, name=given.get("name", team.name), description=given.get("description", team.description), lead=lead,
        members=_workers(request, body.members) if "members" in given else members, actor=request.actor,
        now=request.now,
    )  # fmt: skip
    return _row(request, changed)


@routes.on("DELETE", "/teams/{team_id}", scope="people:write", gives=None, status=204)
def remove_team(request: Call, team_id: PathId) -> None:
    """Remove a team

    Refused while a policy names it; the answer says which. Its members stay in the directory.
    """
    allocation.remove_team(queries.find_team(request.actor, team_id), actor=request.actor, now=request.now)
