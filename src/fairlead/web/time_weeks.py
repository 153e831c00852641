"""Weeks of the time log: handing in, approving and sending back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.lib.errors import Missing, require
from fairlead.lib.speech import mark, tr
from fairlead.people.queries import find_worker
from fairlead.web.access import Request, View, member_page, safe_next
from fairlead.web.refusals import refusals_told
from fairlead.web.render import page
from fairlead.web.time_log import read_day, tabs
from fairlead.web.undoing import read_was, taken_back, undo_link
from fairlead.work import actions
from fairlead.work.time.models import TimeWeek
from fairlead.work.time.permissions import may_decide_week, may_decide_weeks, may_see_all_time
from fairlead.work.time.queries import find_week, weeks_waiting

WEEKS_SHOWN: Final = 100


@member_page
@require_GET
def approval(request: Request) -> HttpResponse:
    """The weeks that wait for a manager."""
    require(may_see_all_time(request.actor), tr("Managers approve weeks. Yours are under Week."))
    values = {
        "tabs": tabs(request, "approval"),
        "weeks": weeks_waiting(request.actor, most=WEEKS_SHOWN),
        "most": WEEKS_SHOWN,
        "may_decide": may_decide_weeks(request.actor),
    }
    return page(request, "time/approval.jinja", values)


@member_page
@require_POST
def submit(request: Request, number: int, monday: str) -> HttpResponse:
    """Hand a week in."""
    worker, day = find_worker(request.actor, number), read_day(monday)
    if day is None:
        raise Missing(tr("There is no such week."))

    def act() -> str:
        actions.submit_week(worker, day, actor=request.actor, now=timezone.now())
        return tr("The week was handed in.")

    return taken_back(request, act, _back(request, number, monday))


def _step(action: Callable[..., Any], text: str) -> View:
    """A view that does one step with a week that was handed in."""

    @member_page
    @require_POST
    def view(request: Request, number: int, monday: str) -> HttpResponse:
        week = _week(request, number, monday)

        def act() -> str:
            action(week, actor=request.actor, now=timezone.now())
            return tr(text, name=week.worker.name)

        return taken_back(request, act, _back(request, number, monday))

    return view


def _week(request: Request, number: int, monday: str) -> TimeWeek:
    """A week that was handed in once. Raises Missing."""
    day = read_day(monday)
    if day is None:
        raise Missing(tr("There is no such week."))
    return find_week(request.actor, number, day)


@member_page
@require_POST
def send_back(request: Request, number: int, monday: str) -> HttpResponse:
    """Send a week back, with a word what should change."""
    week, back = _week(request, number, monday), _back(request, number, monday)
    was = actions.as_handed_in(week)
    with refusals_told(request):
        actions.return_week(week, request.POST.get("note", ""), actor=request.actor, now=timezone.now())
        undo = undo_link(request, reverse("time-restore", args=[number, monday]), f"week {number} {monday}", was)
        told = tr("The week went back to %(name)s.", name=week.worker.name)
        messages.success(request, told, extra_tags=f"{undo}&{urlencode({'next': back})}")
    return redirect(back)


@member_page
@require_POST
def restore(request: Request, number: int, monday: str) -> HttpResponse:
    """Undo of sending a week back."""
    week = _week(request, number, monday)
    require(may_decide_week(request.actor, week.worker), tr("Only managers send weeks back."))

    def act() -> str:
        was = read_was(request, f"week {number} {monday}")
        actions.restore_week(week, was, actor=request.actor, now=timezone.now())
        return tr("The week of %(name)s is as before.", name=week.worker.name)

    return taken_back(request, act, _back(request, number, monday))


def _back(request: Request, number: int, monday: str) -> str:
    """Where the button was pressed, else the page of the week."""
    back = safe_next(request.POST.get("next") or request.GET.get("next"))
    return f"/time/?worker={number}&week={monday}" if back == "/" else back


take_back = _step(actions.take_back_week, mark("The week is open again."))
approve = _step(actions.approve_week, mark("The week of %(name)s is approved."))

urls = [
    path("time/approval/", approval, name="time-approval"),
    path("time/weeks/<int:number>/<str:monday>/submit/", submit, name="time-submit"),
    path("time/weeks/<int:number>/<str:monday>/take-back/", take_back, name="time-take-back"),
    path("time/weeks/<int:number>/<str:monday>/approve/", approve, name="time-approve"),
    path("time/weeks/<int:number>/<str:monday>/return/", send_back, name="time-return"),
    path("time/weeks/<int:number>/<str:monday>/restore/", restore, name="time-restore"),
]
