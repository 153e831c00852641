"""The time log: entries, the timer of the token's user, and weeks. Clients never see any of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from ninja import Query
from pydantic import Field, StringConstraints

from fairlead.api import paging
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Day, Id, Moment, PathId, ProjectKey, Shown, TaskKey
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.api.v1.shapes import WorkerName
from fairlead.lib.errors import Invalid, Missing
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.people.queries import find_worker, worker_of
from fairlead.work import actions
from fairlead.work.queries import find_task
from fairlead.work.time.models import TimeEntry
from fairlead.work.time.queries import EntryFilter, entry_rows, find_entry, find_week, running_timer, visible_entries

routes = Routes(tags=["Time"])
LATEST = Order("time", ("id",), descending=True)
Spent = Annotated[int, Field(strict=True, ge=1, le=1440, description="Minutes.")]
Note = Annotated[str, StringConstraints(max_length=300)]


class TimeEntryOut(Shown):
    """Time that somebody spent on a task."""

    id: int
    task: str = Field(examples=["WEB-42"])
    worker: WorkerName
    day: date = Field(description="The worker's own day that it counts for.")
    started_at: datetime | None
    ended_at: datetime | None
    minutes: int | None = Field(description="null while the timer runs.", examples=[90])
    note: str
    billable: bool
    source: str = Field(examples=["timer"], description="`timer`, `manual` or `agent`.")


class EntryPage(Shown):
    items: list[TimeEntryOut]
    next_cursor: str | None


class EntryQuery(Paging):
    worker_id: int | None = Field(None, ge=1, le=2**63 - 1)
    project: ProjectKey | None = None
    task: TaskKey | None = None
    day_from: Day | None = Field(None, description="On this day or later.")
    day_to: Day | None = Field(None, description="On this day or earlier.")
    billable: bool | None = None


class NewEntry(Body):
    """Either `minutes` on a `day`, or from `started_at` to `ended_at`."""

    task: TaskKey
    worker_id: Id | None = Field(None, description="For whom; without it for oneself. Managers only for others.")
    day: Day | None = Field(None, description="Without it the day of `started_at`, or today.")
    minutes: Spent | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    note: Note = ""
    billable: bool = Field(True, strict=True)


class EntryChange(Body):
    task: TaskKey | None = None
    day: Day | None = None
    minutes: Spent | None = Field(None, description="Takes the times of day away.")
    note: Note = ""
    billable: bool = Field(True, strict=True)


class TimerOut(Shown):
    """The timer that runs, or null."""

    running: TimeEntryOut | None


class TimerStart(Body):
    task: TaskKey
    note: Note = ""


class ReturnWeek(Body):
    note: Note = Field(description="What should change.")


class WeekOut(Shown):
    """A week of one worker."""

    worker_id: int
    monday: date
    state: str = Field(examples=["submitted"], description="`open`, `submitted` or `approved`.")
    note: str = Field(description="Why it was sent back.")


@routes.on("GET", "/time-entries", scope="work:read", gives=EntryPage)
def list_time_entries(request: Call, wanted: Query[EntryQuery]) -> dict[str, Any]:
    """List time entries

    One's own; for managers and auditors everybody's. The latest first.
    """
    fits = EntryFilter(wanted.worker_id, wanted.project or "", wanted.task or "", wanted.day_from, wanted.day_to,
                       wanted.billable)  # fmt: skip
    columns = ("id",)
    found = paging.cut(request, fits.apply(visible_entries(request.actor)).values(*columns), LATEST, wanted)
    ids = [row["id"] for row in found]
    shown = {row["id"]: _shown(row) for row in entry_rows(TimeEntry.objects.filter(pk__in=ids))}
    return paging.page(request, [shown[pk] for pk in ids])


@routes.on("POST", "/time-entries", scope="work:write", gives=TimeEntryOut, status=201)
def create_time_entry(request: Call, body: NewEntry) -> dict[str, Any]:
    """Log time

    On any task that one sees, for oneself; managers also for others. Refused in a week that is closed.
    """
    worker = _me(request) if body.worker_id is None else find_worker(request.actor, body.worker_id)
    task = find_task(request.actor, body.task)
    entry = actions.log_time(worker, task, _draft(request, worker, body), actor=request.actor, now=request.now)
    return _one(request, entry.pk)


def _draft(request: Call, worker: Worker, body: NewEntry) -> actions.TimeDraft:
    zone, start, end = ZoneInfo(worker.time_zone), body.started_at, body.ended_at
    if (start is None) != (end is None) or (start is None) == (body.minutes is None):
        raise Invalid({"minutes": tr("Give minutes, or both started_at and ended_at.")})
    if start is None or end is None:
        day = body.day or request.now.astimezone(zone).date()
        return actions.TimeDraft(day, body.minutes or 0, note=body.note, billable=body.billable)
    if end > request.now + timedelta(minutes=5):
        raise Invalid({"ended_at": tr("Time is logged when it was spent; this moment has not come yet.")})
    minutes = round((end - start).total_seconds() / 60)
    day = body.day or start.astimezone(zone).date()
    return actions.TimeDraft(day, minutes, start, end, body.note, body.billable)


@routes.on("GET", "/time-entries/{entry_id}", scope="work:read", gives=TimeEntryOut)
def show_time_entry(request: Call, entry_id: PathId) -> dict[str, Any]:
    """Show a time entry"""
    return _one(request, find_entry(request.actor, entry_id).pk)


@routes.on("PATCH", "/time-entries/{entry_id}", scope="work:write", gives=TimeEntryOut)
def change_time_entry(request: Call, entry_id: PathId, body: EntryChange) -> dict[str, Any]:
    """Change a time entry

    Only what is sent changes.
    """
    entry, given = find_entry(request.actor, entry_id), body.given()
    task = find_task(request.actor, body.task) if body.task else entry.task
    same = body.minutes is None and body.day in (None, entry.day)
    draft = actions.TimeDraft(
        body.day or entry.day, body.minutes or entry.minutes or 0, entry.started_at if same else None,
        entry.ended_at if same else None, given.get("note", entry.note), given.get("billable", entry.billable),
    )  # fmt: skip
    actions.change_time(entry, task, draft, actor=request.actor, now=request.now)
    return _one(request, entry.pk)


@routes.on("DELETE", "/time-entries/{entry_id}", scope="work:write", gives=None, status=204)
def delete_time_entry(request: Call, entry_id: PathId) -> None:
    """Remove a time entry"""
    actions.remove_time(find_entry(request.actor, entry_id), actor=request.actor, now=request.now)


@routes.on("POST", "/time-entries/{entry_id}/restore", scope="work:write", gives=TimeEntryOut)
def restore_time_entry(request: Call, entry_id: PathId) -> dict[str, Any]:
    """Bring a removed time entry back"""
    entry = find_entry(request.actor, entry_id, removed=True)
    actions.restore_time(entry, actor=request.actor, now=request.now)
    return _one(request, entry.pk)


@routes.on("GET", "/timer", scope="work:read", gives=TimerOut)
def show_timer(request: Call) -> dict[str, Any]:
    """Show one's running timer"""
    timer = running_timer(request.actor, now=request.now)
    return {"running": _one(request, timer.entry_id) if timer else None}


