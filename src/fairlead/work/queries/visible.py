"""What an actor may see, and finding one thing among it. What they may not see is Missing, as if it were not there."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NoReturn, TypeVar

from django.db.models import Model, QuerySet

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.prepared import prepared
from fairlead.lib.speech import tr
from fairlead.work.models import Batch, Comment, Criterion, Project, Task
from fairlead.work.reach import reach_of, shaped

M = TypeVar("M", bound=Model)


def visible_projects(actor: Actor) -> QuerySet[Project]:
    """The projects of the workspace without the private ones of others; a client sees only those shared with them."""
    found = Project.objects.filter(workspace_id=actor.workspace_id)
    if actor.role == Role.CLIENT:
        return found.filter(clients__user_id=actor.user_id or 0)
    hidden = reach_of(actor).hidden
    return found.exclude(pk__in=hidden) if hidden else found


def seen(rows: QuerySet[M], actor: Actor, project: str = "task__project") -> QuerySet[M]:
    """The rows without those of private projects that the actor does not see; `project` is the way to theirs.

    Where nothing is hidden, the rows as they are.
    """
    hidden = reach_of(actor).hidden
    return rows.exclude(**{f"{project}_id__in": hidden}) if hidden else rows


def visible_tasks(actor: Actor) -> QuerySet[Task]:
    """The tasks that are not in the trash of the projects that the actor sees."""
    return _tasks(actor).filter(deleted_at__isnull=True)


def deleted_tasks(actor: Actor) -> QuerySet[Task]:
    """The tasks in the trash. Clients have no trash to look into."""
    return Task.objects.none() if actor.role == Role.CLIENT else _tasks(actor).filter(deleted_at__isnull=False)


def _tasks(actor: Actor) -> QuerySet[Task]:
    found = Task.objects.filter(workspace_id=actor.workspace_id)
    if actor.role == Role.CLIENT:
        return found.filter(project__clients__user_id=actor.user_id or 0)
    return seen(found, actor, "project")


def visible_comments(actor: Actor, task: Task) -> QuerySet[Comment]:
    """The comments on a visible task that were not removed; clients do not see the internal ones."""
    found = Comment.objects.filter(workspace_id=actor.workspace_id, task=task, deleted_at__isnull=True)
    return found.filter(internal=False) if actor.role == Role.CLIENT else found


def find_project(actor: Actor, key: str) -> Project:
    """The visible project with this key, in any capitals. Raises Missing."""
    found: Project | None = _project.first(shaped(actor), key.upper().replace("\x00", ""))
    if found is None:
        raise Missing(tr("There is no such project, or it was not shared with you."))
    return found


@prepared
def _project(actor: Actor, key: str) -> QuerySet[Project]:
    return visible_projects(actor).select_related("lead").filter(key=key).order_by("pk")[:1]


def find_task(actor: Actor, key: str) -> Task:
    """The visible task with a key like WEB-42, in any capitals. Raises Missing."""
    found = _with_key(visible_tasks(actor), key)
    if found is None and (gone := _with_key(deleted_tasks(actor), key)):
        raise Missing(tr("%(task)s is in the trash and can be restored there (All tasks, Trash).", task=gone))
    return found or _no_such_task()


def find_deleted_task(actor: Actor, key: str) -> Task:
    """The task with this key in the trash. Raises Missing."""
    return _with_key(deleted_tasks(actor), key) or _no_such_task()


def _with_key(tasks: QuerySet[Task], key: str) -> Task | None:
    parts = re.fullmatch(r"([A-Za-z][A-Za-z0-9]{1,7})-([0-9]{1,9})", key.strip())
    if parts is not None:
        related = tasks.select_related("project", "status", "assignee", "parent__project", "created_by")
        project, number = parts[1].upper(), int(parts[2])
        found = related.filter(project__key=project, number=number).first()
        if found is None:  # perhaps it moved to another project
            found = related.filter(former_keys__project__key=project, former_keys__number=number).first()
        return found
    return None


def _no_such_task() -> NoReturn:
    raise Missing(tr("There is no such task. A key looks like WEB-42."))


def find_criterion(actor: Actor, task: Task, criterion_id: int) -> Criterion:
    """A criterion of a visible task. Raises Missing."""
    found = Criterion.objects.filter(workspace_id=actor.workspace_id, task=task, pk=criterion_id).first()
    if found is None:
        raise Missing(tr("This criterion was removed."))
    found.task = task
    return found


def find_comment(actor: Actor, task: Task, comment_id: int) -> Comment:
    """A comment on a visible task that the actor may see. Raises Missing."""
    found = visible_comments(actor, task).select_related("author").filter(pk=comment_id).first()
    if found is None:
        raise Missing(tr("This comment was removed."))
    found.task = task
    return found


def said_since(actor: Actor, task: Task, body: str, *, since: datetime) -> bool:
    """Whether the actor has said just this about the task since then."""
    mine = Comment.objects.filter(workspace_id=actor.workspace_id, task=task, author_id=actor.user_id or 0)
    return mine.filter(body=body.strip(), created_at__gte=since, deleted_at__isnull=True).exists()


def find_removed_comment(actor: Actor, task: Task, comment_id: int) -> Comment:
    """A removed comment on a visible task that the actor could see before. Raises Missing."""
    found = Comment.objects.filter(workspace_id=actor.workspace_id, task=task, deleted_at__isnull=False, pk=comment_id)
    if actor.role == Role.CLIENT:
        found = found.filter(internal=False)
    comment = found.select_related("author").first()
    if comment is None:
        raise Missing(tr("There is no such comment."))
    comment.task = task
    return comment


def find_batch(actor: Actor, number: int) -> Batch:
    """What the actor changed in one go. Raises Missing, also for somebody else's."""
    mine = Batch.objects.filter(workspace_id=actor.workspace_id, by_user_id=actor.user_id or 0)
    found = mine.filter(pk=number).first()
    if found is None:
        raise Missing(tr("There is no such change of yours."))
    return found
