"""Files on tasks: adding, looking at, downloading, renewing, showing to clients, removing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from fairlead.accounts.models import Role
from fairlead.events.actor import AGENT
from fairlead.lib.downloads import send
from fairlead.lib.errors import Invalid
from fairlead.lib.magic import KNOWN, TEXT, UNKNOWN
from fairlead.lib.speech import mark, tr
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, View, member_page
from fairlead.web.errors import wants_json
from fairlead.web.refusals import refusals_told
from fairlead.web.render import page, wants_fragment
from fairlead.web.uploads import upload_page, uploads
from fairlead.work import actions
from fairlead.work.files import most_bytes
from fairlead.work.models import Attachment, AttachmentVersion, Task
from fairlead.work.permissions import may_create_task
from fairlead.work.permissions_files import (
    may_add_version,
    may_attach,
    may_pin,
    may_remove_attachment,
    may_show_attachment,
)
from fairlead.work.queries import (
    content_path,
    drawing_path,
    file_rows,
    find_attachment,
    find_removed_attachment,
    find_task,
    find_version,
    page_path,
    page_sizes,
    pins,
    shown_text,
    version_rows,
)


def files_of(request: Request, task: Task) -> dict[str, Any]:
    """What the list of a task's files shows."""
    client = request.actor.role == Role.CLIENT
    return {
        "files": file_rows(request.actor, task),
        "may_attach": may_attach(request.actor, task, for_client=client),
        "may_attach_for_client": not client and may_attach(request.actor, task, for_client=True),
        "most_mb": most_bytes() // 2**20,
    }


@member_page
@require_GET
def files(request: Request, key: str) -> HttpResponse:
    """The files of a task."""
    task = find_task(request.actor, key)
    values = {"task": task, "client": request.actor.role == Role.CLIENT, **files_of(request, task)}
    return page(request, "files/_cards.jinja" if wants_fragment(request) else "files/index.jinja", values)


@upload_page
def add(request: Request, key: str) -> HttpResponse:
    """One or several files for a task."""
    task, now = find_task(request.actor, key), timezone.now()
    for_client = request.actor.role == Role.CLIENT or request.POST.get("to") == "client"
    given = _given(request)
    actions.add_attachments(task, given, for_client=for_client, actor=request.actor, now=now)
    if wants_json(request):
        return HttpResponse(status=204)
    messages.success(request, _added(given, task))
    return redirect(f"/tasks/{task}/#files")


def _added(given: list[Any], task: Task) -> str:
    if len(given) == 1:
        return tr("%(name)s added to %(task)s.", name=given[0].name, task=task)
    return tr("%(n)s files added to %(task)s.", n=len(given), task=task)


def _given(request: Request) -> list[Any]:
    given = uploads(request)
    if not given:
        raise Invalid({"files": tr("Choose a file first.")})
    return given


