"""Moving a task to another project, from its page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import tr
from fairlead.lib.text import one_line
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page
from fairlead.web.batches import undo_address
from fairlead.web.render import page
from fairlead.work import actions
from fairlead.work.models import Task
from fairlead.work.permissions import may_transfer
from fairlead.work.queries import find_project, find_task
from fairlead.work.queries.projects import led_projects
from fairlead.work.queries.rollups import efforts_below


@member_page
def transfer(request: Request, key: str) -> HttpResponse:
    """Choose the project, with what changes by the move."""
    task = find_task(request.actor, key)
    if request.method == "POST":
        return _moved(request, task, one_line(request.POST.get("project", "")))
    return _asked(request, task)


def _asked(request: Request, task: Task, chosen: str = "", error: str = "") -> HttpResponse:
    require(may_transfer(request.actor, task), tr("Only who leads both projects moves a task from one to the other."))
    choices = [(key, name) for key, name in led_projects(request.actor) if key != task.project.key]
    values = {
        "task": task,
        "choices": choices,
        "chosen": chosen,
        "subtasks": len(efforts_below(task.pk)),
        "error": error,
    }
    return page(request, "tasks/transfer.jinja", values, block="transfer", status=422 if error else 200)


def _moved(request: Request, task: Task, to: str) -> HttpResponse:
    project, before = find_project(request.actor, to), str(task)
    try:
        edit = actions.TaskEdit(project_id=project.pk)
        batch = actions.change_one(task, edit, actor=request.actor, now=timezone.now())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        return _asked(request, find_task(request.actor, before), project.key, refused.detail)
    said = tr("%(before)s is %(task)s in %(project)s now.", before=before, task=task, project=project.name)
    messages.success(request, said, extra_tags=undo_address(batch, f"/tasks/{before}/"))
    return redirect(f"/tasks/{task}/")


urls = [
    path("tasks/<task:key>/transfer/", transfer, name="transfer-task"),
]
