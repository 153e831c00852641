"""The calendar: tasks on their days, by month, week or day, of all projects or one; and giving a task another day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.accounts.permissions import MANAGERS, STAFF
from fairlead.lib.errors import Invalid, Refused
from fairlead.lib.speech import later, tr, tr_count
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, safe_next, to_portal
from fairlead.web.batches import undo_address
from fairlead.web.board import today_of
from fairlead.web.errors import wants_json
from fairlead.web.filters import written
from fairlead.web.render import page
from fairlead.web.task_filters import address, asked, filter_bar, pushed
from fairlead.web.task_forms import DAY_ENDS
from fairlead.work import actions
from fairlead.work.actions import TaskEdit
from fairlead.work.models import Batch, Project, Task
from fairlead.work.permissions import may_create_task
from fairlead.work.queries import Calendar, calendar, find_project, find_task
from fairlead.work.queries.calendar import Entry, lanes
from fairlead.work.states import WAITING, State

DAY: Final = timedelta(days=1)
VIEWS: Final = {"month": later("Month"), "week": later("Week"), "agenda": later("Agenda"), "day": later("Day")}
AGENDA_DAYS: Final = 28
MOST_SHOWN: Final = 200
"""Tasks of one day: more of them nobody reads, and every one costs the browser, too."""
EACH: Final = {"month": 4, "week": 8, "agenda": 6}
"""Tasks due on each day of a view; how many there are more leads to the day."""
LANES: Final = {"month": 4, "week": 8}
"""Bars above each other in a week; what does not fit is counted."""


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """All tasks that the reader sees. ?view= is month, week, agenda or day, ?on= a day of it, the rest are filters."""
    return to_portal(request) or _calendar(request, None)


@member_page
@require_GET
def of_project(request: Request, key: str) -> HttpResponse:
    """The tasks of one project."""
    project = find_project(request.actor, key)
    return to_portal(request) or _calendar(request, project)


def _calendar(request: Request, project: Project | None) -> HttpResponse:
    now, zone = timezone.now(), request.user.time_zone
    today = today_of(request, now)
    view, on = _view(request), day_of(request.GET.get("on", "")) or today
    first, last = _span(view, on)
    wanted = asked(request, project=project.key if project else "")
    found = calendar(request.actor, wanted, first, last, now=now, zone=zone, most=MOST_SHOWN, each=EACH.get(view))
    values = {
        "project": project,
        "found": found,
        "said": {it.row["id"]: _said(it) for it in found.entries},
        "most": MOST_SHOWN,
        "view": view,
        "on": on,
        "today": today,
        "title": _title(view, on, first, last),
        "views": [(text, address(request, view=name, on=on), view == name) for name, text in VIEWS.items()],
        "previous": address(request, view=view, on=_step(view, on, -1)),
        "next": address(request, view=view, on=_step(view, on, 1)),
        "now_url": address(request, view=view, on=""),
        "weeks": _weeks(request, found, view, on, today),
        "days": _days(request, found, view, on, today),
        "bar": filter_bar(request, asked(request), request.actor, project, states=True),
        "here": address(request),
        **_may(request, project),
    }
    return pushed(request, page(request, "calendar/index.jinja", values))


def _may(request: Request, project: Project | None) -> dict[str, bool]:
    may_add = may_create_task(request.actor, project) if project else request.actor.role in STAFF
    return {
        "may_add": may_add and (project is None or project.archived_at is None),
        "may_manage": request.actor.role in MANAGERS,
        "may_drag": request.actor.role in STAFF,
    }


def _view(request: Request) -> str:
    view = request.GET.get("view", "")
    return view if view in VIEWS else "month"


def day_of(text: str) -> date | None:
    """A day of an address or a form, of this time; anything else is none."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and 1970 <= day.year <= 2199 else None


def _span(view: str, on: date) -> tuple[date, date]:
    """The days that a view shows; weeks begin on Monday."""
    if view == "day":
        return on, on
    if view == "agenda":
        return on, on + (AGENDA_DAYS - 1) * DAY
    first = on.replace(day=1) if view == "month" else on
    last = _month_after(on) - DAY if view == "month" else on
    return first - first.weekday() * DAY, last + (6 - last.weekday()) * DAY


def _month_after(on: date) -> date:
    return (on.replace(day=28) + 4 * DAY).replace(day=1)


def _step(view: str, on: date, way: int) -> date:
    if view == "month":
        return _month_after(on) if way > 0 else (on.replace(day=1) - DAY).replace(day=1)
    return on + way * {"week": 7, "agenda": AGENDA_DAYS, "day": 1}[view] * DAY


def _title(view: str, on: date, first: date, last: date) -> str:
    if view == "month":
        return written(on, "month_name_year")
    if view == "day":
        return tr("%(weekday)s, %(day)s", weekday=written(on, "weekday"), day=written(on, "day_month_year"))
    start = written(first, "day" if first.year == last.year else "day_year")
    return f"{start} – {written(last, 'day_year')}"


def _said(it: Entry) -> str:
    """What somebody who does not see the entry's place hears behind its title."""
    day = {"weekday": written(it.last, "weekday"), "day": written(it.last, "day_month"), "time": f"{it.at:%H:%M}"}
    over = {State.DONE: tr(", done"), State.CANCELLED: tr(", cancelled")}.get(it.row["state"], "") if it.is_over else ""
    return tr(", due %(weekday)s %(day)s %(time)s", **day) + (tr(", late") if it.late else "") + over


