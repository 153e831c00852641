"""Who should do a task, who does it, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Query
from pydantic import Field

from fairlead.allocation import actions, queries
from fairlead.api import etags
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, Line, PathId, Shown, TaskKey
from fairlead.api.routes import Routes
from fairlead.api.v1.shapes import TaskOut, WorkerName
from fairlead.api.v1.task_rows import one
from fairlead.lib.errors import Forbidden
from fairlead.lib.speech import tr
from fairlead.people.queries import find_worker, worker_of
from fairlead.work.queries import find_task

routes = Routes(tags=["Allocation"])


class FactorOut(Shown):
    """One reason for or against: 0 to 1, 1 is best, with the facts."""

    name: str = Field(examples=["Skills"])
    score: float
    sentence: str = Field(examples=["Python 4 (needs 3)"])


class CostPartOut(Shown):
    label: str = Field(examples=["load"])
    points: float


class CandidateOut(Shown):
    """Somebody who can do the task."""

    worker: WorkerName
    rank: int
    score: float
    fit: int = Field(description="The score as 0 to 100.")
    summary: str = Field(examples=["Done 5 days before it is due; Python 4 (needs 3)."])
    starts_at: datetime
    finishes_at: datetime
    slack_min: int | None = Field(description="Minutes on the clock before it is due; negative when late.")
    factors: list[FactorOut]
    cost: list[CostPartOut] = Field(description="What the choice adds to the plan; empty for those who may not know.")
    is_holder: bool


class RuledOutOut(Shown):
    """Somebody who cannot do it, and by which rules."""

    worker: WorkerName
    codes: list[str] = Field(examples=[["skill"]])
    sentence: str = Field(examples=["needs Python 3; has 2"])


class FixOut(Shown):
    """A change that was tried out and lets somebody do the task."""

    kind: str
    sentence: str


class RecommendationOut(Shown):
    """Ranked candidates; when there is none, the reason and what would free the task."""

    task_key: str
    candidates: list[CandidateOut]
    ruled_out: list[RuledOutOut]
    eligible: int = Field(description="How many could do it, also those beyond the list.")
    reason: str
    fixes: list[FixOut]


class DecisionOut(Shown):
    """One assignment as its receipt tells it."""

    receipt_id: int
    worker: WorkerName
    by_kind: str = Field(description="`person`, `engine`, `rule`, `agent` or `system`.")
    by_name: str
    reason: str
    at: datetime
    ended_at: datetime | None
    end_reason: str
    plan_id: int | None
    engine_version: str
    offered_by: str = Field(description="Who offered it, when the worker accepted an offer; else empty.")
    digest: str = Field(description="Names the snapshot of everything that the engine was given.")
    recommendation: RecommendationOut = Field(description="How everybody stood when it was decided.")


class ReplayOut(Shown):
    """A decision computed again from its receipt."""

    receipt_id: int
    is_same: bool = Field(description="To the byte.")
    engine_version: str = Field(description="The engine that decided.")
    engine_now: str = Field(description="The engine that computed it again.")
    digest: str
    sentence: str


class ChangeOut(Shown):
    """The least of one kind that would make the worker first; tried out."""

    sentence: str = Field(examples=["Dana had Python 4 instead of 3"])
    proven: bool | None = Field(description="Whether a new plan with it gives them the task; null: not tried.")


class StandingOut(Shown):
    """How a worker stands for a task: now, or when it was given to whoever has it."""

    task_key: str
    worker: WorkerName
    place: int | None = Field(description="1 is the best; null: a rule keeps them from it.")
    eligible: int
    reason: str
    against: WorkerName | None = Field(description="Whom they are compared with.")
    parts: list[CostPartOut] = Field(description="What they cost more, in points; below 0: less.")
    changes: list[ChangeOut]
    decided_at: datetime | None
    is_known: bool = Field(description="False: only their skills were kept, so no changes are known.")


class StandingQuery(Body):
    worker: int | None = Field(None, ge=1, description="A worker's id; without it, oneself.")


class FairRowOut(Shown):
    """One worker over the window."""

    worker: WorkerName
    capacity_min: int
    given_min: int
    tasks: int
    load: float | None = Field(description="Given work against working time.")
    considered: int = Field(description="Single decisions with them among the candidates.")
    chosen: int = Field(description="Of these, those that gave or offered them the task.")
    opportunity: float | None
    avoided: float | None = Field(description="Share of work that they would rather avoid.")
    pay_cents: int | None = Field(description="null for those who may not know it.")
    offers: dict[str, int] = Field(description="How many offers ended in which state.")


class FairnessOut(Shown):
    """How evenly work was given. The indexes are Jain's: 1 when all are alike."""

    weeks: int
    since: datetime
    people: int
    load_index: float | None
    opportunity_index: float | None
    rows: list[FairRowOut]


