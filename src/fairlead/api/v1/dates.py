"""Tasks over time: the calendar, the timeline with its links, and moving a task with what follows it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

from ninja import Query
from pydantic import BaseModel, Field

from fairlead.accounts.permissions import READERS
from fairlead.api import etags
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Day, Moment, ProjectKey, Shown, TaskKey, TaskState
from fairlead.api.routes import Routes
from fairlead.api.v1.shapes import LinkOut, Priority, WorkerName
from fairlead.lib.errors import Invalid, require
from fairlead.lib.speech import tr
from fairlead.work import actions, queries
from fairlead.work.dates import Dates
from fairlead.work.filters import TaskFilter
from fairlead.work.models import Task
from fairlead.work.queries.calendar import MOST_DAYS, Entry
from fairlead.work.queries.timeline import Line, Tie

routes = Routes(tags=["Dates"])
USUAL = timedelta(days=27)
"""From the first to the last day of the calendar, unless somebody asks for more."""


class Filters(BaseModel):
    """The filters of the list of tasks."""

    project: ProjectKey | None = None
    state: Literal["backlog", "ready", "running", "review", "done", "cancelled", "open"] | None = Field(
        None, description="`open`: all that is neither done nor cancelled."
    )
    assignee: str | None = Field(
        None, pattern=r"^(me|nobody|[1-9][0-9]{0,17})$", description="A worker's id, `me` or `nobody`."
    )
    label: str | None = Field(None, max_length=40)
    priority: int | None = Field(None, ge=0, le=4, description="0 none to 4 urgent.")
    due: Literal["late", "week", "later", "none"] | None = Field(None, description="`week`: in the next seven days.")
    skill_id: int | None = Field(None, ge=1, le=2**63 - 1, description="A skill that the task needs.")
    q: str | None = Field(None, max_length=120, description="Words in title, description or labels; or a key.")


class CalendarQuery(Filters):
    first: Day | None = Field(None, alias="from", description="The first day, today if it is not given.")
    last: Day | None = Field(None, alias="to", description="The last of at most 100 days; four weeks if not given.")


class EntryOut(Shown):
    """A task on the calendar, from its first day (its start) until its last (its due day); days in UTC."""

    key: str = Field(examples=["WEB-42"])
    title: str
    project: str = Field(examples=["WEB"])
    state: TaskState
    priority: Priority
    assignee: WorkerName | None
    first_day: date
    last_day: date
    due_at: datetime
    is_late: bool


class AbsenceOut(Shown):
    """Days on which the one person whom the filter names does not work."""

    name: str = Field(examples=["Dana Reyes is away"])
    first_day: date
    last_day: date


class CalendarOut(Shown):
    items: list[EntryOut]
    away: list[AbsenceOut]
    undated: int = Field(description="Open tasks that fit and have no due date.", examples=[3])
    more: bool = Field(description="Whether there are others: narrow the filter.")


class BarOut(Shown):
    """A task on the timeline."""

    key: str = Field(examples=["WEB-42"])
    title: str
    project: str = Field(examples=["WEB"])
    parent: str | None
    state: TaskState
    assignee: WorkerName | None
    starts_at: datetime
    ends_at: datetime
    release_at: datetime | None
    due_at: datetime | None
    is_milestone: bool = Field(description="A point in time: it has neither a start nor an effort.")
    is_late: bool


class TieOut(LinkOut):
    task: str = Field(description="The key of the task that follows.", examples=["WEB-42"])
    problem: str = Field(description="What is wrong with the dates of the two; else empty.", examples=[""])


class TimelineOut(Shown):
    items: list[BarOut]
    links: list[TieOut]
    critical: list[str] = Field(
        description="Keys of the longest chain of links, in their order.", examples=[["WEB-42"]]
    )
    undated: int = Field(description="Open tasks that fit and have no date.", examples=[3])
    more: bool = Field(description="Whether there are others: narrow the filter.")


class ShiftIn(Body):
    """Either `days`, or new dates; what is not sent stays."""

    days: int | None = Field(
        None, strict=True, ge=-3650, le=3650, description="Days of the calendar; it lands on a working day."
    )
    release_at: Moment | None = Field(None, description="Work on it cannot begin earlier.")
    due_at: Moment | None = Field(None, description="When it must be done.")
    dry_run: bool = Field(False, strict=True, description="Say what would move, and change nothing.")


class DatesOut(Shown):
    release_at: datetime | None
    due_at: datetime | None


class MovedOut(Shown):
    key: str = Field(examples=["WEB-42"])
    title: str
    before: DatesOut
    after: DatesOut
    because: str = Field(description="The key of the task that it follows; empty for the task itself.", examples=[""])


class StaysOut(Shown):
    key: str = Field(examples=["WEB-43"])
    why: str = Field(examples=["Website is archived."])


class ShiftOut(Shown):
    moved: list[MovedOut]
    stays: list[StaysOut] = Field(description="Followers that should move and do not.")
    batch: int | None = Field(description="Takes it back, at /batches/{id}/undo.", examples=[7])


@routes.on("GET", "/calendar", scope="work:read", gives=CalendarOut)
def show_calendar(request: Call, wanted: Query[CalendarQuery]) -> dict[str, Any]:
    """Show the calendar

    Tasks on their days, the first 1,000; `more` says whether there are others, for fewer days or another filter.
    Cancelled ones only when their state is asked for.
    """
    first = wanted.first or request.now.date()
    last = wanted.last or first + USUAL
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Invalid({"to": tr("Ask for 1 to %(most)s days, the first of them first.", most=MOST_DAYS)})
    found = queries.calendar(request.actor, _filter(request, wanted), first, last, now=request.now)
    return {
        "items": [_entry(it) for it in found.entries],
        "away": [{"name": it.name, "first_day": it.first, "last_day": it.last} for it in found.away],
        "undated": found.undated,
        "more": found.cut,
    }


def _filter(request: Call, wanted: Filters) -> TaskFilter:
    require(request.actor.role in READERS, tr("Dates of work are for the team. Clients read /api/v1/portal/requests."))
    return TaskFilter(
        text=wanted.q or "", project=wanted.project or "", state=wanted.state or "", assignee=wanted.assignee or "",
        label=wanted.label or "", priority=wanted.priority, due=wanted.due or "",
        skill=wanted.skill_id,
    )  # fmt: skip


def _entry(it: Entry) -> dict[str, Any]:
    row = it.row
    plain = {name: row[name] for name in ("key", "title", "state", "priority", "due_at")}
    days = {"first_day": it.first, "last_day": it.last, "is_late": it.late}
    return plain | days | {"project": row["project__key"], "assignee": row["worker"]}


@routes.on("GET", "/timeline", scope="work:read", gives=TimelineOut)
def show_timeline(request: Call, wanted: Query[Filters]) -> dict[str, Any]:
    """Show the timeline

    Tasks with dates and the links between them, the first 500; `more` says whether there are others. What was done
    more than four weeks ago, or cancelled, only when its state is asked for.
    """
    found = queries.timeline(request.actor, _filter(request, wanted), now=request.now)
    keys = {line.bar.id: line.bar.key for line in found.lines}
    return {
        "items": [_bar(line) for line in found.lines],
        "links": [_tie(tie, keys) for tie in found.ties],
        "critical": [keys[pk] for pk in found.critical],
        "undated": found.undated,
        "more": found.cut,
    }


def _bar(line: Line) -> dict[str, Any]:
    bar, row = line.bar, line.row
    plain = {name: getattr(bar, name) for name in ("key", "title", "state", "release_at", "due_at", "is_milestone")}
    return plain | {
        "project": row["project__key"],
        "parent": f"{row['project__key']}-{row['parent__number']}" if row["parent__number"] else None,
        "assignee": row["worker"],
        "starts_at": bar.start,
        "ends_at": bar.end,
        "is_late": line.late,
    }


def _tie(tie: Tie, keys: dict[int, str]) -> dict[str, Any]:
    link = tie.link
    ends = {"after": keys[link.after], "task": keys[link.task]}
    return ends | {"kind": link.kind, "lag_min": link.lag_min, "problem": tie.problem}


@routes.on("POST", "/tasks/{key}/shift", scope="work:write", gives=ShiftOut, matched=True)
def shift_task(request: Call, key: TaskKey, body: ShiftIn) -> dict[str, Any]:
    """Shift a task

    On the calendar, with what follows it as far as the links ask for; followers land on working days. To change the
    dates of one task alone, change the task.
    """
    task = queries.find_task(request.actor, key)
    version = etags.expected(request, task.version)
    dates = _dates(task, body)
    if body.dry_run:
        return _shift(actions.preview_shift(task, dates, actor=request.actor))
    return _shift(actions.shift_task(task, dates, actor=request.actor, now=request.now, version=version))


def _dates(task: Task, body: ShiftIn) -> Dates:
    sent = body.model_fields_set
    if body.days is not None:
        if sent & {"release_at", "due_at"}:
            raise Invalid({"days": tr("Send days, or dates, not both.")})
        return actions.dates_after(task, body.days)
    release_at = body.release_at if "release_at" in sent else task.release_at
    return release_at, body.due_at if "due_at" in sent else task.due_at


def _shift(found: actions.Shift) -> dict[str, Any]:
    return {
        "moved": [
            {
                "key": it.key,
                "title": it.title,
                "before": _pair(it.before),
                "after": _pair(it.after),
                "because": it.because,
            }
            for it in found.moved
        ],
        "stays": [{"key": key, "why": why} for key, why in found.stays],
        "batch": found.batch.pk if found.batch else None,
    }


def _pair(dates: Dates) -> dict[str, Any]:
    return {"release_at": dates[0], "due_at": dates[1]}
