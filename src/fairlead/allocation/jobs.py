"""What allocation does when work moves on, and the making of large plans."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from fairlead.accounts.models import Membership
from fairlead.accounts.queries import actor_of
from fairlead.allocation import actions, causes, queries
from fairlead.allocation.deadlines import answer_times
from fairlead.allocation.models import Offer, Offering, Plan, Routing
from fairlead.events.actor import Actor, system
from fairlead.events.models import Event
from fairlead.events.tenancy import tenant, workspace_ids
from fairlead.jobs import SOLVE, enqueue, every, follows, job, look
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.time.models import TimeEntry
from fairlead.work.time.spent import spent_of

RETRY = (10, 60, 600)
OVERLOOKED = {"description", "external_id", "effort_low_min", "effort_high_min"}
"""Changes of these alone send no task to another policy; all others can, those of custom fields too."""


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


@follows(
    "task.created",
    "task.restored",
    "task.unassigned",
    "task.reopened",
    "task.moved",
    "project.restored",
    "policy.created",
    "policy.changed",
    "policy.removed",
    "policy.restored",
)
@job(retry=RETRY, once=True)
def route_waiting(*, workspace_id: int, now: datetime) -> None:
    """Put waiting tasks into the hands of policies, one batch; the next job goes on. Urgent ones may change plans."""
    for event_id in queries.urgent_arrivals(workspace_id):
        enqueue(propose_for_task, workspace_id=workspace_id, event_id=event_id)
    if actions.route_waiting(workspace_id, now=now):
        look(route_waiting, workspace_id=workspace_id)


@follows("policy.changed", "policy.removed", "policy.restored")
@job(retry=RETRY, once=True)
def rematch(*, workspace_id: int, now: datetime) -> None:
    """Let go of tasks at rest that another policy would take now, and route them anew."""
    if actions.rematch(workspace_id, now=now):
        look(route_waiting, workspace_id=workspace_id)


@follows("task.changed", "task.transferred")
@job(retry=RETRY)
def reroute(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """Route a task anew when what policies look at has changed."""
    event = Event.objects.get(pk=event_id)
    if set(event.payload.get("changes", {})) - OVERLOOKED:
        task = Task.objects.select_related("project").filter(pk=event.subject_id).first()
        if task is not None:
            actions.restart(task, now=now)
            look(route_waiting, workspace_id=workspace_id)


@follows(
    "task.assigned", "task.deleted", "task.completed", "task.cancelled", "task.started", "task.submitted", "task.moved"
)
@job(retry=RETRY)
def settle_routing(*, event_id: int, now: datetime, **_: int) -> None:
    """End the routing of what is not to be had any more."""
    task = Task.objects.select_related("project").filter(pk=Event.objects.get(pk=event_id).subject_id).first()
    if task is not None:
        actions.settle_routing(task, now=now)


@follows("task.offered", "task.offer_withdrawn", "task.offers_exhausted")
@job(retry=RETRY)
def keep_routing(*, event_id: int, now: datetime, **_: int) -> None:
    """Offers by hand take a task out of its policy's hands; when a policy's own are over, it goes on."""
    payload = Event.objects.get(pk=event_id).payload
    known = Q(pk=payload.get("offering")) | Q(offers=payload.get("offer"))
    offering = Offering.objects.select_related("task", "routing__version__policy").filter(known).first()
    if offering is not None:
        actions.follow_offers(offering, now=now)


@follows("task.step_began")
@job(retry=RETRY)
def time_step(*, workspace_id: int, event_id: int, now: datetime) -> None:  # noqa: ARG001  every job is told the time
    """Wake up when the step is over."""
    payload = Event.objects.get(pk=event_id).payload
    if payload["ends_at"]:
        at = datetime.fromisoformat(payload["ends_at"])
        enqueue(end_step, at=at, workspace_id=workspace_id, routing_id=payload["routing"], turn=payload["turn"])


@job(retry=RETRY)
def end_step(*, routing_id: int, turn: int, now: datetime, **_: int) -> None:
    """Go on with the next step, unless the task went on before."""
    known = Routing.objects.select_related("version__policy", "task__project").filter(pk=routing_id, closed_at=None)
    routing = known.filter(turn__in=(turn, turn + 1)).first()
    if routing is None:
        return
    if routing.turn == turn:
        actions.end_step(routing, now=now)
    else:
        actions.resume_step(routing, now=now)


@follows(
    "task.completed",
    "task.cancelled",
    "task.unassigned",
    "task.deleted",
    "task.submitted",
    "worker.created",
    "worker.changed",
    "worker.reactivated",
    "worker.presence_changed",
    "worker.skill_set",
    "worker.skill_restored",
    "worker.skill_confirmed",
    "worker.hours_changed",
    "calendar.read",
    "calendar.removed",
    "calendar.restored",
    "worker.preferences_changed",
    "timeoff.approved",
    "timeoff.cancelled",
    "timeoff.restored",
    "timeoff.declined",
    "skill.merged",
    "skill.changed",
    "task.unroutable",
    "task.step_began",
)
@job(retry=RETRY, once=True)
def reconsider(*, workspace_id: int, now: datetime) -> None:
    """Somebody may have room now: try again what nobody could do."""
    actions.reconsider(workspace_id, now=now)


@follows("task.unroutable", "task.step_began")
@job(retry=RETRY, once=True)
def time_return(*, workspace_id: int, now: datetime) -> None:
    """Try again when the first of those for whom a task waits is back at work."""
    at = queries.next_return(workspace_id, now=now)
    if at is not None:
        enqueue(reconsider, at=at, workspace_id=workspace_id)


@every(60)
@job()
def look_after_routing(*, now: datetime) -> None:
    """Whatever got lost between two jobs is found within a minute: tasks in nobody's hands, steps without a timer, and
    tasks for which somebody is back at work."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            if queries.anything_unrouted(workspace_id):
                look(route_waiting, workspace_id=workspace_id)
            for routing_id, turn in queries.steps_over(workspace_id, now=now):
                enqueue(end_step, workspace_id=workspace_id, routing_id=routing_id, turn=turn)
            if queries.anybody_back(workspace_id, now=now):
                look(reconsider, workspace_id=workspace_id)


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