class FairnessQuery(Body):
    weeks: int = Field(4, description="4, 12 or 26.")
    team: int | None = Field(None, ge=1, description="Members of this team only.")


class RecommendationQuery(Body):
    k: int = Field(10, ge=1, le=50, description="The most candidates.")


class NewAssignment(Body):
    worker: Id | Literal["best"] = Field(description="A worker's id, or `best`: the first of the candidates.")
    reason: Line = Field("", description="Needed for somebody whom a rule keeps from the task.")


class Release(Body):
    reason: str = Field("", max_length=300)


@routes.on("GET", "/tasks/{key}/recommendation", scope="allocation:read", gives=RecommendationOut)
def show_recommendation(request: Call, key: TaskKey, wanted: Query[RecommendationQuery]) -> Any:
    """Show who should do a task

    Computed now, from everybody's skills, working time, load and wishes.
    """
    return queries.recommend(find_task(request.actor, key), actor=request.actor, now=request.now, k=wanted.k)


@routes.on("GET", "/tasks/{key}/standing", scope="allocation:read", gives=StandingOut)
def show_standing(request: Call, key: TaskKey, wanted: Query[StandingQuery]) -> Any:
    """Show how a worker stands for a task

    Why not them: their place, what weighs against them, and the smallest changes that would make them first. People
    may ask about themselves, managers and auditors about everybody.
    """
    task = find_task(request.actor, key)
    worker = worker_of(request.actor) if wanted.worker is None else find_worker(request.actor, wanted.worker)
    if worker is None:
        raise Forbidden(tr("Name a worker; you are not in the directory yourself."))
    return queries.standing(task, worker, actor=request.actor, now=request.now)


@routes.on("GET", "/tasks/{key}/assignment", scope="allocation:read", gives=DecisionOut)
def show_assignment(request: Call, key: TaskKey) -> Any:
    """Show why a task is with whoever has it

    Or had it last.
    """
    return queries.decision_of(find_task(request.actor, key), actor=request.actor)


@routes.on("POST", "/tasks/{key}/assignment", scope="allocation:write", gives=TaskOut, matched=True)
def assign_task(request: Call, key: TaskKey, body: NewAssignment) -> dict[str, Any]:
    """Assign a task

    To a worker, or to the best one. Every assignment leaves a receipt.
    """
    task = find_task(request.actor, key)
    version = etags.expected(request, task.version)
    how: dict[str, Any] = {"actor": request.actor, "now": request.now, "version": version}
    if body.worker == "best":
        actions.assign_best(task, **how)
    else:
        actions.assign_task(task, find_worker(request.actor, body.worker), reason=body.reason, **how)
    return one(request, task)


@routes.on("POST", "/tasks/{key}/take", scope="allocation:write", gives=TaskOut, matched=True)
def take_task(request: Call, key: TaskKey) -> dict[str, Any]:
    """Take a waiting task for oneself"""
    task, worker = find_task(request.actor, key), worker_of(request.actor)
    version = etags.expected(request, task.version)
    if worker is None:
        raise Forbidden(tr("Only who is in the directory takes work. Ask a manager to add you."))
    actions.take_task(task, worker, actor=request.actor, now=request.now, version=version)
    return one(request, task)


@routes.on("DELETE", "/tasks/{key}/assignment", scope="allocation:write", gives=None, status=204, matched=True)
def unassign_task(request: Call, key: TaskKey, wanted: Query[Release]) -> None:
    """Take a task back

    From whoever holds it; it stays open for others.
    """
    task = find_task(request.actor, key)
    version = etags.expected(request, task.version)
    actions.unassign_task(task, actor=request.actor, now=request.now, reason=wanted.reason, version=version)


@routes.on("GET", "/receipts/{receipt_id}", scope="allocation:read", gives=DecisionOut)
def show_receipt(request: Call, receipt_id: PathId) -> Any:
    """Show a receipt

    What was known, who was considered, and who was ruled out by what, when it was decided.
    """
    return queries.receipt(request.actor, receipt_id)


@routes.on("POST", "/receipts/{receipt_id}/replay", scope="allocation:read", gives=ReplayOut)
def replay_receipt(request: Call, receipt_id: PathId) -> Any:
    """Compute a decision again

    From what its receipt kept: the same data give the same result, to the byte. Changes nothing.
    """
    return queries.replay_receipt(request.actor, receipt_id)


@routes.on("GET", "/fairness", scope="allocation:read", gives=FairnessOut)
def show_fairness(request: Call, wanted: Query[FairnessQuery]) -> Any:
    """Show how evenly work was given

    Load, opportunity, unpleasant work and pay over some weeks: of everybody for managers and auditors, else one's own.
    """
    return queries.fairness(request.actor, now=request.now, weeks=wanted.weeks, team_id=wanted.team)
