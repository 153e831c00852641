"""Giving one task to somebody, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from fairlead.allocation.actions.receipts import Because, keep_receipt
from fairlead.allocation.judgement import Judgement, judge
from fairlead.allocation.models import Assignment, Offering
from fairlead.allocation.permissions import may_assign_in, may_release, may_take
from fairlead.allocation.snapshot import worker_name, worker_number
from fairlead.events.actor import Actor, system
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Missing, Refused, require
from fairlead.lib.speech import later, mark, tr
from fairlead.people.models import Worker
from fairlead.work.actions import hold_task
from fairlead.work.models import Task
from fairlead.work.states import OPEN, OVER

EndReason = Assignment.EndReason
MAX_REASON = 300


class HeldByOther(Conflict):
    """Somebody else got the task in the meantime; the detail names them."""

    code = "held-by-other"


class RuledOutError(Refused):
    """A rule keeps this worker from the task. A manager may assign them all the same, with a reason."""

    code = "ruled-out"
    title = later("A rule is in the way")


ONLY_LEADS: Final = later("Only managers, and people who lead the project, assign its work; an AI agent never does.")
CHANGED_HANDS: Final = mark("%(task)s changed hands at the same moment. Look at it again, then decide.")


class NobodyCan(Refused):
    """No worker can do the task; the candidates panel says exactly why and what would free it."""

    code = "nobody"
    title = later("Nobody can do this yet")


def assign_task(
    task: Task, worker: Worker, *, actor: Actor, now: datetime, reason: str = "", version: int | None = None
) -> Assignment:
    """Give an open task to a worker, whoever has it now as far as `task` knows.

    Somebody whom a rule keeps from the task is refused unless a reason is given. Raises HeldByOther when it changed
    hands since `task` was read, Conflict for a stale `version`. The same worker again: nothing happens.
    """
    require(may_assign_in(actor, task.project_id), ONLY_LEADS)
    check_givable(task, worker, version=version)
    reason = reason.strip()[:MAX_REASON]
    if (same := active_assignment(task)) is not None and same.worker_id == worker.pk:
        return same
    judgement = judge(task.pk, workspace_id=actor.workspace_id, now=now, named=[worker.pk])
    if not reason and (obstacle := judgement.obstacle(worker.pk)):
        text = tr(
            "%(name)s is ruled out: %(why)s. Give a reason to assign them all the same.",
            name=worker.name, why=obstacle,
        )  # fmt: skip
        raise RuledOutError(text, fields={"reason": text})
    return give(task, worker, judgement, actor=actor, now=now, reason=reason)


def assign_best(task: Task, *, actor: Actor, now: datetime, version: int | None = None) -> Assignment:
    """Give the task to the first of its candidates. Raises NobodyCan."""
    require(may_assign_in(actor, task.project_id), ONLY_LEADS)
    check_givable(task, None, version=version)
    judgement = judge(task.pk, workspace_id=actor.workspace_id, now=now)
    if judgement.ranking.best is None:
        raise NobodyCan(tr("Nobody can do %(task)s yet. Its candidates say why and what would free it.", task=task))
    worker = Worker.objects.get(pk=worker_number(judgement.ranking.best.worker))
    if (same := active_assignment(task)) is not None and same.worker_id == worker.pk:
        return same
    return give(task, worker, judgement, actor=actor, now=now)


def take_task(task: Task, worker: Worker, *, actor: Actor, now: datetime, version: int | None = None) -> Assignment:
    """A contributor takes a waiting task that nobody holds, when no rule keeps them from it."""
    require(may_take(actor, task, worker), tr("You can take waiting tasks that nobody holds, for yourself only."))
    check_givable(task, worker, version=version)
    if Offering.objects.filter(task=task, state=Offering.State.OPEN).exists():
        raise Refused(
            tr("%(task)s is being offered at the moment. If it is offered to you, answer it under Offers.", task=task)
        )
    judgement = judge(task.pk, workspace_id=actor.workspace_id, now=now, named=[worker.pk])
    if obstacle := judgement.obstacle(worker.pk):
        raise RuledOutError(
            tr("You cannot take %(task)s: %(why)s. A manager can assign it to you with a reason.",
               task=task, why=obstacle)
        )  # fmt: skip
    return give(task, worker, judgement, actor=actor, now=now)


def unassign_task(
    task: Task, *, actor: Actor, now: datetime, reason: str = "", version: int | None = None
) -> Assignment:
    """Take a task back from whoever holds it; holders may give back what is theirs. It stays open for others."""
    active = active_assignment(task)
    if active is None:
        raise Conflict(tr("Nobody holds %(task)s any more.", task=task))
    may = may_assign_in(actor, task.project_id) or may_release(actor, active.worker)
    require(may, tr("Only managers, or whoever holds the task, can take it back."))
    check_open(task, None, version=version)
    with transaction.atomic():
        reason = reason.strip()[:MAX_REASON]
        if not end_assignment(active, EndReason.RELEASED, actor=actor, now=now, reason=reason):
            raise HeldByOther(tr(CHANGED_HANDS, task=task))
    task.refresh_from_db()
    return active


def release_worker(worker: Worker, *, now: datetime, reason: str) -> int:
    """Take back every open task of somebody who can no longer do it, so that none is lost; the number of tasks."""
    held = Assignment.objects.filter(worker=worker, ended_at__isnull=True, task__state__in=OPEN)
    released = 0
    for active in held.select_related("task__project", "worker").order_by("task_id"):
        with transaction.atomic():
            actor = system(worker.workspace_id)
            released += end_assignment(active, EndReason.RELEASED, actor=actor, now=now, reason=reason)
    return released


def end_assignment(active: Assignment, why: EndReason, *, actor: Actor, now: datetime, reason: str) -> bool:
    """End one assignment and leave its task to nobody; False, and no change, when it ended at the same moment."""
    if not _ended(active, why, now=now):
        return False
    hold_task(active.task, None, now=now)
    record_unassigned(active, actor=actor, now=now, reason=reason)
    return True


def record_unassigned(ended: Assignment, *, actor: Actor, now: datetime, reason: str) -> None:
    """The event of an assignment that ended with the task left to nobody."""
    record("task.unassigned", ended.task, actor=actor, now=now, worker=_named(ended.worker), reason=reason)


def settle_assignment(task: Task, *, now: datetime) -> None:
    """Make the assignment agree with the task's state: over when it is over, going on again when it was reopened."""
    if task.state in OVER:
        active = Assignment.objects.filter(task=task, ended_at__isnull=True)
        active.update(ended_at=now, end_reason=EndReason.DONE)
        return
    if task.assignee_id is None:
        return
    mine = Assignment.objects.filter(task=task, worker_id=task.assignee_id, end_reason=EndReason.DONE)
    last = mine.order_by("-ended_at").first()
    if last is None or Assignment.objects.filter(task=task, ended_at__isnull=True).exists():
        return
    try:
        with transaction.atomic():
            Assignment.objects.filter(pk=last.pk).update(ended_at=None, end_reason="")
    except IntegrityError:
        return  # somebody was assigned at this moment


