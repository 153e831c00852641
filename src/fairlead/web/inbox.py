"""The inbox of managers: what came in and waits for a first look."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.lib.effort import parse_effort
from fairlead.lib.errors import Invalid, Refused, require
from fairlead.lib.speech import later, tr, tr_count
from fairlead.lib.text import one_line
from fairlead.people.queries import find_skill, skills
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, View, member_page
from fairlead.web.board import label_color, today_of
from fairlead.web.filters import written
from fairlead.web.render import page
from fairlead.web.task_cells import due_of
from fairlead.web.undoing import read_was, taken_back, undo_link
from fairlead.work import actions
from fairlead.work.models import Need, Task
from fairlead.work.permissions import may_triage
from fairlead.work.queries import find_task
from fairlead.work.queries.triage import SHOWN, inbox

HERE: Final = "/inbox/"
GLYPHS: Final = {
    "request": ("message-circle-question-mark", later("Client request")), "form": ("clipboard-list", later("Form")),
    "mail": ("mail", later("E-mail")), "api": ("plug", "API"), "import": ("upload", later("Import")),
}  # fmt: skip
SNOOZES: Final = (("tomorrow", later("Tomorrow")), ("monday", later("Next Monday")), ("month", later("In four weeks")))


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """What waits, the newest first."""
    require(may_triage(request.actor), tr("Managers take the first look at what comes in."))
    return _shown(request)


def _shown(request: Request, toast: dict[str, str] | None = None) -> HttpResponse:
    now, zone = timezone.now(), ZoneInfo(request.user.time_zone)
    found = inbox(request.actor, now=now)
    for row in found.rows:
        row["due"] = row["due_at"].astimezone(zone).date() if row["due_at"] else None
        row["tags"] = [{"name": name, "color": label_color(name)} for name in row["labels"]]
        row["glyph"] = GLYPHS[row["triage__source"]]
    values = {
        "found": found,
        "more": found.total - len(found.rows),
        "most": SHOWN,
        "today": today_of(request, now),
        "snoozes": SNOOZES,
        "skill_names": list(skills(request.actor).order_by("name").values_list("name", flat=True)),
    }
    response = page(request, "inbox/index.jinja", values)
    if toast is not None:
        response.headers["HX-Trigger"] = json.dumps({"toast": toast})
    return response


def _step(act: Callable[[Request, Task, datetime], tuple[str, str]]) -> View:
    """A view that does one thing with a task of the inbox, says so with an address for its undo (or none), and shows
    what is left."""

    @member_page
    @require_POST
    def view(request: Request, key: str) -> HttpResponse:
        task = find_task(request.actor, key)
        try:
            text, back = act(request, task, timezone.now())
        except Refused as refused:
            if refused.status in (403, 404) or request.htmx:
                raise
            messages.error(request, refused.detail)
            return redirect(HERE)
        if request.htmx:
            return _shown(request, {"level": "success", "text": text, "undo_url": back})
        messages.success(request, text, extra_tags=back)
        return redirect(HERE)

    return view


def _accept(request: Request, task: Task, now: datetime) -> tuple[str, str]:
    actions.accept_task(task, actor=request.actor, now=now)
    return tr("%(task)s is accepted.", task=task), f"/inbox/{task}/undo/"


def _decline(request: Request, task: Task, now: datetime) -> tuple[str, str]:
    actions.decline_task(task, request.POST.get("reason", ""), actor=request.actor, now=now)
    return tr("%(task)s is declined.", task=task), f"/inbox/{task}/undo/"


def _merge(request: Request, task: Task, now: datetime) -> tuple[str, str]:
    into = find_task(request.actor, request.POST.get("into", ""))
    kept = actions.merge_task(task, into, actor=request.actor, now=now)
    back = undo_link(request, reverse("inbox-unmerge", args=[str(task)]), f"merge of {task}", {"kept": kept})
    return tr("%(task)s went into %(into)s.", task=task, into=into), back


def _snooze(request: Request, task: Task, now: datetime) -> tuple[str, str]:
    until = _morning(request.POST.get("until", ""), request.user.time_zone, now)
    actions.snooze_task(task, until, actor=request.actor, now=now)
    local = until.astimezone(ZoneInfo(request.user.time_zone))
    told = tr("%(task)s comes back on %(day)s.", task=task, day=written(local, "weekday_day"))
    return told, f"/inbox/{task}/undo/"


def _morning(name: str, zone: str, now: datetime) -> datetime:
    today = now.astimezone(ZoneInfo(zone)).replace(hour=9, minute=0, second=0, microsecond=0)
    days = {"tomorrow": 1, "monday": 7 - today.weekday(), "month": 28}.get(name)
    if days is None:
        raise Invalid({"until": tr("Choose a time from the list.")})
    return today + timedelta(days=days)


def _fill(request: Request, task: Task, now: datetime) -> tuple[str, str]:
    """A missing due date, effort or skill, as it was typed."""
    actions.change_task(task, actor=request.actor, now=now, **_values(request, task))
    return tr("%(task)s was changed.", task=task), ""


def _values(request: Request, task: Task) -> dict[str, Any]:
    posted = {name: one_line(request.POST.get(name, "")) for name in ("due", "effort", "skill", "title", "priority")}
    values: dict[str, Any] = {}
    if posted["title"]:
        values["title"] = posted["title"]
    if posted["priority"] in ("0", "1", "2", "3", "4"):
        values["priority"] = int(posted["priority"])
    if posted["due"]:
        values["due_at"] = due_of(posted["due"], request.user.time_zone)
    if posted["effort"]:
        try:
            values["effort_min"] = parse_effort(posted["effort"])
        except ValueError:
            raise Invalid({"effort": tr("Write it like 45m, 2h or 1d 4h.")}) from None
    if posted["skill"]:
        skill = find_skill(request.actor, posted["skill"])
        if skill is None:
            raise Invalid({"skill": tr("There is no such skill. Choose one from the list, or add it under Skills.")})
        held = dict(Need.objects.filter(task=task).values_list("skill_id", "level"))
        values["needs"] = {**held, skill.pk: held.get(skill.pk, 3)}
    return values


@member_page
@require_POST
def undo(request: Request, key: str) -> HttpResponse:
    """Put a task back into the inbox."""
    task = find_task(request.actor, key)

    def act() -> str:
        actions.untriage_task(task, actor=request.actor, now=timezone.now())
        return tr("%(task)s is in the inbox again.", task=task)

    return taken_back(request, act, HERE)


@member_page
@require_POST
def unmerge(request: Request, key: str) -> HttpResponse:
    """Undo of a merge."""
    task = find_task(request.actor, key)

    def act() -> str:
        kept = read_was(request, f"merge of {task}")["kept"]
        actions.unmerge_task(task, kept, actor=request.actor, now=timezone.now())
        return tr("%(task)s is in the inbox again, with its comments.", task=task)

    return taken_back(request, act, HERE)


@member_page
@require_POST
def accept_chosen(request: Request) -> HttpResponse:
    """Accept all that were chosen."""
    require(may_triage(request.actor), tr("Managers take the first look at what comes in."))
    try:
        tasks = [find_task(request.actor, key) for key in dict.fromkeys(request.POST.getlist("task"))]
        went, stayed = actions.accept_many(tasks, actor=request.actor, now=timezone.now())
    except Refused as refused:
        if refused.status == 403:
            raise
        messages.error(request, refused.detail)
        return redirect(HERE)
    text = tr("%(n)s tasks accepted.", n=len(went)) if went else ""
    if len(went) == 1:
        text = tr("%(task)s accepted.", task=went[0])
    accepted = set(went)
    ids = [task.pk for task in tasks if str(task) in accepted]
    back = undo_link(request, reverse("inbox-unaccept"), "accepted", {"tasks": ids}) if went else ""
    if stayed:
        kept = tr("%(task)s stays: %(why)s", task=stayed[0][0], why=stayed[0][1])
        messages.warning(request, f"{text} {kept}".strip(), extra_tags=back)
    else:
        messages.success(request, text, extra_tags=back)
    return redirect(HERE)


@member_page
@require_POST
def unaccept(request: Request) -> HttpResponse:
    """Undo of accepting all that were chosen: those that nobody has begun or moved since wait in the inbox again."""
    require(may_triage(request.actor), tr("Managers take the first look at what comes in."))

    def act() -> str:
        ids = read_was(request, "accepted")["tasks"]
        back = actions.untriage_many(ids, actor=request.actor, now=timezone.now())
        return tr_count("%(n)s task is in the inbox again.", "%(n)s tasks are in the inbox again.", len(back))

    return taken_back(request, act, HERE)


urls = [
    path("inbox/", index, name="inbox"),
    path("inbox/accept/", accept_chosen, name="inbox-accept-many"),
    path("inbox/accept/undo/", unaccept, name="inbox-unaccept"),
    path("inbox/<task:key>/accept/", _step(_accept), name="inbox-accept"),
    path("inbox/<task:key>/decline/", _step(_decline), name="inbox-decline"),
    path("inbox/<task:key>/merge/", _step(_merge), name="inbox-merge"),
    path("inbox/<task:key>/unmerge/", unmerge, name="inbox-unmerge"),
    path("inbox/<task:key>/snooze/", _step(_snooze), name="inbox-snooze"),
    path("inbox/<task:key>/fill/", _step(_fill), name="inbox-fill"),
    path("inbox/<task:key>/undo/", undo, name="inbox-undo"),
]
