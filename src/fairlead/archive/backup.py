"""Making a backup while the product runs: everything as it was at one moment, in one file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from psycopg import IsolationLevel, sql

from fairlead import __version__
from fairlead.archive.parcel import BLOCK, DRAFT, Manifest, Member, Writer
from fairlead.archive.tables import Connection, owners_connection, sequences, tables
from fairlead.config import Config, config

SECRET: Final = "secrets/secret_key"  # noqa: S105  the name of a file
DRAFT_KEPT: Final = timedelta(days=1)
"""No backup takes longer: whatever wrote a draft before that is gone."""
NAME: Final = re.compile(r"fairlead-\d{4}-\d\d-\d\dT\d{6}Z\.tar\.gz")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Backup:
    """A backup that was made: what it holds, and the SHA-256 of its manifest."""

    path: Path
    manifest: Manifest
    fingerprint: str


def file_name(now: datetime) -> str:
    """What a backup of this moment is called; names sort by time."""
    return f"fairlead-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.tar.gz"


def files_folder(settings: Config) -> Path:
    """Where uploaded files lie."""
    named = str(getattr(settings, "files_dir", "") or "")
    return Path(named).expanduser().absolute() if named else settings.data_path / "files"


def make_backup(path: Path, *, now: datetime, with_secrets: bool = False, say: Say = lambda _: None) -> Backup:
    """Write everything into `path`, as it is in one snapshot of the database; others go on working meanwhile."""
    with owners_connection() as database, Writer(path) as writer:
        database.isolation_level, database.read_only = IsolationLevel.REPEATABLE_READ, True
        manifest = _about(database, now=now)
        for name, columns in tables(database).items():
            member = writer.add(f"tables/{name}", _rows(database, name, columns), columns=columns)
            say(f"{name}: {member.rows} rows")
        for folder_file, name in _files(files_folder(config())):
            writer.add(f"files/{name}", _content(folder_file))
        if with_secrets:
            _add_secret(writer)
        whole = _with_members(manifest, writer.members)
        return Backup(path, whole, writer.close_with(whole))


def _about(database: Connection, *, now: datetime) -> Manifest:
    applied = database.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    heads = database.execute("SELECT workspace_id, seq, encode(hash, 'hex') FROM events_head ORDER BY 1").fetchall()
    return Manifest(
        version=__version__, made_at=now.isoformat(), server=database.info.server_version,
        migrations=tuple(row[0] for row in applied), sequences=sequences(database),
        heads=tuple({"workspace": number, "seq": seq, "hash": text} for number, seq, text in heads),
    )  # fmt: skip


def _with_members(manifest: Manifest, members: list[Member]) -> Manifest:
    return replace(manifest, members=tuple(members))


def _rows(database: Connection, name: str, columns: list[str]) -> Iterator[bytes]:
    query = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with database.cursor() as cursor, cursor.copy(query) as copy:
        for block in copy:
            yield bytes(block)


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            yield path, path.relative_to(folder).as_posix()


def _content(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _add_secret(writer: Writer) -> None:
    from fairlead.config import secret_key

    writer.add(SECRET, [secret_key(config()).encode()])


def backups(folder: Path) -> list[Path]:
    """The scheduled backups of a folder, the oldest first."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if NAME.fullmatch(path.name))


def last_made_at(folder: Path) -> datetime | None:
    """When the newest backup of the folder was begun."""
    found = backups(folder)
    if not found:
        return None
    return datetime.strptime(found[-1].name, "fairlead-%Y-%m-%dT%H%M%SZ.tar.gz").replace(tzinfo=UTC)


def remove_drafts(folder: Path, *, now: datetime) -> list[Path]:
    """Remove what backups of more than a day ago left half-made, when they were killed; those that were removed."""
    oldest = (now - DRAFT_KEPT).timestamp()
    found = folder.glob(f"*{DRAFT}") if folder.is_dir() else ()
    gone = [path for path in found if NAME.fullmatch(path.name.removesuffix(DRAFT)) and path.stat().st_mtime < oldest]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def keep_newest(folder: Path, keep: int) -> list[Path]:
    """Remove all but the `keep` newest backups; those that were removed."""
    gone = backups(folder)[:-keep]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
