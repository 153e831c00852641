"""The week of the time log as a sheet."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.accounts.permissions import READERS, STAFF
from fairlead.events.actor import Actor
from fairlead.lib.errors import Invalid, Missing, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Worker
from fairlead.people.queries import active_workers, find_worker, worker_of, workers_like
from fairlead.web.access import Request, member_page
from fairlead.web.member_field import LISTED_PEOPLE, proposing
from fairlead.web.render import page
from fairlead.work import actions
from fairlead.work.models import Task
from fairlead.work.queries import find_task, visible_tasks
from fairlead.work.time.permissions import may_decide_weeks, may_log, may_see_all_time
from fairlead.work.time.queries import (
    weeks_to_approve,
)
from fairlead.work.time.sheet import sheet
from fairlead.work.time.spans import read_span, write_span

CELL: Final = re.compile(r"cell-(\d{1,15})-(\d{4}-\d{2}-\d{2})")
FOR_TEAM: Final = later("The time log is for the team. Your projects are under Projects.")


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """The week of one worker: ?week=2026-11-23&worker=3."""
    require(request.actor.role in READERS, FOR_TEAM)
    worker = shown_worker(request)
    if worker is None:
        return page(request, "time/nobody.jinja", {"tabs": tabs(request, "week")})
    now = timezone.now()
    monday = asked_week(request, worker, now)
    return _sheet(request, worker, monday)


def _sheet(request: Request, worker: Worker, monday: date) -> HttpResponse:
    found = sheet(request.actor, worker, monday)
    today = timezone.now().astimezone(ZoneInfo(worker.time_zone)).date()
    values = {
        "tabs": tabs(request, "week"),
        "sheet": found,
        "worker": worker,
        "monday": monday,
        "today": today,
        "extra": _extra(request, {row.task_id for row in found.rows}),
        "written": write_span,
        "previous": _week_address(worker, monday - timedelta(days=7)),
        "next": _week_address(worker, monday + timedelta(days=7)),
        "this_week": _week_address(worker, today - timedelta(days=today.weekday())),
        "here": _week_address(worker, monday),
        "people": _people(request, worker),
        "by_name": by_name("week-names"),
        "may_log": may_log(request.actor, worker) and found.open and worker.deactivated_at is None,
        "may_submit": may_log(request.actor, worker),
        "may_decide": may_decide_weeks(request.actor),
    }
    return page(request, "time/week.jinja", values)


def _extra(request: Request, shown: set[int]) -> Task | None:
    """A task that was added to the sheet as an empty row: ?add=WEB-12."""
    key = request.GET.get("add", "")
    try:
        task = find_task(request.actor, key) if key else None
    except Missing as missing:
        messages.error(request, missing.detail)
        return None
    return task if task is not None and task.pk not in shown else None


def _week_address(worker: Worker, monday: date) -> str:
    return f"/time/?worker={worker.pk}&week={monday.isoformat()}"


def _people(request: Request, worker: Worker) -> list[tuple[int, str]] | None:
    """Whose week the reader can look at; nobody else's for most. None: too many to list, a name is typed."""
    people = listed_people(request.actor)
    if not people or any(pk == worker.pk for pk, _ in people):
        return people
    return [(worker.pk, worker.name), *people]


def listed_people(actor: Actor) -> list[tuple[int, str]] | None:
    """(id, name) of everybody whose time the reader sees beside their own; None: too many to list."""
    if not may_see_all_time(actor):
        return []
    people = list(active_workers(actor).order_by("name").values_list("id", "name")[: LISTED_PEOPLE + 1])
    return people if len(people) <= LISTED_PEOPLE else None


def by_name(names: str) -> dict[str, str]:
    """What makes a text field propose people while somebody types; `names` is the id of its list."""
    return {**proposing("/people/names/", names), "maxlength": "120"}


