"""What allocation does when work moves on, and the making of large plans."""

from __future__ import annotations

from datetime import datetime

from fairlead.accounts.models import Membership
from fairlead.accounts.queries import actor_of
from fairlead.allocation import actions
from fairlead.allocation.models import Offer, Plan
from fairlead.events.actor import Actor, system
from fairlead.events.models import Event
from fairlead.jobs import SOLVE, enqueue, follows, job
from fairlead.people.models import Worker
from fairlead.work.models import Task

RETRY = (10, 60, 600)


@follows("plan.requested")
@job(queue=SOLVE, retry=(30,))
def make_large_plan(*, event_id: int, now: datetime, **_: int) -> None:
    """Compute the plan that somebody asked for, unless it was made or discarded meanwhile."""
    event = Event.objects.get(pk=event_id)
    plan = Plan.objects.select_related("project").filter(pk=event.subject_id, state=Plan.State.MAKING).first()
    if plan is not None:
        actions.finish_plan(plan, actor=_maker(plan), now=now)


def _maker(plan: Plan) -> Actor:
    here = Membership.objects.filter(workspace_id=plan.workspace_id, removed_at__isnull=True)
    member = here.filter(user=plan.created_by).select_related("user").first()
    return actor_of(member) if member else system(plan.workspace_id)


@follows("task.completed", "task.cancelled", "task.reopened", "task.started", "task.submitted", "task.moved")
@job(retry=RETRY)
def settle_assignment(*, event_id: int, now: datetime, **_: int) -> None:
    """End the assignment of a task that is over; let it go on when the task was reopened."""
    task = Task.objects.filter(pk=Event.objects.get(pk=event_id).subject_id).first()
    if task is not None:
        actions.settle_assignment(task, now=now)


@follows("worker.deactivated")
@job(retry=RETRY)
def release_worker(*, event_id: int, now: datetime, **_: int) -> None:
    """Give the open tasks of somebody who left back to the team."""
    worker = Worker.objects.filter(pk=Event.objects.get(pk=event_id).subject_id, deactivated_at__isnull=False).first()
    if worker is not None:
        reason = f"{worker.name} does not take work any more"
        actions.release_worker(worker, now=now, reason=reason)
        actions.recall_offers(worker, now=now, reason=reason)


@follows("task.offered")
@job(retry=RETRY)
def time_offer(*, workspace_id: int, event_id: int, now: datetime) -> None:  # noqa: ARG001  every job is told the time
    """Wake up when the time to answer is over."""
    offer = _offer_of(event_id)
    if offer is not None:
        enqueue(expire_offer, at=offer.expires_at, workspace_id=workspace_id, offer_id=offer.pk)


@job(retry=RETRY)
def expire_offer(*, offer_id: int, now: datetime, **_: int) -> None:
    """End an offer that nobody answered in time."""
    offer = Offer.objects.select_related("offering", "task__project", "worker").filter(pk=offer_id).first()
    if offer is not None:
        actions.expire_offer(offer, now=now)


@follows("task.offer_declined", "task.offer_expired", "task.offer_withdrawn")
@job(retry=RETRY)
def ask_next(*, event_id: int, now: datetime, **_: int) -> None:
    """Ask the next one, or give the task to a manager when nobody is left."""
    offer = _offer_of(event_id)
    if offer is not None:
        actions.next_offers(offer.offering, now=now)


@follows(
    "task.assigned", "task.deleted", "task.completed", "task.cancelled", "task.started", "task.submitted", "task.moved"
)
@job(retry=RETRY)
def settle_offers(*, event_id: int, now: datetime, **_: int) -> None:
    """Stop offering what is not to be had any more."""
    task = Task.objects.select_related("project").filter(pk=Event.objects.get(pk=event_id).subject_id).first()
    if task is not None:
        actions.settle_offers(task, now=now)


def _offer_of(event_id: int) -> Offer | None:
    """The offer that an event tells of."""
    number = Event.objects.get(pk=event_id).payload["offer"]
    return Offer.objects.select_related("offering", "task__project", "worker").filter(pk=number).first()
