"""The directory: who works here, what they can do and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Query
from pydantic import Field, StringConstraints

from fairlead.accounts.models import User
from fairlead.api import etags, paging
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, PathId, Shown, Text
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.api.tables import csv_reply, wants_csv
from fairlead.integrations.exports import people_as_csv
from fairlead.lib.errors import Invalid, require
from fairlead.lib.speech import later, tr
from fairlead.people import actions, queries
from fairlead.people.models import Worker
from fairlead.people.visibility import may_see_directory, may_see_rate

routes = Routes(tags=["Workers"])
OLDEST = Order("workers", ("id",))
CLIENTS_DO_NOT = later("Clients do not see the directory.")
Kind = Literal["employee", "freelancer", "agent"]
Name = Annotated[str, StringConstraints(max_length=120)]
Headline = Annotated[str, StringConstraints(max_length=160)]
Zone = Annotated[str, StringConstraints(max_length=64)]
Country = Annotated[str, StringConstraints(max_length=2)]
Email = Annotated[str, StringConstraints(max_length=254)]


class HeldSkillOut(Shown):
    """A skill as somebody has it."""

    skill_id: int
    name: str = Field(examples=["Python"])
    level: int = Field(description="1 beginner … 5 expert.")
    confirmed: bool = Field(description="Whether a manager agrees.")
    evidence: str
    evidence_url: str
    last_used_on: date | None
    expires_on: date | None


class HoursOut(Shown):
    """A weekly interval on the worker's own clock."""

    weekday: int = Field(description="0 is Monday.")
    from_min: int = Field(description="Minutes after midnight.")
    to_min: int


class PreferencesOut(Shown):
    """What somebody wants to do and would rather not do."""

    wants_skills: list[int]
    wants_labels: list[str]
    avoids_skills: list[int]
    avoids_labels: list[str]


class PresenceOut(Shown):
    """The state that somebody is in. Whether they are at work is said by their hours, not by it."""

    state_id: int
    state: str = Field(examples=["Focus"])
    available: bool = Field(description="Whether they are given new work.")
    until: datetime | None = Field(description="When the default state holds again; null: when somebody changes it.")
    text: str = Field(examples=["back at 14:00"])


class WorkerOut(Shown):
    id: int
    kind: Kind
    name: str = Field(examples=["Dana Reyes"])
    email: str
    user_id: int | None = Field(description="Their account.")
    owner_id: int | None = Field(description="The account of the human who answers for an AI agent.")
    headline: str
    about: str
    time_zone: str = Field(examples=["Europe/Berlin"])
    country: str
    week_minutes: int = Field(description="The most minutes of work in a week.")
    max_tasks: int | None = Field(description="The most open tasks at once; null: no limit.")
    day_minutes: int | None = Field(description="The most planned work in a day; null: what the hours hold.")
    rest_minutes: int = Field(description="The least rest between two days.", examples=[660])
    buffer_minutes: int = Field(description="Kept free before and after what calendars say.", examples=[10])
    gap_minutes: int | None = Field(description="Minutes between two tasks; null: as the workspace plans.")
    lanes: int = Field(description="Tasks worked on side by side.")
    speed_percent: int = Field(description="100 is ordinary speed.")
    rate_cents: int | None = Field(description="Minor units an hour; null for those who may not know it.")
    external_id: str
    active: bool = Field(description="Whether they can be given work.")
    presence: PresenceOut
    created_at: datetime
    version: int
    skills: list[HeldSkillOut]
    hours: list[HoursOut]
    preferences: PreferencesOut


class WorkerPage(Shown):
    items: list[WorkerOut]
    next_cursor: str | None


class WorkerFilter(Paging):
    kind: Kind | None = None
    active: bool | None = Field(None, description="Whether they can be given work.")
    q: str | None = Field(None, max_length=120, description="Part of the name.")
    skill_id: int | None = Field(None, ge=1, le=2**63 - 1, description="Who has the skill, or one below it.")
    level: int = Field(1, ge=1, le=5, description="At least at this level.")
    external_id: str | None = Field(None, max_length=120)


