"""Notes to oneself: writing one from anywhere, and what becomes of it."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from fairlead.lib.errors import Refused
from fairlead.lib.speech import tr
from fairlead.lib.text import one_line
from fairlead.web.access import Request, member_page, safe_next
from fairlead.web.filters import moment
from fairlead.web.refusals import refusals_told
from fairlead.work import actions
from fairlead.work.queries import find_project
from fairlead.work.queries.planner import find_capture

HERE = "/planner/"


@member_page
@require_POST
def write(request: Request) -> HttpResponse:
    """One line, read for a day, labels, a priority and a project."""
    zone, back = request.user.time_zone, safe_next(request.POST.get("next"))
    try:
        note = actions.capture(request.POST.get("text", ""), actor=request.actor, now=timezone.now(), zone=zone)
    except Refused as refused:
        if request.htmx or refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
        return redirect(back)
    told = tr("Noted for %(moment)s.", moment=moment(note.due_at, zone)) if note.due_at else tr("Noted.")
    undo = f"/planner/notes/{note.pk}/drop/"
    if request.htmx:
        response = HttpResponse(status=204)
        trigger = {"toast": {"level": "success", "text": told, "undo_url": undo}, "close-modal": {}, "noted": {}}
        response.headers["HX-Trigger"] = json.dumps(trigger)
        return response
    messages.success(request, told, extra_tags=undo)
    return redirect(back)


@member_page
@require_POST
def drop(request: Request, number: int) -> HttpResponse:
    """It is not needed."""
    actions.drop_capture(find_capture(request.actor, number), actor=request.actor, now=timezone.now())
    messages.success(request, tr("The note was dropped."), extra_tags=f"/planner/notes/{number}/undrop/")
    return redirect(HERE)


@member_page
@require_POST
def undrop(request: Request, number: int) -> HttpResponse:
    """Bring a dropped note back."""
    actions.undrop_capture(find_capture(request.actor, number), actor=request.actor)
    return redirect(HERE)


@member_page
@require_POST
def keep(request: Request, number: int) -> HttpResponse:
    """Put it aside."""
    actions.keep_capture(find_capture(request.actor, number), actor=request.actor, now=timezone.now())
    messages.success(request, tr("The note is put aside."))
    return redirect(HERE)


@member_page
@require_POST
def to_task(request: Request, number: int) -> HttpResponse:
    """Make a task of it, in the project that was chosen."""
    note = find_capture(request.actor, number)
    project = find_project(request.actor, one_line(request.POST.get("project", "")))
    with refusals_told(request):
        task = actions.make_task_of(note, project, actor=request.actor, now=timezone.now())
        messages.success(request, tr("The note is %(task)s now.", task=task))
    return redirect(HERE)


urls = [
    path("planner/capture/", write, name="capture"),
    path("planner/notes/<int:number>/drop/", drop, name="drop-note"),
    path("planner/notes/<int:number>/undrop/", undrop, name="undrop-note"),
    path("planner/notes/<int:number>/keep/", keep, name="keep-note"),
    path("planner/notes/<int:number>/task/", to_task, name="note-to-task"),
]
