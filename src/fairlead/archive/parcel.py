"""The file of a backup: a compressed tar with one member for each table and uploaded file, and the manifest at its end.

The manifest names every member with its size and SHA-256. It comes last, so that a file that was cut off has none.
Knows no database.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, Self

from fairlead.lib.errors import Refused

FORMAT: Final = "fairlead.backup/1"
DRAFT: Final = ".partial"
"""What the name of an archive that is being written ends with."""
MANIFEST: Final = "manifest.json"
BLOCK: Final = 1 << 20
IN_MEMORY: Final = 8 * BLOCK
LEVEL: Final = 3
"""Of gzip: a tenth larger than the best one, and four times as fast."""

DAMAGED: Final = (tarfile.TarError, EOFError, zlib.error, OSError, ValueError, KeyError, TypeError)


class BadArchive(Refused):
    """The file is no backup that can be used; nothing was changed."""

    code = "bad-archive"
    title = "This archive cannot be used"


@dataclass(frozen=True)
class Member:
    """One file inside: its size in bytes and its SHA-256. Tables also have their columns and the number of rows."""

    name: str
    bytes: int
    sha256: str
    columns: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True)
class Manifest:
    """What an archive holds. `migrations`: the applied ones as app.name; `sequences`: the last number given out, by
    table.column; `heads`: the end of each workspace's event log."""

    version: str
    made_at: str
    server: int
    migrations: tuple[str, ...]
    sequences: dict[str, int]
    heads: tuple[dict[str, Any], ...]
    members: tuple[Member, ...] = field(default=())
    format: str = FORMAT

    @property
    def tables(self) -> list[Member]:
        return [member for member in self.members if member.name.startswith("tables/")]

    @property
    def rows(self) -> int:
        return sum(member.rows for member in self.tables)


class Writer:
    """Fills a new archive, which gets its name only when everything is in it."""

    def __init__(self, path: Path) -> None:
        self.path, self.draft = path, path.with_name(path.name + DRAFT)
        self.members: list[Member] = []

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self.file = os.fdopen(handle, "wb")
        self.tar = tarfile.open(fileobj=self.file, mode="w:gz", compresslevel=LEVEL)
        return self

    def add(self, name: str, blocks: Iterable[bytes], *, columns: Iterable[str] = ()) -> Member:
        """One member. With columns it is a table, and its rows are its lines."""
        digest, size, lines = hashlib.sha256(), 0, 0
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(self.path.parent)) as spool:
            for block in blocks:
                digest.update(block)
                size += len(block)
                lines += block.count(b"\n")
                spool.write(block)
            spool.seek(0)
            self._append(name, size, spool)
        member = Member(name, size, digest.hexdigest(), tuple(columns), lines if columns else 0)
        self.members.append(member)
        return member

    def _append(self, name: str, size: int, content: Any) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self.tar.addfile(entry, content)

    def close_with(self, manifest: Manifest) -> str:
        """Write the manifest, the last member; returns its SHA-256, by which the whole archive can be recognised."""
        text = json.dumps(asdict(manifest), indent=1).encode()
        self._append(MANIFEST, len(text), io.BytesIO(text))
        self.tar.close()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.draft.replace(self.path)
        return hashlib.sha256(text).hexdigest()

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.draft.unlink(missing_ok=True)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever a damaged file makes of the reading becomes one sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise BadArchive(f"There is no file {path}.") from error
    except DAMAGED as error:
        raise BadArchive(
            f"{path} is damaged, cut off or no backup of Fairlead ({error}). Take another copy of it, or an older one."
        ) from error


def members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Every member in its order, with its content, which has to be read before the next one is asked for."""
    with tarfile.open(path, mode="r|gz") as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            if not entry.isreg() or content is None:
                raise ValueError(f"{entry.name} is no plain file")
            yield entry.name, content


def check(path: Path, *, on_member: Callable[[str], None] = lambda _: None) -> tuple[Manifest, str]:
    """Read the whole archive and compare each member with the manifest; the manifest and its SHA-256.

    Raises BadArchive that says what is wrong."""
    with reading(path):
        found: dict[str, tuple[int, str]] = {}
        text = b""
        for name, content in members(path):
            if text:
                raise ValueError(f"{name} comes behind the manifest")
            if name == MANIFEST:
                text = content.read()
            else:
                found[name] = _measure(content)
                on_member(name)
        if not text:
            raise ValueError("it has no manifest")
        manifest = _manifest(json.loads(text))
        _compare(manifest, found)
    return manifest, hashlib.sha256(text).hexdigest()


def _measure(content: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while block := content.read(BLOCK):
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()


def _manifest(values: dict[str, Any]) -> Manifest:
    if values["format"] != FORMAT:
        raise ValueError(f"its format is {values['format']!r}, this version reads {FORMAT}; use a newer Fairlead")
    inside = tuple(Member(**{**member, "columns": tuple(member["columns"])}) for member in values.pop("members"))
    values["migrations"], values["heads"] = tuple(values["migrations"]), tuple(values["heads"])
    return Manifest(members=inside, **values)


def _compare(manifest: Manifest, found: dict[str, tuple[int, str]]) -> None:
    told = {member.name: (member.bytes, member.sha256) for member in manifest.members}
    for name in sorted({*told, *found}):
        if name not in found:
            raise ValueError(f"{name} is missing")
        if told.get(name) != found[name]:
            raise ValueError(f"{name} is not what the manifest says")
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise ValueError(f"{name} would lie outside")
