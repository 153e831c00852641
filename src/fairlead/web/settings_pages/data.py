"""Settings: taking the workspace's data away, how long things are kept, and the end of the workspace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairlead.archive import actions, queries
from fairlead.archive.content import as_line
from fairlead.archive.permissions import may_keep_data
from fairlead.archive.person import about
from fairlead.archive.queries import Kept, erasable
from fairlead.lib.errors import Forbidden, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Worker
from fairlead.people.queries import find_worker, workers_like
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.member_field import LISTED_PEOPLE
from fairlead.web.people import number_in
from fairlead.web.settings_pages.frame import settings_page

BLOCK: Final = 1 << 16
FOUND: Final = 12
ONLY_OWNERS: Final = later("Only an owner can take the workspace's data away or end it. Ask one.")


class KeepForm(forms.Form):
    """How long things are kept; an empty field: for ever."""

    trash_days = forms.IntegerField(
        label=later("Tasks in the trash, days"), required=False,
        help_text=later("Then they are gone for good, with their comments."),
    )  # fmt: skip
    notice_months = forms.IntegerField(label=later("Notifications, months"), required=False)
    receipt_months = forms.IntegerField(
        label=later("Why finished work went to whom, months"), required=False,
        help_text=later(
            "Receipts with their snapshots, of tasks that are over. At least 6: decisions want explaining."
        ),
    )  # fmt: skip


@member_page
@require_GET
def data(request: Request) -> HttpResponse:
    """Exports, what is kept, the end."""
    require(may_keep_data(request.actor), ONLY_OWNERS)
    return _page(request)


def _page(
    request: Request,
    *,
    form: KeepForm | None = None,
    counts: Any = None,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    kept = queries.kept(request.actor.workspace_id)
    exports = queries.exports(request.actor)
    values = {
        "form": form or KeepForm(initial=vars(kept)),
        "counts": counts,
        "exports": exports,
        "making": any(export.state == "making" for export in exports),
        "wrong": wrong or {},
        "typed": request.POST if wrong else {},
        **_people(request),
    }
    return settings_page(request, "settings/data.jinja", values, status=status)


def _people(request: Request) -> dict[str, Any]:
    """Who can be chosen: everybody, or of many only those whom ?q= finds, and whoever was chosen in the form."""
    found = erasable(request.actor.workspace_id)
    if len(listed := _named(found[: LISTED_PEOPLE + 1])) <= LISTED_PEOPLE:
        return {"people": listed, "many": False}
    text = request.GET.get("q", "").replace("\0", "")[:80].strip()
    chosen = number_in(request.POST.get("worker"))
    matching = workers_like(found, text) if text else found.filter(pk=chosen) if chosen else found.none()
    people = _named(matching[: FOUND + 1], address=True)
    return {"people": people[:FOUND], "many": True, "more": len(people) > FOUND, "text": text}


def _named(workers: QuerySet[Worker], *, address: bool = False) -> list[tuple[str, str]]:
    rows = workers.values_list("pk", "name", "email")
    return [(str(pk), f"{name}, {email}" if address and email else name) for pk, name, email in rows]


@member_page
@require_POST
def export(request: Request) -> HttpResponse:
    """Have an export made."""
    actions.request_export(actor=request.actor, now=timezone.now())
    messages.success(request, tr("The export is being made; you can leave this page."))
    return redirect("settings-data")


@member_page
@require_GET
def download(request: Request, number: int) -> Any:
    """The file of an export."""
    found = queries.find_export(request.actor, number)
    made = actions.take_export(found, actor=request.actor, now=timezone.now())
    response = StreamingHttpResponse(_blocks(made), content_type="application/zip")
    response.headers["Content-Length"] = str(made.stat().st_size)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.file_name.rsplit("-", 1)[0]}.zip"'
    return response


def _blocks(file_path: FilePath) -> Iterator[bytes]:
    with file_path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


@member_page
@require_POST
def keep(request: Request) -> HttpResponse:
    """Say how much would go, then save when that was seen."""
    require(may_keep_data(request.actor), ONLY_OWNERS)
    form, now = KeepForm(request.POST), timezone.now()
    if form.is_valid():
        chosen = Kept(**form.cleaned_data)
        if "sure" not in request.POST:
            counts = queries.would_remove(request.actor.workspace_id, chosen, now=now)
            return _page(request, form=form, counts=counts)
        try:
            actions.change_retention(chosen, actor=request.actor, now=now)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, tr("Saved. What is older goes within a day."))
            return redirect("settings-data")
    return _page(request, form=form, status=422)


@member_page
@require_http_methods(["POST"])
def end(request: Request) -> HttpResponse:
    """Ask for the end of the workspace."""
    try:
        actions.ask_for_end(request.workspace, request.POST.get("name", ""), actor=request.actor, now=timezone.now())
    except Refused as refusal:
        if not refusal.fields:
            raise
        return _page(request, wrong=dict(refusal.fields), status=422)
    messages.success(request, tr("The workspace ends in 14 days. Until then every owner can keep it."))
    return redirect("settings-data")


@member_page
@require_POST
def stay(request: Request) -> HttpResponse:
    """Keep the workspace after all."""
    actions.keep_workspace(request.workspace, actor=request.actor, now=timezone.now())
    messages.success(request, tr("The workspace stays."))
    return redirect("settings-data")


@member_page
@require_GET
def person(request: Request, number: int) -> HttpResponse:
    """Everything about one person, for that person."""
    require(may_keep_data(request.actor), ONLY_OWNERS)
    worker = find_worker(request.actor, number)
    text = as_line(about(worker, now=timezone.now()))
    response = HttpResponse(text, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="person-{worker.pk}.json"'
    return response


@member_page
@require_POST
def erase(request: Request) -> HttpResponse:
    """Take the traces of a person out."""
    require(may_keep_data(request.actor), ONLY_OWNERS)
    chosen = request.POST.get("worker", "")
    worker = find_worker(request.actor, int(chosen) if chosen.isascii() and chosen.isdigit() else 0)
    try:
        actions.ask_erasure(worker, request.POST.get("person", ""), actor=request.actor, now=timezone.now())
    except Refused as refusal:
        if isinstance(refusal, Forbidden):
            raise
        return _page(request, wrong={"person": refusal.detail, "worker": chosen}, status=422)
    messages.success(request, tr("Their traces are being taken out; the activity says when it is done."))
    return redirect("settings-data")


urls = [
    path("settings/data/people/<int:number>/", person, name="settings-data-person"),
    path("settings/data/erase/", erase, name="settings-data-erase"),
    path("settings/data/", data, name="settings-data"),
    path("settings/data/export/", export, name="settings-data-export"),
    path("settings/data/exports/<int:number>/", download, name="settings-data-download"),
    path("settings/data/keep/", keep, name="settings-data-keep"),
    path("settings/data/end/", end, name="settings-data-end"),
    path("settings/data/stay/", stay, name="settings-data-stay"),
]
