"""Claiming work out of a queue: in the order of the policy, and not more at once than it allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fairlead.allocation.actions.assign import RuledOutError
from fairlead.allocation.actions.routing_steps import Attempt, Moved, assign_first
from fairlead.allocation.models import Assignment, Routing
from fairlead.allocation.permissions import may_claim
from fairlead.allocation.queries.queue import holdings, open_to
from fairlead.allocation.queries.routing import queued
from fairlead.allocation.routing import Definition, choose, of_version
from fairlead.allocation.routing.definition import NEXT
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing, Refused, require
from fairlead.lib.speech import later, tr, tr_count
from fairlead.people.models import Worker
from fairlead.work.models import Task

NOT_YOURS = later("You claim work for yourself only, and clients do not claim any.")


class TooManyClaims(Refused):
    """The worker holds as many tasks out of this queue as its policy allows at once."""

    code = "too-many-claims"


def claim_task(task: Task, worker: Worker, *, actor: Actor, now: datetime) -> Assignment:
    """Take this task out of its queue. Raises Moved when somebody was quicker, Refused where the policy has it done in
    its order and another one comes first, TooManyClaims, and RuledOutError with the rule."""
    require(may_claim(actor, worker), NOT_YOURS)
    routing = queued(task.workspace_id).filter(task=task).first()
    if routing is None:
        raise Moved(tr("%(task)s is in no queue any more; somebody was quicker.", task=task))
    definition = of_version(routing.version)
    _check_cap(routing, worker, definition)
    if definition.pick == NEXT:
        mine = [it for it in open_to(worker, now=now) if it.version.policy_id == routing.version.policy_id]
        if mine and mine[0].pk != routing.pk:
            first = mine[0].task
            raise Refused(tr("This queue is worked through in its order; %(task)s comes first for you.", task=first))
    return _claim(routing, worker, definition, actor=actor, now=now)


def claim_next(worker: Worker, *, actor: Actor, now: datetime) -> Assignment:
    """Take the first task of the queues that this worker may have. Raises Missing when there is none."""
    require(may_claim(actor, worker), NOT_YOURS)
    held = holdings(worker)
    for routing in open_to(worker, now=now):
        definition = of_version(routing.version)
        if held.get(routing.version.policy_id, 0) >= definition.claims:
            continue
        try:
            return _claim(routing, worker, definition, actor=actor, now=now)
        except (RuledOutError, Moved):
            continue
    raise Missing(tr("Nothing in the queues is for you at the moment. New work shows up here by itself."))


def _check_cap(routing: Routing, worker: Worker, definition: Definition) -> None:
    if holdings(worker).get(routing.version.policy_id, 0) >= definition.claims:
        raise TooManyClaims(tr_count(
            "You hold %(n)s task of this queue, as many as it allows at once. Finish one first.",
            "You hold %(n)s tasks of this queue, as many as it allows at once. Finish one first.", definition.claims,
        ))  # fmt: skip


def _claim(routing: Routing, worker: Worker, definition: Definition, *, actor: Actor, now: datetime) -> Assignment:
    task = Task.objects.select_related("project", "assignee").get(pk=routing.task_id)
    step = definition.steps[routing.step]
    choice = choose(task, definition, step, policy_id=routing.version.policy_id, now=now)
    if worker.pk not in choice.meant:
        why = choice.judgement.obstacle(worker.pk) or tr("the policy means others with “%(step)s”", step=step.name)
        raise RuledOutError(tr("You cannot take %(task)s: %(why)s.", task=task, why=why))
    mine = replace(choice, order=(worker.pk,))
    made = assign_first(Attempt(routing, task, definition, routing.step, mine, actor, now, how="claim"))
    if made is None:
        text = tr("You hold as many tasks as you take at once. Finish one first, then claim %(task)s.", task=task)
        raise Refused(text)
    return made