@upload_page
def renew(request: Request, attachment_id: int) -> HttpResponse:
    """A newer version of a file."""
    attachment = find_attachment(request.actor, attachment_id)
    version = actions.add_version(attachment, _given(request)[0], actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(name)s is now at version %(n)s.", name=attachment, n=version.number))
    return redirect("file", attachment.pk)


@member_page
@require_GET
def show(request: Request, attachment_id: int) -> HttpResponseBase:
    """The current version of a file."""
    attachment = find_attachment(request.actor, attachment_id)
    return show_version(request, attachment_id, attachment.revision)


@member_page
@require_GET
def show_version(request: Request, attachment_id: int, number: int) -> HttpResponse:
    """One version of a file, with what can be seen of it."""
    version = find_version(request.actor, attachment_id, number)
    return page(request, "files/show.jinja", file_values(request, version))


def file_values(request: Request, version: AttachmentVersion) -> dict[str, Any]:
    """What the page of a version shows."""
    actor, attachment = request.actor, version.attachment
    kind = KNOWN.get(version.mime, UNKNOWN)
    found, sheets, shown = pins(actor, version), page_sizes(version), asked_page(request, version)
    text, more = shown_text(version) if kind.preview == TEXT else ("", False)
    return {
        "task": attachment.task,
        "file": attachment,
        "version": version,
        "kind": kind,
        "text": text,
        "more_text": more,
        "versions": version_rows(attachment),
        "kinds": KNOWN,
        "client": actor.role == Role.CLIENT,
        "pins": found,
        "pins_here": [pin for pin in found if pin.page == shown],
        "sheets": sheets,
        "sheet": next((sheet for sheet in sheets if sheet["number"] == shown), None),
        "page_number": shown,
        "pinned_pages": Counter(pin.page for pin in found if pin.resolved_at is None),
        "may_pin": may_pin(actor, attachment, internal=actor.role != Role.CLIENT),
        "may_pin_for_client": actor.role != Role.CLIENT and may_pin(actor, attachment, internal=False),
        "may_resolve": actor.kind != AGENT,
        "may_make_task": actor.role != Role.CLIENT and may_create_task(actor, attachment.task.project),
        "client_name": attachment.task.project.client or tr("The client"),
        "may_renew": may_add_version(actor, attachment),
        "may_remove": may_remove_attachment(actor, attachment),
        "may_show": may_show_attachment(actor, attachment),
        "most_mb": most_bytes() // 2**20,
    }


def asked_page(request: Request, version: AttachmentVersion) -> int:
    """The page of a PDF that ?page= asks for, within those that are shown; 1 for other files."""
    text = request.GET.get("page", "")
    asked = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    return max(1, min(asked, version.pages))


@member_page
@require_safe
def download(request: Request, attachment_id: int, number: int) -> HttpResponse:
    """A version as it was sent, to be saved; never shown by the browser."""
    version = find_version(request.actor, attachment_id, number)
    return send(request, content_path(version), digest=version.sha256, mime=version.mime, name=version.name)


def _drawing(*, large: bool) -> View:
    """A view of what was drawn of an image, for <img>."""

    @member_page
    @require_safe
    def view(request: Request, attachment_id: int, number: int) -> HttpResponse:
        version = find_version(request.actor, attachment_id, number)
        digest = version.large_sha256 if large else version.small_sha256
        return send(request, drawing_path(version, large=large), digest=digest, mime="image/webp")

    return view


def _sheet(*, large: bool) -> View:
    """A view of what was drawn of a page, for <img>."""

    @member_page
    @require_safe
    def view(request: Request, attachment_id: int, number: int, page_number: int) -> HttpResponse:
        version = find_version(request.actor, attachment_id, number)
        where, digest = page_path(version, page_number, large=large)
        return send(request, where, digest=digest, mime="image/webp")

    return view


sheet_image, sheet_thumbnail = _sheet(large=True), _sheet(large=False)
image, thumbnail = _drawing(large=True), _drawing(large=False)


@member_page
@require_POST
def restore_version(request: Request, attachment_id: int, number: int) -> HttpResponse:
    """Make an older version the current one again."""
    version = find_version(request.actor, attachment_id, number)
    again = actions.restore_version(version, actor=request.actor, now=timezone.now())
    messages.success(
        request, tr("Version %(n)s is the current one again, as version %(now)s.", n=number, now=again.number)
    )
    return redirect("file", attachment_id)


@member_page
@require_POST
def remove(request: Request, attachment_id: int) -> HttpResponse:
    """Put a file into the trash, with a way back."""
    attachment = find_attachment(request.actor, attachment_id)
    actions.remove_attachment(attachment, actor=request.actor, now=timezone.now())
    messages.success(
        request, tr("%(name)s is in the trash.", name=attachment), extra_tags=f"/files/{attachment_id}/restore/"
    )
    return redirect(f"/tasks/{attachment.task}/#files")


@member_page
@require_POST
def restore(request: Request, attachment_id: int) -> HttpResponse:
    """Take a file out of the trash."""
    attachment = find_removed_attachment(request.actor, attachment_id)
    actions.restore_attachment(attachment, actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(name)s is back.", name=attachment))
    return redirect(f"/tasks/{attachment.task}/#files")


def _visibility(act: Callable[..., None], told: str) -> View:
    @member_page
    @require_POST
    def view(request: Request, attachment_id: int) -> HttpResponse:
        attachment, now = find_attachment(request.actor, attachment_id), timezone.now()
        _change(request, act, attachment, now, told)
        return redirect("file", attachment_id)

    return view


def _change(request: Request, act: Callable[..., None], attachment: Attachment, now: datetime, told: str) -> None:
    with refusals_told(request, unless=bool(request.htmx)):
        act(attachment, actor=request.actor, now=now)
        messages.success(request, tr(told, name=attachment))


show_to_client = _visibility(actions.show_attachment, mark("Clients see %(name)s now."))
hide_from_client = _visibility(actions.hide_attachment, mark("Clients no longer see %(name)s."))

urls = [
    path("tasks/<task:key>/files/", files, name="files"),
    path("tasks/<task:key>/files/add/", add, name="add-file"),
    path("files/<int:attachment_id>/", show, name="file"),
    path("files/<int:attachment_id>/renew/", renew, name="renew-file"),
    path("files/<int:attachment_id>/remove/", remove, name="remove-file"),
    path("files/<int:attachment_id>/restore/", restore, name="restore-file"),
    path("files/<int:attachment_id>/show/", show_to_client, name="show-file"),
    path("files/<int:attachment_id>/hide/", hide_from_client, name="hide-file"),
    path("files/<int:attachment_id>/versions/<int:number>/", show_version, name="file-version"),
    path("files/<int:attachment_id>/versions/<int:number>/download/", download, name="download-file"),
    path("files/<int:attachment_id>/versions/<int:number>/image/", image, name="file-image"),
    path("files/<int:attachment_id>/versions/<int:number>/thumb/", thumbnail, name="file-thumb"),
    path("files/<int:attachment_id>/versions/<int:number>/pages/<int:page_number>/image/", sheet_image,
         name="file-page-image"),
    path("files/<int:attachment_id>/versions/<int:number>/pages/<int:page_number>/thumb/", sheet_thumbnail,
         name="file-page-thumb"),
    path("files/<int:attachment_id>/versions/<int:number>/restore/", restore_version, name="restore-file-version"),
]  # fmt: skip
