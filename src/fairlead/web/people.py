"""The directory: everybody in one list, one page for each, and adding somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairlead.accounts.models import User
from fairlead.allocation.queries import WeekLoad, load
from fairlead.events.actor import Actor
from fairlead.integrations.exports import people_as_csv
from fairlead.lib.errors import require
from fairlead.lib.hours import holidays_between
from fairlead.lib.speech import later, tr
from fairlead.people import actions, queries
from fairlead.people.models import TimeOff, Worker
from fairlead.people.permissions import (
    may_edit_worker,
    may_manage_people,
    may_see_calendars,
    may_see_directory,
    may_set_presence,
)
from fairlead.people.queries import DirectoryFilter, DirectoryRow
from fairlead.web import people_edit
from fairlead.web.access import Request, member_page
from fairlead.web.board import today_of
from fairlead.web.filters import written
from fairlead.web.people_answer import FormPage, answer
from fairlead.web.people_forms import ProfileForm, SkillLevelForm
from fairlead.web.people_week import clock_words, days_words, difference, hours_words, presence_words, week_grid
from fairlead.web.render import attachment, page
from fairlead.web.skills import skill_choices
from fairlead.work.queries import visible_tasks
from fairlead.work.states import OPEN

PAGE_ROWS = 50
SKILLS_SHOWN = 4
REQUESTS_SHOWN = 20
HOLIDAYS_AHEAD_DAYS = 90
TASKS_SHOWN = 12
NAMES_SHOWN = 12


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """Everybody, filtered by the address."""
    require(may_see_directory(request.actor), tr("The directory is for the team. Ask an admin for another role."))
    now, zone = timezone.now(), request.user.time_zone
    wanted = _wanted(request)
    found = queries.directory_page(
        request.actor, wanted, start=number_in(request.GET.get("from")) or 0, size=PAGE_ROWS, now=now,
        zone=request.workspace.time_zone,
    )  # fmt: skip
    manages = may_manage_people(request.actor)
    values = {
        "rows": _lines(request.actor, found.rows, now, zone), "export": _export_address(request),
        "wanted": wanted, "total": found.total, "first": found.first,
        "pages": neighbours(request, found.first, found.total),
        "nobody": not found.total and not queries.visible_workers(request.actor).exists(),
        **(_requests(request.actor) if manages else {"requests": []}),
        "manages": manages, "kinds": [("", tr("Everybody")), *Worker.Kind.choices],
        "teams": queries.team_choices(request.actor), "skills": skill_choices(request.actor),
        "shows_rates": all(row.rate_cents is not None for row in found.rows), "skills_shown": SKILLS_SHOWN,
    }  # fmt: skip
    return page(request, "people/index.jinja", values, block="list")


def _export_address(request: Request) -> str:
    kept = {name: value for name, value in request.GET.items() if value and name != "from"}
    return reverse("people-export") + ("?" + urlencode(kept) if kept else "")


@member_page
@require_GET
def export(request: Request) -> HttpResponse:
    """Whom the filters of the address leave, as a CSV file."""
    require(may_see_directory(request.actor), tr("The directory is for the team. Ask an admin for another role."))
    workers = queries.directory_workers(request.actor, _wanted(request), now=timezone.now())
    return attachment(people_as_csv(request.actor, workers), "people.csv")


@member_page
@require_GET
def names(request: Request) -> HttpResponse:
    """The first names with what ?assignee= or ?worker= says in them: options of a field that is being typed in."""
    require(may_see_directory(request.actor), tr("The directory is for the team. Ask an admin for another role."))
    text = (request.GET.get("assignee") or request.GET.get("worker", "")).replace("\0", "")[:80]
    return page(request, "people/_names.jinja", {"names": queries.names_like(request.actor, text, limit=NAMES_SHOWN)})


def _wanted(request: Request) -> DirectoryFilter:
    asked = request.GET
    return DirectoryFilter(
        text=asked.get("q", "").replace("\0", "")[:80],
        kind=asked.get("kind", ""), skill_id=number_in(asked.get("skill")),
        level=min(max(number_in(asked.get("level")) or 1, 1), 5), available=asked.get("available") == "1",
        deactivated=asked.get("deactivated") == "1", team_id=number_in(asked.get("team")),
    )  # fmt: skip


def number_in(text: str | None) -> int | None:
    """The whole number that a parameter of an address says; None when it says none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def page_in(request: Request, total: int, *, size: int) -> int:
    """The page that ?page= asks for, counted from 1, or the last one there is."""
    return max(1, min(number_in(request.GET.get("page")) or 1, -(-total // size)))


def neighbours(
    request: Request, first: int, total: int, *, size: int = PAGE_ROWS
) -> tuple[str | None, str | None]:  # fmt: skip
    """The addresses of the pages before and after the one that begins at `first`, where there are any."""

    def address(start: int) -> str:
        return "?" + urlencode({**request.GET.dict(), "from": start})

    before = address(first - size) if first > 0 else None
    after = address(first + size) if first + size < total else None
    return before, after


def _lines(actor: Actor, rows: Sequence[DirectoryRow], now: datetime, zone: str) -> list[dict[str, Any]]:
    loads = load(actor, [row.id for row in rows if not row.deactivated], now=now, weeks=1)
    return [
        {
            "worker": row,
            "local": f"{now.astimezone(ZoneInfo(row.time_zone)):%H:%M}",
            "apart": difference(row.time_zone, zone, now),
            "presence": presence_words(row.presence, now, zone),
            "week": loads[row.id][0] if row.id in loads else None,
        }
        for row in rows
    ]


def _requests(actor: Actor) -> dict[str, Any]:
    waiting = queries.requests_waiting(actor)
    return {"requests": [_request(row) for row in waiting[:REQUESTS_SHOWN]], "requests_waiting": waiting.count()}


def _request(row: dict[str, Any]) -> dict[str, Any]:
    who = {"id": row["worker_id"], "name": row["worker__name"], "kind": row["worker__kind"]}
    days = (row["ends_on"] - row["starts_on"]).days + 1
    return {**row, "worker": who, "days": days, "words": days_words(row["starts_on"], row["ends_on"])}


@member_page
def new(request: Request) -> HttpResponse:
    """A form for somebody new."""
    require(may_manage_people(request.actor), tr("Only a manager can add people."))
    initial = {
        "time_zone": request.workspace.time_zone, "country": request.workspace.country,
        "lanes": 1, "speed_percent": 100,
        "kind": request.GET.get("kind", Worker.Kind.EMPLOYEE),
    }  # fmt: skip
    form = ProfileForm(request.POST or None, initial=initial, actor=request.actor, currency=request.workspace.currency)

    shown = FormPage(
        tr("Add somebody"), tr("Add"), (tr("People"), reverse("people")), fields="people/_fields_new.jinja",
        values={"kinds": _KIND_CARDS},
    )  # fmt: skip
    made: list[Worker] = []

    def act() -> str:
        made.append(actions.create_worker(**form.profile(), actor=request.actor, now=timezone.now()))
        return tr("%(name)s was added. Say which skills they have, so that tasks find them.", name=made[0].name)

    response = answer(request, form, shown, act)
    if made:
        response.headers["Location"] = reverse("person", args=[made[0].pk])
    return response


_KIND_CARDS = [
    ("employee", later("Employee"), later("Works weekly hours that you know")),
    ("freelancer", later("Freelancer"), later("Booked when needed, by the hour")),
    ("agent", later("AI agent"), later("Works around the clock; a human answers for it")),
]


@member_page
@require_GET
def show(request: Request, number: int) -> HttpResponse:
    """One profile."""
    actor, now = request.actor, timezone.now()
    worker = queries.find_worker(actor, number)
    held = queries.held_skills(actor.workspace_id, [worker.pk]).get(worker.pk, [])
    edits, manages = may_edit_worker(actor, worker), may_manage_people(actor)
    have = {skill.skill_id for skill in held}
    free = [(pk, name) for pk, name in skill_choices(actor) if pk not in have] if edits else []
    values = {
        "worker": worker, "edits": edits, "manages": manages, "held": held,
        "rate_cents": queries.shown_rate(actor, worker),
        "waiting_skills": sum(not skill.confirmed for skill in held),
        "add_skill": SkillLevelForm(skills=free, auto_id="add_%s") if free else None,
        "wishes": _wishes(worker), "tasks": _tasks(actor, worker), "weeks": _weeks(actor, worker, now),
        "here": queries.availability_now([worker.pk], now)[worker.pk],
        "teams": queries.teams_of([worker.pk])[worker.pk], "sees_calendars": may_see_calendars(actor, worker),
        "calendars": queries.calendar_rows(actor, worker, now=now),
        "sets_presence": may_set_presence(actor, worker), "readers_day": today_of(request, now),
        **_time(worker, request.user, now),
    }  # fmt: skip
    return page(request, "people/show.jinja", values)


def _wishes(worker: Worker) -> dict[int, list[str]]:
    rows = queries.preferences(worker.workspace_id, [worker.pk])
    return {s: [p["skill__name"] or p["label"] for p in rows if p["stance"] == s] for s in (1, -1)}


def _tasks(actor: Actor, worker: Worker) -> dict[str, Any]:
    held = visible_tasks(actor).filter(assignee=worker, state__in=OPEN).order_by("due_at", "-priority", "pk")
    columns = ("project__key", "number", "title", "state", "status__name", "due_at", "effort_min", "priority")
    return {"rows": [dict(row) for row in held.values(*columns)[:TASKS_SHOWN]], "total": held.count()}


def _weeks(actor: Actor, worker: Worker, now: datetime) -> list[dict[str, Any]]:
    found: list[WeekLoad] = load(actor, [worker.pk], now=now, weeks=4).get(worker.pk, [])
    return [
        {"label": written(w.starts_on, "day"), "hours": w.planned_min / 60, "capacity": w.capacity_min / 60}
        for w in found
    ]


def _time(worker: Worker, reader: User, now: datetime) -> dict[str, Any]:
    """Everything about hours and days off, on the worker's and the reader's clock."""
    today = now.astimezone(ZoneInfo(worker.time_zone)).date()
    hours = queries.weekly_hours(worker.workspace_id, [worker.pk])[worker.pk]
    times = queries.working_time([worker.pk], now, now + timedelta(days=queries.LOOK_AHEAD_DAYS))[worker.pk]
    absences = queries.absences(worker, today - timedelta(days=14))
    monday = today - timedelta(days=today.weekday())
    country = "" if worker.kind == Worker.Kind.AGENT else worker.country
    holidays = holidays_between(country, monday, today + timedelta(days=HOLIDAYS_AHEAD_DAYS))
    approved = [a for a in absences if a.state == TimeOff.State.APPROVED]
    away = next(((a.starts_on, a.ends_on) for a in approved if a.starts_on <= today <= a.ends_on), None)
    week = [monday + timedelta(n) for n in range(7)]
    off = {d: tr("Time off") for a in approved for d in week if a.starts_on <= d <= a.ends_on}
    busy = queries.busy_blocks([worker.pk], now - timedelta(days=8), now + timedelta(days=8)).get(worker.pk, [])
    grid = week_grid(hours, worker.time_zone, reader_zone=reader.time_zone, now=now, off={**off, **holidays}, busy=busy)
    inside = next((high for low, high in busy if low <= now < high), None)
    presence = queries.presence(times, away, now, worker.time_zone, inside)
    return {
        "today": today, "absences": [(a, days_words(a.starts_on, a.ends_on)) for a in absences], "grid": grid,
        "holidays": [(day, name) for day, name in sorted(holidays.items()) if day >= today][:5],
        "presence": presence_words(presence, now, reader.time_zone), "hours_said": hours_words(hours),
        "local": clock_words(now.astimezone(ZoneInfo(worker.time_zone))),
        "apart": difference(worker.time_zone, reader.time_zone, now),
    }  # fmt: skip


urls = [
    path("people/", index, name="people"),
    path("people/export.csv", export, name="people-export"),
    path("people/names/", names, name="people-names"),
    path("people/new/", new, name="person_new"),
    path("people/<int:number>/", show, name="person"),
    *people_edit.urls,
]
