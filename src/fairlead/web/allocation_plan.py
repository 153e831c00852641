"""Allocating many tasks at once: ask for a plan, look at it, apply, undo or discard it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Plan
from fairlead.allocation.permissions import may_assign
from fairlead.allocation.weights import WEIGHTS
from fairlead.lib.errors import Forbidden, Refused, require
from fairlead.lib.speech import later, tr, tr_count
from fairlead.web.access import Request, member_page
from fairlead.web.render import page, wants_fragment
from fairlead.web.undoing import taken_back
from fairlead.work.models import Project
from fairlead.work.queries import find_project

PATIENCE = timedelta(minutes=10)
"""After so long the page says that a plan being made has probably stopped."""
NOT_YOURS = later("Only managers and auditors see plans. Your own tasks are under All tasks.")


@member_page
@require_http_methods(["GET", "POST"])
def allocate(request: Request, key: str) -> HttpResponse:
    """What allocating a project would do; POST makes the plan."""
    project = find_project(request.actor, key)
    return _make(request, project) if request.method == "POST" else _start(request, project)


@member_page
@require_POST
def allocate_all(request: Request) -> HttpResponse:
    """Make a plan for the whole workspace: what waits, and with the scope "all" also what is held and not begun."""
    return _make(request, None)


def _make(request: Request, project: Project | None) -> HttpResponse:
    scope = request.POST.get("scope", Plan.Scope.WAITING)
    try:
        chosen = Plan.Scope.ALL if scope == Plan.Scope.ALL else Plan.Scope.WAITING
        plan = actions.make_plan(project, actor=request.actor, now=timezone.now(), scope=chosen)
    except Forbidden:
        raise
    except Refused as refused:
        messages.info(request, refused.detail)
        return redirect("board", project.key) if project else redirect("plans")
    return redirect("plan", plan.pk)


def _start(request: Request, project: Project) -> HttpResponse:
    require(may_assign(request.actor), tr("Only managers allocate work."))
    values = {
        "project": project,
        "waiting": queries.waiting_count(request.actor, project),
        "held": queries.held_count(request.actor, project),
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
        "proposals": [(plan, queries.cause_of(plan)) for plan in queries.proposals(request.actor)],
        "held": queries.held_count(request.actor, None),
        "waiting": queries.waiting_count(request.actor, None),
        "may_assign": may_assign(request.actor),
    }
    return page(request, "allocation/index.jinja", values)


@member_page
@require_GET
def show(request: Request, plan_id: int) -> HttpResponse:
    """The plan: progress while it is made, then the proposal, then what became of it."""
    plan = queries.find_plan(request.actor, plan_id)
    return _plan_page(request, plan)


def _plan_page(
    request: Request, plan: Plan, *, ticked: frozenset[int] | None = None, refused: actions.StalePlan | None = None
) -> HttpResponse:
    now = timezone.now()
    values: dict[str, Any] = {
        "plan": plan,
        "cause": queries.cause_of(plan),
        "may_assign": may_assign(request.actor),
        "may_keep": actions.may_change_planning(request.actor),
        "back": f"/projects/{plan.project.key}/" if plan.project else "/plans/",
        "ticked": ticked,
        "refused": refused,
        "sliders": WEIGHTS,
        "currency": request.workspace.currency,
    }
    if plan.snapshot_id is None:
        values["is_stuck"] = now - plan.created_at > PATIENCE
        return page(request, "allocation/making.jinja", values, block="progress")
    if wants_fragment(request):  # the progress bar asks, and now there is a whole page to show
        return HttpResponse(headers={"HX-Refresh": "true"})
    values["sheet"] = queries.plan_sheet(request.actor, plan)
    return page(request, "allocation/plan.jinja", values, status=409 if refused else 200)


@member_page
@require_POST
def apply(request: Request, plan_id: int) -> HttpResponse:
    """Do the ticked lines; without any tick box on the form, all of them. What changed since is shown, not done."""
    plan = queries.find_plan(request.actor, plan_id)
    ticked = _ticked(request, plan)
    if ticked is not None and not ticked:
        messages.error(request, tr("Every line is left out. Tick at least one, or discard the plan."))
        return redirect("plan", plan.pk)
    leave_out = _left_out(plan, ticked)
    try:
        done = actions.apply_plan(plan, actor=request.actor, now=timezone.now(), leave_out=leave_out)
    except actions.StalePlan as refused:
        return _plan_page(request, queries.find_plan(request.actor, plan_id), ticked=ticked, refused=refused)
    return _applied(request, done)


@member_page
@require_POST
def apply_rest(request: Request, plan_id: int) -> HttpResponse:
    """Do the ticked lines that still hold."""
    plan = queries.find_plan(request.actor, plan_id)
    leave_out = _left_out(plan, _ticked(request, plan))
    return _applied(request, actions.apply_rest(plan, actor=request.actor, now=timezone.now(), leave_out=leave_out))


def _ticked(request: Request, plan: Plan) -> frozenset[int] | None:
    """The chosen lines; None for a form without tick boxes, which means all."""
    if "choosing" not in request.POST:
        return None
    wanted = {int(text) for text in request.POST.getlist("line") if text.isdecimal() and len(text) < 19}
    return frozenset(queries.choosable(plan, only=request.POST.get("only", "")) & wanted)


def _left_out(plan: Plan, ticked: frozenset[int] | None) -> set[int]:
    return set() if ticked is None else queries.choosable(plan) - ticked


Told = Mapping[str, Callable[[int], str]]
"""What became of so many lines of each kind."""
_DONE: Final[Told] = {
    "new": lambda n: tr_count("%(n)s task assigned.", "%(n)s tasks assigned.", n),
    "moved": lambda n: tr_count("%(n)s task moved.", "%(n)s tasks moved.", n),
    "shifted": lambda n: tr_count("%(n)s task shifted.", "%(n)s tasks shifted.", n),
}
_BACK: Final[Told] = {
    "new": lambda n: tr_count("%(n)s task taken back.", "%(n)s tasks taken back.", n),
    "moved": lambda n: tr_count("%(n)s task back with whoever had them.", "%(n)s tasks back with whoever had them.", n),
    "shifted": lambda n: tr_count("%(n)s task at their former times.", "%(n)s tasks at their former times.", n),
}


def _applied(request: Request, plan: Plan) -> HttpResponse:
    counts = queries.outcomes(plan)
    text = _said(counts, "applied", _DONE) or tr("Nothing was left to apply.")
    if taken := sum(n for (outcome, _), n in counts.items() if outcome == "taken"):
        text += " " + tr_count(
            "%(n)s task had changed meanwhile and stayed as they were.",
            "%(n)s tasks had changed meanwhile and stayed as they were.", taken,
        )  # fmt: skip
    if full := sum(n for (outcome, _), n in counts.items() if outcome == "full"):
        text += " " + tr_count(
            "%(n)s task stayed as they were, because somebody would have held more than they take at once.",
            "%(n)s tasks stayed as they were, because somebody would have held more than they take at once.", full,
        )  # fmt: skip
    messages.success(request, text, extra_tags=f"/plans/{plan.pk}/undo/")
    return redirect("plan", plan.pk)


def _said(counts: Mapping[tuple[str, str], int], outcome: str, words: Told) -> str:
    """ "3 tasks assigned. 2 tasks moved." """
    return " ".join(say(counts[outcome, kind]) for kind, say in words.items() if (outcome, kind) in counts)


@member_page
@require_POST
def stop(request: Request, plan_id: int) -> HttpResponse:
    """Take the best plan found so far."""
    plan = queries.find_plan(request.actor, plan_id)
    actions.stop_plan(plan, actor=request.actor, now=timezone.now())
    return redirect("plan", plan.pk)


@member_page
@require_POST
def weigh(request: Request, plan_id: int) -> HttpResponse:
    """Make the draft anew with what the sliders say, beside the first one."""
    plan = queries.find_plan(request.actor, plan_id)
    made = actions.remake_plan(plan, weights=_weights(request), actor=request.actor, now=timezone.now())
    return redirect("plan", made.pk)


@member_page
@require_POST
def keep_weights(request: Request, plan_id: int) -> HttpResponse:
    """Let every new plan begin with this one's weights."""
    plan = queries.find_plan(request.actor, plan_id)
    actions.change_planning(weights=plan.weights, actor=request.actor, now=timezone.now())
    messages.success(request, tr("New plans begin with these weights from now on."))
    return redirect("plan", plan.pk)


