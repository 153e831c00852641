"""The timeline: bars over time, what follows what, and moving a task with all that follow it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairlead.accounts.permissions import MANAGERS, READERS, STAFF
from fairlead.lib.errors import Invalid, Refused, require
from fairlead.lib.speech import later, tr, tr_count
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, safe_next, to_portal
from fairlead.web.batches import undo_address
from fairlead.web.calendar import day_of, few
from fairlead.web.errors import wants_json
from fairlead.web.filters import written
from fairlead.web.render import page
from fairlead.web.task_filters import address, address_at, asked, filter_bar, pushed
from fairlead.web.task_forms import DAY_ENDS
from fairlead.web.timeline_data import compact
from fairlead.work import actions
from fairlead.work.actions import Moved, Shift, TaskEdit
from fairlead.work.dates import Dates
from fairlead.work.models import Dependency, Project, Task
from fairlead.work.permissions import may_create_task, may_edit_task
from fairlead.work.queries import details, find_project, find_task, timeline
from fairlead.work.queries.timeline import MOST

PLAIN: Final = 100
"""Tasks in the table that stands there without a script."""
ONLY_TEAM: Final = later("The timeline is for the team. What you asked for is in your portal.")


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """All tasks that the reader sees and that have a date; the filters are those of the list."""
    return to_portal(request) or _timeline(request, None)


@member_page
@require_GET
def of_project(request: Request, key: str) -> HttpResponse:
    """The tasks of one project."""
    project = find_project(request.actor, key)
    return to_portal(request) or _timeline(request, project)


def _timeline(request: Request, project: Project | None) -> HttpResponse:
    now, zone = timezone.now(), request.user.time_zone
    wanted = asked(request, project=project.key if project else "")
    found = timeline(request.actor, wanted, now=now, zone=zone)
    may_add = may_create_task(request.actor, project) if project else request.actor.role in STAFF
    values = {
        "project": project,
        "found": found,
        "plain": found.lines[:PLAIN],
        "most": MOST,
        "bar": filter_bar(request, asked(request), request.actor, project, states=True),
        "may_add": may_add and (project is None or project.archived_at is None),
        "may_manage": request.actor.role in MANAGERS,
        "may_move": request.actor.role in STAFF,
        "here": address(request),
        "data_url": address_at("/timeline/data/", request, project),
    }
    return pushed(request, page(request, "timeline/index.jinja", values))


@member_page
@require_GET
def data(request: Request) -> HttpResponse:
    """The bars as short lists for the script."""
    require(request.actor.role in READERS, ONLY_TEAM)
    now, zone = timezone.now(), request.user.time_zone
    return JsonResponse(compact(timeline(request.actor, asked(request), now=now, zone=zone), now=now, zone=zone))


@member_page
def dates(request: Request, key: str) -> HttpResponse:
    """Other dates for a task: ?days= moves it, ?start= and ?due= set them. Shows what would follow, then does it."""
    task, sent = find_task(request.actor, key), request.POST or request.GET
    require(
        may_edit_task(request.actor, task), tr("Only managers and whoever holds or created this task can change it.")
    )
    if request.method == "POST":
        return _change(request, task)
    try:
        wanted = _dates(request, task)
        found = actions.preview_shift(task, wanted, actor=request.actor)
    except Refused as refused:
        if wants_json(request):
            raise
        return _dates_page(request, task, refused=refused)
    if wants_json(request):
        return JsonResponse(_summary(request, found))
    return _dates_page(request, task, found=found if any(name in sent for name in ("days", "start", "due")) else None)


def _change(request: Request, task: Task) -> HttpResponse:
    """Do it: the task with what follows it, or (`only`) the task alone."""
    back = safe_next(request.POST.get("next"))
    back = f"/tasks/{task}/" if back == "/" else back
    try:
        text, undo = _done(request, task, back)
    except actions.SoAlready as same:
        text, undo = same.detail, ""
    except Refused as refused:
        if wants_json(request) or refused.status == 403:
            raise
        return _dates_page(request, find_task(request.actor, str(task)), refused=refused)
    if wants_json(request):
        return JsonResponse({"text": text, "undo_url": undo})
    messages.success(request, text, extra_tags=undo)
    return redirect(back)


def _done(request: Request, task: Task, back: str) -> tuple[str, str]:
    """What was done, and where it is taken back."""
    now, wanted = timezone.now(), _dates(request, task)
    if "only" in request.POST:
        batch = actions.change_one(task, _edit(task, wanted), actor=request.actor, now=now)
        return tr("%(keys)s moved.", keys=task), undo_address(batch, back)
    done = actions.shift_task(task, wanted, actor=request.actor, now=now)
    if done.batch is None:
        return tr("Nothing moved."), ""
    return tr("%(keys)s moved.", keys=few([one.key for one in done.moved])), undo_address(done.batch, back)


def _edit(task: Task, wanted: Dates) -> TaskEdit:
    """As an edit of one task; what is to be the same is left out."""
    release_at, due_at = wanted
    return TaskEdit(
        release_at=release_at if release_at != task.release_at else None,
        due_at=due_at if due_at != task.due_at else None,
        no_release=release_at is None and task.release_at is not None,
        no_due=due_at is None and task.due_at is not None,
    )


def _dates(request: Request, task: Task) -> Dates:
    """Start and due time that are asked for; what is not named stays."""
    sent = request.POST or request.GET
    text = sent.get("days", "")
    if text:
        if not text.removeprefix("-").isdecimal() or len(text) > 6:
            raise Invalid({"days": tr("Say by how many days, like 3 or -2.")})
        return actions.dates_after(task, int(text))
    zone = ZoneInfo(request.user.time_zone)
    release_at = _moment(sent.get("start"), task.release_at, time(0), zone)
    return release_at, _moment(sent.get("due"), task.due_at, DAY_ENDS, zone)


def _moment(text: str | None, before: datetime | None, usual: time, zone: ZoneInfo) -> datetime | None:
    """The day with the time that it had before; nothing sent leaves it, an empty field takes it away."""
    if text is None:
        return before
    if not text.strip():
        return None
    day: date | None = day_of(text.strip())
    if day is None:
        raise Invalid({"due_at": tr("Write the day like 2026-11-30.")})
    return datetime.combine(day, before.astimezone(zone).time() if before else usual, zone)


def _summary(request: Request, found: Shift) -> dict[str, Any]:
    """For the script: how many follow, and what would happen in words."""
    zone = ZoneInfo(request.user.time_zone)
    moved = [(one.key, _day(one.after[0], zone), _day(one.after[1], zone)) for one in found.moved]
    return {
        "moved": [{"key": key, "start": start, "due": due} for key, start, due in moved],
        "followers": len(found.followers),
        "stays": len(found.stays),
        "words": words(found),
    }


def words(found: Shift) -> str:
    """What would move, in a sentence: "3 followers move too: WEB-2, WEB-3, WEB-4." """
    names, own = [one.key for one in found.followers], len(found.moved) > len(found.followers)
    if not names:
        return tr("Nothing else moves.")
    named = few(names)
    if own:
        return tr_count(
            "%(n)s follower moves too: %(keys)s.", "%(n)s followers move too: %(keys)s.", len(names), keys=named
        )
    return tr_count("%(n)s follower moves: %(keys)s.", "%(n)s followers move: %(keys)s.", len(names), keys=named)


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat() if at else ""


def _dates_page(
    request: Request, task: Task, *, found: Shift | None = None, refused: Refused | None = None
) -> HttpResponse:
    sent, zone = request.POST or request.GET, ZoneInfo(request.user.time_zone)
    own = next((one for one in found.moved if not one.because), None) if found else None
    after = own.after if own else (task.release_at, task.due_at)
    values = {
        "task": task,
        "found": found,
        "refused": refused,
        "words": words(found) if found else "",
        "start": sent.get("start", "") if refused else _day(after[0], zone),
        "due": sent.get("due", "") if refused else _day(after[1], zone),
        "rows": [_row(one, zone) for one in found.moved] if found else [],
        "links": details(request.actor, task).waits_for,
        "link_kinds": Dependency.Kind.choices,
        "back": safe_next(sent.get("next")),
    }
    return page(request, "timeline/dates.jinja", values, block="dates", status=refused.status if refused else 200)


def _row(one: Moved, zone: ZoneInfo) -> dict[str, Any]:
    """A task that moves, as the preview shows it."""
    dates = {"before": _span(one.before, zone), "after": _span(one.after, zone)}
    return {"key": one.key, "title": one.title, "because": one.because, **dates}


def _span(dates: Dates, zone: ZoneInfo) -> str:
    days = [at.astimezone(zone).date() for at in dates if at is not None]
    return " – ".join(written(day, "day") for day in dict.fromkeys(days)) or tr("no date")


urls = [
    path("timeline/", index, name="timeline"),
    path("timeline/data/", data, name="timeline-data"),
    path("projects/<project:key>/timeline/", of_project, name="project-timeline"),
    path("tasks/<task:key>/dates/", dates, name="task-dates"),
]
