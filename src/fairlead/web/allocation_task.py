"""Who should do a task: the candidates, assigning in one click, and why somebody has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Assignment
from fairlead.allocation.permissions import may_assign, may_assign_in, may_release, may_see_everybody, may_take
from fairlead.events.actor import Actor
from fairlead.lib.errors import Forbidden, Invalid, Missing, Refused
from fairlead.lib.speech import later, tr
from fairlead.people.models import Worker
from fairlead.people.queries import availability_now, find_worker, worker_called, worker_of
from fairlead.web.access import Request, member_page
from fairlead.web.member_field import LISTED_PEOPLE, proposing
from fairlead.web.render import page
from fairlead.work.actions import change_task
from fairlead.work.models import Need, Task
from fairlead.work.queries import find_task
from fairlead.work.states import OPEN, WAITING

TEMPLATE = "allocation/candidates.jinja"
SHOWN_BY_RULE: Final = 20
"""Of those whom one rule keeps from a task, how many are listed; about others one asks by name."""
NOT_LISTED = later("You are not in the directory of people. Ask a manager to link your profile to your account.")


@member_page
@require_GET
def candidates(request: Request, key: str) -> HttpResponse:
    """Everybody who could do the task, best first; a page, and a panel of the task's page."""
    return panel(request, find_task(request.actor, key))


def panel(request: Request, task: Task, *, refused: Refused | None = None, typed: Any = None) -> HttpResponse:
    """The candidates of a task, with what was refused and typed."""
    actor, now = request.actor, timezone.now()
    is_open, leads = task.state in OPEN, may_assign_in(actor, task.project_id)
    found = queries.recommend(task, actor=actor, now=now) if is_open else None
    values = {
        "task": task,
        "found": found,
        "here": availability_now([c.worker.id for c in found.candidates], now) if found else {},
        "holder": task.assignee,
        "offering": queries.offering_of(task, actor=actor, now=now) if is_open and task.assignee is None else None,
        "routing": queries.routing_of(task, actor=actor, now=now) if is_open and task.assignee is None else None,
        "mine": queries.my_offer_of(task, actor=actor, now=now) if is_open and task.assignee is None else None,
        "may_offer": may_assign(actor) and leads and task.state in WAITING and task.assignee is None,
        "refused": refused,
        "typed": typed or {},
        "shown_by_rule": SHOWN_BY_RULE,
        "listed": LISTED_PEOPLE,
        "named": _by_name,
        **_rights(actor, task),
    }
    return page(request, TEMPLATE, values, block="panel", status=refused.status if refused else 200)


def _rights(actor: Actor, task: Task) -> dict[str, Any]:
    """What the reader may do here."""
    me, holder = worker_of(actor), task.assignee
    return {
        "may_assign": may_assign_in(actor, task.project_id),
        "may_take": me is not None and may_take(actor, task, me),
        "may_release": holder is not None and task.state in OPEN and may_release(actor, holder),
        "me": me,
        "may_ask_all": may_see_everybody(actor),
    }


@member_page
@require_POST
def assign(request: Request, key: str) -> HttpResponse:
    """Give the task to the worker in `worker`, which may stand in the address so that an undo can name it."""
    task = find_task(request.actor, key)

    def act(now: datetime) -> Assignment:
        worker, reason = _worker(request), request.POST.get("reason", "")
        return actions.assign_task(task, worker, actor=request.actor, now=now, reason=reason, version=_version(request))

    return _done(request, task, act)


@member_page
@require_POST
def assign_best(request: Request, key: str) -> HttpResponse:
    """Give the task to its first candidate."""
    task = find_task(request.actor, key)
    return _done(
        request, task, lambda now: actions.assign_best(task, actor=request.actor, now=now, version=_version(request))
    )


@member_page
@require_POST
def take(request: Request, key: str) -> HttpResponse:
    """Take the task for oneself."""
    task, me = find_task(request.actor, key), worker_of(request.actor)
    if me is None:
        raise Forbidden(NOT_LISTED)
    return _done(
        request, task, lambda now: actions.take_task(task, me, actor=request.actor, now=now, version=_version(request))
    )


