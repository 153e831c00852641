"""Settings: the fields that the workspace keeps about its tasks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, register_converter
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.accounts.models import Workspace
from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import tr, tr_count
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.refusals import refusals_told
from fairlead.web.settings_pages.field_forms import COLORS, FieldForm, NewFieldForm, options_of, projects_of
from fairlead.web.settings_pages.frame import settings_page
from fairlead.work import actions
from fairlead.work.actions.fields import ONLY_MANAGERS, values_lost
from fairlead.work.fields.definitions import definitions, find_field
from fairlead.work.fields.formulas import names_of
from fairlead.work.fields.models import OPTIONS, Field, Kind
from fairlead.work.permissions import may_manage_projects
from fairlead.work.queries import visible_projects

HERE = "settings-fields"
LABELS = dict(Kind.choices)


class FieldKey:
    """budget"""

    regex = r"[a-z][a-z0-9_]{0,39}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        return str(value)


register_converter(FieldKey, "field")


@member_page
@require_safe
def index(request: Request) -> HttpResponse:
    """All fields in their order, what is in the trash, and a way to a new one."""
    _check(request)
    names = dict(visible_projects(request.actor).values_list("id", "name"))
    fields = definitions(request.actor.workspace_id)
    rows: list[dict[str, Any]] = [
        {"field": field, "kind": LABELS[field.kind], "projects": [names[pk] for pk in field.projects if pk in names]}
        for field in fields
    ]
    deleted = definitions(request.actor.workspace_id, deleted=True)
    values = {
        "rows": [row for row in rows if not row["field"].archived],
        "archived": [row for row in rows if row["field"].archived],
        "deleted": [{"field": field, "kind": LABELS[field.kind]} for field in deleted],
    }
    return settings_page(request, "settings/fields.jinja", values)


def _check(request: Request) -> None:
    require(may_manage_projects(request.actor), ONLY_MANAGERS)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A form for a new field."""
    _check(request)
    currency = Workspace.objects.values_list("currency", flat=True).get(pk=request.actor.workspace_id)
    form = NewFieldForm(request.POST or None, initial={"kind": Kind.TEXT, "currency": currency, "decimals": 0})
    if request.method == "POST" and form.is_valid():
        try:
            field = actions.create_field(
                projects=projects_of(request), actor=request.actor, now=timezone.now(), **form.values()
            )
        except Refused as refused:
            blame(form, refused)
        else:
            messages.success(request, tr("%(name)s was added.", name=field.name))
            return redirect(HERE)
    values = {"form": form, "projects": _projects(request, None), "names": _formula_names(request)}
    return settings_page(request, "settings/field_new.jinja", values, status=422 if form.errors else 200)


def _formula_names(request: Request) -> list[tuple[str, str]]:
    return names_of(definitions(request.actor.workspace_id))


def _projects(request: Request, field: Field | None) -> list[dict[str, Any]]:
    """Every project with whether the field is on there and on its cards."""
    on: dict[int, bool] = dict(field.projects_on.values_list("project_id", "on_card")) if field else {}
    chosen = request.POST.getlist("project")
    rows = visible_projects(request.actor).filter(archived_at__isnull=True).order_by("name").values("id", "key", "name")
    return [
        {**row, "on": row["id"] in on if field else row["key"] in chosen, "on_card": on.get(row["id"], False)}
        for row in rows
    ]


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, key: str) -> HttpResponse:
    """One field: its texts, options, where it is on, archive and trash."""
    _check(request)
    field = find_field(request.actor, key)
    form = FieldForm(request.POST or None, field=field)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_field(
                field, actor=request.actor, now=timezone.now(), version=form.version(), **form.changes(request)
            )
        except Refused as refused:
            blame(form, refused)
        else:
            messages.success(request, tr("%(name)s was saved.", name=field.name))
            return redirect("settings-field", field.key)
    return _edit_page(request, field, form)


