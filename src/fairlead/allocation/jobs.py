"""What allocation does when work moves on, and the making of large plans."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from fairlead.accounts import mails
from fairlead.accounts.models import Membership
from fairlead.accounts.queries import actor_of
from fairlead.allocation import actions, causes, queries
from fairlead.allocation.deadlines import answer_times
from fairlead.allocation.links import offer_secret
from fairlead.allocation.models import Offer, Offering, Plan
from fairlead.events.actor import Actor, system
from fairlead.events.models import Event
from fairlead.jobs import SEND, SOLVE, enqueue, follows, job
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


@follows("task.offered")
@job(queue=SEND, retry=RETRY)
def mail_offer(*, event_id: int, now: datetime, **_: int) -> None:
    """Tell the worker, with a link to a page that answers without signing in."""
    offer = _offer_of(event_id)
    if offer is None or not offer.worker.email or offer.state != Offer.State.OPEN or offer.expires_at <= now:
        return
    sheet = queries.linked_sheet(offer, now=now)
    url = f"{settings.BASE_URL}/offer/{offer_secret(offer)}/"
    mails.send("offer", offer.worker.email, f"{offer.task} is offered to you: {offer.task.title}", sheet=sheet, url=url)


@follows("task.offer_withdrawn")
@job(queue=SEND, retry=RETRY)
def mail_withdrawal(*, event_id: int, **_: Any) -> None:
    """Tell whoever was asked that an answer is no longer needed."""
    offer = _offer_of(event_id)
    if offer is not None and offer.worker.email and offer.worker.deactivated_at is None:
        subject = f"{offer.task} is no longer offered to you"
        mails.send("offer_withdrawn", offer.worker.email, subject, offer=offer)


@follows("task.offers_exhausted")
@job(queue=SEND, retry=RETRY)
def mail_exhausted(*, event_id: int, **_: Any) -> None:
    """Tell the manager who offered a task that nobody accepted it."""
    number = Event.objects.get(pk=event_id).payload["offering"]
    found = Offering.objects.select_related("task__project", "by_user").filter(pk=number).first()
    if found is not None and found.by_user is not None and found.by_user.email:
        answers = found.offers.select_related("worker").order_by("id")
        subject = f"Nobody accepted {found.task}"
        mails.send("offers_exhausted", found.by_user.email, subject, offering=found, answers=answers)


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


@follows("plan.made")
@job(queue=SOLVE)
def prove_plan(*, event_id: int, now: datetime, **_: int) -> None:
    """Prove how good a draft is; whoever looks at it need not wait for that."""
    plan = Plan.objects.select_related("snapshot").filter(pk=Event.objects.get(pk=event_id).subject_id).first()
    if plan is not None and plan.scope != Plan.Scope.REPAIR:
        actions.prove_plan(plan, now=now)


@follows("timeoff.approved")
@job(queue=SOLVE, retry=RETRY)
def propose_for_absence(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """Who does what while somebody is away."""
    _propose(causes.of_time_off(Event.objects.get(pk=event_id)), workspace_id, now)


@follows("worker.deactivated")
@job(queue=SOLVE, retry=RETRY)
def propose_for_departure(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """Who takes over from somebody who left; they give everything back first, whichever job comes first."""
    release_worker(workspace_id=workspace_id, event_id=event_id, now=now)
    _propose(causes.of_departure(Event.objects.get(pk=event_id)), workspace_id, now)


@follows("worker.hours_changed", "worker.changed")
@job(queue=SOLVE, retry=RETRY)
def propose_for_hours(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """What other hours change."""
    _propose(causes.of_hours(Event.objects.get(pk=event_id)), workspace_id, now)


@follows("task.created", "task.changed")
@job(retry=RETRY)
def look_at_task(*, workspace_id: int, event_id: int, now: datetime) -> None:  # noqa: ARG001  every job is told the time
    """Few changes of tasks ask for a proposal: thousands of others must not wait in front of plans."""
    if causes.of_task(Event.objects.get(pk=event_id)) is not None:
        enqueue(propose_for_task, workspace_id=workspace_id, event_id=event_id)


@job(queue=SOLVE, retry=RETRY)
def propose_for_task(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """What an urgent task, an earlier due date or more effort changes."""
    _propose(causes.of_task(Event.objects.get(pk=event_id)), workspace_id, now)


@follows("task.started")
@job(retry=RETRY)
def time_task(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """Wake up when the holder's working time for it is over."""
    task = Task.objects.filter(pk=Event.objects.get(pk=event_id).subject_id).first()
    if task is None or task.assignee_id is None or not task.effort_min:
        return
    ends = answer_times([task.assignee_id], minutes=task.effort_min, now=now).get(task.assignee_id)
    if ends is not None:
        enqueue(propose_for_overrun, at=ends, workspace_id=workspace_id, task_id=task.pk)


@job(queue=SOLVE, retry=RETRY)
def propose_for_overrun(*, workspace_id: int, task_id: int, now: datetime) -> None:
    """What changes when a task is still not done."""
    task = Task.objects.select_related("project").filter(pk=task_id).first()
    if task is not None:
        _propose(causes.of_overrun(task), workspace_id, now)


def _propose(cause: causes.Cause | None, workspace_id: int, now: datetime) -> None:
    if cause is not None:
        actions.propose(cause, workspace_id=workspace_id, now=now)


@follows("plan.notice")
@job(queue=SEND, retry=RETRY)
def mail_notice(*, event_id: int, **_: Any) -> None:
    """Tell a person what an applied plan changes for them, with the reason."""
    event = Event.objects.get(pk=event_id)
    worker = Worker.objects.filter(pk=event.payload["worker"]["id"], deactivated_at__isnull=True).first()
    if worker is None or not worker.email or worker.kind == Worker.Kind.AGENT:
        return
    notice = queries.notice(event, worker)
    mails.send("plan_notice", worker.email, notice.subject, notice=notice)
