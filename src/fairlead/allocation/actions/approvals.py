"""People over what policies decide: approve, decide otherwise, keep it for oneself, take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from fairlead.allocation.actions.assign import MAX_REASON, EndReason, assign_task, end_assignment
from fairlead.allocation.actions.routing_steps import Attempt, Moved, against, assign_first, offer_out, turn
from fairlead.allocation.models import Assignment, Routing
from fairlead.allocation.permissions import may_assign
from fairlead.allocation.reading import POLICY_UNDONE
from fairlead.allocation.routing import choose, of_version
from fairlead.allocation.routing.definition import OFFER, UNDO
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import WAITING

State = Routing.State
NOT_YOURS = later("Only managers decide on what policies propose; an AI agent never does.")


def approve(routing: Routing, *, actor: Actor, now: datetime) -> None:
    """Let the policy do what it proposes. Raises Moved when the proposal is over, Refused when whoever is proposed can
    no longer do it."""
    require(may_assign(actor), NOT_YOURS)
    worker = _proposed(routing)
    attempt = _attempt(routing, actor=actor, now=now)
    if worker.pk not in attempt.choice.order:
        why = attempt.choice.judgement.obstacle(worker.pk) or tr("not at work at the moment")
        raise Refused(
            tr("%(name)s cannot take %(task)s any more: %(why)s. Choose somebody else, or route it again.",
               name=worker.name, task=routing.task, why=why)
        )  # fmt: skip
    if attempt.step.how == OFFER:
        done = offer_out(attempt, first=worker.pk)
    else:
        only = replace(attempt, choice=replace(attempt.choice, order=(worker.pk,)))
        done = assign_first(only) is not None
    if not done:
        raise Refused(
            tr("%(name)s has no room for %(task)s any more. Choose somebody else, or route it again.",
               name=worker.name, task=routing.task)
        )  # fmt: skip


def approve_other(routing: Routing, worker: Worker, *, reason: str, actor: Actor, now: datetime) -> Assignment:
    """Give the task to somebody else than the proposed one. The reason is kept, for people and for learning."""
    require(may_assign(actor), NOT_YOURS)
    proposed, reason = _proposed(routing), reason.strip()[:MAX_REASON]
    if not reason:
        raise Invalid({"reason": tr("Say in a few words why somebody else.")})
    with transaction.atomic():
        made = assign_task(routing.task, worker, actor=actor, now=now, reason=reason)
        record("task.overridden", routing.task, actor=actor, now=now, proposed=_named(proposed), worker=_named(worker),
               reason=reason, policy=routing.version.policy.name)  # fmt: skip
    return made


def reject(routing: Routing, *, reason: str, actor: Actor, now: datetime) -> None:
    """Not so: the task stays with the managers, who decide about it themselves."""
    require(may_assign(actor), NOT_YOURS)
    worker, reason = _proposed(routing), reason.strip()[:MAX_REASON]
    with transaction.atomic():
        turn(routing, State.MANAGER, now=now, why=reason or against(actor, worker))
        record("task.proposal_rejected", routing.task, actor=actor, now=now, worker=_named(worker), reason=reason)


def undo_decision(routing: Routing, *, actor: Actor, now: datetime) -> None:
    """Take back what a policy decided by itself; the task stays with the managers. Raises Conflict once work began."""
    require(may_assign(actor), NOT_YOURS)
    made = routing.assignment
    if made is None or of_version(routing.version).autonomy != UNDO:
        raise Conflict(tr("There is nothing to take back here."))
    task = Task.objects.select_related("project", "assignee").get(pk=routing.task_id)
    if task.state not in WAITING:
        raise Conflict(tr("%(task)s is under way already. Take it back on its own page if you have to.", task=task))
    with transaction.atomic():
        if not end_assignment(made, EndReason.UNDONE, actor=actor, now=now, reason=POLICY_UNDONE):
            raise Conflict(tr("%(task)s changed hands meanwhile. Look at it again.", task=task))


def _proposed(routing: Routing) -> Worker:
    """Who is proposed. Raises Moved when nothing is proposed any more."""
    if routing.state != State.PROPOSED or routing.worker is None:
        raise Moved(tr("Nothing is proposed for %(task)s any more. Look at it again.", task=routing.task))
    return routing.worker


def _attempt(routing: Routing, *, actor: Actor, now: datetime) -> Attempt:
    """The proposed step, looked at anew."""
    definition = of_version(routing.version)
    step = definition.steps[routing.step]
    task = Task.objects.select_related("project", "assignee").get(pk=routing.task_id)
    choice = choose(task, definition, step, policy_id=routing.version.policy_id, now=now)
    return Attempt(routing, task, definition, routing.step, choice, actor, now)


def _named(worker: Worker) -> dict[str, object]:
    return {"id": worker.pk, "name": worker.name}
