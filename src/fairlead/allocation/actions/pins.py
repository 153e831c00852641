"""Pins: somebody decides who does a task, and if wanted not before when; no plan undoes it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from fairlead.allocation.actions.assign import MAX_REASON, ONLY_LEADS, HeldByOther, assign_task
from fairlead.allocation.models import Assignment, Pin
from fairlead.allocation.permissions import may_assign_in
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, require
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import WAITING

FARTHEST = timedelta(days=365)


def pin_task(
    task: Task, worker: Worker, *, actor: Actor, now: datetime, starts_at: datetime | None = None, reason: str = "",
    version: int | None = None,
) -> Pin:  # fmt: skip
    """Give the task to the worker if they do not have it, and pin it to them, not before `starts_at`.

    A time that has passed is none. Raises what `assign_task` raises, and Invalid for a time more than a year away.
    """
    require(may_assign_in(actor, task.project_id), ONLY_LEADS)
    if starts_at is not None and starts_at <= now:
        starts_at = None
    if starts_at is not None and starts_at > now + FARTHEST:
        raise Invalid({"at": tr("Choose a time within the next year.")})
    if starts_at is not None and task.state not in WAITING:
        raise Invalid({"at": tr("%(task)s has begun already; it cannot be put to a later time.", task=task)})
    reason = reason.strip()[:MAX_REASON]
    try:
        with transaction.atomic():
            assign_task(task, worker, actor=actor, now=now, reason=reason, version=version)
            Pin.objects.filter(task=task, ended_at__isnull=True).update(ended_at=now)
            made = Pin.objects.create(
                workspace_id=task.workspace_id, task=task, worker=worker, starts_at=starts_at, reason=reason,
                by_user_id=actor.user_id, created_at=now,
            )  # fmt: skip
            if starts_at is not None:
                Assignment.objects.filter(task=task, ended_at__isnull=True).update(starts_at=starts_at, ends_at=None)
            named = {"id": worker.pk, "name": worker.name}
            record("task.pinned", task, actor=actor, now=now, worker=named, starts_at=starts_at, reason=reason)
    except IntegrityError as error:
        raise HeldByOther(
            tr("Somebody else moved %(task)s at the same moment. Look at it again.", task=task)
        ) from error
    return made


def unpin_task(task: Task, *, actor: Actor, now: datetime) -> None:
    """Let plans move the task again; its holder keeps it. Raises Conflict when it is not pinned."""
    require(may_assign_in(actor, task.project_id), ONLY_LEADS)
    with transaction.atomic():
        going = Pin.objects.filter(task=task, ended_at__isnull=True).select_related("worker").first()
        if going is None or not Pin.objects.filter(pk=going.pk, ended_at__isnull=True).update(ended_at=now):
            raise Conflict(tr("%(task)s is not pinned any more.", task=task))
        record("task.unpinned", task, actor=actor, now=now, worker={"id": going.worker_id, "name": going.worker.name})
