"""Reading files: what is on a task, its versions, and finding one; clients get only what is meant for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.magic import KNOWN, UNKNOWN, Kind
from fairlead.lib.speech import tr
from fairlead.work.files import named_contents, readable_files, store
from fairlead.work.models import Attachment, AttachmentVersion, FilePage, Task
from fairlead.work.queries.rows import plain
from fairlead.work.queries.visible import seen

SHOWN_BYTES = 64 * 1024
"""As much of a text as is shown."""


@dataclass(frozen=True)
class FileRow:
    """A file as lists show it, with its current version. `pins`: open ones that the reader sees."""

    id: int
    name: str
    for_client: bool
    comment_id: int | None
    revision: int
    size: int
    mime: str
    preview: str
    created_at: datetime
    renewed_at: datetime
    by_id: int | None
    by: str
    pins: int

    @property
    def kind(self) -> Kind:
        return KNOWN.get(self.mime, UNKNOWN)

    @property
    def url(self) -> str:
        return f"/files/{self.id}/"

    @property
    def version_url(self) -> str:
        return f"/files/{self.id}/versions/{self.revision}/"


def visible_attachments(actor: Actor) -> QuerySet[Attachment]:
    """The files that are not in the trash, on visible tasks; clients see those that are shown to them."""
    return _attachments(actor).filter(deleted_at__isnull=True)


def _attachments(actor: Actor) -> QuerySet[Attachment]:
    found = readable_files(actor).filter(task__deleted_at__isnull=True)
    if actor.role == Role.CLIENT:
        return found.filter(task__project__clients__user_id=actor.user_id or 0)
    return seen(found, actor)


def named_files(actor: Actor, words: Sequence[str], *, limit: int) -> list[dict[str, Any]]:
    """The latest visible files whose names hold all of the words: id, name, revision, key of the task, its title."""
    if not words:
        return []
    found = visible_attachments(actor)
    for word in words:
        found = found.filter(name__icontains=word)
    rows = plain(found.order_by("-created_at", "-id").values(
        "id", "name", "revision", "task__number", "task__project__key", "task__title",
    )[:limit])  # fmt: skip
    return [{**row, "key": f"{row['task__project__key']}-{row['task__number']}"} for row in rows]


def file_rows(actor: Actor, task: Task) -> list[FileRow]:
    """The files of a visible task, the oldest first. One query."""
    current = AttachmentVersion.objects.filter(attachment=OuterRef("pk"), number=OuterRef("revision"))
    open_pins = Q(versions__pins__resolved_at__isnull=True, versions__pins__isnull=False)
    if actor.role == Role.CLIENT:
        open_pins &= Q(versions__pins__internal=False)
    columns = {name: Subquery(current.values(name)[:1]) for name in ("size", "mime", "preview")}
    rows = visible_attachments(actor).filter(task=task).annotate(
        **columns, renewed_at=Subquery(current.values("created_at")[:1]), by=F("created_by__name"),
        pins=Count("versions__pins", filter=open_pins),
    )  # fmt: skip
    names = ("id", "name", "for_client", "comment_id", "revision", "size", "mime", "preview", "created_at",
             "renewed_at", "by", "pins")  # fmt: skip
    found = plain(rows.order_by("created_at", "id").values(*names, by_id=F("created_by_id")))
    return [FileRow(**{**row, "by": row["by"] or ""}) for row in found]


def find_attachment(actor: Actor, attachment_id: int) -> Attachment:
    """A file that the actor sees. Raises Missing."""
    return _one(visible_attachments(actor), attachment_id)


def find_removed_attachment(actor: Actor, attachment_id: int) -> Attachment:
    """A file in the trash. Raises Missing."""
    return _one(_attachments(actor).filter(deleted_at__isnull=False), attachment_id)


def _one(found: QuerySet[Attachment], attachment_id: int) -> Attachment:
    related = found.select_related("task__project", "task__assignee", "task__status", "comment", "created_by")
    attachment = related.filter(pk=attachment_id).first()
    if attachment is None:
        raise Missing(tr("There is no such file, or it was removed."))
    return attachment


def find_version(actor: Actor, attachment_id: int, number: int) -> AttachmentVersion:
    """A version of a file that the actor sees. Raises Missing."""
    attachment = find_attachment(actor, attachment_id)
    version = AttachmentVersion.objects.filter(attachment=attachment, number=number).first()
    if version is None:
        raise Missing(tr("This file has no version %(number)s.", number=number))
    version.attachment = attachment
    return version


def version_rows(attachment: Attachment) -> list[dict[str, Any]]:
    """All versions of a file, the latest first: id, number, name, size, mime, preview, width, height, when, by whom."""
    rows = AttachmentVersion.objects.filter(attachment=attachment).order_by("-number")
    return plain(rows.values(
        "id", "number", "name", "size", "mime", "sha256", "preview", "width", "height", "pages", "page_total",
        "created_at",
        by_id=F("created_by_id"), by=F("created_by__name"),
    ))  # fmt: skip


def content_path(version: AttachmentVersion) -> Path:
    """Where its content lies. Raises Missing when the folder has lost it."""
    return _there(version, version.sha256)


def drawing_path(version: AttachmentVersion, *, large: bool) -> Path:
    """Where its drawing lies. Raises Missing for a file without one."""
    return _there(version, version.large_sha256 if large else version.small_sha256)


def _there(version: AttachmentVersion, digest: str) -> Path:
    path = store(version.workspace_id).path(digest) if digest else None
    if path is None or not path.is_file():
        raise Missing(tr("There is nothing to show of this file."))
    return path


def page_sizes(version: AttachmentVersion) -> list[dict[str, Any]]:
    """The drawn pages of a version in their order: number, width, height."""
    return plain(FilePage.objects.filter(version=version).order_by("number").values("number", "width", "height"))


def page_path(version: AttachmentVersion, number: int, *, large: bool) -> tuple[Path, str]:
    """Where the drawing of a page lies, and its SHA-256. Raises Missing."""
    names = FilePage.objects.filter(version=version, number=number).values_list("large_sha256", "small_sha256").first()
    digest = names[0 if large else 1] if names else ""
    return _there(version, digest), digest


def shown_text(version: AttachmentVersion) -> tuple[str, bool]:
    """The beginning of a text, and whether there is more of it."""
    with content_path(version).open("rb") as file:
        content = file.read(SHOWN_BYTES)
    return content.decode("utf-8-sig", errors="replace"), version.size > SHOWN_BYTES


def stored_files(workspace_id: int) -> Iterator[tuple[str, Path]]:
    """(SHA-256, path) of every content that the workspace needs: what a backup has to hold. Drawings are among them."""
    kept = store(workspace_id)
    for digest in sorted(named_contents(workspace_id)):
        yield digest, kept.path(digest)
