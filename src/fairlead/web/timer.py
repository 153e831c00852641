"""The timer in the top bar: what runs, starting on a task, stopping, and asking about one that was forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.accounts.permissions import STAFF
from fairlead.lib.errors import Invalid, Missing, Refused, require
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.people.queries import worker_of
from fairlead.web.access import Request, member_page, safe_next
from fairlead.web.render import page
from fairlead.web.undoing import taken_back
from fairlead.work import actions
from fairlead.work.actions.time_entries import NoTimer
from fairlead.work.queries import find_task
from fairlead.work.time.models import TimeEntry
from fairlead.work.time.queries import find_entry, probably_worked, recent_tasks, running_timer
from fairlead.work.time.spans import read_span, write_span


def me(request: Request) -> Worker:
    """The reader's own profile. Raises Missing for who has none."""
    require(request.actor.role in STAFF, tr("Only members of the team log time."))
    worker = worker_of(request.actor)
    if worker is None:
        raise Missing(tr("You are not in the directory of people. Ask a manager to link your profile to your account."))
    return worker


@member_page
@require_GET
def show(request: Request) -> HttpResponse:
    """The timer as it is now, for the top bar of an open page."""
    return _timer(request)


def _timer(request: Request, toast: dict[str, str] | None = None) -> HttpResponse:
    now = timezone.now()
    values = {"timer": running_timer(request.actor, now=now), "timer_roles": True}
    response = page(request, "time/timer.jinja", values, block="timer")
    if toast is not None:
        response.headers["HX-Trigger"] = json.dumps({"toast": toast, "timer-changed": {}})
    return response


@member_page
@require_GET
def choose(request: Request) -> HttpResponse:
    """What the timer can be started on, and for a forgotten one how much to keep."""
    require(request.actor.role in STAFF, tr("Only members of the team log time."))
    worker, now = worker_of(request.actor), timezone.now()
    timer = running_timer(request.actor, now=now)
    asks = timer is not None and timer.asks and worker is not None
    values: dict[str, Any] = {
        "timer": timer,
        "tasks": recent_tasks(request.actor, worker) if worker else [],
        "worker": worker,
        "suggested": write_span(probably_worked(worker, timer, now=now)) if asks and worker and timer else "",
        "back": safe_next(request.GET.get("next")),
    }
    return page(request, "time/choose.jinja", values, block="choices")


@member_page
@require_POST
def start(request: Request) -> HttpResponse:
    """Begin on a task; a timer that runs on another one stops."""
    task = find_task(request.actor, request.POST.get("task", ""))
    worker = me(request)
    return _done(request, lambda: actions.start_timer(worker, task, actor=request.actor, now=timezone.now()),
                 tr("The timer runs on %(task)s.", task=task))  # fmt: skip


@member_page
@require_POST
def stop(request: Request) -> HttpResponse:
    """The timer ends now."""
    worker = me(request)
    return _done(request, lambda: actions.stop_timer(worker, actor=request.actor, now=timezone.now()), "")


@member_page
@require_POST
def keep(request: Request) -> HttpResponse:
    """A forgotten timer ends after the time that was typed."""
    worker = me(request)

    def act() -> Any:
        try:
            span = read_span(request.POST.get("spent", ""))
        except ValueError as error:
            raise Invalid({"spent": str(error)}) from None
        return actions.keep_timer(worker, span.minutes, actor=request.actor, now=timezone.now())

    return _done(request, act, "")


@member_page
@require_POST
def confirm(request: Request) -> HttpResponse:
    """The timer runs on: whoever it is of is still at it."""
    worker = me(request)
    text = tr("The timer goes on.")
    return _done(request, lambda: actions.confirm_timer(worker, actor=request.actor, now=timezone.now()), text)


@member_page
@require_POST
def discard(request: Request) -> HttpResponse:
    """The timer ends and nothing is kept."""
    worker = me(request)
    text = tr("The timer was thrown away.")

    def undo(entry: TimeEntry) -> str:
        return f"/timer/{entry.pk}/resume/?{urlencode({'next': safe_next(request.POST.get('next'))}, safe='/')}"

    return _done(request, lambda: actions.discard_timer(worker, actor=request.actor, now=timezone.now()), text, undo)


@member_page
@require_POST
def resume(request: Request, number: int) -> HttpResponse:
    """A timer that was thrown away just now runs on."""
    require(request.actor.role in STAFF, tr("Only members of the team log time."))
    entry = _thrown_away(request, number)

    def act() -> str:
        actions.resume_timer(entry, actor=request.actor, now=timezone.now())
        return tr("The timer runs on %(task)s.", task=entry.task)

    return taken_back(request, act, safe_next(request.GET.get("next")))


def _thrown_away(request: Request, number: int) -> TimeEntry:
    """The timer with this number, also when it runs again already."""
    try:
        return find_entry(request.actor, number, removed=True)
    except Missing:
        return find_entry(request.actor, number)


def _done(request: Request, act: Any, text: str, undo_of: Callable[[TimeEntry], str] | None = None) -> HttpResponse:
    """Do it, say what came of it, and show the timer, or the page that one came from.

    `undo_of`: where what came of it is taken back; without `text` it is an entry that can be removed."""
    back = safe_next(request.POST.get("next"))
    try:
        entry = act()
    except Refused as refused:
        if request.htmx or (refused.status in (403, 404) and not isinstance(refused, NoTimer)):
            raise
        messages.error(request, refused.detail)
        return redirect(back)
    told, undo = text, undo_of(entry) if undo_of else ""
    if not text:
        told = tr("%(time)s logged on %(task)s.", time=write_span(entry.minutes), task=entry.task)
        undo = f"/time/{entry.pk}/remove/?next={back}"
    if request.htmx:
        return _timer(request, {"level": "success", "text": told, "undo_url": undo})
    messages.success(request, told, extra_tags=undo)
    return redirect(back)


urls = [
    path("timer/", show, name="timer"),
    path("timer/choose/", choose, name="timer-choose"),
    path("timer/start/", start, name="timer-start"),
    path("timer/stop/", stop, name="timer-stop"),
    path("timer/keep/", keep, name="timer-keep"),
    path("timer/confirm/", confirm, name="timer-confirm"),
    path("timer/discard/", discard, name="timer-discard"),
    path("timer/<int:number>/resume/", resume, name="timer-resume"),
]
