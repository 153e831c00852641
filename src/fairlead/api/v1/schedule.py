"""The schedule: who does what when, what a choice would cost, and pinning a task to somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Query
from pydantic import BaseModel, Field

from fairlead.allocation import actions, queries
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, Line, Moment, Shown, TaskKey
from fairlead.api.routes import Routes
from fairlead.api.v1.plans import CostOut
from fairlead.api.v1.shapes import WorkerName
from fairlead.lib.errors import Refused
from fairlead.lib.speech import tr
from fairlead.people.queries import find_worker
from fairlead.work.queries import find_task

routes = Routes(tags=["Schedule"])


class BlockOut(Shown):
    """One task on a worker's calendar."""

    key: str
    title: str
    state: str = Field(examples=["ready"])
    priority: int
    starts_at: datetime
    ends_at: datetime
    lane: int = Field(description="Agents do several tasks at the same time.", examples=[0])
    late_min: int = Field(description="Minutes after it is due; 0: in time.", examples=[0])
    is_pinned: bool


class LaneOut(Shown):
    worker: WorkerName
    tasks: list[BlockOut]


class ScheduleOut(Shown):
    seq: int = Field(description="The newest event that it knows.")
    late: int = Field(description="Tasks that will be late as things stand.")
    waiting: int = Field(description="Tasks that nobody has.")
    lanes: list[LaneOut]


class ScheduleQuery(BaseModel):
    worker: int | None = Field(None, ge=1, description="One worker only.")


class PriceOut(Shown):
    """What it would mean to give a task to somebody."""

    key: str
    worker: WorkerName
    best: WorkerName | None = Field(description="Who would cost least.")
    obstacle: str = Field(description="The rule in the way; else empty.", examples=[""])
    starts_at: datetime | None
    ends_at: datetime | None
    late_min: int
    points: float = Field(description="Points more than the best choice.")
    parts: list[CostOut]
    words: str = Field(examples=["Done in time. Nobody would be better."])


class PriceQuery(BaseModel):
    worker: int | None = Field(None, ge=1, description="To whom it would be given; without it, the best candidate.")
    at: Moment | None = Field(None, description="Not before this time.")


class NewPin(Body):
    worker: Id
    starts_at: Moment | None = Field(None, description="Not before this time.")
    reason: Line = Field("", description="Needed when a rule keeps the worker from the task.")


class PinOut(Shown):
    key: str
    worker: WorkerName
    starts_at: datetime | None
    reason: str


@routes.on("GET", "/schedule", scope="allocation:read", gives=ScheduleOut)
def show_schedule(request: Call, wanted: Query[ScheduleQuery]) -> dict[str, Any]:
    """Show the schedule

    Everybody's held tasks on their own calendars, as things stand.
    """
    found = queries.schedule(request.actor, now=request.now)
    lanes = [it for it in found.lanes if wanted.worker in (None, it.worker_id)]
    return {
        "seq": found.seq,
        "late": found.late_count,
        "waiting": found.waiting_count,
        "lanes": [_lane(found, it) for it in lanes],
    }


def _lane(found: queries.Schedule, lane: Any) -> dict[str, Any]:
    return {
        "worker": {"id": lane.worker_id, "name": lane.name, "kind": lane.kind},
        "tasks": [
            {
                "key": it.key, "title": it.title, "state": it.state, "priority": it.priority,
                "starts_at": found.at(it.start_min), "ends_at": found.at(it.end_min), "lane": it.lane,
                "late_min": it.late_min, "is_pinned": it.is_pinned,
            }
            for it in lane.blocks
        ],
    }  # fmt: skip


@routes.on("GET", "/tasks/{key}/price", scope="allocation:read", gives=PriceOut)
def price_of_choice(request: Call, key: TaskKey, wanted: Query[PriceQuery]) -> Any:
    """Price a choice

    What giving the task to this worker would cost, beside the best choice. Changes nothing.
    """
    task, number = find_task(request.actor, key), wanted.worker
    if number is None:
        best = queries.recommend(task, actor=request.actor, now=request.now).best
        if best is None:
            raise Refused(tr("Nobody can do %(task)s yet. Its candidates say why and what would free it.", task=task))
        number = best.worker.id
    worker = find_worker(request.actor, number)
    return queries.price(task, worker, at=wanted.at, actor=request.actor, now=request.now)


@routes.on("POST", "/tasks/{key}/pin", scope="allocation:write", gives=PinOut)
def pin_task(request: Call, key: TaskKey, body: NewPin) -> dict[str, Any]:
    """Pin a task

    Gives it to this worker if they do not have it; no plan moves it from then on.
    """
    worker = find_worker(request.actor, body.worker)
    made = actions.pin_task(
        find_task(request.actor, key), worker, actor=request.actor, now=request.now, starts_at=body.starts_at,
        reason=body.reason,
    )  # fmt: skip
    return {"key": str(made.task), "worker": made.worker, "starts_at": made.starts_at, "reason": made.reason}


@routes.on("DELETE", "/tasks/{key}/pin", scope="allocation:write", gives=None, status=204)
def unpin_task(request: Call, key: TaskKey) -> None:
    """Let go of a pin

    Its holder keeps the task; plans may move it again.
    """
    actions.unpin_task(find_task(request.actor, key), actor=request.actor, now=request.now)
