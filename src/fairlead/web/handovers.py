"""The team's side of asking a client: the form on the task's page, and taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, tr
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, posted, posted_rating
from fairlead.web.render import page
from fairlead.work import actions
from fairlead.work.models import Task
from fairlead.work.permissions import may_hand_over
from fairlead.work.queries import find_task
from fairlead.work.queries.handovers import find_handover, handovers

WHO = later("Only managers and whoever holds the task put it to a client.")


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Request, key: str) -> HttpResponse:
    """Choose which clients look at it, and say something about it."""
    task = find_task(request.actor, key)
    require(may_hand_over(request.actor, task), WHO)
    if request.method != "POST":
        return _form(request, task, {}, {})
    users = [int(text) for text in request.POST.getlist("users") if text.isdecimal() and len(text) < 16]
    days, message = request.POST.get("remind_days", "3"), posted(request, "message")
    wait = int(days) if days.isdecimal() and len(days) < 4 else -1
    try:
        actions.ask_client(
            task, users, actor=request.actor, now=timezone.now(), message=message, remind_days=wait
        )  # fmt: skip
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        typed = {"users": users, "message": message, "remind_days": days}
        return _form(request, task, typed, refusal.fields or {"": refusal.detail}, status=refusal.status)
    messages.success(request, tr("%(task)s is with the client now.", task=task))
    return redirect("task", str(task))


def _form(
    request: Request, task: Task, typed: dict[str, Any], errors: dict[str, str], *, status: int = 200
) -> HttpResponse:
    values = {
        "task": task,
        "asked": handovers(request.actor, task, now=timezone.now()),
        "typed": typed,
        "errors": errors,
    }
    return page(request, "tasks/ask_client.jinja", values, status=status)


@member_page
@require_POST
def take_back(request: Request, key: str, number: int) -> HttpResponse:
    """Ask the client no longer."""
    task = find_task(request.actor, key)
    actions.take_back(find_handover(task, number), actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(task)s is no longer with the client.", task=task))
    return redirect("task", str(task))


@member_page
@require_POST
def rate_client(request: Request, key: str, number: int) -> HttpResponse:
    """How it was to work with the client: one to five, with a word."""
    task = find_task(request.actor, key)
    handover, words = find_handover(task, number), posted(request, "rating_words")
    try:
        actions.rate_client(
            handover, posted_rating(request), actor=request.actor, now=timezone.now(), words=words
        )  # fmt: skip
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, " ".join(refusal.fields.values()) or refusal.detail)
    else:
        messages.success(request, tr("Your rating is kept. The client reads it once they have rated, too."))
    return redirect(f"/tasks/{task}/#client")


urls = [
    path("tasks/<task:key>/ask-client/", ask, name="ask-client"),
    path("tasks/<task:key>/rounds/<int:number>/take-back/", take_back, name="take-back"),
    path("tasks/<task:key>/rounds/<int:number>/rate-client/", rate_client, name="rate-client"),
]
