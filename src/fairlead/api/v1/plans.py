"""Plans: allocating many tasks at once, looked at before anything changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.db.models import F
from ninja import Query
from pydantic import Field

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Plan
from fairlead.allocation.weights import NAMES
from fairlead.api import paging
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, PathId, PlanState, ProjectKey, Shown
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.api.v1.shapes import WorkerName
from fairlead.lib.errors import Invalid
from fairlead.lib.speech import tr
from fairlead.work.queries import find_project

routes = Routes(tags=["Allocation"])
NEWEST = Order("plans", ("id",), descending=True)


class PlanName(Shown):
    id: int
    project: str | None = Field(description="null: the whole workspace.")
    state: PlanState
    created_at: datetime
    applied_at: datetime | None
    progress: float = Field(description="0 to 1, while it is being made.")


class PlanPage(Shown):
    items: list[PlanName]
    next_cursor: str | None


class PlanLineOut(Shown):
    """One task: who should do it when, or why nobody can; and who had it before."""

    id: int
    kind: Literal["new", "moved", "shifted", "open"]
    key: str
    title: str
    worker: WorkerName | None
    starts_at: datetime | None
    ends_at: datetime | None
    before: WorkerName | None = Field(description="Who held it.")
    before_starts_at: datetime | None
    before_ends_at: datetime | None
    late_min: int
    fit: int = Field(description="0 to 100.")
    reason: str = Field(description="Why it moves, or why nobody can do it.")
    fixes: list[str]
    outcome: str = Field(description="What became of the proposal; empty while it is one.")


class ShareOut(Shown):
    """One worker's next four weeks, in minutes: held before, with the plan, and what there is."""

    worker: WorkerName
    tasks: int
    before_min: int
    after_min: int
    room_min: int


class CostOut(Shown):
    label: str
    points: float


class FiguresOut(Shown):
    """What holds before or with the plan."""

    late_min: int
    late_tasks: int
    labour_cents: int
    fairness: float | None = Field(description="Jain's index of everybody's load, 0 to 1; null without work.")
    switches: int
    moved: int
    open: int = Field(description="Tasks without anybody.")


class PlanOut(PlanName):
    scope: Literal["waiting", "all", "repair"]
    cause: str = Field(description="The event that a repair answers; else empty.")
    weights: dict[str, int] = Field(description="Percent of the usual weights.")
    threads: int
    stopped_at: int | None = Field(description="After how many rounds somebody stopped the search; null: at its limit.")
    gap: float | None = Field(description="At most this share above the best possible plan, once that is proven.")
    before: FiguresOut | None
    after: FiguresOut | None
    unchanged: int = Field(description="Held tasks that stay as they are; they are not among the lines.")
    engine_version: str
    seed: int
    lines: list[PlanLineOut]
    left_open: list[PlanLineOut]
    shares: list[ShareOut]
    cost: list[CostOut]


class NewPlan(Body):
    project: ProjectKey | None = Field(None, description="Without it, the whole workspace.")
    seed: int = Field(0, strict=True, ge=0, le=2**31 - 1, description="The same seed gives the same plan.")

    scope: Literal["waiting", "all"] = Field("waiting", description="all: held tasks that are not begun, too.")
    weights: dict[str, int] | None = Field(
        None, description=f"Percent of the usual weights, 0 to 200, of: {', '.join(NAMES)}. Without: the workspace's."
    )


class Application(Body):
    leave_out: list[Id] = Field([], max_length=10_000, description="Ids of lines that are not applied.")
    lines: list[Id] | None = Field(None, max_length=10_000, description="Ids of the only lines to apply.")


@routes.on("GET", "/plans", scope="allocation:read", gives=PlanPage)
def list_plans(request: Call, wanted: Query[Paging]) -> dict[str, Any]:
    """List plans

    The latest first.
    """
    rows = queries.visible_plans(request.actor).annotate(key=F("project__key"))
    columns = ("id", "key", "state", "created_at", "applied_at", "done", "total")
    found = paging.cut(request, rows.values(*columns), NEWEST, wanted)
    return paging.page(request, [{**row, "project": row["key"], "progress": _progress(row)} for row in found])


@routes.on("POST", "/plans", scope="allocation:write", gives=PlanOut, status=201)
def make_plan(request: Call, body: NewPlan) -> dict[str, Any]:
    """Make a plan

    A draft for every open task that nobody holds; with the scope `all` also for held tasks that are not begun, which
    move only where that buys something. A large one is `making` at first: ask again until it is a draft.
    """
    project = None if body.project is None else find_project(request.actor, body.project)
    made = actions.make_plan(
        project, actor=request.actor, now=request.now, seed=body.seed, scope=body.scope, weights=body.weights
    )
    return _shown(request, made)


