"""The bytes of files inside an export: one member for each content, named by its SHA-256, and a list that says of each
content that the workspace names whether it is there. Knows no database rows but those that name contents."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import IO, Any, Final

from fairlead.lib.blobs import Store
from fairlead.work.models import AttachmentVersion

LIST: Final = "files.jsonl"
BLOCK: Final = 1 << 20
THERE, MISSING, DAMAGED = "there", "missing", "damaged"


@dataclass(frozen=True)
class Content:
    """One content: its SHA-256, its size in bytes as the rows say, and its state: there, missing (no file on this
    machine) or damaged (the file is not what its digest says)."""

    sha256: str
    bytes: int
    state: str = THERE

    @property
    def member(self) -> str:
        """Where it lies in the archive."""
        return f"files/{self.sha256[:2]}/{self.sha256}"


def named(workspace_id: int) -> list[Content]:
    """Every content that a kept version names, also of files in the trash; each once, in the order of digests."""
    rows = AttachmentVersion.objects.filter(workspace_id=workspace_id).order_by("sha256").distinct("sha256")
    return [Content(sha256, size) for sha256, size in rows.values_list("sha256", "size")]


def pack(
    archive: zipfile.ZipFile, store: Store, wanted: Iterable[Content], on_content: Callable[[], None]
) -> list[Content]:
    """Put every content into the archive, block by block, then the list; what is not there is told by its state."""
    packed = []
    for content in wanted:
        packed.append(Content(content.sha256, content.bytes, _put(archive, store, content)))
        on_content()
    archive.writestr(LIST, "".join(json.dumps(asdict(content)) + "\n" for content in packed))
    return packed


def _put(archive: zipfile.ZipFile, store: Store, content: Content) -> str:
    try:
        file = store.path(content.sha256).open("rb")
    except FileNotFoundError:
        return MISSING
    digest = hashlib.sha256()
    with file, archive.open(zipfile.ZipInfo(content.member), "w", force_zip64=True) as member:
        for block in _blocks(file):
            digest.update(block)
            member.write(block)
    return THERE if digest.hexdigest() == content.sha256 else DAMAGED


def listed(archive: zipfile.ZipFile) -> dict[str, Content]:
    """The contents that are in the archive and whole, by digest; none in an archive without files.

    Raises ValueError for a list that does not fit the archive."""
    if LIST not in archive.namelist():
        return {}
    with archive.open(LIST) as lines:
        found = [_read(json.loads(line)) for line in lines]
    inside = set(archive.namelist())
    for content in found:
        if content.state == THERE and content.member not in inside:
            raise ValueError(f"{content.member} is missing")
    return {content.sha256: content for content in found if content.state == THERE}


def _read(values: dict[str, Any]) -> Content:
    content = Content(str(values["sha256"]), int(values["bytes"]), str(values["state"]))
    if len(content.sha256) != 64 or not set(content.sha256) <= set("0123456789abcdef"):
        raise ValueError(f"{content.sha256[:80]!r} is no SHA-256")
    return content


def unpacked(archive: zipfile.ZipFile, content: Content) -> Iterator[bytes]:
    """The bytes of a content, block by block; no more of them than the list says."""
    if archive.getinfo(content.member).file_size != content.bytes:
        raise ValueError(f"{content.member} has another size than the list says")
    with archive.open(content.member) as member:
        yield from _blocks(member)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block