@follows("timeoff.approved", "timeoff.restored")
@job(queue=SOLVE, retry=RETRY)
def propose_for_absence(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """Who does what while somebody is away."""
    _propose(causes.of_time_off(Event.objects.get(pk=event_id)), workspace_id, now)


@follows("calendar.read", "calendar.restored")
@job(queue=SOLVE, retry=RETRY)
def propose_for_calendar(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """What a meeting that appeared in somebody's calendar changes: two tasks change hands at most."""
    _propose(causes.of_calendar(Event.objects.get(pk=event_id), now=now), workspace_id, now)


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
    _propose(causes.of_hours(Event.objects.get(pk=event_id), now=now), workspace_id, now)


@follows("task.changed")
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
        _propose(causes.of_overruns([task]), workspace_id, now)


@follows("time.stopped", "time.logged", "time.changed", "time.restored")
@job(retry=RETRY)
def look_at_spent(*, workspace_id: int, event_id: int, now: datetime) -> None:  # noqa: ARG001  every job is told the time
    """When the time that was logged passes a task's effort, what that changes is proposed, once."""
    event = Event.objects.get(pk=event_id)
    entry = TimeEntry.objects.select_related("task").filter(pk=event.subject_id).first()
    if entry is not None and causes.passes_effort(entry.task, more=event.payload.get("more", 0)):
        enqueue(propose_for_overrun, workspace_id=workspace_id, task_id=entry.task_id)


@follows("time.started", "time.restored")
@job(retry=RETRY)
def time_timer(*, workspace_id: int, event_id: int, now: datetime) -> None:  # noqa: ARG001  every job is told the time
    """Wake up when a running timer has used the effort up."""
    entry = TimeEntry.objects.select_related("task").filter(pk=Event.objects.get(pk=event_id).subject_id).first()
    if entry is not None and entry.started_at is not None and entry.minutes is None and entry.task.effort_min:
        left = entry.task.effort_min - spent_of([entry.task_id]).get(entry.task_id, 0)
        if left > 0:
            at = entry.started_at + timedelta(minutes=left)
            enqueue(look_at_timer, at=at, workspace_id=workspace_id, entry_id=entry.pk)


@job(retry=RETRY)
def look_at_timer(*, workspace_id: int, entry_id: int, **_: datetime) -> None:
    """The timer still runs, so the task takes longer than planned."""
    running = TimeEntry.objects.filter(pk=entry_id, minutes__isnull=True, deleted_at__isnull=True).first()
    if running is not None:
        enqueue(propose_for_overrun, workspace_id=workspace_id, task_id=running.task_id)


def _propose(cause: causes.Cause | None, workspace_id: int, now: datetime) -> None:
    if cause is not None:
        actions.propose(cause, workspace_id=workspace_id, now=now)
