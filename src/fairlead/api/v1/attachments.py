"""Files on tasks: sending them as a form, their versions, and getting them back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import File, Form, Query, UploadedFile
from pydantic import Field

from fairlead.accounts.models import Role
from fairlead.api import paging
from fairlead.api.calls import Call, upload_of
from fairlead.api.fields import Body, PathId, Shown, TaskKey
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.lib.downloads import send
from fairlead.work import actions, queries
from fairlead.work.models import Attachment, AttachmentVersion

routes = Routes(tags=["Files"])
OLDEST = Order("attachments", ("id",))
COLUMNS = ("id", "name", "for_client", "comment_id", "revision", "created_at")


class AttachmentOut(Shown):
    id: int
    task: str = Field(description="The key of the task.", examples=["WEB-42"])
    name: str = Field(examples=["logo.png"])
    for_client: bool = Field(description="Whether clients of the project see it.")
    comment_id: int | None = Field(description="The comment that it was sent with.")
    revision: int = Field(description="The number of the current version.", examples=[2])
    created_at: datetime


class FileVersionOut(Shown):
    number: int = Field(examples=[2])
    name: str = Field(examples=["logo.png"])
    size: int = Field(description="Bytes.", examples=[48213])
    mime: str = Field(description="Told by the content, never by the name.", examples=["image/png"])
    sha256: str = Field(examples=["9f2c41…"])
    pages: int = Field(description="Pages of a PDF that are shown and take pins; 0 for other files.", examples=[0])
    page_total: int = Field(description="Pages that the PDF has.", examples=[0])
    created_at: datetime


class AttachmentDetails(AttachmentOut):
    """A file with all its versions, the latest first."""

    versions: list[FileVersionOut]


class AttachmentPage(Shown):
    items: list[AttachmentOut]
    next_cursor: str | None


class AttachmentChange(Body):
    for_client: bool = Field(strict=True)


def _shown(attachment: Attachment) -> dict[str, Any]:
    return {**{name: getattr(attachment, name) for name in COLUMNS}, "task": str(attachment.task)}


def _details(request: Call, attachment_id: int) -> dict[str, Any]:
    attachment = queries.find_attachment(request.actor, attachment_id)
    return {**_shown(attachment), "versions": queries.version_rows(attachment)}


@routes.on("GET", "/tasks/{key}/attachments", scope="work:read", gives=AttachmentPage)
def list_attachments(request: Call, key: TaskKey, wanted: Query[Paging]) -> dict[str, Any]:
    """List the files of a task

    The oldest first; without those in the trash.
    """
    task = queries.find_task(request.actor, key)
    found = queries.visible_attachments(request.actor).filter(task=task)
    rows = found.values(*COLUMNS)
    return paging.page(request, [{**row, "task": str(task)} for row in paging.cut(request, rows, OLDEST, wanted)])


@routes.on("POST", "/tasks/{key}/attachments", scope="work:write", gives=AttachmentDetails, status=201)
def add_attachment(
    request: Call, key: TaskKey, file: File[UploadedFile], for_client: Form[bool | None] = None
) -> dict[str, Any]:
    """Add a file to a task

    As multipart/form-data. Without `for_client` only the team sees it, and what a client adds clients see.
    """
    task = queries.find_task(request.actor, key)
    shown = request.actor.role == Role.CLIENT if for_client is None else for_client
    made = actions.add_attachment(task, upload_of(file), for_client=shown, actor=request.actor, now=request.now)
    return _details(request, made.pk)


@routes.on("GET", "/attachments/{attachment_id}", scope="work:read", gives=AttachmentDetails)
def show_attachment(request: Call, attachment_id: PathId) -> dict[str, Any]:
    """Show a file with its versions"""
    return _details(request, attachment_id)


@routes.on("PATCH", "/attachments/{attachment_id}", scope="work:write", gives=AttachmentDetails)
def change_attachment(request: Call, attachment_id: PathId, body: AttachmentChange) -> dict[str, Any]:
    """Show a file to clients, or hide it from them

    AI agents cannot do this.
    """
    act = actions.show_attachment if body.for_client else actions.hide_attachment
    act(queries.find_attachment(request.actor, attachment_id), actor=request.actor, now=request.now)
    return _details(request, attachment_id)


@routes.on("DELETE", "/attachments/{attachment_id}", scope="work:write", gives=None, status=204)
def remove_attachment(request: Call, attachment_id: PathId) -> None:
    """Remove a file

    It goes into the trash and can be restored for 30 days.
    """
    attachment = queries.find_attachment(request.actor, attachment_id)
    actions.remove_attachment(attachment, actor=request.actor, now=request.now)


@routes.on("POST", "/attachments/{attachment_id}/restore", scope="work:write", gives=AttachmentDetails)
def restore_attachment(request: Call, attachment_id: PathId) -> dict[str, Any]:
    """Restore a removed file"""
    attachment = queries.find_removed_attachment(request.actor, attachment_id)
    actions.restore_attachment(attachment, actor=request.actor, now=request.now)
    return _details(request, attachment_id)


@routes.on("POST", "/attachments/{attachment_id}/versions", scope="work:write", gives=FileVersionOut, status=201)
def add_attachment_version(request: Call, attachment_id: PathId, file: File[UploadedFile]) -> AttachmentVersion:
    """Add a newer version of a file

    As multipart/form-data. The older versions stay.
    """
    attachment = queries.find_attachment(request.actor, attachment_id)
    return actions.add_version(attachment, upload_of(file), actor=request.actor, now=request.now)


@routes.on("GET", "/attachments/{attachment_id}/versions/{number}/content", scope="work:read", gives=None)
def download_attachment(request: Call, attachment_id: PathId, number: PathId) -> HttpResponse:
    """Download a version of a file

    The bytes as they were sent. Understands `Range` (206, or 416 when it lies outside).
    """
    version = queries.find_version(request.actor, attachment_id, number)
    path = queries.content_path(version)
    return send(request, path, digest=version.sha256, mime=version.mime, name=version.name)
