"""Bringing a backup back: into an empty database, everything or nothing, and without sending anything twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from fairlead.archive import parcel
from fairlead.archive.actions.fence import fence, set_timers
from fairlead.archive.backup import SECRET, files_folder
from fairlead.archive.parcel import BLOCK, BadArchive, Manifest, Member
from fairlead.archive.tables import Connection, owners_connection, tables
from fairlead.config import config, make_folder
from fairlead.events import wall
from fairlead.events.audit import PublishedHead, verify
from fairlead.events.jobs import heads_path
from fairlead.events.tenancy import workspace_ids
from fairlead.lib.errors import Conflict

Say = Callable[[str], None]
TOUCHED_BY_NOBODY: Final = ("procrastinate", "jobs", "contenttypes", "auth", "sessions", "archive")
"""Apps whose tables no backup holds: they stay as this version has them."""


class NotEmpty(Conflict):
    """There is something in the database, and nothing is ever restored over it."""

    code = "not-empty"


@dataclass(frozen=True)
class Restored:
    """What was brought back. `problems`: what is not as the manifest says, in words; empty when all is well."""

    manifest: Manifest
    fingerprint: str
    epoch: int
    timers: int
    unsent: int
    problems: tuple[str, ...]


def restore(path: Path, *, now: datetime, say: Say = lambda _: None) -> Restored:
    """Check the archive as a whole, bring an empty database to its state, load it in one transaction, bring the tables
    up to date, and prove that all is there. Raises BadArchive and NotEmpty, and then nothing was changed."""
    say("Checking the archive")
    manifest, fingerprint = parcel.check(path)
    require_known(manifest)
    require_empty()
    say("Making the tables")
    _migrate_to(manifest)
    with owners_connection() as database:
        _load(database, path, manifest, say)
    say("Bringing the tables up to date")
    call_command("migrate", verbosity=0, interactive=False)
    with owners_connection() as database:
        epoch, unsent = fence(database, manifest, fingerprint, now=now)
    _put_files(path)
    _set_old_heads_aside(now)
    timers = set_timers(now=now)
    return Restored(manifest, fingerprint, epoch, timers, unsent, tuple(_problems(manifest)))


def require_known(manifest: Manifest) -> None:
    """Raise BadArchive for an archive of a newer version, whose tables this one does not know."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or ()}
    newer = [name for name in manifest.migrations if name not in known and name.split(".")[0] not in TOUCHED_BY_NOBODY]
    if newer:
        raise BadArchive(
            f"The archive was made by version {manifest.version}, which is newer than this one: it has {newer[0]}. "
            "Install that version or a newer one, then restore."
        )


def require_empty() -> None:
    """Raise NotEmpty when any table holds a row."""
    with owners_connection() as database:
        for name in tables(database):
            query = sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(name))
            row = database.execute(query).fetchone()
            if row and row[0]:
                raise NotEmpty(
                    f"The database is not empty ({name} has rows), and nothing is restored over what is there. Name an "
                    "empty database in FAIRLEAD_DATABASE_URL, or another folder in FAIRLEAD_DATA_DIR; the embedded "
                    "database is emptied first with --force-empty."
                )


def _migrate_to(manifest: Manifest) -> None:
    """The tables as they were when the backup was made; this version's later migrations follow after the rows."""
    with wall.as_owner():
        wall.create_role()
        executor = MigrationExecutor(connection)
        executor.migrate(_targets(executor, set(manifest.migrations)))


def _targets(executor: MigrationExecutor, then: set[str]) -> list[tuple[str, str | None]]:
    """For each app its last migration that the backup had; all of them for those that no backup holds."""
    found: list[tuple[str, str | None]] = []
    graph, applied = executor.loader.graph, executor.loader.applied_migrations
    for app in sorted(executor.loader.migrated_apps):
        if app in TOUCHED_BY_NOBODY:
            found += [(a, n) for a, n in graph.leaf_nodes() if a == app]
            continue
        had = {(a, n) for a, n in graph.nodes if a == app and f"{a}.{n}" in then}
        later = {parent for key in had for parent in executor.loader.get_migration(*key).dependencies if parent in had}
        found += sorted(had - later)
        if not had and any(a == app for a, _ in applied):
            found.append((app, None))
    return found


