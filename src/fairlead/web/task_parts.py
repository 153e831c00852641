"""What hangs on a task: criteria, subtasks, what it waits for."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from fairlead.lib.errors import Invalid, Refused
from fairlead.lib.lag import parse_lag, write_lag
from fairlead.lib.speech import tr
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, sent
from fairlead.web.errors import wants_json
from fairlead.work import actions
from fairlead.work.models import Dependency, Task
from fairlead.work.queries import find_criterion, find_task


def _back(task: Task, part: str) -> HttpResponse:
    return redirect(f"/tasks/{task}/#{part}")


def _refused(request: Request, refused: Refused, *, typed: str = "") -> None:
    """Say on the next page what was refused, with what was typed; a fragment gets a toast and keeps its fields."""
    if request.htmx or refused.status in (403, 404):
        raise refused
    messages.error(request, _with_typed(refused, typed) if typed else refused.detail)


def _with_typed(refused: Refused, typed: str) -> str:
    return tr("%(why)s You typed: %(typed)s", why=refused.detail, typed=typed)


@member_page
@require_POST
def add_criterion(request: Request, key: str) -> HttpResponse:
    """One more acceptance criterion."""
    task, text = find_task(request.actor, key), sent(request, "text")
    try:
        actions.add_criterion(task, text, actor=request.actor, now=timezone.now())
    except Refused as refused:
        _refused(request, refused, typed=text.strip())
    return _back(task, "criteria")


@member_page
@require_POST
def check(request: Request, key: str, criterion_id: int) -> HttpResponse:
    """A criterion is met."""
    task = find_task(request.actor, key)
    actions.check_criterion(find_criterion(request.actor, task, criterion_id), actor=request.actor, now=timezone.now())
    return _back(task, "criteria")


@member_page
@require_POST
def uncheck(request: Request, key: str, criterion_id: int) -> HttpResponse:
    """A criterion is not met after all."""
    task = find_task(request.actor, key)
    actions.uncheck_criterion(
        find_criterion(request.actor, task, criterion_id), actor=request.actor, now=timezone.now()
    )
    return _back(task, "criteria")


@member_page
@require_POST
def remove_criterion(request: Request, key: str, criterion_id: int) -> HttpResponse:
    """A criterion is no longer asked for."""
    task = find_task(request.actor, key)
    criterion = find_criterion(request.actor, task, criterion_id)
    actions.remove_criterion(criterion, actor=request.actor, now=timezone.now())
    told = tr("“%(criterion)s” is no longer asked for.", criterion=criterion.text)
    undo = f"/tasks/{task}/criteria/?{urlencode({'text': criterion.text})}"
    messages.success(request, told, extra_tags=undo)
    return _back(task, "criteria")


@member_page
@require_POST
def add_subtask(request: Request, key: str) -> HttpResponse:
    """A part of this task, as a task of its own."""
    task, title = find_task(request.actor, key), request.POST.get("title", "")
    try:
        draft = actions.TaskDraft(title=title, parent=task)
        actions.create_task(task.project, draft, actor=request.actor, now=timezone.now())
    except Refused as refused:
        _refused(request, refused, typed=title.strip())
    return _back(task, "subtasks")


@member_page
@require_POST
def wait_for(request: Request, key: str) -> HttpResponse:
    """This task follows another one, as `kind` and `lag` say; without them it waits until the other is done."""
    task, text = find_task(request.actor, key), sent(request, "after")
    try:
        kind = sent(request, "kind") or Dependency.Kind.FINISH_START
        after, lag = find_task(request.actor, text), _lag(sent(request, "lag"))
        actions.add_dependency(task, after, kind=kind, lag_min=lag, actor=request.actor, now=timezone.now())
    except Refused as refused:
        if request.htmx or wants_json(request) or refused.status == 403:
            raise
        messages.error(request, _with_typed(refused, text))
    else:
        if wants_json(request):
            return JsonResponse({"text": tr("%(task)s follows %(after)s.", task=task, after=after)})
    return _back(task, "order")


def _lag(text: str) -> int:
    try:
        return parse_lag(text[:40])
    except ValueError:
        raise Invalid({"lag": tr("Write the lag like 2d, 4h or -1d.")}) from None


@member_page
@require_POST
def stop_waiting(request: Request, key: str) -> HttpResponse:
    """This task no longer waits for the other one."""
    task = find_task(request.actor, key)
    after = find_task(request.actor, request.POST.get("after", ""))
    link = Dependency.objects.filter(task=task, after=after).first()
    actions.remove_dependency(task, after, actor=request.actor, now=timezone.now())
    as_before = {"after": str(after), "kind": link.kind, "lag": write_lag(link.lag_min)} if link else {}
    undo = f"/tasks/{task}/waits-for/?{urlencode(as_before)}" if as_before else ""
    messages.success(request, tr("%(task)s no longer waits for %(after)s.", task=task, after=after), extra_tags=undo)
    return _back(task, "order")


urls = [
    path("tasks/<task:key>/criteria/", add_criterion, name="add-criterion"),
    path("tasks/<task:key>/criteria/<int:criterion_id>/check/", check, name="check-criterion"),
    path("tasks/<task:key>/criteria/<int:criterion_id>/uncheck/", uncheck, name="uncheck-criterion"),
    path("tasks/<task:key>/criteria/<int:criterion_id>/remove/", remove_criterion, name="remove-criterion"),
    path("tasks/<task:key>/subtasks/", add_subtask, name="add-subtask"),
    path("tasks/<task:key>/waits-for/", wait_for, name="wait-for"),
    path("tasks/<task:key>/waits-for/remove/", stop_waiting, name="stop-waiting"),
]
