"""Calendars: where busy times come from, the busy times, and the address of one's own work for other programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from fairlead.api.calls import Call
from fairlead.api.fields import Body, PathId, Shown
from fairlead.api.routes import Routes
from fairlead.config import config
from fairlead.integrations.kinds.ics.inbound import check_address
from fairlead.lib.errors import require
from fairlead.lib.speech import later
from fairlead.people import actions, queries
from fairlead.people.models import Calendar, Worker
from fairlead.people.permissions import may_connect_calendar, may_see_calendars

routes = Routes(tags=["Calendars"])
NOT_YOURS = later("Only the person themselves, and managers, see which calendars are read.")
Name = Annotated[str, StringConstraints(max_length=80)]
Address = Annotated[str, StringConstraints(max_length=1000)]


class BusyCalendarOut(Shown):
    """A calendar that is read. Its secret address is never shown again, only the host."""

    id: int
    name: str = Field(examples=["Work calendar"])
    place: str = Field(description="The host that it is read from; empty for a file.", examples=["calendar.example"])
    keeps_titles: bool = Field(description="Whether titles are kept, for the person's own eyes.")
    busy: int = Field(description="Busy times that are still to come.")
    read_at: datetime | None
    read_until: datetime | None = Field(description="How far its busy times are known.")
    next_at: datetime | None = Field(description="When it is read next.")
    fault: str = Field(description="Why the last attempt failed; empty when it did not.", examples=[""])
    advice: str = Field(description="What to do about it.", examples=[""])
    not_understood: int = Field(description="Entries that could not be understood and do not count.", examples=[0])


class CalendarsOut(Shown):
    items: list[BusyCalendarOut]


class NewCalendar(Body):
    name: Name
    address: Address = Field(description="A secret iCal address, https only.", examples=["https://calendar.example/x"])
    keeps_titles: bool = Field(False, strict=True)


class CalendarChange(Body):
    name: Name = ""
    keeps_titles: bool = Field(False, strict=True)


class BusyOut(Shown):
    starts_at: datetime
    ends_at: datetime
    title: str = Field(description="Only for the person themselves, and only where it is kept.", examples=[""])


class BusyTimesOut(Shown):
    items: list[BusyOut]


class BusyQuery(BaseModel):
    days: int = Field(14, ge=1, le=91, description="So many days from now on.")


class FeedIn(Body):
    shows_titles: bool = Field(True, strict=True, description="false: every block is called Busy.")


class FeedOut(Shown):
    address: str = Field(description="Shown once; whoever knows it can read it.", examples=["https://…/work.ics"])


def _worker(request: Call, worker_id: int) -> Worker:
    worker = queries.find_worker(request.actor, worker_id)
    require(may_see_calendars(request.actor, worker), NOT_YOURS)
    return worker


def _mine(request: Call, worker_id: int) -> Worker:
    worker = queries.find_worker(request.actor, worker_id)
    require(may_connect_calendar(request.actor, worker), actions.calendars.ONLY_OWNER)
    return worker


def _row(request: Call, calendar: Calendar) -> Any:
    rows = queries.calendar_rows(request.actor, calendar.worker, now=request.now)
    return next(row for row in rows if row.id == calendar.pk)


@routes.on("GET", "/workers/{worker_id}/calendars", scope="people:read", gives=CalendarsOut)
def list_calendars(request: Call, worker_id: PathId) -> dict[str, Any]:
    """List a worker's calendars"""
    worker = _worker(request, worker_id)
    return {"items": queries.calendar_rows(request.actor, worker, now=request.now)}


@routes.on("POST", "/workers/{worker_id}/calendars", scope="people:write", gives=BusyCalendarOut, status=201)
def connect_calendar(request: Call, worker_id: PathId, body: NewCalendar) -> Any:
    """Connect a calendar

    It is read within a minute, then every ten minutes. Only when the person is busy is kept.
    """
    worker = _mine(request, worker_id)
    made = actions.connect_calendar(
        worker, body.name, check_address(body.address), keeps_titles=body.keeps_titles, actor=request.actor,
        now=request.now,
    )  # fmt: skip
    return _row(request, made)


@routes.on("PATCH", "/workers/{worker_id}/calendars/{calendar_id}", scope="people:write", gives=BusyCalendarOut)
def change_calendar(request: Call, worker_id: PathId, calendar_id: PathId, body: CalendarChange) -> Any:
    """Change a calendar

    Without `keeps_titles` every title that was kept is gone at once.
    """
    calendar = queries.find_calendar(request.actor, _worker(request, worker_id), calendar_id)
    given = {"name": calendar.name, "keeps_titles": calendar.keeps_titles, **body.given()}
    return _row(request, actions.change_calendar(calendar, **given, actor=request.actor, now=request.now))


@routes.on("POST", "/workers/{worker_id}/calendars/{calendar_id}/refresh", scope="people:write", gives=BusyCalendarOut)
def refresh_calendar(request: Call, worker_id: PathId, calendar_id: PathId) -> Any:
    """Read a calendar now

    Soon rather than within ten minutes; the answer shows how it was before.
    """
    calendar = queries.find_calendar(request.actor, _worker(request, worker_id), calendar_id)
    actions.ask_refresh(calendar, actor=request.actor, now=request.now)
    return _row(request, calendar)


@routes.on("DELETE", "/workers/{worker_id}/calendars/{calendar_id}", scope="people:write", gives=None, status=204)
def remove_calendar(request: Call, worker_id: PathId, calendar_id: PathId) -> None:
    """Remove a calendar

    With every busy time that came from it.
    """
    calendar = queries.find_calendar(request.actor, _worker(request, worker_id), calendar_id)
    actions.remove_calendar(calendar, actor=request.actor, now=request.now)


@routes.on("GET", "/workers/{worker_id}/busy", scope="people:read", gives=BusyTimesOut)
def list_busy_times(request: Call, worker_id: PathId, wanted: Query[BusyQuery]) -> dict[str, Any]:
    """List when a worker is busy

    As their calendars say, the earliest first.
    """
    worker = _worker(request, worker_id)
    return {"items": queries.coming_blocks(request.actor, worker, now=request.now, days=wanted.days)}


@routes.on("POST", "/workers/{worker_id}/feed", scope="people:write", gives=FeedOut, status=201)
def open_feed(request: Call, worker_id: PathId, body: FeedIn) -> dict[str, str]:
    """Make an address of one's own work

    For other calendars to subscribe to. An older address stops working.
    """
    worker = _mine(request, worker_id)
    secret = actions.open_feed(worker, shows_titles=body.shows_titles, actor=request.actor, now=request.now)
    return {"address": f"{config().base_url}/calendar/{secret}/work.ics"}


@routes.on("DELETE", "/workers/{worker_id}/feed", scope="people:write", gives=None, status=204)
def close_feed(request: Call, worker_id: PathId) -> None:
    """Take the address of one's own work back"""
    actions.close_feed(_mine(request, worker_id), actor=request.actor, now=request.now)