@routes.on("POST", "/timer/start", scope="work:write", gives=TimerOut)
def start_timer(request: Call, body: TimerStart) -> dict[str, Any]:
    """Start the timer on a task

    A timer on another task stops; one on this task goes on.
    """
    task = find_task(request.actor, body.task)
    entry = actions.start_timer(_me(request), task, actor=request.actor, now=request.now, note=body.note)
    return {"running": _one(request, entry.pk)}


@routes.on("POST", "/timer/stop", scope="work:write", gives=TimeEntryOut)
def stop_timer(request: Call) -> dict[str, Any]:
    """Stop the timer"""
    return _one(request, actions.stop_timer(_me(request), actor=request.actor, now=request.now).pk)


@routes.on("POST", "/workers/{worker_id}/time-weeks/{monday}/submit", scope="work:write", gives=WeekOut)
def submit_time_week(request: Call, worker_id: PathId, monday: Day) -> Any:
    """Hand a week in

    Its entries cannot be changed from then on.
    """
    worker = find_worker(request.actor, worker_id)
    return actions.submit_week(worker, monday, actor=request.actor, now=request.now)


@routes.on("POST", "/workers/{worker_id}/time-weeks/{monday}/approve", scope="work:write", gives=WeekOut)
def approve_time_week(request: Call, worker_id: PathId, monday: Day) -> Any:
    """Approve a week"""
    week = find_week(request.actor, worker_id, monday)
    return actions.approve_week(week, actor=request.actor, now=request.now)


@routes.on("POST", "/workers/{worker_id}/time-weeks/{monday}/return", scope="work:write", gives=WeekOut)
def return_time_week(request: Call, worker_id: PathId, monday: Day, body: ReturnWeek) -> Any:
    """Send a week back"""
    week = find_week(request.actor, worker_id, monday)
    return actions.return_week(week, body.note, actor=request.actor, now=request.now)


def _me(request: Call) -> Worker:
    worker = worker_of(request.actor)
    if worker is None:
        raise Missing(tr("You are not in the directory of people. Ask a manager to link your profile to your account."))
    return worker


def _one(request: Call, entry_id: int) -> dict[str, Any]:
    return _shown(entry_rows(visible_entries(request.actor).filter(pk=entry_id))[0])


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "task": row["key"]}
