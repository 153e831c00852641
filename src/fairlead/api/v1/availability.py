"""What a worker can do, when they work, what they like, and when they are away."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Query
from pydantic import Field, StringConstraints

from fairlead.allocation.queries import load
from fairlead.api import paging
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Day, Id, Level, Line, PathId, Shown, TimeOffState
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.api.v1.workers import WorkerOut, one
from fairlead.people import actions, queries
from fairlead.people.models import Skill, TimeOff

routes = Routes(tags=["Workers"])
OLDEST = Order("time-off", ("id",))
Label = Annotated[str, StringConstraints(max_length=40)]


class Holding(Body):
    level: Level
    evidence: Line = ""
    evidence_url: Annotated[str, StringConstraints(max_length=200)] = ""
    last_used_on: Day | None = None
    expires_on: Day | None = None


class HoursIn(Body):
    weekday: int = Field(strict=True, ge=0, le=6, description="0 is Monday.")
    from_min: int = Field(strict=True, ge=0, le=1440, description="Minutes after midnight.")
    to_min: int = Field(strict=True, ge=0, le=1440)


class Week(Body):
    hours: list[HoursIn] = Field(max_length=70)


class Wishes(Body):
    wants_skills: list[Id] = Field([], max_length=40)
    wants_labels: list[Label] = Field([], max_length=40)
    avoids_skills: list[Id] = Field([], max_length=40)
    avoids_labels: list[Label] = Field([], max_length=40)


class TimeOffOut(Shown):
    """Whole days away, both ends included; counts once approved."""

    id: int
    starts_on: date
    ends_on: date
    reason: str
    state: TimeOffState
    note: str = Field(description="What the manager said when declining.")
    created_at: datetime


class TimeOffPage(Shown):
    items: list[TimeOffOut]
    next_cursor: str | None


class NewTimeOff(Body):
    starts_on: Day
    ends_on: Day
    reason: Annotated[str, StringConstraints(max_length=160)] = ""


class Answer(Body):
    note: Line = ""


class WeekLoadOut(Shown):
    starts_on: date
    capacity_min: int
    planned_min: int
    late_min: int = Field(description="Minutes of work that is due in this week and will be done later.", examples=[0])


class LoadOut(Shown):
    weeks: list[WeekLoadOut] = Field(description="This week first.")


@routes.on("PUT", "/workers/{worker_id}/skills/{skill_id}", scope="people:write", gives=WorkerOut)
def set_skill(request: Call, worker_id: PathId, skill_id: PathId, body: Holding) -> dict[str, Any]:
    """Set a worker's level in a skill

    Set by a manager it is confirmed at once.
    """
    worker, skill = queries.find_worker(request.actor, worker_id), queries.get_skill(request.actor, skill_id)
    values = body.given()
    actions.set_skill(worker, skill, values.pop("level"), actor=request.actor, now=request.now, **values)
    return one(request, worker)


@routes.on("DELETE", "/workers/{worker_id}/skills/{skill_id}", scope="people:write", gives=None, status=204)
def remove_skill(request: Call, worker_id: PathId, skill_id: PathId) -> None:
    """Remove a skill from a worker"""
    worker, skill = queries.find_worker(request.actor, worker_id), queries.get_skill(request.actor, skill_id)
    actions.remove_skill(worker, skill, actor=request.actor, now=request.now)


@routes.on("POST", "/workers/{worker_id}/skills/{skill_id}/confirm", scope="people:write", gives=WorkerOut)
def confirm_skill(request: Call, worker_id: PathId, skill_id: PathId) -> dict[str, Any]:
    """Confirm a worker's level in a skill"""
    worker, skill = queries.find_worker(request.actor, worker_id), queries.get_skill(request.actor, skill_id)
    actions.confirm_skill(worker, skill, actor=request.actor, now=request.now)
    return one(request, worker)


@routes.on("PUT", "/workers/{worker_id}/hours", scope="people:write", gives=WorkerOut)
def set_hours(request: Call, worker_id: PathId, body: Week) -> dict[str, Any]:
    """Replace a worker's weekly hours"""
    worker = queries.find_worker(request.actor, worker_id)
    spans = [(span.weekday, span.from_min, span.to_min) for span in body.hours]
    actions.set_hours(worker, spans, actor=request.actor, now=request.now)
    return one(request, worker)


@routes.on("PUT", "/workers/{worker_id}/preferences", scope="people:write", gives=WorkerOut)
def set_preferences(request: Call, worker_id: PathId, body: Wishes) -> dict[str, Any]:
    """Replace a worker's preferences

    They never lower anybody's score; they break ties.
    """
    worker = queries.find_worker(request.actor, worker_id)
    wants: list[Skill | str] = [*_skills(request, body.wants_skills), *body.wants_labels]
    avoids: list[Skill | str] = [*_skills(request, body.avoids_skills), *body.avoids_labels]
    actions.set_preferences(worker, wants=wants, avoids=avoids, actor=request.actor, now=request.now)
    return one(request, worker)


def _skills(request: Call, ids: list[int]) -> list[Skill]:
    return [queries.get_skill(request.actor, skill_id) for skill_id in ids]


@routes.on("GET", "/workers/{worker_id}/load", scope="allocation:read", gives=LoadOut)
def show_load(request: Call, worker_id: PathId) -> dict[str, Any]:
    """Show how full a worker's next four weeks are"""
    worker = queries.find_worker(request.actor, worker_id)
    return {"weeks": load(request.actor, [worker.pk], now=request.now).get(worker.pk, [])}


@routes.on("GET", "/workers/{worker_id}/time-off", scope="people:read", gives=TimeOffPage)
def list_time_off(request: Call, worker_id: PathId, wanted: Query[Paging]) -> dict[str, Any]:
    """List a worker's time off

    In the order in which it was asked for.
    """
    worker = queries.find_worker(request.actor, worker_id)
    rows = TimeOff.objects.filter(worker=worker).values(*TimeOffOut.model_fields)
    return paging.page(request, paging.cut(request, rows, OLDEST, wanted))


@routes.on("POST", "/workers/{worker_id}/time-off", scope="people:write", gives=TimeOffOut, status=201)
def request_time_off(request: Call, worker_id: PathId, body: NewTimeOff) -> TimeOff:
    """Ask for time off"""
    worker = queries.find_worker(request.actor, worker_id)
    return actions.request_time_off(
        worker, body.starts_on, body.ends_on, body.reason, actor=request.actor, now=request.now
    )


@routes.on("POST", "/workers/{worker_id}/time-off/{number}/approve", scope="people:write", gives=TimeOffOut)
def approve_time_off(request: Call, worker_id: PathId, number: PathId) -> TimeOff:
    """Approve time off"""
    asked = queries.find_time_off(request.actor, worker_id, number)
    return actions.approve_time_off(asked, actor=request.actor, now=request.now)


@routes.on("POST", "/workers/{worker_id}/time-off/{number}/decline", scope="people:write", gives=TimeOffOut)
def decline_time_off(request: Call, worker_id: PathId, number: PathId, body: Answer) -> TimeOff:
    """Decline time off"""
    asked = queries.find_time_off(request.actor, worker_id, number)
    return actions.decline_time_off(asked, body.note, actor=request.actor, now=request.now)


@routes.on("POST", "/workers/{worker_id}/time-off/{number}/cancel", scope="people:write", gives=TimeOffOut)
def cancel_time_off(request: Call, worker_id: PathId, number: PathId) -> TimeOff:
    """Take time off back"""
    asked = queries.find_time_off(request.actor, worker_id, number)
    return actions.cancel_time_off(asked, actor=request.actor, now=request.now)
