"""Showing a task in further projects, from its page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from fairlead.lib.errors import Refused
from fairlead.lib.speech import tr
from fairlead.lib.text import one_line
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, sent
from fairlead.work import actions
from fairlead.work.queries import find_project, find_task


@member_page
@require_POST
def place(request: Request, key: str) -> HttpResponse:
    """Show the task on the board of a further project, too."""
    task = find_task(request.actor, key)
    project = find_project(request.actor, one_line(sent(request, "project")))
    try:
        actions.place_task(task, project, actor=request.actor, now=timezone.now())
    except Refused as refused:
        if refused.status in (403, 404) or request.htmx:
            raise
        messages.error(request, refused.detail)
    else:
        messages.success(request, tr("%(task)s is shown in %(name)s, too.", task=task, name=project.name))
    return redirect(f"/tasks/{task}/#placements")


@member_page
@require_POST
def unplace(request: Request, key: str) -> HttpResponse:
    """Show it there no longer."""
    task = find_task(request.actor, key)
    project = find_project(request.actor, one_line(request.POST.get("project", "")))
    actions.unplace_task(task, project, actor=request.actor, now=timezone.now())
    told = tr("%(task)s is no longer shown in %(name)s.", task=task, name=project.name)
    messages.success(request, told, extra_tags=f"/tasks/{task}/placements/?project={project.key}")
    return redirect(f"/tasks/{task}/#placements")


urls = [
    path("tasks/<task:key>/placements/", place, name="place-task"),
    path("tasks/<task:key>/placements/remove/", unplace, name="unplace-task"),
]
