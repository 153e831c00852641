"""The inbox of managers: what came in and waits for a first look; and the further projects that show a task."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from fairlead.api.calls import Call
from fairlead.api.fields import Body, Moment, ProjectKey, Shown, TaskKey
from fairlead.api.routes import Routes
from fairlead.lib.errors import require
from fairlead.lib.speech import tr
from fairlead.work import actions
from fairlead.work.permissions import may_triage
from fairlead.work.queries import find_project, find_task
from fairlead.work.queries.placements import placements_of
from fairlead.work.queries.triage import inbox

routes = Routes(tags=["Inbox"])
Reason = Annotated[str, StringConstraints(max_length=600)]


class AlikeOut(Shown):
    """A task whose title shares many words."""

    key: str = Field(examples=["WEB-7"])
    title: str
    percent: int = Field(description="Of the words of both titles.", examples=[60])


class WaitingOut(Shown):
    """A task that nobody has looked at yet."""

    key: str = Field(examples=["WEB-42"])
    title: str
    source: str = Field(examples=["request"], description="`request`, `form`, `mail`, `api` or `import`.")
    came_at: datetime
    missing: list[str] = Field(description="Of due, effort and skills.", examples=[["due", "effort"]])
    alike: list[AlikeOut]


class InboxOut(Shown):
    """The newest fifty."""

    items: list[WaitingOut]
    total: int
    snoozed: int


class LookOut(Shown):
    """What became of it."""

    key: str = Field(examples=["WEB-42"])
    state: str = Field(examples=["ready"])


class DeclineTask(Body):
    reason: Reason = Field(description="Whoever asked for it reads it.")


class Merge(Body):
    into: TaskKey


class Put(Body):
    until: Moment


class Transfer(Body):
    project: ProjectKey = Field(description="The key of the project that takes it.", examples=["OPS"])


class PlacementOut(Shown):
    """A further project that shows the task."""

    key: str = Field(examples=["APP"])
    name: str
    status: str = Field(examples=["Ready"], description="The column there.")


class PlacementsOut(Shown):
    items: list[PlacementOut]


@routes.on("GET", "/inbox", scope="work:read", gives=InboxOut)
def show_inbox(request: Call) -> dict[str, Any]:
    """Show the inbox

    Tasks of the backlog that came in from outside and nobody has looked at yet, the newest first. For managers.
    """
    require(may_triage(request.actor), tr("Managers take the first look at what comes in."))
    found = inbox(request.actor, now=request.now)
    items = [{**row, "source": row["triage__source"], "came_at": row["triage__created_at"]} for row in found.rows]
    return {"items": items, "total": found.total, "snoozed": found.snoozed}


@routes.on("POST", "/tasks/{key}/triage/accept", scope="work:write", gives=LookOut)
def accept_from_inbox(request: Call, key: TaskKey) -> dict[str, Any]:
    """Accept a task of the inbox

    It moves to where work is ready.
    """
    return _look(actions.accept_task(find_task(request.actor, key), actor=request.actor, now=request.now))


@routes.on("POST", "/tasks/{key}/triage/decline", scope="work:write", gives=LookOut)
def decline_from_inbox(request: Call, key: TaskKey, body: DeclineTask) -> dict[str, Any]:
    """Decline a task of the inbox

    It is cancelled, and the reason stands on it.
    """
    task = find_task(request.actor, key)
    return _look(actions.decline_task(task, body.reason, actor=request.actor, now=request.now))


@routes.on("POST", "/tasks/{key}/triage/merge", scope="work:write", gives=LookOut)
def merge_from_inbox(request: Call, key: TaskKey, body: Merge) -> dict[str, Any]:
    """Merge a task of the inbox into another one

    Its comments go there, and it is closed with a link.
    """
    task, into = find_task(request.actor, key), find_task(request.actor, body.into)
    actions.merge_task(task, into, actor=request.actor, now=request.now)
    return _look(task)


@routes.on("POST", "/tasks/{key}/triage/snooze", scope="work:write", gives=LookOut)
def snooze_in_inbox(request: Call, key: TaskKey, body: Put) -> dict[str, Any]:
    """Look at a task of the inbox later"""
    task = find_task(request.actor, key)
    actions.snooze_task(task, body.until, actor=request.actor, now=request.now)
    return _look(task)


def _look(task: Any) -> dict[str, Any]:
    return {"key": str(task), "state": task.state}


@routes.on("POST", "/tasks/{key}/transfer", scope="work:write", gives=LookOut)
def transfer_task(request: Call, key: TaskKey, body: Transfer) -> dict[str, Any]:
    """Move a task to another project

    With its subtasks, into the columns of their states. It gets a new key; the old one leads to it for ever, and is
    its key again when it comes back.
    """
    task, project = find_task(request.actor, key), find_project(request.actor, body.project)
    return _look(actions.transfer_task(task, project, actor=request.actor, now=request.now))


@routes.on("GET", "/tasks/{key}/placements", scope="work:read", gives=PlacementsOut)
def list_placements(request: Call, key: TaskKey) -> dict[str, Any]:
    """List the further projects that show a task"""
    return {"items": placements_of(request.actor, find_task(request.actor, key))}


@routes.on("PUT", "/tasks/{key}/placements/{project_key}", scope="work:write", gives=PlacementsOut)
def place_task(request: Call, key: TaskKey, project_key: ProjectKey) -> dict[str, Any]:
    """Show a task in a further project

    It stays one task with one state; who may see it is decided by its home.
    """
    task, project = find_task(request.actor, key), find_project(request.actor, project_key)
    if project.key not in {row["key"] for row in placements_of(request.actor, task)}:
        actions.place_task(task, project, actor=request.actor, now=request.now)
    return {"items": placements_of(request.actor, task)}


@routes.on("DELETE", "/tasks/{key}/placements/{project_key}", scope="work:write", gives=None, status=204)
def unplace_task(request: Call, key: TaskKey, project_key: ProjectKey) -> None:
    """Show a task in a further project no longer"""
    task, project = find_task(request.actor, key), find_project(request.actor, project_key)
    actions.unplace_task(task, project, actor=request.actor, now=request.now)