def check_givable(task: Task, worker: Worker | None, *, version: int | None) -> None:
    """Raises Refused, Conflict or Missing when the task can be given to nobody, or not to this worker."""
    check_open(task, worker, version=version)
    if task.project.archived_at is not None:
        raise Refused(tr("%(name)s is archived. Restore it in its settings first.", name=task.project.name))


def check_open(task: Task, worker: Worker | None, *, version: int | None) -> None:
    if task.deleted_at is not None:
        raise Missing(tr("%(task)s is in the trash. Restore it first.", task=task))
    if version is not None and version != task.version:
        raise Conflict(
            tr("%(task)s was changed by somebody else since you opened it. Look at it again, then decide.", task=task)
        )
    if task.state not in OPEN:
        raise Refused(tr("%(task)s is over. Reopen it before you give it to somebody.", task=task))
    if worker is not None and worker.workspace_id != task.workspace_id:
        raise Missing(tr("There is no such worker."))
    if worker is not None and worker.deactivated_at is not None:
        raise Refused(
            tr("%(name)s does not take work at present. Choose somebody else, or reactivate them.", name=worker.name)
        )


def active_assignment(task: Task) -> Assignment | None:
    """Who holds it now. Raises HeldByOther when that is not who held it when `task` was read."""
    found = (
        Assignment.objects.filter(task=task, ended_at__isnull=True).select_related("worker", "task__project").first()
    )
    if found is not None and found.worker_id != task.assignee_id:
        raise HeldByOther(
            tr("%(name)s has %(task)s now. Look at it again, then decide.", name=found.worker.name, task=task)
        )
    return found


def give(
    task: Task, worker: Worker, judgement: Judgement, *, actor: Actor, now: datetime, reason: str = "",
    because: Because | None = None,
) -> Assignment:  # fmt: skip
    """End the former assignment and make the new one; of several at once exactly one succeeds, the others raise
    HeldByOther. Who may, and whether a rule is in the way, is for the caller to ask."""
    former = active_assignment(task)
    try:
        with transaction.atomic():
            if former is not None and not _ended(former, EndReason.REPLACED, now=now):
                raise HeldByOther(tr(CHANGED_HANDS, task=task))
            receipt = keep_receipt(task.pk, judgement, now=now, chosen=(worker.pk,), because=because)
            made = Assignment.objects.create(
                workspace_id=task.workspace_id, task=task, worker=worker, receipt=receipt, by_kind=actor.kind,
                by_user_id=actor.user_id, reason=reason, created_at=now, **_expected(judgement, worker.pk),
            )  # fmt: skip
            hold_task(task, worker, now=now)
            if task.deleted_at is not None or task.state not in OPEN:
                raise HeldByOther(
                    tr("%(task)s was closed or deleted at the same moment. Look at it again, then decide.", task=task)
                )
            record_assigned(task, made, actor=actor, now=now, previous=former.worker if former else None)
    except IntegrityError as error:
        raise HeldByOther(
            tr("Somebody else was given %(task)s at the same moment. Look at it again.", task=task)
        ) from error
    return made


def record_assigned(
    task: Task, made: Assignment, *, actor: Actor, now: datetime, previous: Worker | None = None
) -> None:
    """The event of an assignment."""
    record(
        "task.assigned", task, actor=actor, now=now, worker=_named(made.worker), previous=_named(previous),
        receipt=made.receipt_id, fit=made.fit, reason=made.reason,
    )  # fmt: skip


def _ended(active: Assignment, why: EndReason, *, now: datetime) -> bool:
    going = Assignment.objects.filter(pk=active.pk, ended_at__isnull=True)
    return bool(going.update(ended_at=now, end_reason=why))


def _expected(judgement: Judgement, worker_id: int) -> dict[str, Any]:
    """Fit and times of the chosen candidate; nothing for somebody assigned against the rules."""
    candidate = judgement.ranking.candidate(worker_name(worker_id))
    if candidate is None:
        return {}
    at = judgement.picture.at
    return {"fit": round(candidate.score * 100), "starts_at": at(candidate.start), "ends_at": at(candidate.finish)}


def _named(worker: Worker | None) -> dict[str, Any] | None:
    return None if worker is None else {"id": worker.pk, "name": worker.name}