@routes.on("GET", "/plans/{plan_id}", scope="allocation:read", gives=PlanOut)
def show_plan(request: Call, plan_id: PathId) -> dict[str, Any]:
    """Show a plan"""
    return _shown(request, queries.find_plan(request.actor, plan_id))


@routes.on("POST", "/plans/{plan_id}/apply", scope="allocation:write", gives=PlanOut)
def apply_plan(request: Call, plan_id: PathId, body: Application) -> dict[str, Any]:
    """Apply a plan

    All of it in one step, or only `lines`, or all but `leave_out`. When something happened to any of these lines since
    the plan was made nothing is applied: the answer is 409 `stale-plan`, and `errors` says what changed, line by line.
    So it is when the chosen lines alone would give somebody more tasks than they take at once.
    """
    plan = queries.find_plan(request.actor, plan_id)
    left = _left_out(plan, body)
    return _shown(request, actions.apply_plan(plan, actor=request.actor, now=request.now, leave_out=left))


@routes.on("POST", "/plans/{plan_id}/apply-rest", scope="allocation:write", gives=PlanOut)
def apply_rest(request: Call, plan_id: PathId, body: Application) -> dict[str, Any]:
    """Apply what still holds of a plan

    Like applying it, without the lines that something happened to, which say `taken`, and those for which somebody has
    no room, which say `full`.
    """
    plan = queries.find_plan(request.actor, plan_id)
    left = _left_out(plan, body)
    return _shown(request, actions.apply_rest(plan, actor=request.actor, now=request.now, leave_out=left))


def _left_out(plan: Plan, body: Application) -> set[int]:
    """The lines that are not applied. Raises Invalid for ids of no line."""
    known, left = queries.choosable(plan), set(body.leave_out)
    if body.lines is not None:
        if wrong := set(body.lines) - known:
            raise Invalid({"lines": tr("The plan has no line %(line)s that can be applied.", line=min(wrong))})
        left |= known - set(body.lines)
    return left


@routes.on("POST", "/plans/{plan_id}/stop", scope="allocation:write", gives=PlanOut)
def stop_plan(request: Call, plan_id: PathId) -> dict[str, Any]:
    """Stop making a plan

    The best plan found so far becomes the draft.
    """
    plan = queries.find_plan(request.actor, plan_id)
    return _shown(request, actions.stop_plan(plan, actor=request.actor, now=request.now))


@routes.on("POST", "/plans/{plan_id}/undo", scope="allocation:write", gives=PlanOut)
def undo_plan(request: Call, plan_id: PathId) -> dict[str, Any]:
    """Undo a plan

    What somebody began, closed or reassigned since is kept.
    """
    plan = queries.find_plan(request.actor, plan_id)
    return _shown(request, actions.undo_plan(plan, actor=request.actor, now=request.now))


@routes.on("POST", "/plans/{plan_id}/discard", scope="allocation:write", gives=PlanOut)
def discard_plan(request: Call, plan_id: PathId) -> dict[str, Any]:
    """Discard a draft"""
    plan = queries.find_plan(request.actor, plan_id)
    return _shown(request, actions.discard_plan(plan, actor=request.actor, now=request.now))


def _progress(row: dict[str, Any]) -> float:
    return float(row["done"] / row["total"]) if row["total"] else 1.0


def _shown(request: Call, plan: Plan) -> dict[str, Any]:
    sheet = queries.plan_sheet(request.actor, plan)
    return {
        "id": plan.pk,
        "project": plan.project.key if plan.project else None,
        "state": plan.state,
        "created_at": plan.created_at,
        "applied_at": plan.applied_at,
        "progress": _progress({"done": plan.done, "total": plan.total}),
        "engine_version": plan.engine_version,
        "seed": plan.seed,
        "lines": sheet.lines,
        "left_open": sheet.left_open,
        "shares": sheet.shares,
        "cost": sheet.cost,
        "scope": plan.scope,
        "cause": plan.cause,
        "weights": plan.weights,
        "threads": plan.threads,
        "stopped_at": plan.stopped_at,
        "gap": plan.gap,
        "before": sheet.before,
        "after": sheet.after,
        "unchanged": sheet.unchanged,
    }
