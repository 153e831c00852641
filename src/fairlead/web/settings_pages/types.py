"""Settings: the types of work, with their templates, columns and fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, mark, tr, tr_as
from fairlead.people.queries import find_skill
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.refusals import refusals_told
from fairlead.web.settings_pages.field_forms import COLORS
from fairlead.web.settings_pages.fields import FieldKey  # noqa: F401  the converter of the addresses below
from fairlead.web.settings_pages.frame import settings_page
from fairlead.web.task_forms import EffortField
from fairlead.web.undoing import read_was, taken_back, undo_link
from fairlead.work import actions
from fairlead.work.actions.types import KEPT, ONLY_MANAGERS
from fairlead.work.fields.definitions import definitions
from fairlead.work.models import Status
from fairlead.work.permissions import may_manage_projects
from fairlead.work.queries import visible_projects
from fairlead.work.types.definitions import TypeDef, find_type, task_types
from fairlead.work.types.models import (
    ICONS,
    MILESTONE,
    TaskType,
    template_said,
    template_typed,
    type_named,
)

HERE = "settings-types"
TEMPLATES = ("description", "criteria")


def icon_choices() -> list[tuple[str, str]]:
    """The icons that a type can have, each with what it shows."""
    words = {
        "circle-dot": tr_as("icon", "Circle dot"),
        "message-square": tr_as("icon", "Message square"),
        "bug": tr_as("icon", "Bug"),
        "stamp": tr_as("icon", "Stamp"),
        "diamond": tr_as("icon", "Diamond"),
        "file-text": tr_as("icon", "File text"),
        "lightbulb": tr_as("icon", "Lightbulb"),
        "wrench": tr_as("icon", "Wrench"),
        "flask-conical": tr_as("icon", "Flask conical"),
        "megaphone": tr_as("icon", "Megaphone"),
        "palette": tr_as("icon", "Palette"),
        "scale": tr_as("icon", "Scale"),
        "shield": tr_as("icon", "Shield"),
        "truck": tr_as("icon", "Truck"),
        "video": tr_as("icon", "Video"),
        "zap": tr_as("icon", "Zap"),
    }
    return [(name, words[name]) for name in ICONS]


class TypeForm(forms.Form):
    """What can be said about every type."""

    name = forms.CharField(label=later("Name"), max_length=40)
    icon = forms.ChoiceField(label=later("Icon"), choices=icon_choices)
    color = forms.TypedChoiceField(label=later("Colour"), choices=list(enumerate(COLORS)), coerce=int)
    description = forms.CharField(
        label=later("Description template"), required=False, max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=later("What a new task of the type begins with. Markdown."),
    )  # fmt: skip
    criteria = forms.CharField(
        label=later("Acceptance criteria"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=later("One a line."),
    )  # fmt: skip
    effort_min = EffortField(label=later("Usual effort"), required=False, help_text=later("Such as 4h."))
    needs = forms.CharField(
        label=later("Needed skills"), required=False, help_text=later("Names with levels, such as Python:3, SQL:2.")
    )

    def __init__(self, data: Any = None, *, request: Request, initial: Any = None) -> None:
        self.request = request
        super().__init__(data, initial=initial)

    def clean_needs(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for part in filter(None, (part.strip() for part in self.cleaned_data["needs"].split(","))):
            name, _, level = part.partition(":")
            skill = find_skill(self.request.actor, name.strip())
            if skill is None:
                raise forms.ValidationError(
                    tr("There is no skill '%(name)s'. Add it under Skills first.", name=name.strip())
                )
            if (level.strip() or "3") not in tuple("12345"):
                raise forms.ValidationError(tr("The level of %(name)s is a number from 1 to 5.", name=name.strip()))
            found[skill.pk] = int(level.strip() or 3)
        return found


def _check(request: Request) -> None:
    require(may_manage_projects(request.actor), ONLY_MANAGERS)


@member_page
@require_safe
def index(request: Request) -> HttpResponse:
    """All types in their order, and a form for a new one."""
    _check(request)
    return settings_page(request, "settings/types.jinja", {"rows": task_types(request.actor.workspace_id)})


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A form for a new type."""
    _check(request)
    form = TypeForm(request.POST or None, request=request, initial={"color": 1})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_type(actor=request.actor, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            blame(form, refused)
        else:
            messages.success(request, tr("%(name)s was added.", name=made.name))
            return redirect("settings-type", made.key)
    values = {"form": form, "kind": None}
    return settings_page(request, "settings/type.jinja", values, status=422 if form.errors else 200)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, key: str) -> HttpResponse:
    """One type: its look, templates, columns and fields."""
    _check(request)
    found = find_type(request.actor, key)
    known = next(t for t in task_types(found.workspace_id) if t.id == found.pk)
    form = TypeForm(request.POST or None, request=request, initial=_initial(found))
    if found.base == MILESTONE:
        del form.fields["effort_min"]
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            actions.change_type(
                found, actor=request.actor, now=timezone.now(), columns=_ids(request, "column"),
                fields=_ids(request, "field"), **_kept(found, form.cleaned_data),
                version=int(version) if version.isdecimal() and len(version) < 10 else None,
            )  # fmt: skip
        except Refused as refused:
            blame(form, refused)
        else:
            messages.success(request, tr("%(name)s was saved.", name=found.said))
            return redirect("settings-type", found.key)
    values = {"form": form, "kind": known, "boards": _boards(request, known), "own": _own(request, known)}
    return settings_page(request, "settings/type.jinja", values, status=422 if form.errors else 200)


