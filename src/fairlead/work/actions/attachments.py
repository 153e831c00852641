"""Files on tasks: adding them and their versions, showing them to clients, the trash, and what is left over on disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import F

from fairlead.config import config
from fairlead.events.actor import Actor, system
from fairlead.events.record import record
from fairlead.lib.blobs import forget_incoming
from fairlead.lib.errors import Conflict, Invalid, Missing, Refused, require
from fairlead.lib.magic import DRAWN, Kind, kind_of_file
from fairlead.lib.scanning import scan
from fairlead.lib.speech import later, tr
from fairlead.work.actions.drawings import LOCK, copy_pages, lock_name, tell_of
from fairlead.work.files import Upload, named_contents, room_left, store
from fairlead.work.models import Attachment, AttachmentVersion, Comment, Task
from fairlead.work.permissions_files import (
    may_add_version,
    may_attach,
    may_remove_attachment,
    may_show_attachment,
)

MOST: Final = 500
"""Files on one task."""
KEEP_TRASH: Final = timedelta(days=30)
GRACE: Final = timedelta(days=1)
"""How long a content that no row names may lie on disk: its transaction may still be under way."""


class Full(Refused):
    """The workspace has no room for another file."""

    code = "quota"
    status = 413
    title = later("There is no room for this file")


def add_attachment(
    task: Task, upload: Upload, *, for_client: bool, actor: Actor, now: datetime, comment: Comment | None = None
) -> Attachment:
    """Put a file on a task, or on one of its comments. `for_client`: clients of the project see it.

    Raises Forbidden, Invalid (empty), Full, Infected or ScannerDown; the file is then not kept.
    """
    require(
        may_attach(actor, task, for_client=for_client),
        tr(
            "Only the team adds files here, and clients to tasks of projects shared with them. "
            "Ask a manager to show a file to clients."
        ),
    )
    if task.deleted_at is not None:
        raise Missing(tr("%(task)s is in the trash. Restore it first.", task=task))
    kind = looked_at(upload)
    with transaction.atomic():
        if Attachment.objects.filter(task=task, deleted_at__isnull=True).count() >= MOST:
            raise Refused(
                tr("A task has at most %(most)s files. Remove some, or put them into one archive.", most=MOST)
            )
        attachment = Attachment.objects.create(
            workspace_id=task.workspace_id, task=task, comment=comment, name=upload.name, for_client=for_client,
            created_by_id=actor.user_id, created_at=now,
        )  # fmt: skip
        version = _keep(attachment, upload, kind, actor=actor, now=now)
        record(
            "task.file_added", task, actor=actor, now=now, name=upload.name, attachment=attachment.pk,
            version=version.pk, for_client=for_client, comment=comment.pk if comment else None,
        )  # fmt: skip
        _within_quota(task.workspace_id)
    return attachment


def add_attachments(
    task: Task, uploads: Sequence[Upload], *, for_client: bool, actor: Actor, now: datetime
) -> list[Attachment]:
    """Several files in one go: all of them, or none when one is refused."""
    with transaction.atomic():
        return [add_attachment(task, upload, for_client=for_client, actor=actor, now=now) for upload in uploads]


def add_version(attachment: Attachment, upload: Upload, *, actor: Actor, now: datetime) -> AttachmentVersion:
    """A newer content of the same file; the older ones stay."""
    require(may_add_version(actor, attachment), tr("Only the team, or the client who added this file, can renew it."))
    kind = looked_at(upload)
    with transaction.atomic():
        _next_revision(attachment, name=upload.name)
        version = _keep(attachment, upload, kind, actor=actor, now=now)
        record(
            "task.file_version_added", attachment.task, actor=actor, now=now, name=upload.name,
            attachment=attachment.pk, version=version.pk, number=version.number,
        )  # fmt: skip
        _within_quota(attachment.workspace_id)
    return version


def restore_version(version: AttachmentVersion, *, actor: Actor, now: datetime) -> AttachmentVersion:
    """Make the content of an older version the current one again, as a new version."""
    attachment = version.attachment
    require(may_add_version(actor, attachment), tr("Only the team, or the client who added this file, can restore it."))
    if version.number == attachment.revision:
        raise Conflict(tr("Version %(n)s is the current one already.", n=version.number))
    with transaction.atomic():
        connection.cursor().execute(LOCK.format("_shared"), [lock_name(attachment.workspace_id)])
        _next_revision(attachment, name=version.name)
        same = ("name", "size", "sha256", "mime", "preview", "large_sha256", "small_sha256", "width", "height", "pages",
                "page_total", "unshown")  # fmt: skip
        again = AttachmentVersion.objects.create(
            workspace_id=attachment.workspace_id, attachment=attachment, number=attachment.revision,
            created_by_id=actor.user_id, created_at=now, **{name: getattr(version, name) for name in same},
        )  # fmt: skip
        copy_pages(version, again)
        record(
            "task.file_version_added", attachment.task, actor=actor, now=now, name=again.name,
            attachment=attachment.pk, version=again.pk, number=again.number, restored=version.number,
        )  # fmt: skip
        _within_quota(attachment.workspace_id)
    return again


def remove_attachment(attachment: Attachment, *, actor: Actor, now: datetime) -> None:
    """Put a file into the trash, with all its versions; for 30 days it can be taken out again."""
    require(may_remove_attachment(actor, attachment), tr("Only who added a file and managers can remove it."))
    with transaction.atomic():
        if Attachment.objects.filter(pk=attachment.pk, deleted_at__isnull=True).update(deleted_at=now):
            tell_of("task.file_removed", attachment, actor, now)


def restore_attachment(attachment: Attachment, *, actor: Actor, now: datetime) -> Attachment:
    """Take a file out of the trash."""
    require(may_remove_attachment(actor, attachment), tr("Only who added a file and managers can restore it."))
    with transaction.atomic():
        if Attachment.objects.filter(pk=attachment.pk, deleted_at__isnull=False).update(deleted_at=None):
            tell_of("task.file_restored", attachment, actor, now)
    attachment.deleted_at = None
    return attachment


def show_attachment(attachment: Attachment, *, actor: Actor, now: datetime) -> None:
    """Let the clients of the project see a file, with all its versions."""
    require(may_show_attachment(actor, attachment), _SHOWING)
    if attachment.comment is not None and attachment.comment.internal:
        raise Refused(
            tr("This file belongs to an internal comment. Show the comment to clients, and its files with it.")
        )
    with transaction.atomic():
        if Attachment.objects.filter(pk=attachment.pk, for_client=False).update(for_client=True):
            tell_of("task.file_shown", attachment, actor, now)


def hide_attachment(attachment: Attachment, *, actor: Actor, now: datetime) -> None:
    """Let clients no longer see a file; what they have downloaded they keep."""
    require(may_show_attachment(actor, attachment), _SHOWING)
    with transaction.atomic():
        if Attachment.objects.filter(pk=attachment.pk, for_client=True).update(for_client=False):
            tell_of("task.file_hidden", attachment, actor, now)


_SHOWING: Final = later("Only managers, who works on the task and who added a file decide whether clients see it.")


def purge_trash(workspace_id: int, *, now: datetime) -> int:
    """Forget the files that were in the trash for 30 days; how many there were."""
    old = Attachment.objects.filter(workspace_id=workspace_id, deleted_at__lte=now - KEEP_TRASH).select_related("task")
    gone = list(old)
    for attachment in gone:
        with transaction.atomic():
            tell_of("task.file_purged", attachment, system(workspace_id), now)
            Attachment.objects.filter(pk=attachment.pk).delete()
    return len(gone)


def sweep_files(workspace_id: int, *, now: datetime) -> int:
    """Remove from disk what no version names and what never arrived whole; how many files there were."""
    kept, before = store(workspace_id), (now - GRACE).timestamp()
    with transaction.atomic():
        connection.cursor().execute(LOCK.format(""), [lock_name(workspace_id)])
        named = named_contents(workspace_id)
        lost = [name for name, path in kept.kept() if name not in named and path.stat().st_mtime < before]
        for digest in lost:
            kept.remove(digest)
    return len(lost) + forget_incoming(config().files_path, before=now - GRACE)


def looked_at(upload: Upload) -> Kind:
    """What the file is; nothing is written yet. Raises Invalid (empty), Infected or ScannerDown."""
    if upload.file.size == 0:
        raise Invalid({"file": tr("“%(name)s” is empty. Choose the file again.", name=upload.name)})
    scan(config().scan_command, upload.file.path)
    return kind_of_file(upload.file.path)


def _next_revision(attachment: Attachment, *, name: str) -> None:
    there = Attachment.objects.filter(pk=attachment.pk, deleted_at__isnull=True)
    if not there.update(revision=F("revision") + 1, name=name):
        raise Missing(tr("This file was removed. Restore it first."))
    attachment.refresh_from_db(fields=["revision", "name"])


def _keep(attachment: Attachment, upload: Upload, kind: Kind, *, actor: Actor, now: datetime) -> AttachmentVersion:
    """The row of the current version, and its content in its place on disk."""
    connection.cursor().execute(LOCK.format("_shared"), [lock_name(attachment.workspace_id)])
    drawable = kind.preview in DRAWN
    version = AttachmentVersion.objects.create(
        workspace_id=attachment.workspace_id, attachment=attachment, number=attachment.revision, name=upload.name,
        size=upload.file.size, sha256=upload.file.sha256, mime=kind.mime, created_by_id=actor.user_id, created_at=now,
        preview=AttachmentVersion.Preview.WAITING if drawable else AttachmentVersion.Preview.NONE,
    )  # fmt: skip
    store(attachment.workspace_id).keep(upload.file)
    return version


def _within_quota(workspace_id: int) -> None:
    """Asked after the event was recorded, which lets one change of a workspace in at a time. Raises Full."""
    if room_left(workspace_id) < 0:
        raise Full(
            tr(
                "The files of this workspace may take %(n)s MB together. "
                "Remove what is not needed, or ask your administrator for more room.",
                n=config().files_quota_mb,
            )
        )
