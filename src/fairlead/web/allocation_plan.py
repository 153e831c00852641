"""Allocating many tasks at once: ask for a plan, look at it, apply, undo or discard it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Plan
from fairlead.allocation.permissions import may_assign
from fairlead.lib.errors import Forbidden, Refused, require
from fairlead.web.access import Request, member_page
from fairlead.web.render import page, wants_fragment
from fairlead.work.models import Project
from fairlead.work.queries import find_project

PATIENCE = timedelta(minutes=10)
"""After so long the page says that a plan being made has probably stopped."""
NOT_YOURS = "Only managers and auditors see plans. Your own tasks are under All tasks."


@member_page
@require_http_methods(["GET", "POST"])
def allocate(request: Request, key: str) -> HttpResponse:
    """What allocating a project would do; POST makes the plan."""
    project = find_project(request.actor, key)
    return _make(request, project) if request.method == "POST" else _start(request, project)


@member_page
@require_POST
def allocate_all(request: Request) -> HttpResponse:
    """Make a plan for every open task of the workspace."""
    return _make(request, None)


def _make(request: Request, project: Project | None) -> HttpResponse:
    try:
        plan = actions.make_plan(project, actor=request.actor, now=timezone.now())
    except Forbidden:
        raise
    except Refused as refused:
        messages.info(request, refused.detail)
        return redirect("board", project.key) if project else redirect("plans")
    return redirect("plan", plan.pk)


def _start(request: Request, project: Project) -> HttpResponse:
    require(may_assign(request.actor), "Only managers allocate work.")
    values = {
        "project": project,
        "waiting": queries.waiting_count(request.actor, project),
        "people": queries.worker_count(request.actor),
        "last": queries.last_plan(request.actor, project),
    }
    return page(request, "allocation/start.jinja", values)


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """The newest plans, and allocating everything."""
    require(queries.may_see_plans(request.actor), NOT_YOURS)
    values = {
        "plans": queries.recent_plans(request.actor),
        "waiting": queries.waiting_count(request.actor, None),
        "may_assign": may_assign(request.actor),
        "states": dict(Plan.State.choices),
    }
    return page(request, "allocation/index.jinja", values)


@member_page
@require_GET
def show(request: Request, plan_id: int) -> HttpResponse:
    """The plan: progress while it is made, then the proposal, then what became of it."""
    plan = queries.find_plan(request.actor, plan_id)
    return _plan_page(request, plan)


def _plan_page(request: Request, plan: Plan, *, left_out: frozenset[int] = frozenset()) -> HttpResponse:
    now = timezone.now()
    values: dict[str, Any] = {
        "plan": plan,
        "may_assign": may_assign(request.actor),
        "back": f"/projects/{plan.project.key}/" if plan.project else "/plans/",
        "left_out": left_out,
    }
    if plan.snapshot_id is None:
        values["is_stuck"] = now - plan.created_at > PATIENCE
        return page(request, "allocation/making.jinja", values, block="progress")
    if wants_fragment(request):  # the progress bar asks, and now there is a whole page to show
        return HttpResponse(headers={"HX-Refresh": "true"})
    return page(request, "allocation/plan.jinja", {**values, "sheet": queries.plan_sheet(request.actor, plan)})


@member_page
@require_POST
def apply(request: Request, plan_id: int) -> HttpResponse:
    """Assign the ticked lines; without any tick box on the form, all of them."""
    plan = queries.find_plan(request.actor, plan_id)
    sheet = queries.plan_sheet(request.actor, plan)
    ticked = {int(text) for text in request.POST.getlist("line") if text.isdecimal() and len(text) < 19}
    leave_out = {line.id for line in sheet.lines} - ticked if "choosing" in request.POST else set()
    if sheet.lines and len(leave_out) == len(sheet.lines):
        messages.error(request, "Every line is left out. Tick at least one, or discard the plan.")
        return redirect("plan", plan.pk)
    done = actions.apply_plan(plan, actor=request.actor, now=timezone.now(), leave_out=leave_out)
    counts = queries.outcomes(done)
    text = f"{_tasks(counts.get('applied', 0))} assigned."
    if counts.get("taken"):
        text += f" {_tasks(counts['taken'])} changed hands meanwhile and stayed as they were."
    messages.success(request, text, extra_tags=f"/plans/{plan.pk}/undo/")
    return redirect("plan", plan.pk)


@member_page
@require_POST
def undo(request: Request, plan_id: int) -> HttpResponse:
    """Take back what the plan assigned."""
    plan = queries.find_plan(request.actor, plan_id)
    counts = queries.outcomes(actions.undo_plan(plan, actor=request.actor, now=timezone.now()))
    text = f"{_tasks(counts.get('undone', 0))} taken back."
    if counts.get("kept"):
        text += f" {_tasks(counts['kept'])} stayed, because somebody went on with them."
    messages.success(request, text)
    return redirect("plan", plan.pk)


@member_page
@require_POST
def discard(request: Request, plan_id: int) -> HttpResponse:
    """Throw the draft away."""
    plan = queries.find_plan(request.actor, plan_id)
    actions.discard_plan(plan, actor=request.actor, now=timezone.now())
    messages.success(request, "The plan was discarded. Nothing has changed.")
    return redirect("board", plan.project.key) if plan.project else redirect("plans")


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"
