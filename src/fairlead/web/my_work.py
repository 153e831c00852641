"""My work: what I am asked, what I do today and next, and what waits for my decision."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.accounts.permissions import READERS, STAFF
from fairlead.allocation import queries
from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people.queries import worker_of
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page
from fairlead.web.batches import undo_address
from fairlead.web.board import today_of
from fairlead.web.filters import written
from fairlead.web.render import page
from fairlead.work import actions
from fairlead.work.actions import TaskEdit
from fairlead.work.queries import find_task
from fairlead.work.queries.approvals import my_items
from fairlead.work.states import State
from fairlead.work.time.queries import running_timer

STEPS: Final[dict[str, tuple[State, str]]] = {
    "start": (State.RUNNING, later("%(task)s is under way.")),
    "submit": (State.REVIEW, later("%(task)s is handed in for review.")),
    "done": (State.DONE, later("%(task)s is done.")),
}
HERE: Final = "/my-work/"


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """What I do, in order; for managers also what waits for them."""
    require(request.actor.role in READERS, tr("This page is for the team. Your projects are under Projects."))
    return _shown(request)


def _shown(request: Request) -> HttpResponse:
    actor, now, zone = request.actor, timezone.now(), request.user.time_zone
    me = worker_of(actor) if actor.role in STAFF else None
    found = queries.my_work(me, actor=actor, now=now, zone=zone) if me else None
    local = now.astimezone(ZoneInfo(zone))
    values = {
        "me": me,
        "asked": queries.my_offers(actor, now=now)[0] if me else [],
        "groups": _groups(found, local) if found else [],
        "items": my_items(actor, me.pk) if me else [],
        "done": found.done if found else (),
        "open": found.open if found else 0,
        "decisions": queries.decisions(actor, now=now),
        "dispatch": queries.dispatch(actor, now=now),
        "today": today_of(request, now),
        "timer": running_timer(actor, now=now),
        "greeting": f"{written(local, 'weekday')}, {written(local, 'day_month')}",
    }
    return page(request, "my_work/index.jinja", values)


def _groups(found: queries.MyWork, local: datetime) -> list[dict[str, Any]]:
    """The sections in the order of the page, each with its rows: (item, when in my zone, why it waits)."""
    sections = (
        ("overdue", tr("Overdue"), "bad", found.overdue),
        ("today", tr("Today"), "accent", found.today),
        ("next", tr("Next"), "idle", found.next),
        ("waiting", tr("Waiting for others"), "warn", found.waiting),
    )
    return [
        {"id": name, "title": title, "tone": tone, "rows": list(_rows(items, local))}
        for name, title, tone, items in sections
        if items
    ]


def _rows(items: Iterable[queries.WorkItem], local: datetime) -> Iterable[tuple[queries.WorkItem, str, str]]:
    for item in items:
        why = tr("Waits for %(names)s", names=", ".join(item.blocked_by)) if item.blocked_by else ""
        yield item, _when(item, local), why or (tr("In review") if item.state == State.REVIEW else "")


def _when(item: queries.WorkItem, local: datetime) -> str:
    """`09:00 – 12:30` today, `Thu 26 Nov` later, as the schedule has it, in the reader's zone."""
    if item.starts_at is None or item.ends_at is None or item.state == State.REVIEW:
        return ""
    first, last = item.starts_at.astimezone(local.tzinfo), item.ends_at.astimezone(local.tzinfo)
    if first.date() > local.date():
        return written(first, "weekday_day")
    begins = tr("now") if first <= local else f"{first:%H:%M}"
    ends = "" if last.date() == local.date() else written(last, "weekday_short") + " "
    return f"{begins} – {ends}{last:%H:%M}"


@member_page
@require_POST
def step(request: Request, key: str, name: str) -> HttpResponse:
    """Start, hand in or finish a task from here, in one press, with a way back."""
    task = find_task(request.actor, key)
    state, text = STEPS[name]
    seen = _number(request.POST.get("seen", ""))  # only a change that was kept on a device without a network has it
    try:
        batch = actions.change_one(task, TaskEdit(state=state), actor=request.actor, now=timezone.now(), seen=seen)
    except Refused as refused:
        if refused.status in (403, 404) or request.htmx:
            raise
        messages.error(request, refused.detail)
        return redirect(HERE)
    told = text % {"task": task}
    undo = undo_address(batch, HERE)
    if not request.htmx:
        messages.success(request, told, extra_tags=undo)
        return redirect(HERE)
    response = _shown(request)
    response.headers["HX-Trigger"] = json.dumps({"toast": {"level": "success", "text": told, "undo_url": undo}})
    return response


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


urls = [
    path("my-work/", index, name="my-work"),
    *(path(f"my-work/<task:key>/{name}/", step, {"name": name}, name=f"my-work-{name}") for name in STEPS),
]
