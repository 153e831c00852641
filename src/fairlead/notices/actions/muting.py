"""Hearing less of a task or a project. What is meant for somebody by name comes all the same (Kind.personal)."""

from __future__ import annotations

from fairlead.events.actor import Actor
from fairlead.lib.errors import Forbidden
from fairlead.lib.speech import tr
from fairlead.notices.models import Mute
from fairlead.work.models import Project, Task


def mute_task(task: Task, *, actor: Actor) -> None:
    """Hear of this task only what is meant for oneself; again does nothing."""
    Mute.objects.get_or_create(workspace_id=actor.workspace_id, user_id=_person(actor), task=task)


def unmute_task(task: Task, *, actor: Actor) -> None:
    """Hear of it as of any other."""
    Mute.objects.filter(workspace_id=actor.workspace_id, user_id=_person(actor), task=task).delete()


def mute_project(project: Project, *, actor: Actor) -> None:
    """Hear of this project's tasks only what is meant for oneself; again does nothing."""
    Mute.objects.get_or_create(workspace_id=actor.workspace_id, user_id=_person(actor), project=project)


def unmute_project(project: Project, *, actor: Actor) -> None:
    """Hear of it as of any other."""
    Mute.objects.filter(workspace_id=actor.workspace_id, user_id=_person(actor), project=project).delete()


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden(tr("Only somebody with an account has notifications."))
    return actor.user_id
