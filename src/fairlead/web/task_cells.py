"""Editing in the table: one cell of one task, in its place."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from fairlead.allocation import actions as allocation
from fairlead.allocation.permissions import may_assign_in
from fairlead.lib.effort import parse_effort, write_effort
from fairlead.lib.errors import Invalid, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people.queries import active_workers, find_worker
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, safe_next, to_portal
from fairlead.web.batches import undo_address
from fairlead.web.board import today_of
from fairlead.web.marks import mark
from fairlead.web.own_filters import own_fields
from fairlead.web.own_values import editor_of, read_value, sent_text
from fairlead.web.render import page, wants_fragment
from fairlead.web.task_forms import DAY_ENDS
from fairlead.web.task_list import columns_of, heads_of, needed_fields, shower
from fairlead.work import actions
from fairlead.work.actions import TaskEdit
from fairlead.work.fields.definitions import FieldDef
from fairlead.work.fields.stored import people_of, values_of
from fairlead.work.models import Task
from fairlead.work.permissions import may_edit_task
from fairlead.work.queries import find_task, status_choices, task_row
from fairlead.work.queries.own_fields import own_field
from fairlead.work.states import column
from fairlead.work.types.definitions import task_types, type_of

CELLS: Final = ("type", "status", "assignee", "priority", "due", "effort", "labels")
CHANGED: Final = {
    "type": later("%(task)s: type changed."),
    "status": later("%(task)s: status changed."),
    "priority": later("%(task)s: priority changed."),
    "due": later("%(task)s: due changed."),
    "effort": later("%(task)s: effort changed."),
    "labels": later("%(task)s: labels changed."),
}


@member_page
@require_GET
def row(request: Request, key: str) -> HttpResponse:
    """The row of a task as the list has it; ?cols= says with which columns."""
    task = find_task(request.actor, key)
    return to_portal(request, f"/portal/{task}/") or _row(request, task)


def _row(request: Request, task: Task, toast: dict[str, str] | None = None) -> HttpResponse:
    shown = columns_of(request)
    own, spent = needed_fields(own_fields(request), shown), not {"spent", "left"}.isdisjoint(shown)
    found, now = shower(request, own)(task_row(request.actor, task, own, spent=spent)), timezone.now()
    found |= mark([found], actor=request.actor, now=now).get(task.pk, {})
    values = {"t": found, "shown": shown, "today": today_of(request, now), "may_edit": True}
    response = page(request, "tasks/row.jinja", values, block="row")
    if toast:
        response.headers["HX-Trigger"] = json.dumps({"toast": toast})
    return response


@member_page
@require_GET
def editor(request: Request, key: str, cell: str) -> HttpResponse:
    """The field of one cell: in its place in the table, or as a small page of its own."""
    task = find_task(request.actor, key)
    _check(request, task, cell)
    _check_live(task)
    values = {"task": task, "cell": cell, "label": heads_of(request)[cell], "cols": request.GET.get("cols", "")}
    return page(request, "tasks/cell.jinja", values | _field(request, task, cell), block="editor")


def _check(request: Request, task: Task, cell: str) -> None:
    if cell not in CELLS and _own(request, task, cell) is None:
        raise Http404
    actor = request.actor
    allowed = may_assign_in(actor, task.project_id) if cell == "assignee" else may_edit_task(actor, task)
    require(allowed, tr("Only managers and whoever holds or created this task can change this here."))


def _check_live(task: Task) -> None:
    if task.project.archived_at is not None:
        raise Refused(
            tr("%(name)s is archived. Restore it in its settings before you change its tasks.", name=task.project.name)
        )


def _own(request: Request, task: Task, cell: str) -> FieldDef | None:
    """The custom field of a cell, if it is one that can be filled."""
    field = own_field(cell, own_fields(request, task.project))
    return field if field is not None and field.typed else None


def _field(request: Request, task: Task, cell: str) -> dict[str, Any]:
    """What the editor shows: options with the chosen one, or the text or day as it is typed."""
    if own := _own(request, task, cell):
        known = people_of(task.workspace_id, [own])
        value = values_of([task.pk], [own]).get(task.pk, {}).get(own.id)
        return {"own": editor_of(own, value, known), "options": None, "value": ""}
    if cell == "type":
        kinds = [t for t in task_types(task.workspace_id) if not t.archived]
        mine = type_of(kinds, task.type_id)
        return {"options": [(str(t.id), t.said) for t in kinds], "value": str(mine.id) if mine else ""}
    if cell == "status":
        options = [(str(row["id"]), column(row["name"])) for row in status_choices(task.project)]
        return {"options": options, "value": str(task.status_id)}
    if cell == "priority":
        choices = [(str(value), label) for value, label in reversed(Task.Priority.choices)]
        return {"options": choices, "value": str(task.priority)}
    if cell == "assignee":
        people = active_workers(request.actor).order_by("name").values_list("id", "name")
        options = [("", tr("Nobody")), *((str(pk), name) for pk, name in people)]
        return {"options": options, "value": str(task.assignee_id or "")}
    due = task.due_at.astimezone(ZoneInfo(request.user.time_zone)).date().isoformat() if task.due_at else ""
    text = {"due": due, "effort": write_effort(task.effort_min), "labels": ", ".join(task.labels)}[cell]
    return {"options": None, "value": text}


@member_page
@require_POST
def save(request: Request, key: str, cell: str) -> HttpResponse:
    """Change the one value, and show the row again, with a way back."""
    task = find_task(request.actor, key)
    _check(request, task, cell)
    try:
        _check_live(task)
        toast = _assigned(request, task) if cell == "assignee" else _changed(request, task, cell)
    except actions.SoAlready:
        toast = None
    except Refused as refused:
        if wants_fragment(request) or refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
        return redirect("task", str(task))
    if not wants_fragment(request):
        if toast:
            messages.success(request, toast["text"], extra_tags=toast["undo_url"])
        return redirect(_back(request))
    return _row(request, find_task(request.actor, key), toast)


def _changed(request: Request, task: Task, cell: str) -> dict[str, str]:
    own = _own(request, task, cell)
    if own:
        value = read_value(own, sent_text(request.POST, "value"), people_of(task.workspace_id, [own]))
        edit = TaskEdit(fields=((own.id, value),))
    else:
        edit = _edit(task, cell, request.POST.get("value", "").strip(), request.user.time_zone)
    batch = actions.change_one(task, edit, actor=request.actor, now=timezone.now())
    said = tr("%(task)s: %(field)s changed.", task=task, field=own.name) if own else CHANGED[cell] % {"task": task}
    return {"level": "success", "text": said, "undo_url": undo_address(batch, _back(request))}


def _back(request: Request) -> str:
    """Where the cell is edited: htmx names the page, a form may name the next one."""
    named = request.htmx.current_url_abs_path if request.htmx else request.POST.get("next")
    back = safe_next(named)
    return back if back != "/" else "/tasks/?all=1"


def _edit(task: Task, cell: str, value: str, zone: str) -> TaskEdit:
    if cell == "type":
        return TaskEdit(type_id=_number(value, cell))
    if cell == "status":
        return TaskEdit(status_id=_number(value, cell))
    if cell == "priority":
        return TaskEdit(priority=_number(value, cell))
    if cell == "labels":
        return TaskEdit(labels=tuple(value.split(",")))
    if cell == "effort":
        try:
            minutes = parse_effort(value)
        except ValueError:
            raise Invalid({"effort": tr("Write it like 45m, 2h or 1d 4h.")}) from None
        return TaskEdit(no_effort=True) if minutes is None else TaskEdit(effort_min=minutes)
    return TaskEdit(due_at=due_of(value, zone, task.due_at)) if value else TaskEdit(no_due=True)


def due_of(text: str, zone: str, before: datetime | None = None) -> datetime:
    """The time that a typed day means, in the reader's zone; the former time where the day stays the same."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year <= 2200:
        raise Invalid({"due_at": tr("Write the day like 2026-11-30.")})
    local = before.astimezone(ZoneInfo(zone)) if before else None
    at: time = local.timetz().replace(tzinfo=None) if local and local.date() == day else DAY_ENDS
    return datetime.combine(day, at, ZoneInfo(zone))