def shown_worker(request: Request) -> Worker | None:
    """Whose time is asked for, by id or name: by default one's own, for a manager without a profile the first one's."""
    own = worker_of(request.actor)
    asked = request.GET.get("worker", "") or request.POST.get("worker", "")
    if asked.isdecimal() and asked.isascii() and len(asked) < 16 and (own is None or int(asked) != own.pk):
        worker = find_worker(request.actor, int(asked))
        require(may_see_all_time(request.actor), tr("You see your own time only. Managers see everybody's."))
        return worker
    if name := request.GET.get("worker", "").replace("\x00", "").strip()[:120]:
        require(may_see_all_time(request.actor), tr("You see your own time only. Managers see everybody's."))
        if called := _called(request.actor, name):
            return called
        messages.error(request, tr("Nobody here is called “%(name)s”. Choose a name from the list.", name=name[:60]))
    if own is not None and request.actor.role in STAFF:
        return own
    return active_workers(request.actor).order_by("name").first() if may_see_all_time(request.actor) else None


def _called(actor: Actor, name: str) -> Worker | None:
    """Who has this name; else the first who has each of these words in name, headline or e-mail."""
    people = active_workers(actor).order_by("name", "pk")
    return people.filter(name__iexact=name).first() or workers_like(people, name).first()


def asked_week(request: Request, worker: Worker, now: datetime) -> date:
    """The Monday of ?week=, by default that of the worker's present week."""
    day = read_day(request.GET.get("week", "") or request.POST.get("week", ""))
    day = day or now.astimezone(ZoneInfo(worker.time_zone)).date()
    return day - timedelta(days=day.weekday())


def read_day(text: str) -> date | None:
    """A day between 1970 and 2200, or None."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day is not None and 1970 <= day.year <= 2200 else None


@member_page
@require_POST
def cells(request: Request) -> HttpResponse:
    """Save what was typed into cells: fields cell-<task>-<day>, empty for none."""
    require(request.actor.role in STAFF, tr("Only members of the team log time."))
    worker = shown_worker(request)
    if worker is None:
        raise Missing(tr("There is nobody like this in the directory."))
    monday = asked_week(request, worker, timezone.now())
    try:
        for name, text in request.POST.items():
            if found := CELL.fullmatch(name):
                _save_cell(request, worker, int(found[1]), read_day(found[2]), str(text))
    except Refused as refused:
        if request.htmx or refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
    return redirect(_week_address(worker, monday)) if not request.htmx else _sheet(request, worker, monday)


def _save_cell(request: Request, worker: Worker, task_id: int, day: date | None, text: str) -> None:
    task = _task(request, task_id)
    if day is None:
        raise Invalid({"day": tr("This is no day.")})
    try:
        minutes = read_span(text).minutes if text.strip() not in ("", "0", "0:00") else 0
    except ValueError as error:
        raise Invalid({"spent": str(error)}) from None
    actions.set_day(worker, task, day, minutes, actor=request.actor, now=timezone.now())


def _task(request: Request, task_id: int) -> Task:
    task = visible_tasks(request.actor).select_related("project").filter(pk=task_id).first()
    if task is None:
        raise Missing(tr("There is no such task any more. Reload the week."))
    return task


def tabs(request: Request, current: str) -> list[dict[str, Any]]:
    """The pages of the time log that the reader may open."""
    found = [
        {"label": tr("Week"), "href": "/time/", "icon": "table-2", "current": current == "week"},
        {"label": tr("Entries"), "href": "/time/entries/", "icon": "list", "current": current == "entries"},
    ]
    if may_see_all_time(request.actor):
        count = weeks_to_approve(request.actor).count()
        found.append({"label": tr("Approval"), "href": "/time/approval/", "icon": "badge-check", "count": count or None,
                      "current": current == "approval"})  # fmt: skip
    return found


urls = [
    path("time/", index, name="time"),
    path("time/cells/", cells, name="time-cells"),
]