def _load(database: Connection, path: Path, manifest: Manifest, say: Say) -> None:
    """Every row, in one transaction. The triggers that number and chain events rest: the rows bring all that."""
    here, told = tables(database), {member.name: member for member in manifest.tables}
    _require_same_columns(here, manifest)
    database.execute("SET CONSTRAINTS ALL DEFERRED")
    for name in here:
        database.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(name)))
    require_still_empty(database, list(here))
    with parcel.reading(path):
        for name, content in parcel.members(path):
            if name in told:
                _copy_in(database, told[name], content)
                say(f"{name.removeprefix('tables/')}: {told[name].rows} rows")
    database.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for name in here:
        database.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(name)))
    _set_sequences(database, manifest)


def require_still_empty(database: Connection, names: list[str]) -> None:
    """Nobody can write any more now that the tables are locked; raise NotEmpty if somebody was quicker."""
    for name in names:
        row = database.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM {})").format(sql.Identifier(name))).fetchone()
        if row and row[0]:
            raise NotEmpty(f"Somebody wrote into {name} meanwhile. Stop whatever uses this database, then restore.")


def _require_same_columns(here: dict[str, list[str]], manifest: Manifest) -> None:
    for member in manifest.tables:
        name = member.name.removeprefix("tables/")
        if set(here.get(name, ())) != set(member.columns):
            raise BadArchive(f"The table {name} of the archive has other columns than its version had.")


def _copy_in(database: Connection, member: Member, content: IO[bytes]) -> None:
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(member.name.removeprefix("tables/")),
        sql.SQL(", ").join(map(sql.Identifier, member.columns)),
    )
    with database.cursor() as cursor, cursor.copy(query) as copy:
        while block := content.read(BLOCK):
            copy.write(block)


def _set_sequences(database: Connection, manifest: Manifest) -> None:
    for place, last in manifest.sequences.items():
        table, _, column = place.partition(".")
        database.execute(
            "SELECT setval(pg_get_serial_sequence(%s, %s), greatest(%s::bigint, 1))",
            [sql.Identifier(table).as_string(), column, last],
        )


def _put_files(path: Path) -> None:
    """Uploaded files, and the secret key where the archive has one and this place has none."""
    settings = config()
    with parcel.reading(path):
        for name, content in parcel.members(path):
            if name.startswith("files/"):
                _write(files_folder(settings) / name.removeprefix("files/"), content)
            elif name == SECRET and not settings.secret_key and not (settings.data_path / "secret_key").exists():
                make_folder(settings.data_path)
                _write(settings.data_path / "secret_key", content)


def _write(path: Path, content: IO[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        path.chmod(0o600)
        while block := content.read(BLOCK):
            file.write(block)


def _set_old_heads_aside(now: datetime) -> None:
    """The published heads of what was here before say nothing about what is here now; they are kept beside."""
    path = heads_path()
    if path.exists():
        path.rename(path.with_name(f"heads-before-{now:%Y%m%dT%H%M%S}.jsonl"))


def _problems(manifest: Manifest) -> list[str]:
    """Recount every table and recompute every chain."""
    found = []
    with owners_connection() as database:
        present = tables(database)
        for member in manifest.tables:
            name = member.name.removeprefix("tables/")
            if name not in present:
                continue  # a later version has done away with it
            row = database.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
            if row and row[0] != member.rows:
                found.append(f"{name} has {row[0]} rows instead of {member.rows}")
    heads = [PublishedHead(head["workspace"], head["seq"], head["hash"]) for head in manifest.heads]
    for number in workspace_ids():
        found += [f"workspace {number}: {text}" for text in verify(number, published=heads).problems]
    return found