class Profile(Body):
    email: Email = ""
    user_id: Id | None = None
    owner_id: Id | None = None
    headline: Headline = ""
    about: Annotated[Text, StringConstraints(max_length=20_000)] = ""
    time_zone: Zone = Field("UTC", description="Without it, the workspace's.")
    country: Country = Field("", description="ISO 3166; decides on public holidays. Without it, the workspace's.")
    week_minutes: int = Field(2400, strict=True, ge=0, le=10_080)
    max_tasks: int | None = Field(None, strict=True, ge=1, le=1000)
    day_minutes: int | None = Field(None, strict=True, ge=30, le=1440)
    rest_minutes: int = Field(0, strict=True, ge=0, le=1440)
    buffer_minutes: int = Field(0, strict=True, ge=0, le=240)
    gap_minutes: int | None = Field(None, strict=True, ge=0, le=240)
    lanes: int = Field(1, strict=True, ge=1, le=100)
    speed_percent: int = Field(100, strict=True, ge=10, le=1000)
    rate_cents: int = Field(0, strict=True, ge=0, le=10_000_000)
    external_id: Name = ""


class NewWorker(Profile):
    kind: Kind
    name: Name


class WorkerChange(Profile):
    kind: Kind = "employee"
    name: Name = ""


LISTED = ("active", "presence", "skills", "hours", "preferences")
COLUMNS = (
    *(name for name in WorkerOut.model_fields if name not in LISTED), "deactivated_at", *queries.STATE_COLUMNS,
)  # fmt: skip


@routes.on("GET", "/workers", scope="people:read", gives=WorkerPage)
def list_workers(request: Call, wanted: Query[WorkerFilter]) -> dict[str, Any] | HttpResponse:
    """List workers

    In the order of their coming. With `Accept: text/csv` all that fit come as one table.
    """
    require(may_see_directory(request.actor), CLIENTS_DO_NOT)
    if wants_csv(request):
        return csv_reply(people_as_csv(request.actor, _fitting(request, wanted).order_by("id")), "people.csv")
    rows = paging.cut(request, _fitting(request, wanted).values(*COLUMNS), OLDEST, wanted)
    return paging.page(request, _shown(request, rows))


def _fitting(request: Call, wanted: WorkerFilter) -> QuerySet[Worker]:
    found = queries.with_state(queries.visible_workers(request.actor))
    if wanted.kind is not None:
        found = found.filter(kind=wanted.kind)
    if wanted.active is not None:
        found = found.filter(deactivated_at__isnull=wanted.active)
    if wanted.q is not None:
        found = found.filter(name__icontains=wanted.q)
    if wanted.external_id is not None:
        found = found.filter(external_id=wanted.external_id)
    if wanted.skill_id is not None:
        levels = queries.skill_levels(request.actor.workspace_id, on=request.now.date())
        able = [pk for pk, has in levels.items() if has.get(wanted.skill_id, 0) >= wanted.level]
        found = found.filter(pk__in=able)
    return found


@routes.on("POST", "/workers", scope="people:write", gives=WorkerOut, status=201)
def create_worker(request: Call, body: NewWorker) -> dict[str, Any]:
    """Add a worker

    With the usual hours of their kind: Monday to Friday for people, around the clock for AI agents.
    """
    return one(request, actions.create_worker(actor=request.actor, now=request.now, **_profile(request, body)))


@routes.on("GET", "/workers/{worker_id}", scope="people:read", gives=WorkerOut)
def show_worker(request: Call, worker_id: PathId) -> dict[str, Any]:
    """Show a worker"""
    return one(request, queries.find_worker(request.actor, worker_id))


