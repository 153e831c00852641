"""Showing a task on the boards of further projects, and moving it there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Min

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Missing, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.work.actions.columns import STEP, column_for
from fairlead.work.actions.moves import move_task
from fairlead.work.actions.tasks import fresh
from fairlead.work.models import Project, Status, Task
from fairlead.work.permissions import may_edit_task, may_order
from fairlead.work.placement import TaskPlacement
from fairlead.work.states import State

WHO = later("Only managers and whoever holds or created this task can show it in other projects.")


def place_task(task: Task, project: Project, *, actor: Actor, now: datetime) -> TaskPlacement:
    """Show the task on the board of a further project, in the column for its state."""
    require(may_edit_task(actor, task), WHO)
    if project.workspace_id != task.workspace_id:
        raise Missing(tr("There is no such project, or it was not shared with you."))
    if project.archived_at is not None:
        raise Refused(tr("%(name)s is archived. Restore it in its settings first.", name=project.name))
    if project.pk == task.project_id:
        raise Invalid({"project": tr("%(name)s is the task's home: it stands there already.", name=project.name)})
    with transaction.atomic():
        fresh(task)
        column = column_for(_columns(project), State(task.state))
        placement, made = TaskPlacement.objects.get_or_create(
            task=task, project=project,
            defaults={"workspace_id": task.workspace_id, "status": column, "created_at": now, "rank": _top(column),
                      "created_by_id": actor.user_id},
        )  # fmt: skip
        if not made:
            raise Conflict(tr("%(task)s is shown in %(name)s already.", task=task, name=project.name))
        record("task.placed", task, actor=actor, now=now, project=project.key)
    return placement


def unplace_task(task: Task, project: Project, *, actor: Actor, now: datetime) -> None:
    """Show it there no longer; the task itself stays as it is."""
    require(may_edit_task(actor, task), WHO)
    with transaction.atomic():
        gone, _ = TaskPlacement.objects.filter(task=task, project=project).delete()
        if not gone:
            raise Missing(tr("%(task)s is not shown in %(name)s.", task=task, name=project.name))
        record("task.unplaced", task, actor=actor, now=now, project=project.key)


def move_placed(
    task: Task, status: Status, *, actor: Actor, now: datetime, version: int | None = None, below: Task | None = None
) -> Task:
    """Move the card on the board of a further project. Into a column of another state it moves the task at home, by
    all the rules there; its column here is the chosen one."""
    require(may_order(actor, task), tr("Only the team can move tasks."))
    with transaction.atomic():
        fresh(task, version=version)
        placement = TaskPlacement.objects.select_related("status").filter(
            task=task, project_id=status.project_id
        ).first()  # fmt: skip
        if placement is None:
            raise Missing(tr("%(task)s is not shown on this board any more. Reload it.", task=task))
        before, state = placement.status, State(task.state)
        fits = column_for(_columns(status.project), state)
        if status.state != state and status.pk != fits.pk:
            move_task(task, _at_home(task, State(status.state)), actor=actor, now=now)
        TaskPlacement.objects.filter(pk=placement.pk).update(status=status, rank=_rank(task, status, below))
        if state == task.state:
            told = {"status": [before.name, status.name]} if before.pk != status.pk else {}
            record("task.moved", task, actor=actor, now=now, changes=told, board=status.project.key)
    return task


def _at_home(task: Task, state: State) -> Status:
    found = Status.objects.filter(project_id=task.project_id, state=state).order_by("position").first()
    if found is None:
        raise Refused(
            tr(
                "%(name)s, its home, has no column for %(state)s. Add one there first.",
                name=task.project.name,
                state=state.label,
            )
        )
    return found


def _columns(project: Project) -> Sequence[Status]:
    return list(Status.objects.filter(project=project).order_by("position", "id"))


def _top(status: Status) -> float:
    return (_least(status, None) or 0.0) - STEP


def _rank(task: Task, status: Status, above: Task | None) -> float:
    """Right below `above` among the cards of the column, those at home and those shown; without it at the top."""
    if above is None or above.pk == task.pk:
        return _top(status)
    placed = TaskPlacement.objects.filter(task=above, status=status).values_list("rank", flat=True).first()
    place = above.rank if placed is None else placed
    after = _least(status, place)
    return place + STEP if after is None else (place + after) / 2


def _least(status: Status, beyond: float | None) -> float | None:
    """The smallest rank in the column (beyond one)."""
    ranks = {} if beyond is None else {"rank__gt": beyond}
    home = Task.objects.filter(status=status, deleted_at__isnull=True, **ranks).aggregate(n=Min("rank"))["n"]
    shown = TaskPlacement.objects.filter(status=status, **ranks).aggregate(n=Min("rank"))["n"]
    return min((rank for rank in (home, shown) if rank is not None), default=None)
