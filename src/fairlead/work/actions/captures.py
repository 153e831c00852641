"""Private notes. They leave no event: the log is read by others, and these are nobody else's business."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from fairlead.events.actor import AGENT, Actor
from fairlead.events.announce import announce
from fairlead.lib.errors import Conflict, Invalid, require
from fairlead.lib.speech import tr
from fairlead.lib.text import one_line
from fairlead.work.actions.tasks import create_task
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Project, Task
from fairlead.work.one_line import read_note
from fairlead.work.permissions import may_capture
from fairlead.work.planner import Capture
from fairlead.work.queries.visible import visible_projects

MAX_TEXT = 300


def capture(line: str, *, actor: Actor, now: datetime, zone: str) -> Capture:
    """Write a note to oneself; days, labels, a priority and a project in it are understood."""
    require(may_capture(actor) and actor.kind != AGENT, tr("Only members of the team keep notes here."))
    plain = one_line(line)
    if not plain or len(plain) > MAX_TEXT:
        raise Invalid({"text": tr("Write one line of at most %(most)s characters.", most=MAX_TEXT)})
    projects = dict(visible_projects(actor).filter(archived_at__isnull=True).values_list("key", "pk"))
    note = read_note(plain, now=now, zone=zone, projects=projects)
    with transaction.atomic():
        made = Capture.objects.create(
            workspace_id=actor.workspace_id, user_id=actor.user_id or 0, text=note.text, due_at=note.due_at,
            labels=list(note.labels)[:20], priority=note.priority, project_id=projects.get(note.project),
            created_at=now,
        )  # fmt: skip
        _tell(actor)
    return made


def drop_capture(note: Capture, *, actor: Actor, now: datetime) -> None:
    """It is not needed; `undrop_capture` brings it back."""
    _change(note, actor, dropped_at=now)


def undrop_capture(note: Capture, *, actor: Actor) -> None:
    """Bring a dropped note back."""
    _change(note, actor, dropped_at=None)


def keep_capture(note: Capture, *, actor: Actor, now: datetime) -> None:
    """Put it aside for reference: it leaves the list of what waits."""
    _change(note, actor, kept_at=now)


def make_task_of(note: Capture, project: Project, *, actor: Actor, now: datetime) -> Task:
    """Turn a note into a task of a project; from then on the team sees it."""
    _require_own(note, actor)
    draft = TaskDraft(title=note.text[:240], due_at=note.due_at, labels=tuple(note.labels), priority=note.priority)
    with transaction.atomic():
        if not Capture.objects.filter(pk=note.pk, task__isnull=True).update(project=project):
            raise Conflict(tr("This note is a task already."))
        task = create_task(project, draft, actor=actor, now=now)
        _change(note, actor, task=task)
    return task


def _change(note: Capture, actor: Actor, **values: Any) -> None:
    _require_own(note, actor)
    with transaction.atomic():
        Capture.objects.filter(pk=note.pk).update(**values)
        _tell(actor)


def _require_own(note: Capture, actor: Actor) -> None:
    own = note.user_id == actor.user_id and note.workspace_id == actor.workspace_id
    require(own and may_capture(actor), tr("This note is somebody else's."))


def _tell(actor: Actor) -> None:
    announce("planner", actor.workspace_id, actor.user_id or 0)