@routes.on("PATCH", "/workers/{worker_id}", scope="people:write", gives=WorkerOut, matched=True)
def change_worker(request: Call, worker_id: PathId, body: WorkerChange) -> dict[str, Any]:
    """Change a worker

    Fields that are not sent stay as they are. Some are for managers only.
    """
    worker = queries.find_worker(request.actor, worker_id)
    version = etags.expected(request, worker.version)
    values = _profile(request, body)
    return one(request, actions.change_worker(worker, actor=request.actor, now=request.now, version=version, **values))


@routes.on("POST", "/workers/{worker_id}/deactivate", scope="people:write", gives=WorkerOut)
def deactivate_worker(request: Call, worker_id: PathId) -> dict[str, Any]:
    """Take a worker out

    No more work for them; their open tasks are released and their history stays.
    """
    worker = queries.find_worker(request.actor, worker_id)
    return one(request, actions.deactivate_worker(worker, actor=request.actor, now=request.now))


@routes.on("POST", "/workers/{worker_id}/reactivate", scope="people:write", gives=WorkerOut)
def reactivate_worker(request: Call, worker_id: PathId) -> dict[str, Any]:
    """Bring a worker back"""
    worker = queries.find_worker(request.actor, worker_id)
    return one(request, actions.reactivate_worker(worker, actor=request.actor, now=request.now))


def _profile(request: Call, body: Profile) -> dict[str, Any]:
    """The fields that were sent, with members instead of their ids."""
    values = body.given()
    for link in ("user", "owner"):
        if f"{link}_id" in values:
            values[link] = _member(request, f"{link}_id", values.pop(f"{link}_id"))
    return values


def _member(request: Call, field: str, user_id: int | None) -> User | None:
    if user_id is None:
        return None
    inside = {"memberships__workspace_id": request.actor.workspace_id, "memberships__removed_at__isnull": True}
    found = User.objects.filter(pk=user_id, **inside).first()
    if found is None:
        raise Invalid({field: tr("Choose a member of this workspace.")})
    return found


def one(request: Call, worker: Worker) -> dict[str, Any]:
    """A worker as they are now; the reply is tagged with their version."""
    found = queries.with_state(queries.visible_workers(request.actor).filter(pk=worker.pk))
    rows = list(found.values(*COLUMNS))
    request.version = rows[0]["version"]
    return _shown(request, rows)[0]


def _shown(request: Call, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that have COLUMNS as WorkerOut, in three more queries."""
    workspace_id, ids = request.actor.workspace_id, [row["id"] for row in rows]
    skills, hours = queries.held_skills(workspace_id, ids), queries.weekly_hours(workspace_id, ids)
    wishes = _wishes(queries.preferences(workspace_id, ids))
    return [
        {
            **row,
            "rate_cents": row["rate_cents"] if may_see_rate(request.actor, row["user_id"]) else None,
            "active": row["deactivated_at"] is None,
            "presence": _presence(queries.held_state(row, request.now)),
            "skills": skills.get(row["id"], []),
            "hours": [dict(zip(("weekday", "from_min", "to_min"), span, strict=True)) for span in hours[row["id"]]],
            "preferences": wishes.get(row["id"], NO_WISHES),
        }
        for row in rows
    ]


def _presence(held: queries.HeldState) -> dict[str, Any]:
    return {
        "state_id": held.id, "state": held.name, "available": held.available, "until": held.until, "text": held.text,
    }  # fmt: skip


NO_WISHES: dict[str, list[Any]] = {name: [] for name in PreferencesOut.model_fields}


def _wishes(rows: list[dict[str, Any]]) -> dict[int, dict[str, list[Any]]]:
    found: dict[int, dict[str, list[Any]]] = {}
    for row in rows:
        mine = found.setdefault(row["worker_id"], {name: [] for name in NO_WISHES})
        verb = "wants" if row["stance"] > 0 else "avoids"
        if row["skill_id"] is not None:
            mine[f"{verb}_skills"].append(row["skill_id"])
        else:
            mine[f"{verb}_labels"].append(row["label"])
    return found
