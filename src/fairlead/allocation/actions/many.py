"""Giving many tasks to one worker in one go, or taking them back, each by the rules for one; and undoing that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from fairlead.allocation.actions.assign import (
    ONLY_LEADS,
    active_assignment,
    assign_task,
    check_givable,
    unassign_task,
)
from fairlead.allocation.permissions import may_assign_in, may_assign_some, may_release
from fairlead.allocation.reading import TAKEN_BACK
from fairlead.events.actor import Actor
from fairlead.lib.errors import Conflict, Invalid, Missing, Refused, require
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.work import actions as work
from fairlead.work.actions.batches import Outcome, chosen, close_batch, collect, keep, may_undo, values_of
from fairlead.work.models import Batch, BatchLine, Task
from fairlead.work.queries.visible import visible_tasks

MOST: Final = 50
"""Tasks of one call: each is judged anew against everybody's calendar."""
GIVEN: Final = "given_to"
"""In the line of a batch: the worker that the task went to; `held_by` is who had it before. 0: nobody."""


def assign_many(
    keys: Sequence[str], worker: Worker | None, *, actor: Actor, now: datetime, into: Batch | None = None
) -> Outcome:
    """Give these tasks to a worker, or to nobody. Whoever a rule keeps from a task does not get it, with the reason.

    `into`: a batch of the same person's that this goes on with. Raises Invalid for more than 50 tasks."""
    tasks = _asked(keys, actor=actor)
    into = None if into is None else may_undo(into, actor=actor, now=now)

    def change(task: Task) -> BatchLine:
        return _given(task, worker, actor=actor, now=now)

    with transaction.atomic():
        lines, skipped = collect(tasks, change)
        batch = keep(lines, actor=actor, now=now, into=into) if lines else into
    return Outcome(tuple(str(line.task) for line in lines), tuple(skipped), batch)


def preview_assign(keys: Sequence[str], worker: Worker | None, *, actor: Actor, now: datetime) -> Outcome:  # noqa: ARG001  as its neighbours
    """Which of these tasks could go to the worker as far as their projects and they themselves say; rules about people
    are asked when it is done."""
    changed, skipped = [], []
    for task in _asked(keys, actor=actor):
        try:
            _check_leads(task, worker, actor=actor)
            check_givable(task, worker, version=None)
            _check_other(task, worker)
            changed.append(str(task))
        except Refused as refused:
            skipped.append((str(task), refused.detail))
    return Outcome(tuple(changed), tuple(skipped))


def _asked(keys: Sequence[str], *, actor: Actor) -> list[Task]:
    require(may_assign_some(actor), ONLY_LEADS)
    if not 0 < len(set(keys)) <= MOST:
        raise Invalid({"tasks": tr("Give at least one task and at most %(most)s at once.", most=MOST)})
    return chosen(keys, actor=actor)


def _check_leads(task: Task, worker: Worker | None, *, actor: Actor) -> None:
    """Raise Forbidden, naming the project, unless the actor gives its work to people, or gives back what they hold."""
    back = worker is None and task.assignee is not None and may_release(actor, task.assignee)
    if not back:
        said = tr("You do not lead %(project)s. Ask one of its leads.", project=task.project.name)
        require(may_assign_in(actor, task.project_id), said)


def _check_other(task: Task, worker: Worker | None) -> None:
    if task.assignee_id == (None if worker is None else worker.pk):
        raise Refused(tr("It is so already."))


def _given(task: Task, worker: Worker | None, *, actor: Actor, now: datetime) -> BatchLine:
    _check_leads(task, worker, actor=actor)
    _check_other(task, worker)
    before = {**values_of(task), "held_by": task.assignee_id or 0, GIVEN: 0 if worker is None else worker.pk}
    if worker is None:
        unassign_task(task, actor=actor, now=now)
    else:
        assign_task(task, worker, actor=actor, now=now)
    task.refresh_from_db()
    return BatchLine(task=task, workspace_id=task.workspace_id, before=before, version=task.version)


def take_back(batch: Batch, *, actor: Actor, now: datetime) -> Outcome:
    """Undo a change of many tasks, whatever it was: what was given goes back to who had it, where nobody gave it to
    somebody else since. Once, and soon. Raises Conflict."""
    lines = batch.lines.filter(before__has_key=GIVEN).select_related("task__project", "task__status", "task__assignee")
    given = list(lines.order_by("id"))
    if not given:
        return work.undo_batch(batch, actor=actor, now=now)
    may_undo(batch, actor=actor, now=now)
    with transaction.atomic():
        close_batch(batch, now=now)
        changed, skipped = collect([line.task for line in given], _returner(given, actor=actor, now=now))
    return Outcome(tuple(str(line.task) for line in changed), tuple(skipped), batch)


def _returner(lines: list[BatchLine], *, actor: Actor, now: datetime) -> Callable[[Task], BatchLine]:
    by_task: dict[int, BatchLine] = {line.task_id: line for line in lines}

    def give_back(task: Task) -> BatchLine:
        line = by_task[task.pk]
        before: dict[str, Any] = line.before
        if not visible_tasks(actor).filter(pk=task.pk).exists():
            raise Missing(tr("It is in the trash."))
        if (task.assignee_id or 0) != before[GIVEN]:
            raise Conflict(tr("Somebody else has it since."))
        former = Worker.objects.filter(pk=before["held_by"]).first()
        if former is not None:
            assign_task(task, former, actor=actor, now=now, reason=TAKEN_BACK)
        elif active_assignment(task) is not None:
            unassign_task(task, actor=actor, now=now, reason=TAKEN_BACK)
        return line

    return give_back
