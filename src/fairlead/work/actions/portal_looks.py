"""What a client has seen. No event: nothing of the work has changed."""

from __future__ import annotations

from datetime import datetime

from fairlead.events.actor import Actor
from fairlead.work.models import LastLook, Task


def note_look(task: Task, *, actor: Actor, now: datetime) -> None:
    """The client has the request before their eyes now."""
    if actor.user_id is not None:
        LastLook.objects.update_or_create(
            user_id=actor.user_id, task=task, defaults={"at": now, "workspace_id": task.workspace_id}
        )
