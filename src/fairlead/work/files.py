"""Where the files of a workspace lie, and what a file is that somebody sends. Below actions and queries."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from fairlead.accounts.models import Role
from fairlead.config import config
from fairlead.events.actor import Actor
from fairlead.lib.blobs import Arrived, Store, arrive
from fairlead.lib.filenames import clean_name
from fairlead.work.models import Attachment, AttachmentVersion, FilePage

MB = 2**20


@dataclass(frozen=True)
class Upload:
    """A file that arrived, under the name that its sender gave it, made harmless."""

    name: str
    file: Arrived


def store(workspace_id: int) -> Store:
    """The kept files of a workspace."""
    return Store(config().files_path / str(workspace_id))


def most_bytes() -> int:
    """The largest file that may be attached."""
    return config().file_max_mb * MB


def named_contents(workspace_id: int) -> set[str]:
    """The SHA-256 of everything that must stay on disk: what was sent, and what was drawn of it."""
    versions = AttachmentVersion.objects.filter(workspace_id=workspace_id)
    sheets = FilePage.objects.filter(workspace_id=workspace_id)
    rows = [*versions.values_list("sha256", "large_sha256", "small_sha256"),
            *sheets.values_list("large_sha256", "small_sha256")]  # fmt: skip
    return {digest for row in rows for digest in row if digest}


def room_left(workspace_id: int) -> int:
    """Bytes that the files of the workspace may still take, all versions and the trash counted; below 0: too much."""
    rows = AttachmentVersion.objects.filter(workspace_id=workspace_id)
    taken = rows.aggregate(taken=Sum("size"))["taken"] or 0
    return config().files_quota_mb * MB - int(taken)


def uploaded(name: str, file: Arrived) -> Upload:
    """A file that arrived with a form."""
    return Upload(clean_name(name), file)


def from_bytes(name: str, content: bytes) -> Upload:
    """A file from what is at hand, for importers and examples. Raises TooLarge."""
    return uploaded(name, arrive(config().files_path, [content], most_bytes=most_bytes()))


def readable_files(actor: Actor) -> QuerySet[Attachment]:
    """The files, also those in the trash, that are not hidden from the actor by themselves or by their comment.
    Whether the actor sees their tasks is another question."""
    found = Attachment.objects.filter(workspace_id=actor.workspace_id)
    found = found.filter(Q(comment__isnull=True) | Q(comment__deleted_at__isnull=True))
    if actor.role == Role.CLIENT:
        found = found.filter(Q(comment__isnull=True) | Q(comment__internal=False), for_client=True)
    return found