def _edit_page(request: Request, field: Field, form: forms.Form) -> HttpResponse:
    values = {
        "field": field,
        "kind": LABELS[field.kind],
        "form": form,
        "has_options": field.kind in OPTIONS,
        "options": options_of(request, field),
        "colors": COLORS,
        "projects": _projects(request, field),
        "names": _formula_names(request),
        "held": values_lost(field),
    }
    return settings_page(request, "settings/field.jinja", values, status=422 if form.errors else 200)


@member_page
@require_POST
def place(request: Request, key: str) -> HttpResponse:
    """Put a field at another place of the list."""
    _check(request)
    text = request.POST.get("position", "")
    position = int(text) if text.isdecimal() and text.isascii() and len(text) < 4 else 0
    actions.change_field(find_field(request.actor, key), position=position, actor=request.actor, now=timezone.now())
    return redirect(HERE)


@member_page
@require_POST
def switch(request: Request, key: str) -> HttpResponse:
    """Say in which projects it is on, and on whose cards."""
    _check(request)
    field = find_field(request.actor, key)
    on, cards = set(request.POST.getlist("project")), set(request.POST.getlist("card"))
    by: dict[str, Any] = {"actor": request.actor, "now": timezone.now()}
    with refusals_told(request):
        for project in visible_projects(request.actor).filter(archived_at__isnull=True).order_by("key"):
            if project.key not in on:
                actions.switch_off(field, project, **by)
                continue
            actions.switch_on(field, project, **by)
            act = actions.show_on_cards if project.key in cards else actions.hide_from_cards
            act(field, project, **by)
        messages.success(request, tr("%(name)s is where you want it.", name=field.name))
    return redirect("settings-field", field.key)


@member_page
@require_POST
def archive(request: Request, key: str) -> HttpResponse:
    """Take no more values."""
    _check(request)
    field = actions.archive_field(find_field(request.actor, key), actor=request.actor, now=timezone.now())
    said = tr("%(name)s is archived.", name=field.name)
    messages.success(request, said, extra_tags=f"/settings/fields/{field.key}/unarchive/")
    return redirect(HERE)


@member_page
@require_POST
def unarchive(request: Request, key: str) -> HttpResponse:
    """Take values again."""
    _check(request)
    field = actions.unarchive_field(find_field(request.actor, key), actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(name)s is back.", name=field.name))
    return redirect(HERE)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, key: str) -> HttpResponse:
    """Say how many values would go, then put it into the trash."""
    _check(request)
    field = find_field(request.actor, key)
    if request.method == "POST":
        lost = actions.delete_field(field, actor=request.actor, now=timezone.now())
        text = tr_count(
            "%(name)s is in the trash, with the values of %(n)s task.",
            "%(name)s is in the trash, with the values of %(n)s tasks.",
            lost,
            name=field.name,
        )
        messages.success(request, text, extra_tags=f"/settings/fields/{field.key}/restore/")
        return redirect(HERE)
    users = [f.name for f in definitions(field.workspace_id) if f"task.fields.{field.key}" in f.formula]
    values = {"field": field, "held": values_lost(field), "used_by": users}
    return settings_page(request, "settings/field_delete.jinja", values)


@member_page
@require_POST
def restore(request: Request, key: str) -> HttpResponse:
    """Take it out of the trash."""
    _check(request)
    with refusals_told(request):
        field = actions.restore_field(
            find_field(request.actor, key, deleted=True), actor=request.actor, now=timezone.now()
        )
        messages.success(request, tr("%(name)s is back, with its values.", name=field.name))
    return redirect(HERE)


urls = [
    path("settings/fields/", index, name=HERE),
    path("settings/fields/new/", new, name="settings-field-new"),
    path("settings/fields/<field:key>/", edit, name="settings-field"),
    path("settings/fields/<field:key>/place/", place, name="settings-field-place"),
    path("settings/fields/<field:key>/projects/", switch, name="settings-field-projects"),
    path("settings/fields/<field:key>/archive/", archive, name="settings-field-archive"),
    path("settings/fields/<field:key>/unarchive/", unarchive, name="settings-field-unarchive"),
    path("settings/fields/<field:key>/delete/", delete, name="settings-field-delete"),
    path("settings/fields/<field:key>/restore/", restore, name="settings-field-restore"),
]
