"""Importing a board of Trello: upload, say what lists mean and who members are, try, run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from fairlead.integrations.actions import change_choices, create_board_import
from fairlead.integrations.boards import ARCHIVED, LEAVE, NEW, NOBODY, known_people, plan_of, preview_board
from fairlead.integrations.kinds.csv.inbound import MOST_BYTES, decode
from fairlead.integrations.models import Import
from fairlead.integrations.permissions import may_import
from fairlead.integrations.queries import find_import
from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, tr
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.import_sources import SAYING, source
from fairlead.web.render import page
from fairlead.work.queries import visible_projects
from fairlead.work.states import State


class BoardForm(forms.Form):
    """The file of the board and where its cards go."""

    file = forms.FileField(label=later("Board"), help_text=later("The JSON file that Trello exports."))
    project_key = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9]{1,7}$", label=later("Project"), max_length=8,
        help_text=later(
            "The key of the project for the cards, such as WEB. A project that is not there yet is created."
        ),
        error_messages={"invalid": later("A key has 2 to 8 letters and digits and starts with a letter, such as WEB.")},
    )  # fmt: skip

    def clean_file(self) -> tuple[str, str]:
        """Its name and text; one that is too large is refused."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(tr("The file is larger than %(n)s MB.", n=MOST_BYTES // 1_000_000))
        return (upload.name, decode(upload.read()))


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def trello(request: Request) -> HttpResponse:
    """The form for a board."""
    require(may_import(request.actor), tr("Only managers can import. Ask one, or ask an admin for the role."))
    form = BoardForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = create_board_import(**form.cleaned_data, actor=request.actor, now=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return redirect("import", number=run.pk)
    projects = visible_projects(request.actor).filter(archived_at__isnull=True).values_list("key", "name")
    values = {**source("trello"), "form": form, "projects": projects}
    return page(request, "imports/trello.jinja", values, status=422 if form.errors else 200)


def show_draft(request: Request, run: Import, *, wrong: str = "") -> HttpResponse:
    """What each list means, who each member is, and what would happen."""
    plan, here = plan_of(run), known_people(run.workspace_id)
    values: dict[str, Any] = {
        "run": run,
        "plan": plan,
        "states": [(str(state), state.label) for state in State],
        "people": [(NEW, tr("Add to the directory")), *((str(p["id"]), p["name"]) for p in here)],
        "archived": ARCHIVED,
        "archived_count": sum(card.archived for card in plan.board.cards),
        "report": preview_board(run),
        "wrong": wrong,
        "shown": 200,
        **SAYING,
    }
    return page(request, "imports/board.jinja", values, status=422 if wrong else 200)


@member_page
@require_POST
def choices(request: Request, number: int) -> HttpResponse:
    """Keep the choices, and show again what would happen."""
    run = find_import(request.actor, number)
    if run.kind != "trello":
        return redirect("import", number=run.pk)
    try:
        change_choices(
            run, states=_chosen(request, "list-"), members=_chosen(request, "member-"),
            archived=request.POST.get("archived", LEAVE), actor=request.actor,
        )  # fmt: skip
    except Refused as refusal:
        return show_draft(request, run, wrong=refusal.detail)
    return redirect("import", number=run.pk)


def _chosen(request: HttpRequest, prefix: str) -> dict[str, str]:
    given = {name: request.POST.get(name, NOBODY) for name in request.POST if name.startswith(prefix)}
    return {name.removeprefix(prefix): value for name, value in given.items()}


urls = [
    path("import/trello/", trello, name="import_trello"),
    path("import/<int:number>/choices/", choices, name="import_choices"),
]