def _weights(request: Request) -> dict[str, int]:
    sent = {weight.name: request.POST.get(weight.name, "100") for weight in WEIGHTS}
    return {name: int(text) if text.isdecimal() and len(text) < 5 else -1 for name, text in sent.items()}


@member_page
@require_POST
def undo(request: Request, plan_id: int) -> HttpResponse:
    """Take back what the plan assigned."""
    plan = queries.find_plan(request.actor, plan_id)
    counts = queries.outcomes(actions.undo_plan(plan, actor=request.actor, now=timezone.now()))
    text = _said(counts, "undone", _BACK) or tr("Nothing was taken back.")
    if kept := sum(n for (outcome, _), n in counts.items() if outcome == "kept"):
        text += " " + tr_count(
            "%(n)s task stayed, because somebody went on with them.",
            "%(n)s tasks stayed, because somebody went on with them.", kept,
        )  # fmt: skip
    messages.success(request, text)
    return redirect("plan", plan.pk)


@member_page
@require_POST
def discard(request: Request, plan_id: int) -> HttpResponse:
    """Throw the draft away."""
    plan = queries.find_plan(request.actor, plan_id)
    actions.discard_plan(plan, actor=request.actor, now=timezone.now())
    back = reverse("plan-restore", args=[plan.pk]) if plan.result else ""
    messages.success(request, tr("The plan was discarded. Nothing has changed."), extra_tags=back)
    return redirect("board", plan.project.key) if plan.project else redirect("plans")


@member_page
@require_POST
def restore(request: Request, plan_id: int) -> HttpResponse:
    """Undo of throwing it away."""
    plan = queries.find_plan(request.actor, plan_id)

    def act() -> str:
        actions.restore_plan(plan, actor=request.actor, now=timezone.now())
        return tr("The plan is a draft again.")

    return taken_back(request, act, reverse("plan", args=[plan.pk]))
