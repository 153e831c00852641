"""What one hears of a task and of its project, and hearing less of it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from fairlead.lib.speech import tr
from fairlead.notices import actions, queries
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, safe_next
from fairlead.web.render import page
from fairlead.work.models import Project
from fairlead.work.queries import find_project, find_task

Row = tuple[str, str, tuple[int | None, int | None]]
"""What can be muted: its name, its address, and its (task id, project id)."""


@member_page
@require_safe
def about(request: Request, key: str) -> HttpResponse:
    """What one hears of this task."""
    task = find_task(request.actor, key)
    rows = [(tr("This task"), f"/tasks/{task}", (task.pk, None)), _of_project(task.project)]
    return _told(request, str(task), f"/tasks/{task}/", rows)


@member_page
@require_safe
def about_project(request: Request, key: str) -> HttpResponse:
    """What one hears of this project."""
    project = find_project(request.actor, key)
    back = safe_next(request.GET.get("next") or f"/projects/{project.key}/")
    return _told(request, project.name, back, [_of_project(project)])


def _of_project(project: Project) -> Row:
    return project.name, f"/projects/{project.key}", (None, project.pk)


def _told(request: Request, name: str, back: str, rows: list[Row]) -> HttpResponse:
    muted = {(row.task_id, row.project_id) for row in queries.mutes(request.actor)}
    told = [(label, address, which in muted) for label, address, which in rows]
    return page(request, "notices/about.jinja", {"name": name, "back": back, "rows": told}, block="about")


@member_page
@require_POST
def mute_task(request: Request, key: str) -> HttpResponse:
    """Only what is meant for oneself."""
    task = find_task(request.actor, key)
    actions.mute_task(task, actor=request.actor)
    return _back(request, tr("%(task)s is muted.", task=task), f"/tasks/{task}/", undo=f"/tasks/{task}/unmute/")


@member_page
@require_POST
def unmute_task(request: Request, key: str) -> HttpResponse:
    """Everything again."""
    task = find_task(request.actor, key)
    actions.unmute_task(task, actor=request.actor)
    return _back(request, tr("You hear of %(task)s again.", task=task), f"/tasks/{task}/")


@member_page
@require_POST
def mute_project(request: Request, key: str) -> HttpResponse:
    """Only what is meant for oneself, in all its tasks."""
    project = find_project(request.actor, key)
    actions.mute_project(project, actor=request.actor)
    undo = f"/projects/{project.key}/unmute/"
    if back := request.POST.get("next"):
        undo += "?" + urlencode({"next": safe_next(back)}, safe="/")
    return _back(request, tr("%(name)s is muted.", name=project.name), "/notices/", undo=undo)


@member_page
@require_POST
def unmute_project(request: Request, key: str) -> HttpResponse:
    """Everything again."""
    project = find_project(request.actor, key)
    actions.unmute_project(project, actor=request.actor)
    return _back(request, tr("You hear of %(name)s again.", name=project.name), "/notices/")


def _back(request: Request, words: str, otherwise: str, *, undo: str = "") -> HttpResponse:
    messages.success(request, words, extra_tags=undo)
    return redirect(safe_next(request.POST.get("next") or request.GET.get("next") or otherwise))


urls = [
    path("tasks/<task:key>/notices/", about, name="task-notices"),
    path("tasks/<task:key>/mute/", mute_task, name="mute-task"),
    path("tasks/<task:key>/unmute/", unmute_task, name="unmute-task"),
    path("projects/<project:key>/notices/", about_project, name="project-notices"),
    path("projects/<project:key>/mute/", mute_project, name="mute-project"),
    path("projects/<project:key>/unmute/", unmute_project, name="unmute-project"),
]