def _ids(request: Request, name: str) -> list[int]:
    texts = request.POST.getlist(name)
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 16]


def _initial(found: TaskType) -> dict[str, Any]:
    plain = {name: getattr(found, name) for name in TypeForm.base_fields if name != "needs"}
    needs = found.needs.order_by("skill__name").values_list("skill__name", "level")
    said = {"name": found.said, **{name: template_said(plain[name]) for name in TEMPLATES}}
    return {**plain, **said, "needs": ", ".join(f"{name}:{level}" for name, level in needs)}


def _kept(found: TaskType, typed: dict[str, Any]) -> dict[str, Any]:
    """What was typed; what only stands there as its reader calls it stays as it is stored."""
    templates = {name: template_typed(typed[name], getattr(found, name)) for name in TEMPLATES}
    return {**typed, "name": type_named(typed["name"], found.name), **templates}


def _boards(request: Request, kind: TypeDef) -> list[dict[str, Any]]:
    """Every project with its columns, and which of them are ticked."""
    projects = visible_projects(request.actor).filter(archived_at__isnull=True).order_by("name").values("id", "name")
    columns: dict[int, list[dict[str, Any]]] = {}
    for row in (
        Status.objects.filter(workspace_id=request.actor.workspace_id)
        .order_by("position", "id")
        .values("id", "name", "project_id")
    ):
        columns.setdefault(row["project_id"], []).append({**row, "on": row["id"] in kind.columns})
    return [{**project, "columns": columns.get(project["id"], [])} for project in projects]


def _own(request: Request, kind: TypeDef) -> list[dict[str, Any]]:
    return [
        {"id": field.id, "name": field.name, "on": field.id in kind.fields}
        for field in definitions(request.actor.workspace_id)
    ]


@member_page
@require_POST
def place(request: Request, key: str) -> HttpResponse:
    """Put a type at another place of the list."""
    _check(request)
    text = request.POST.get("position", "")
    position = int(text) if text.isdecimal() and text.isascii() and len(text) < 4 else 0
    actions.change_type(find_type(request.actor, key), position=position, actor=request.actor, now=timezone.now())
    return redirect(HERE)


def _step(act: Any, said: str) -> Any:
    """A view that does one thing to a type. `said` is marked for translation and names the type."""

    @member_page
    @require_POST
    def view(request: Request, key: str) -> HttpResponse:
        _check(request)
        found = find_type(request.actor, key)
        with refusals_told(request):
            act(found, actor=request.actor, now=timezone.now())
            messages.success(request, tr(said, name=found.name))
        return redirect(HERE)

    return view


archive, unarchive = (
    _step(actions.archive_type, mark("%(name)s is archived.")),
    _step(actions.unarchive_type, mark("%(name)s is back.")),
)


@member_page
@require_POST
def delete(request: Request, key: str) -> HttpResponse:
    """Take a type away that no task is of."""
    _check(request)
    found = find_type(request.actor, key)
    with refusals_told(request):
        kept = actions.delete_type(found, actor=request.actor, now=timezone.now())
        undo = undo_link(request, reverse("settings-type-restore"), KEPT, {"kept": kept})
        messages.success(request, tr("%(name)s was deleted.", name=found.said), extra_tags=undo)
    return redirect(HERE)


@member_page
@require_POST
def restore(request: Request) -> HttpResponse:
    """Undo of a deletion."""
    _check(request)

    def act() -> str:
        found = actions.restore_type(read_was(request, KEPT)["kept"], actor=request.actor, now=timezone.now())
        return tr("%(name)s is back.", name=found.said)

    return taken_back(request, act, reverse(HERE))


urls = [
    path("settings/types/", index, name=HERE),
    path("settings/types/new/", new, name="settings-type-new"),
    path("settings/types/deleted/restore/", restore, name="settings-type-restore"),
    path("settings/types/<field:key>/", edit, name="settings-type"),
    path("settings/types/<field:key>/place/", place, name="settings-type-place"),
    path("settings/types/<field:key>/archive/", archive, name="settings-type-archive"),
    path("settings/types/<field:key>/unarchive/", unarchive, name="settings-type-unarchive"),
    path("settings/types/<field:key>/delete/", delete, name="settings-type-delete"),
]