@dataclass(frozen=True)
class Piece:
    """The part of an entry that lies in one week: columns 1 to 7; whether its first and last day are in it."""

    entry: Entry
    column: int
    length: int
    lane: int
    begins: bool
    ends: bool


def _weeks(request: Request, found: Calendar, view: str, on: date, today: date) -> list[dict[str, Any]]:
    """The rows of the grid: seven days each, the pieces of entries on them, and how many more there are on a day."""
    weeks = []
    for n in range(0, (found.last - found.first).days + 1 if view in ("month", "week") else 0, 7):
        monday = found.first + n * DAY
        sunday = monday + 6 * DAY
        placed = lanes(found.entries, monday, sunday)
        most = LANES[view]
        hidden = [it for lane, it in placed if lane >= most]
        days = [_cell(request, found, monday + k * DAY, today) for k in range(7)]
        for cell in days:
            cell["other"] = view == "month" and cell["day"].month != on.month
            cell["more"] += sum(1 for it in hidden if it.first <= cell["day"] <= it.last)
        weeks.append({"days": days, "pieces": [_piece(it, lane, monday, sunday) for lane, it in placed if lane < most]})
    return weeks


def _piece(it: Entry, lane: int, monday: date, sunday: date) -> Piece:
    low, high = max(it.first, monday), min(it.last, sunday)
    return Piece(it, (low - monday).days + 1, (high - low).days + 1, lane, it.first >= monday, it.last <= sunday)


def _cell(request: Request, found: Calendar, day: date, today: date) -> dict[str, Any]:
    return {
        "day": day,
        "today": day == today,
        "away": [it.name for it in found.away if it.first <= day <= it.last],
        "url": address(request, view="day", on=day),
        "more": found.more.get(day, 0),
    }


def _days(request: Request, found: Calendar, view: str, on: date, today: date) -> list[dict[str, Any]]:
    """The days of the agenda: those on which something is due, today, and the one that was asked for. A day by itself
    also shows what is under way on it."""
    days = []
    for n in range((found.last - found.first).days + 1):
        cell = _cell(request, found, found.first + n * DAY, today)
        there = [it for it in found.on(cell["day"]) if view == "day" or it.last == cell["day"]]
        cell["entries"] = sorted(there, key=lambda it: (it.at, it.row["id"]))
        if there or cell["away"] or cell["day"] == today or (view in ("day", "agenda") and cell["day"] == on):
            days.append(cell)
    return days


@member_page
@require_POST
def reschedule(request: Request, key: str) -> HttpResponse:
    """Give the task another due `day`. It keeps its time of day on the reader's clock, and its start goes with it."""
    task, back = find_task(request.actor, key), safe_next(request.POST.get("next"))
    day = day_of(request.POST.get("day", ""))
    if day is None:
        raise Invalid({"day": tr("Write the day like 2026-11-30.")})
    release_at, due_at = _dates(task, day, request.user.time_zone)
    try:
        edit = TaskEdit(release_at=release_at, due_at=due_at)
        batch = actions.change_one(task, edit, actor=request.actor, now=timezone.now())
    except Refused as refused:
        if wants_json(request) or refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
        return redirect(back)
    return _told(request, task, batch, back)


def _told(request: Request, task: Task, batch: Batch, back: str) -> HttpResponse:
    due = task.due_at.astimezone(ZoneInfo(request.user.time_zone)) if task.due_at else None
    day = written(due, "weekday_day") if due else ""
    text = tr("%(task)s is due on %(day)s.", task=task, day=day) if due else tr("%(task)s was changed.", task=task)
    late = actions.preview_shift(task, (task.release_at, task.due_at), actor=request.actor).followers
    if late:
        named = few([one.key for one in late])
        text += " " + tr_count("%(keys)s now begins too early.", "%(keys)s now begin too early.", len(late), keys=named)
    undo = undo_address(batch, back)
    if wants_json(request):
        return JsonResponse({"text": text, "undo_url": undo})
    messages.success(request, text, extra_tags=undo)
    return redirect(back)


def few(tasks: Sequence[str], most: int = 3) -> str:
    """`WEB-1, WEB-2, WEB-3 and 4 more`."""
    first, rest = ", ".join(tasks[:most]), len(tasks) - most
    return tr("%(keys)s and %(n)s more", keys=first, n=rest) if rest > 0 else first


def _dates(task: Task, day: date, zone: str) -> tuple[datetime | None, datetime]:
    """The start (None: as it is) and the due time of the task when it is due on `day`."""
    there = ZoneInfo(zone)
    due = task.due_at.astimezone(there) if task.due_at else None
    at = datetime.combine(day, due.time() if due else DAY_ENDS, there)
    if due is None or task.release_at is None or task.state not in WAITING:
        return None, at
    begin = task.release_at.astimezone(there)
    return datetime.combine(begin.date() + (day - due.date()), begin.time(), there), at


urls = [
    path("calendar/", index, name="calendar"),
    path("projects/<project:key>/calendar/", of_project, name="project-calendar"),
    path("tasks/<task:key>/day/", reschedule, name="task-day"),
]
