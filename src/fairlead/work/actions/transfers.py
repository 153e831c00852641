"""Moving a task, with its subtasks, to another project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import tr
from fairlead.work.actions.belonging import check_belongs
from fairlead.work.actions.columns import STEP, require_room, top_rank
from fairlead.work.actions.former import Former, Places, former_of, place_again, show_again
from fairlead.work.actions.tasks import fresh, take_numbers, write
from fairlead.work.former_keys import FormerKey
from fairlead.work.models import Attachment, Comment, Handover, Project, ProjectClient, Status, Task
from fairlead.work.permissions import may_manage_project, may_transfer
from fairlead.work.placement import TaskPlacement
from fairlead.work.states import State


def transfer_task(task: Task, project: Project, *, actor: Actor, now: datetime, version: int | None = None) -> Task:
    """Move the task to another project, with all its subtasks, into the columns of the states they are in.

    It gets the next key there and the old one leads to it; where it was before it has its first key again. A subtask
    that moves without its parent stands alone. Where other clients see it than before, what was said and shown to
    clients becomes internal. Raises Invalid, Refused with what is in the way, Conflict for an old
    `version`.
    """
    move_whole(task, project, actor=actor, now=now, version=version)
    return task


def move_whole(
    task: Task, project: Project, *, actor: Actor, now: datetime, version: int | None = None, back: Former | None = None
) -> Former:
    """`transfer_task`, with what it takes to undo it; `back`: what an earlier one gave, to be as before it again."""
    require(
        may_transfer(actor, task) and may_manage_project(actor, project),
        tr("Only who leads both projects moves a task from one to the other."),
    )
    with transaction.atomic():
        fresh(task, version=version)
        if project.pk == task.project_id:
            raise Invalid({"project": tr("%(task)s is in %(project)s already.", task=task, project=project.name)})
        if project.archived_at is not None:
            raise Refused(tr("%(project)s is archived. Restore it in its settings first.", project=project.name))
        whole = _with_subtasks(task)
        _check(whole, project)
        former = former_of(whole, project, hides=meets_other_clients(task, project))
        if former.hides:
            Comment.objects.filter(task__in=whole).update(internal=True, question=False)
            Attachment.objects.filter(task__in=whole).update(for_client=False)
        _arrive(whole, project, actor=actor, now=now, places={} if back is None else back.places)
    task.refresh_from_db(from_queryset=Task.objects.select_related("project", "status", "assignee", "parent__project"))
    return former


def meets_other_clients(task: Task, project: Project) -> bool:
    """Whether the project is shared with clients who do not see the task now."""
    before = ProjectClient.objects.filter(project_id=task.project_id).values("user_id")
    return ProjectClient.objects.filter(project=project).exclude(user_id__in=before).exists()


def _with_subtasks(task: Task) -> list[Task]:
    """The task first, then everything below it, also from the trash; held until the transaction ends."""
    numbers, level = [task.pk], [task.pk]
    while level:
        level = list(Task.objects.filter(parent_id__in=level).order_by("pk").values_list("pk", flat=True))
        numbers.extend(level)
    list(Task.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk").values_list("pk"))
    found = Task.objects.select_related("project", "status", "assignee").in_bulk(numbers)
    return [found[number] for number in (task.pk, *sorted(numbers[1:]))]


def _check(whole: Sequence[Task], project: Project) -> None:
    if Handover.objects.filter(task__in=whole, state=Handover.State.OPEN).exists():
        raise Refused(tr("The client is asked about it and answers where it is now. Wait, or take the question back."))
    outside = [task.external_id for task in whole if task.external_id]
    taken = Task.objects.filter(project=project, external_id__in=outside).first() if outside else None
    if taken is not None:
        raise Conflict(tr("%(task)s has the same outside id already. Change one of the two.", task=taken))


def _arrive(whole: Sequence[Task], project: Project, *, actor: Actor, now: datetime, places: Places) -> None:
    columns = _columns(whole, project, places)
    numbers = _numbers(whole, project)
    ranks = {pk: top_rank(pk) - STEP * count for pk, count in Counter(it.pk for it in columns.values()).items()}
    TaskPlacement.objects.filter(task__in=whole, project=project).delete()
    for task in whole:
        before, home, number = str(task), task.project, task.number
        column = columns[task.pk]
        alone = {"parent": None} if task is whole[0] and task.parent_id else {}
        status_id, rank = places.get(task.pk, (0, 0.0))
        if status_id != column.pk:
            rank = ranks[column.pk]
            ranks[column.pk] += STEP
        write(task, now=now, project=project, number=numbers[task.pk], status=column, rank=rank, **alone)
        FormerKey.objects.create(workspace_id=task.workspace_id, project=home, number=number, task=task)
        changes = {"key": [before, str(task)], "project": [home.name, project.name]}
        record("task.transferred", task, actor=actor, now=now, changes=changes)
    for task in whole:
        check_belongs([task], task.assignee)


def _columns(whole: Sequence[Task], project: Project, places: Places) -> Mapping[int, Status]:
    """{task id: the column of its place there, else the first with its state, one that is open to its type}."""
    own = list(Status.objects.filter(project=project).order_by("position", "id").prefetch_related("types"))
    found = {}
    for task in whole:
        fitting = [status for status in own if status.state == task.state]
        if not fitting:
            state = State(task.state).label
            raise Refused(
                tr(
                    "%(project)s has no column for %(state)s, where %(task)s is. Add one, or move the task first.",
                    project=project.name,
                    state=state,
                    task=task,
                )
            )
        typed = [it for it in fitting if task.type_id and any(one.type_id == task.type_id for one in it.types.all())]
        former = [it for it in fitting if it.pk == places.get(task.pk, (0, 0.0))[0]]
        found[task.pk] = (former or typed or fitting)[0]
    for status, more in Counter(found[task.pk] for task in whole if task.deleted_at is None).items():
        require_room(status, more=more)
    return found


def _numbers(whole: Sequence[Task], project: Project) -> dict[int, int]:
    """{task id: its number there}: the one that it had, else the next."""
    former = FormerKey.objects.filter(project=project, task__in=whole)
    found = dict(former.values_list("task_id", "number"))
    former.delete()
    new = [task.pk for task in whole if task.pk not in found]
    if new:
        first = take_numbers(project, len(new))
        found |= {pk: first + index for index, pk in enumerate(new)}
    return found


def move_back(task: Task, former: Former, *, actor: Actor, now: datetime, version: int) -> None:
    """Undo `move_whole`: its key, its column and place there, its parent, and what clients see of it are as before.

    Raises what moving it there raises, and Conflict for an old `version`.
    """
    home, away = Project.objects.get(pk=former.home), task.project
    with transaction.atomic():
        now_shown = move_whole(task, home, actor=actor, now=now, version=version, back=former)
        parent = Task.objects.filter(pk=former.parent, project=home, deleted_at__isnull=True).first()
        if parent is not None:
            write(task, now=now, parent=parent)
        show_again(former, now_shown)
        place_again(former, away=away, now=now)
