"""The desk: what policies leave to people. And queues, out of which people claim their next task."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.accounts.permissions import STAFF
from fairlead.allocation import actions, queries
from fairlead.allocation.models import Assignment, Routing
from fairlead.allocation.permissions import may_assign, may_see
from fairlead.lib.errors import Forbidden, Missing, Refused, require
from fairlead.lib.speech import mark, tr
from fairlead.people.models import Worker
from fairlead.people.queries import find_worker, worker_of
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page
from fairlead.web.render import page
from fairlead.work.queries import find_task


@member_page
@require_GET
def desk(request: Request) -> HttpResponse:
    """Proposals to approve, work that nobody can do, work that is a manager's, and decisions that can be undone."""
    values = {"desk": queries.desk(request.actor, now=timezone.now()), "may_assign": may_assign(request.actor)}
    return page(request, "routing/desk.jinja", values, block="desk")


def _decide(
    request: Request, key: str, act: Callable[[Routing, datetime], Any], said: str, **values: str
) -> HttpResponse:
    """Decide about one task; what is refused is said at the top of the desk."""
    task = find_task(request.actor, key)
    require(may_assign(request.actor), tr("Only managers decide about routing."))
    try:
        act(queries.find_routing(request.actor, task), timezone.now())
    except (Forbidden, Missing):
        raise
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, tr(said, task=task, **values))
    return redirect("desk")


@member_page
@require_POST
def approve(request: Request, key: str) -> HttpResponse:
    """Let the policy do what it proposes."""
    return _decide(request, key, lambda it, now: actions.approve(it, actor=request.actor, now=now),
                   mark("%(task)s: approved."))  # fmt: skip


@member_page
@require_POST
def approve_many(request: Request) -> HttpResponse:
    """Approve every ticked proposal; each is decided for itself."""
    require(may_assign(request.actor), tr("Only managers decide about routing."))
    done, said = 0, ""
    for key in request.POST.getlist("task")[:200]:
        try:
            found = queries.find_routing(request.actor, find_task(request.actor, key))
            actions.approve(found, actor=request.actor, now=timezone.now())
            done += 1
        except Refused as refused:
            said = said or refused.detail
    if done:
        messages.success(request, tr("%(n)s approved.", n=done))
    if said:
        messages.error(request, said)
    elif not done:
        messages.info(request, tr("Tick what you want to approve."))
    return redirect("desk")


@member_page
@require_POST
def reject(request: Request, key: str) -> HttpResponse:
    """Decide otherwise, or later."""
    reason = request.POST.get("reason", "")
    return _decide(request, key, lambda it, now: actions.reject(it, reason=reason, actor=request.actor, now=now),
                   mark("%(task)s is yours to decide."))  # fmt: skip


@member_page
@require_POST
def undo(request: Request, key: str) -> HttpResponse:
    """Take back what a policy decided by itself."""
    return _decide(request, key, lambda it, now: actions.undo_decision(it, actor=request.actor, now=now),
                   mark("%(task)s was taken back. It is yours to decide."))  # fmt: skip


@member_page
@require_POST
def again(request: Request, key: str) -> HttpResponse:
    """Give the task to the policies once more."""
    task = find_task(request.actor, key)
    try:
        actions.route_again(task, actor=request.actor, now=timezone.now())
    except Forbidden:
        raise
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, tr("%(task)s is routed again.", task=task))
    return redirect("desk")


@member_page
@require_POST
def other(request: Request, key: str) -> HttpResponse:
    """Give the task to `worker` instead of the proposed one, for a `reason`."""
    text = request.POST.get("worker", "")
    if not text.isdecimal() or len(text) > 18:
        messages.error(request, tr("Choose somebody from the list."))
        return redirect("task", key)
    worker, reason = find_worker(request.actor, int(text)), request.POST.get("reason", "")
    return _decide(
        request, key, lambda it, now: actions.approve_other(it, worker, reason=reason, actor=request.actor, now=now),
        mark("%(task)s was given to %(name)s."), name=worker.name,
    )  # fmt: skip


# -- queues -------------------------------------------------------------------------------------------------------


@member_page
@require_GET
def queue(request: Request) -> HttpResponse:
    """What one may claim, in the order in which it should be done."""
    require(may_see(request.actor), tr("Only the team claims work."))
    values = {"queue": queries.queue_of(request.actor, now=timezone.now()), "me": worker_of(request.actor)}
    return page(request, "routing/queue.jinja", values, block="queue")


def _claimed(request: Request, act: Callable[[Worker, datetime], Assignment]) -> HttpResponse:
    require(request.actor.role in STAFF, tr("Only the team claims work."))
    me = worker_of(request.actor)
    if me is None:
        messages.error(
            request, tr("You are not in the directory of people. Ask a manager to link your profile to you.")
        )
        return redirect("queue")
    try:
        made = act(me, timezone.now())
    except Forbidden:
        raise
    except Refused as refused:
        messages.error(request, refused.detail)
        return redirect("queue")
    messages.success(request, tr("%(task)s is yours.", task=made.task), extra_tags=f"/tasks/{made.task}/unassign/")
    return redirect("task", str(made.task))


@member_page
@require_POST
def claim_next(request: Request) -> HttpResponse:
    """Take the next task of one's queue."""
    return _claimed(request, lambda me, now: actions.claim_next(me, actor=request.actor, now=now))


@member_page
@require_POST
def claim(request: Request, key: str) -> HttpResponse:
    """Take this task out of the queue."""
    task = find_task(request.actor, key)
    return _claimed(request, lambda me, now: actions.claim_task(task, me, actor=request.actor, now=now))


urls = [
    path("desk/", desk, name="desk"),
    path("desk/approve/", approve_many, name="routing-approve-many"),
    path("tasks/<task:key>/routing/approve/", approve, name="routing-approve"),
    path("tasks/<task:key>/routing/reject/", reject, name="routing-reject"),
    path("tasks/<task:key>/routing/undo/", undo, name="routing-undo"),
    path("tasks/<task:key>/routing/again/", again, name="routing-again"),
    path("tasks/<task:key>/routing/other/", other, name="routing-other"),
    path("queue/", queue, name="queue"),
    path("queue/next/", claim_next, name="queue-next"),
    path("tasks/<task:key>/claim/", claim, name="task-claim"),
]
