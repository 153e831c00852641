"""What was drawn of a file for looking at: of an image one drawing, of a PDF one for each page."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import connection, transaction

from fairlead.events.actor import Actor, system
from fairlead.events.record import record
from fairlead.lib.blobs import Arrived
from fairlead.lib.papers import Papers
from fairlead.lib.pictures import Drawn
from fairlead.work.files import store
from fairlead.work.models import Attachment, AttachmentVersion, FilePage

LOCK: Final = "SELECT pg_advisory_xact_lock{}(hashtextextended(%s, 0))"
"""Held shared by whoever keeps a content, and alone by whoever sweeps what no row names."""


def keep_drawing(version: AttachmentVersion, drawn: Drawn | None, *, now: datetime) -> None:
    """Keep what was drawn for looking at; None: nothing can be shown of this file."""
    values: dict[str, object] = {"preview": AttachmentVersion.Preview.NONE}
    with transaction.atomic():
        connection.cursor().execute(LOCK.format("_shared"), [lock_name(version.workspace_id)])
        if drawn is not None:
            values = {
                "preview": AttachmentVersion.Preview.READY,
                "width": drawn.width,
                "height": drawn.height,
                "large_sha256": _kept(version, drawn.large),
                "small_sha256": _kept(version, drawn.small),
            }
        waiting = AttachmentVersion.objects.filter(pk=version.pk, preview=AttachmentVersion.Preview.WAITING)
        if waiting.update(**values):
            tell_of("task.file_drawn", version.attachment, system(version.workspace_id), now)


def keep_pages(version: AttachmentVersion, papers: Papers, *, now: datetime) -> None:
    """Keep what was drawn of a PDF, or why nothing can be shown of it. A second time does nothing."""
    values: dict[str, object] = {"preview": AttachmentVersion.Preview.NONE, "unshown": papers.why}
    with transaction.atomic():
        connection.cursor().execute(LOCK.format("_shared"), [lock_name(version.workspace_id)])
        rows = [
            FilePage(
                workspace_id=version.workspace_id, version=version, number=number, width=sheet.width,
                height=sheet.height, large_sha256=_kept(version, sheet.large), small_sha256=_kept(version, sheet.small),
            )
            for number, sheet in enumerate(papers.sheets, start=1)
        ]  # fmt: skip
        if rows:
            first = {name: getattr(rows[0], name) for name in ("width", "height", "large_sha256", "small_sha256")}
            ready = {"preview": AttachmentVersion.Preview.READY, "pages": len(rows), "page_total": papers.total}
            values = {**ready, **first}
        waiting = AttachmentVersion.objects.filter(pk=version.pk, preview=AttachmentVersion.Preview.WAITING)
        if waiting.update(**values):
            FilePage.objects.bulk_create(rows)
            tell_of("task.file_drawn", version.attachment, system(version.workspace_id), now)


def copy_pages(version: AttachmentVersion, again: AttachmentVersion) -> None:
    """The drawings of a version are those of another one with the same content, too."""
    same = ("number", "width", "height", "large_sha256", "small_sha256")
    FilePage.objects.bulk_create(
        FilePage(workspace_id=again.workspace_id, version=again, **row)
        for row in FilePage.objects.filter(version=version).order_by("number").values(*same)
    )


def _kept(version: AttachmentVersion, path: Path) -> str:
    content = path.read_bytes()
    arrived = Arrived(path, hashlib.sha256(content).hexdigest(), len(content))
    store(version.workspace_id).keep(arrived)
    return arrived.sha256


def lock_name(workspace_id: int) -> str:
    """What the lock of a workspace's files is called."""
    return f"files/{workspace_id}"


def tell_of(kind: str, attachment: Attachment, actor: Actor, now: datetime) -> None:
    """Record an event of a file, at its task."""
    record(kind, attachment.task, actor=actor, now=now, name=attachment.name, attachment=attachment.pk)
