"""What the token's user has muted: tasks and projects of which only what is meant for them by name is told."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from fairlead.api.calls import Call
from fairlead.api.fields import ProjectKey, Shown, TaskKey
from fairlead.api.routes import Routes
from fairlead.notices import actions, queries
from fairlead.work.queries import find_project, find_task

routes = Routes(tags=["Notifications"])


class MuteOut(Shown):
    """Either a task or a project."""

    task: str | None = Field(examples=["WEB-42"])
    project: str | None = Field(examples=["WEB"])


class Mutes(Shown):
    items: list[MuteOut]


@routes.on("GET", "/mutes", scope="work:read", gives=Mutes)
def list_mutes(request: Call) -> dict[str, Any]:
    """List what one has muted

    As far as one still sees it, projects first.
    """
    rows = queries.mutes(request.actor)
    return {
        "items": [
            {"task": str(row.task) if row.task else None, "project": row.project.key if row.project else None}
            for row in rows
        ]
    }


@routes.on("PUT", "/tasks/{key}/mute", scope="work:write", gives=None, status=204)
def mute_task(request: Call, key: TaskKey) -> None:
    """Mute a task

    Its news reaches only those for whom it is meant by name: who gets it, is mentioned, or is asked to approve.
    """
    actions.mute_task(find_task(request.actor, key), actor=request.actor)


@routes.on("DELETE", "/tasks/{key}/mute", scope="work:write", gives=None, status=204)
def unmute_task(request: Call, key: TaskKey) -> None:
    """Hear of a task again"""
    actions.unmute_task(find_task(request.actor, key), actor=request.actor)


@routes.on("PUT", "/projects/{key}/mute", scope="work:write", gives=None, status=204)
def mute_project(request: Call, key: ProjectKey) -> None:
    """Mute a project

    As for a task, for all that are in it.
    """
    actions.mute_project(find_project(request.actor, key), actor=request.actor)


@routes.on("DELETE", "/projects/{key}/mute", scope="work:write", gives=None, status=204)
def unmute_project(request: Call, key: ProjectKey) -> None:
    """Hear of a project again"""
    actions.unmute_project(find_project(request.actor, key), actor=request.actor)
