"""Importing: choose where from, upload, check how it is read, try, run, read what happened."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.integrations.actions import change_mapping, create_import, start_import
from fairlead.integrations.kinds.csv.inbound import MOST_BYTES, Options, decode, read_table
from fairlead.integrations.kinds.csv.presets import preset_label
from fairlead.integrations.models import Import
from fairlead.integrations.permissions import may_import
from fairlead.integrations.queries import field_choices, find_import, imports, preview
from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, tr
from fairlead.web import import_boards
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.import_sources import SAYING, source
from fairlead.web.render import page
from fairlead.work.queries import visible_projects

SHOWN_REFUSALS = 200


class UploadForm(forms.Form):
    """The files and where their tasks go."""

    tasks_file = forms.FileField(
        label=later("Tasks"), required=False, help_text=later("A CSV file with one task in each row.")
    )
    people_file = forms.FileField(
        label=later("People"), required=False, help_text=later("A CSV file with one person in each row.")
    )
    project_key = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9]{1,7}$", label=later("Project"), required=False, max_length=8,
        help_text=later(
            "The key of the project for the tasks, such as WEB. A project that is not there yet is created."
        ),
        error_messages={"invalid": later("A key has 2 to 8 letters and digits and starts with a letter, such as WEB.")},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Read both files as text; a file that is too large is refused at its field."""
        for name in ("tasks_file", "people_file"):
            upload = self.cleaned_data.get(name)
            if upload and upload.size > MOST_BYTES:
                self.add_error(name, tr("The file is larger than %(n)s MB; split it.", n=MOST_BYTES // 1_000_000))
            elif upload:
                self.cleaned_data[name] = (upload.name, decode(upload.read()))
        return self.cleaned_data


@member_page
def index(request: Request) -> HttpResponse:
    """Earlier imports and a form for a new one."""
    require(may_import(request.actor), tr("Only managers can import. Ask one, or ask an admin for the role."))
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = _create(request, form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return redirect("import", number=run.pk)
    values = {
        **source(request.GET.get("from", "")),
        "form": form,
        "runs": imports(request.actor).values(
            "id", "project_key", "people_name", "tasks_name", "state", "report", "created_at"
        )[:20],
        "projects": visible_projects(request.actor).filter(archived_at__isnull=True).values_list("key", "name"),
    }
    return page(request, "imports/index.jinja", values, status=422 if form.errors else 200)


def _create(request: Request, values: dict[str, Any]) -> Import:
    return create_import(
        people_file=values["people_file"] or ("", ""), tasks_file=values["tasks_file"] or ("", ""),
        project_key=values["project_key"], actor=request.actor, now=timezone.now(),
    )  # fmt: skip


@member_page
@require_GET
def detail(request: Request, number: int) -> HttpResponse:
    """Before the start: columns and what would happen. While it runs: progress. Afterwards: what happened."""
    run = find_import(request.actor, number)
    if run.state == Import.State.DRAFT and run.kind == "trello":
        return import_boards.show_draft(request, run)
    if run.state == Import.State.DRAFT:
        return _show_draft(request, run, wrong={})
    failed = str(run.report.get("failed", ""))
    values = {"run": run, "failed": tr(failed) if failed else "", "shown": SHOWN_REFUSALS, **SAYING}
    return page(request, "imports/run.jinja", values, block="progress")


@member_page
@require_POST
def columns(request: Request, number: int) -> HttpResponse:
    """Read the columns as chosen, and show again what would happen."""
    run = find_import(request.actor, number)
    mapping = {
        file: {field.name: chosen for field in fields if (chosen := _chosen(request, f"{file}-{field.name}"))}
        for file, fields in field_choices(run.workspace_id).items()
    }
    try:
        change_mapping(run, mapping, _options(request, run), actor=request.actor)
    except Refused as refusal:
        run.mapping = {**run.mapping, **mapping}
        return _show_draft(request, run, wrong=refusal.fields or {"": refusal.detail})
    return redirect("import", number=run.pk)


def _chosen(request: HttpRequest, name: str) -> list[str]:
    return [column for column in request.POST.getlist(name) if column]


def _options(request: HttpRequest, run: Import) -> Options:
    unit, level = request.POST.get("unit_min", ""), request.POST.get("level", "")
    zone = request.POST.get("time_zone") or Options.time_zone
    return Options(
        time_zone=zone,
        unit_min=min(max(int(unit), 1), 2400) if unit.isascii() and unit.isdigit() else Options.unit_min,
        level=int(level) if level in {"1", "2", "3", "4", "5"} else Options.level,
        in_seconds=run.mapping["options"].get("in_seconds", False),
    )


def _show_draft(request: Request, run: Import, *, wrong: dict[str, str]) -> HttpResponse:
    headings = {
        "people": _columns(run.people_text),
        "tasks": _columns(run.tasks_text),
    }
    values = {
        "run": run,
        "looks_like": preset_label(run.mapping.get("preset", "")),
        "fields": field_choices(run.workspace_id),
        "headings": headings,
        "wrong": wrong,
        "report": None if wrong else preview(run),
        "shown": SHOWN_REFUSALS,
        **SAYING,
    }
    return page(request, "imports/draft.jinja", values, status=422 if wrong else 200)


def _columns(text: str) -> list[tuple[str, str]]:
    """The headings of a file, each with the value of its first row to recognise the column by."""
    table = read_table(text) if text else None
    first = table.rows[0][1] if table and table.rows else {}
    return [(heading, first.get(heading, "")[:30]) for heading in table.headings if heading] if table else []


@member_page
@require_POST
def start(request: Request, number: int) -> HttpResponse:
    """Run the import in the background."""
    run = find_import(request.actor, number)
    start_import(run, actor=request.actor, now=timezone.now())
    messages.success(request, tr("The import runs; you can leave this page, it goes on."))
    return redirect("import", number=run.pk)


urls = [
    *import_boards.urls,
    path("import/", index, name="imports"),
    path("import/<int:number>/", detail, name="import"),
    path("import/<int:number>/columns/", columns, name="import_columns"),
    path("import/<int:number>/start/", start, name="import_start"),
]