def _done(request: Request, task: Task, act: Callable[[datetime], Assignment]) -> HttpResponse:
    """Assign, then show the task with an undo; a refusal shows the candidates again with what was typed."""
    before = task.assignee_id
    try:
        made = act(timezone.now())
    except (Forbidden, Missing):
        raise
    except Refused as refused:
        return panel(request, find_task(request.actor, str(task)), refused=refused, typed=request.POST)
    undo = f"/tasks/{task}/assign/?worker={before}" if before else f"/tasks/{task}/unassign/"
    messages.success(request, tr("%(name)s has %(task)s now.", name=made.worker.name, task=task), extra_tags=undo)
    return redirect("task", str(task))


@member_page
@require_POST
def unassign(request: Request, key: str) -> HttpResponse:
    """Take the task back from whoever has it."""
    task = find_task(request.actor, key)
    reason = request.POST.get("reason", "")
    ended = actions.unassign_task(task, actor=request.actor, now=timezone.now(), reason=reason)
    undo = f"/tasks/{task}/assign/?worker={ended.worker_id}" if may_assign_in(request.actor, task.project_id) else ""
    messages.success(request, tr("%(task)s is with nobody now.", task=task), extra_tags=undo)
    return redirect("task", str(task))


@member_page
@require_POST
def change_needs(request: Request, key: str) -> HttpResponse:
    """Ask for the skills in `needs` ("12:3,14:2": skill id and level): a fix of the doctor, and its undo."""
    task = find_task(request.actor, key)
    before = Need.objects.filter(task=task).order_by("id").values_list("skill_id", "level")
    undo = ",".join(f"{skill}:{level}" for skill, level in before)
    change_task(task, actor=request.actor, now=timezone.now(), version=_version(request), needs=_needs(request))
    messages.success(
        request, tr("%(task)s asks for less now.", task=task), extra_tags=f"/tasks/{task}/needs/?needs={undo}"
    )
    return redirect("task", str(task))


def _by_name(names: str) -> dict[str, str]:
    """What makes a text field propose people while somebody types; `names` is the id of its list."""
    return {**proposing("/people/names/", names), "maxlength": "120"}


@member_page
@require_GET
def why(request: Request, key: str) -> HttpResponse:
    """Why whoever has the task has it: the receipt of the decision, in words."""
    return _told(request, queries.decision_of(find_task(request.actor, key), actor=request.actor))


@member_page
@require_GET
def why_not(request: Request, key: str) -> HttpResponse:
    """How `worker`, or the reader, stands for the task, and the least that would make them first."""
    task = find_task(request.actor, key)
    worker = _worker(request) if "worker" in request.GET else worker_of(request.actor)
    if worker is None:
        raise Forbidden(NOT_LISTED)
    values = {"task": task, "told": queries.standing(task, worker, actor=request.actor, now=timezone.now())}
    return page(request, "allocation/why_not.jinja", values, block="why")


@member_page
@require_GET
def receipt(request: Request, number: int) -> HttpResponse:
    """One decision as its receipt tells it."""
    return _told(request, queries.receipt(request.actor, number))


@member_page
@require_POST
def replay(request: Request, number: int) -> HttpResponse:
    """Compute the decision again and say whether it comes out the same."""
    told = queries.receipt(request.actor, number)
    return _told(request, told, replayed=queries.replay_receipt(request.actor, number))


def _told(request: Request, told: queries.Decision, replayed: queries.Replay | None = None) -> HttpResponse:
    values = {"task": find_task(request.actor, told.recommendation.task_key), "told": told, "replayed": replayed}
    return page(request, "allocation/why.jinja", values, block="why")


def _worker(request: Request) -> Worker:
    """By number, or by the name that was typed where there are too many for a list."""
    text = " ".join((request.POST.get("worker") or request.GET.get("worker", "")).split())
    if not text:
        raise Invalid({"worker": tr("Choose somebody.")})
    if text.isdecimal() and len(text) <= 18:
        return find_worker(request.actor, int(text))
    return worker_called(request.actor, text, field="worker")


def _version(request: Request) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _needs(request: Request) -> dict[int, int]:
    text = request.POST.get("needs", request.GET.get("needs", ""))
    pairs = [pair.split(":") for pair in text.split(",") if pair]
    if any(len(pair) != 2 or not all(part.isdecimal() and len(part) < 10 for part in pair) for pair in pairs):
        raise Invalid({"needs": tr("Choose skills and levels from the list.")})
    return {int(skill): int(level) for skill, level in pairs}
