"""Acceptance criteria: the checked list that a task must pass before it is done."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Invalid, Missing, Refused, require
from fairlead.lib.speech import tr
from fairlead.work.drafts import MAX_CRITERION
from fairlead.work.models import Criterion, Task
from fairlead.work.permissions import may_edit_task
from fairlead.work.states import State

MOST = 50


def add_criterion(task: Task, text: str, *, actor: Actor, now: datetime) -> Criterion:
    """One more criterion, at the end of the list."""
    _check(task, actor)
    text = text.strip()
    if not text or len(text) > MAX_CRITERION:
        raise Invalid({"text": tr("Say what must be true, in at most %(most)s characters.", most=MAX_CRITERION)})
    with transaction.atomic():
        there = Criterion.objects.filter(task=task)
        if there.count() >= MOST:
            raise Refused(tr("A task has at most %(most)s criteria. Split it into subtasks.", most=MOST))
        last = there.aggregate(last=Max("position"))["last"]
        position = 0 if last is None else last + 1
        criterion = Criterion.objects.create(workspace_id=task.workspace_id, task=task, text=text, position=position)
        record("task.criterion_added", task, actor=actor, now=now, text=text)
    return criterion


def check_criterion(criterion: Criterion, *, actor: Actor, now: datetime) -> Criterion:
    """It is met."""
    _check(criterion.task, actor)
    with transaction.atomic():
        won = Criterion.objects.filter(pk=criterion.pk, checked_at__isnull=True)
        if won.update(checked_at=now, checked_by_id=actor.user_id):
            record("task.criterion_checked", criterion.task, actor=actor, now=now, text=criterion.text)
    return _again(criterion)


def uncheck_criterion(criterion: Criterion, *, actor: Actor, now: datetime) -> Criterion:
    """It is not met after all."""
    _check(criterion.task, actor)
    with transaction.atomic():
        won = Criterion.objects.filter(pk=criterion.pk, checked_at__isnull=False)
        if won.update(checked_at=None, checked_by=None):
            record("task.criterion_unchecked", criterion.task, actor=actor, now=now, text=criterion.text)
    return _again(criterion)


def remove_criterion(criterion: Criterion, *, actor: Actor, now: datetime) -> None:
    """It is no longer asked for."""
    _check(criterion.task, actor)
    with transaction.atomic():
        gone, _ = Criterion.objects.filter(pk=criterion.pk).delete()
        if gone:
            record("task.criterion_removed", criterion.task, actor=actor, now=now, text=criterion.text)


def _check(task: Task, actor: Actor) -> None:
    require(
        may_edit_task(actor, task), tr("Only managers and whoever holds or created this task can change its criteria.")
    )
    if task.deleted_at is not None:
        raise Missing(tr("%(task)s is in the trash. Restore it first.", task=task))
    if task.state == State.DONE:
        raise Refused(tr("%(task)s is done. Reopen it before you change what it is measured by.", task=task))


def _again(criterion: Criterion) -> Criterion:
    criterion.refresh_from_db()
    return criterion
