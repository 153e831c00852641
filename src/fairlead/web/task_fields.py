"""Custom fields on the pages of tasks: how they are shown, and filling them in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.lib.errors import Missing, Refused
from fairlead.lib.speech import tr
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page
from fairlead.web.own_values import editor_of, read_value, sent_text, shown_value
from fairlead.web.render import page
from fairlead.web.settings_pages.fields import FieldKey  # noqa: F401  the converter of the addresses below
from fairlead.work import actions
from fairlead.work.fields.definitions import Definitions, FieldDef, by_key, of_project, visible
from fairlead.work.fields.stored import people_of, values_of
from fairlead.work.fields.values import People, Wrong, typed
from fairlead.work.models import Task
from fairlead.work.permissions import may_edit_task
from fairlead.work.queries import find_task, visible_projects
from fairlead.work.types.definitions import task_types, type_of


def sent_values(request: Request, fields: Iterable[FieldDef], people: People) -> tuple[dict[int, Any], dict[str, str]]:
    """The values of a form whose inputs are called field-<key>, and what is wrong with them by key."""
    values: dict[int, Any] = {}
    wrong: dict[str, str] = {}
    for field in fields:
        text = sent_text(request.POST, f"field-{field.key}")
        try:
            if (value := typed(field, text.replace("\x00", ""), people)) is not None:
                values[field.id] = value
        except Wrong as error:
            wrong[field.key] = str(error)
    return values, wrong


def fillable(request: Request, project_id: int) -> Definitions:
    """The fields of a project that this reader fills in for a new task."""
    return tuple(f for f in of_project(visible(request.actor), project_id) if f.typed and not f.archived)


def new_fields(request: Request, project_id: int, wrong: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The inputs of a new task's fields with what was typed and what is wrong with it."""
    fields = fillable(request, project_id)
    people = people_of(request.actor.workspace_id, fields)
    return [
        {**editor_of(field, None, people, text=sent_text(request.POST, f"field-{field.key}") if request.POST else ""),
         "error": (wrong or {}).get(field.key, "")}
        for field in fields
    ]  # fmt: skip


def fields_of(request: Request, task: Task, *, wrong: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the section of fields on a task's page shows: values, and inputs for those who may fill them."""
    actor = request.actor
    fields = shown_by_type(of_project(visible(actor), task.project_id), task)
    people = people_of(task.workspace_id, fields)
    values = values_of([task.pk], fields).get(task.pk, {})
    may = may_edit_task(actor, task) and task.project.archived_at is None
    rows = []
    for field in fields:
        value, error = values.get(field.id), (wrong or {}).get(field.key, "")
        if field.archived and value is None:
            continue
        text = sent_text(request.POST, "value") if error else None
        edits = may and field.typed and not field.archived
        rows.append(
            {**shown_value(field, value, people), "error": error, "hint": field.hint,
             "required_from": field.required_from,
             "editor": editor_of(field, value, people, text=text) if edits else None}
        )  # fmt: skip
    return {"own_fields": rows}


def shown_by_type(fields: Definitions, task: Task) -> Definitions:
    """Those that the task's type shows."""
    kind = type_of(task_types(task.workspace_id), task.type_id) if fields else None
    return tuple(field for field in fields if kind is None or kind.shows(field.id))


@member_page
@require_POST
def save(request: Request, key: str, field: str) -> HttpResponse:
    """Fill one field of a task; what is wrong with it is said beside it."""
    task = find_task(request.actor, key)
    found = by_key(of_project(visible(request.actor), task.project_id), field)
    if found is None:
        raise Missing(tr("This field was switched off or deleted. Reload the page."))
    people = people_of(task.workspace_id, [found])
    wrong = {}
    try:
        value = read_value(found, sent_text(request.POST, "value"), people)
        actions.change_task(task, fields={found.id: value}, actor=request.actor, now=timezone.now())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        wrong = {found.key: refused.detail}
        if not request.htmx:
            messages.error(request, refused.detail)
    if not request.htmx:
        return redirect(f"/tasks/{task}/#fields")
    task = find_task(request.actor, key)
    values = {"task": task, "may_edit": may_edit_task(request.actor, task), **fields_of(request, task, wrong=wrong)}
    return page(request, "tasks/fields.jinja", values, block="fields", status=422 if wrong else 200)


@member_page
@require_GET
def for_new(request: Request) -> HttpResponse:
    """The fields that a new task of ?project= has."""
    key = request.GET.get("project", "").upper()[:8].replace("\x00", "")
    project = visible_projects(request.actor).filter(key=key).first()
    values = {"new_fields": new_fields(request, project.pk) if project else []}
    return page(request, "tasks/new_fields.jinja", values, block="fields")


urls = [
    path("tasks/new/fields/", for_new, name="new-task-fields"),
    path("tasks/<task:key>/fields/<field:field>/", save, name="save-task-field"),
]
