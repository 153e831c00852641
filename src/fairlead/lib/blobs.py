"""Files on disk under the SHA-256 of their content: the same content is kept once, and what was kept never changes."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from fairlead.lib.errors import Refused
from fairlead.lib.speech import later, tr

INCOMING: Final = "incoming"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class TooLarge(Refused):
    """The file has more bytes than one may have."""

    code = "too-large"
    status = 413
    title = later("The file is too large")


@dataclass(frozen=True)
class Arrived:
    """A file that has arrived whole and is not kept yet. `size` in bytes."""

    path: Path
    sha256: str
    size: int

    def discard(self) -> None:
        """Remove it, unless it was kept in the meantime."""
        self.path.unlink(missing_ok=True)


class Incoming:
    """A file while it arrives: written to disk and digested piece by piece, so that memory stays small."""

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        """`folder`: the one of all stores; the file waits in its `incoming` until it is kept."""
        place = private_folder(folder / INCOMING)
        self.path = place / uuid.uuid4().hex
        self.size = 0
        self._most = most_bytes
        self._digest = hashlib.sha256()
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(handle, "wb")

    def write(self, piece: bytes) -> None:
        """Take the next piece. Raises TooLarge, and forgets the file, as soon as it has too many bytes."""
        self.size += len(piece)
        if self.size > self._most:
            self.abandon()
            raise TooLarge(
                tr("A file may have %(n)s MB at most. Make it smaller, or share a link to it.", n=self._most // 2**20)
            )
        self._digest.update(piece)
        self._file.write(piece)

    def finish(self) -> Arrived:
        """The whole file, on the disk for good."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Arrived(self.path, self._digest.hexdigest(), self.size)

    def abandon(self) -> None:
        """Forget what has arrived."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def arrive(folder: Path, pieces: Iterable[bytes], *, most_bytes: int) -> Arrived:
    """A file from pieces at hand. Raises TooLarge, and whatever the pieces raise; nothing stays behind then."""
    incoming = Incoming(folder, most_bytes=most_bytes)
    try:
        for piece in pieces:
            incoming.write(piece)
        return incoming.finish()
    except BaseException:
        incoming.abandon()
        raise


@dataclass(frozen=True)
class Store:
    """The kept files of one workspace."""

    folder: Path

    def keep(self, arrived: Arrived) -> Path:
        """Move an arrived file to its place. One of the same content is replaced by it, byte for byte the same."""
        place = self.path(arrived.sha256)
        private_folder(place.parent)
        with arrived.path.open("r+b") as file:
            os.fsync(file.fileno())
        os.replace(arrived.path, place)
        os.utime(place)
        _make_durable(place.parent)
        return place

    def path(self, sha256: str) -> Path:
        """Where the content with this digest lies. Raises ValueError for what is no digest."""
        if not _DIGEST.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no SHA-256")
        return self.folder / sha256[:2] / sha256

    def kept(self) -> Iterator[tuple[str, Path]]:
        """(digest, path) of everything in the folder."""
        for path in sorted(self.folder.glob("??/*")):
            if _DIGEST.fullmatch(path.name):
                yield path.name, path

    def remove(self, sha256: str) -> None:
        """Forget a content."""
        self.path(sha256).unlink(missing_ok=True)


def _make_durable(folder: Path) -> None:
    """Have the names in the folder survive a power cut: a row that names the content is about to be committed."""
    if os.name != "posix":
        return  # Windows opens no folders
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def forget_incoming(folder: Path, *, before: datetime) -> int:
    """Remove what began to arrive before that time and never became a file; how many there were."""
    stale = [p for p in (folder / INCOMING).glob("*") if p.stat().st_mtime < before.timestamp()]
    for path in stale:
        if path.is_dir():  # drawings whose process was killed
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(stale)


def private_folder(path: Path) -> Path:
    """The folder, made for the owner alone when it is not there."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