def _number(text: str, name: str) -> int:
    if not text.isdecimal() or not text.isascii() or len(text) > 15:
        raise Invalid({name: tr("Choose one from the list.")})
    return int(text)


def _assigned(request: Request, task: Task) -> dict[str, str] | None:
    """Give the task to somebody, or take it back, through the door that every assignment goes through."""
    chosen, before, now = request.POST.get("value", ""), task.assignee, timezone.now()
    if chosen == str(task.assignee_id or ""):
        return None
    if chosen:
        worker = find_worker(request.actor, _number(chosen, "assignee"))
        made = allocation.assign_task(task, worker, actor=request.actor, now=now)
        text = tr("%(name)s has %(task)s now.", name=made.worker.name, task=task)
    else:
        allocation.unassign_task(task, actor=request.actor, now=now)
        text = tr("%(task)s is with nobody now.", task=task)
    undo = f"/tasks/{task}/assign/?worker={before.pk}" if before else f"/tasks/{task}/unassign/"
    return {"level": "success", "text": text, "undo_url": undo}


urls = [
    path("tasks/<task:key>/row/", row, name="task-row"),
    path("tasks/<task:key>/cell/<str:cell>/", editor, name="task-cell"),
    path("tasks/<task:key>/cell/<str:cell>/save/", save, name="save-task-cell"),
]
