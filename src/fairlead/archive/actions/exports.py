"""Making a copy of a workspace for its owner to take away."""

from __future__ import annotations

import hashlib
import io
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

from django.db import IntegrityError, connection, transaction

from fairlead.accounts.languages import language_of
from fairlead.accounts.models import Workspace
from fairlead.archive import content, contents
from fairlead.archive.contents import Content
from fairlead.archive.models import Export
from fairlead.archive.permissions import may_keep_data
from fairlead.config import config, make_folder
from fairlead.events.actor import Actor, system
from fairlead.events.record import record
from fairlead.integrations.exports import people_as_csv, tasks_as_csv
from fairlead.lib.errors import Conflict, Missing, require
from fairlead.lib.speech import later, speaking, tr
from fairlead.people.models import Worker
from fairlead.work.files import store
from fairlead.work.models import Task

KEEP_DAYS: Final = 7
PATIENCE: Final = timedelta(hours=2)
"""One that is not ready after so long will not be: its job has given up."""
TOLD_EVERY: Final = 10
"""After so many files the page learns how far it is."""
SPARE: Final = 256 * 10**6
"""Bytes that stay free on the server's disk."""
ONLY_OWNERS: Final = later("Only an owner can take the workspace's data away. Ask one.")

README: Final = """Export of the workspace {name}, made {at} by Fairlead {version}.

workspace.json   where this comes from
data/*.jsonl     one file for each kind, one row a line, each a JSON object with the columns of its table.
                 `id` is the row's number; a name that ends in `_id` is the number of a row of another kind.
                 Moments are ISO 8601 with their offset, efforts minutes, money minor units, binary values base64.
data/users.jsonl who is or was a member: the rows that `user_id`, `author_id` and the like point to
files/           what is attached, each content once; its name is its SHA-256. data/work.attachmentversion.jsonl says
                 which version of which file it is (also of those in the trash)
files.jsonl      every content with its size and whether it is there: `missing` and `damaged` ones were so on the
                 server already
data/events_event: the event log. `hash` of each event is SHA-256 over `previous` and the other columns, so that the
                 log can be checked without Fairlead
tasks.csv        every task that is not in the trash, for a spreadsheet
people.csv       the directory, for a spreadsheet
                 (in both, a cell that a spreadsheet could compute begins with an apostrophe)

Passwords, API tokens and the secrets of links are not inside. To open this in another Fairlead:
fairlead import workspace FILE
"""


class NoRoom(Exception):
    """The server's disk has no room for the archive: megabytes that it takes, and that are free."""

    def __init__(self, needed_mb: int, free_mb: int) -> None:
        super().__init__(needed_mb, free_mb)
        self.needed_mb, self.free_mb = needed_mb, free_mb

    def said(self) -> str:
        """For whoever asked for the export, in the language that is spoken."""
        return tr(
            "The files take %(needed)s MB and the server's disk has %(free)s MB free. "
            "Ask whoever runs the server for room, then make another export.",
            needed=self.needed_mb,
            free=self.free_mb,
        )


def request_export(*, actor: Actor, now: datetime) -> Export:
    """Have a job make a copy of everything. Raises Conflict while another one is being made."""
    require(may_keep_data(actor), ONLY_OWNERS)
    lost = Export.objects.filter(workspace_id=actor.workspace_id, state=Export.State.MAKING)
    lost.filter(created_at__lt=now - PATIENCE).update(state=Export.State.FAILED)
    try:
        with transaction.atomic():
            export = Export(
                workspace_id=actor.workspace_id, requested_by_id=actor.user_id, created_at=now,
                expires_at=now + timedelta(days=KEEP_DAYS),
            )  # fmt: skip
            export.save(force_insert=True)
            record("export.requested", export, actor=actor, now=now)
    except IntegrityError as error:
        raise Conflict(tr("An export is being made already. Wait until it is ready.")) from error
    return export


def make_export(export: Export, *, now: datetime) -> None:
    """Write the archive, as everything is in one snapshot of the database; a second run does nothing."""
    if export.state != Export.State.MAKING:
        return
    workspace = Workspace.objects.get(pk=export.workspace_id)
    name = f"{workspace.slug}-{now:%Y-%m-%d}-{secrets.token_hex(12)}.zip"
    path = folder(export.workspace_id) / name
    draft = path.with_suffix(".partial")
    try:
        with _opened(draft) as archive:
            packed = _fill(archive, export, workspace, now=now)
        digest = _digest(draft)
        draft.replace(path)
    except NoRoom as full:
        with speaking(language_of(export.requested_by, workspace)):
            why = full.said()
        Export.objects.filter(pk=export.pk).update(state=Export.State.FAILED, why=why)
        return
    finally:
        draft.unlink(missing_ok=True)
    lost = sum(content.state != contents.THERE for content in packed)
    with transaction.atomic():
        won = Export.objects.filter(pk=export.pk, state=Export.State.MAKING)
        size = path.stat().st_size
        if won.update(state=Export.State.READY, file_name=name, bytes=size, sha256=digest, files_lost=lost):
            facts = {"bytes": size, "files": len(packed), "lost": lost}
            record("export.made", export, actor=system(export.workspace_id), now=now, **facts)
            return
    path.unlink(missing_ok=True)  # another worker made it meanwhile


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A new archive that only the product's user can read."""
    with path.open("wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        path.chmod(0o600)
        yield archive


def _fill(archive: zipfile.ZipFile, export: Export, workspace: Workspace, *, now: datetime) -> list[Content]:
    """The rows, out of one snapshot, then the files that they name. Raises NoRoom."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # rows are packed between two queries
        _write_rows(archive, workspace, now=now)
        wanted = contents.named(workspace.pk)
    _check_disk(wanted, folder(workspace.pk))
    mine, done = Export.objects.filter(pk=export.pk), count(1)
    mine.update(files=len(wanted), files_done=0)

    def told() -> None:
        number = next(done)
        if number % TOLD_EVERY == 0 or number == len(wanted):
            mine.update(files_done=number)

    return contents.pack(archive, store(workspace.pk), wanted, told)


def _check_disk(wanted: Iterable[Content], place: Path) -> None:
    needed, free = sum(content.bytes for content in wanted), shutil.disk_usage(place).free
    if needed + SPARE > free:
        raise NoRoom(needed // 10**6, free // 10**6)


def folder(workspace_id: int) -> Path:
    """Where the exports of a workspace lie; only the product's user can look inside."""
    path = make_folder(config().data_path) / "exports" / str(workspace_id)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _write_rows(archive: zipfile.ZipFile, workspace: Workspace, *, now: datetime) -> None:
    from fairlead import __version__

    archive.writestr("README.txt", README.format(name=workspace.name, at=now.isoformat(), version=__version__))
    about = {"format": "fairlead.workspace/1", "source": source(workspace), "name": workspace.name,
             "slug": workspace.slug, "made_at": now, "version": __version__}  # fmt: skip
    archive.writestr("workspace.json", content.as_line(about))
    _add(archive, "data/users.jsonl", content.users(workspace.pk))
    for model in content.kinds():
        _add(archive, f"data/{content.name_of(model)}.jsonl", content.rows(model, workspace.pk))
    everything = system(workspace.pk)
    tasks = Task.objects.filter(workspace=workspace, deleted_at__isnull=True).order_by("project__key", "number")
    archive.writestr("tasks.csv", tasks_as_csv(everything, tasks))
    workers = Worker.objects.filter(workspace=workspace).order_by("name", "pk")
    archive.writestr("people.csv", people_as_csv(everything, workers))


def source(workspace: Workspace) -> str:
    """What an export says it comes from: the same for every export of one workspace, and for no other."""
    return hashlib.sha256(f"{workspace.pk} {workspace.slug} {workspace.created_at.isoformat()}".encode()).hexdigest()


def _add(archive: zipfile.ZipFile, name: str, rows: Iterable[dict[str, object]]) -> None:
    with archive.open(name, "w", force_zip64=True) as member, io.TextIOWrapper(member, "utf-8") as text:
        for row in rows:
            text.write(content.as_line(row))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def take_export(export: Export, *, actor: Actor, now: datetime) -> Path:
    """The file of the archive, for one of the owners; that one took it is noted. Raises Missing once it has expired."""
    require(may_keep_data(actor), ONLY_OWNERS)
    if export.state != Export.State.READY or export.expires_at <= now:
        raise Missing(tr("This export is not there any more. Make a new one."))
    path = folder(export.workspace_id) / export.file_name
    if not path.is_file():
        detail = tr("The file is not on this machine. All machines must share the data folder (FAIRLEAD_DATA_DIR).")
        raise Missing(detail)
    with transaction.atomic():
        record("export.downloaded", export, actor=actor, now=now)
    return path


def remove_old_exports(workspace_id: int, *, now: datetime) -> int:
    """Take away the files that have expired; how many there were."""
    old = list(Export.objects.filter(workspace_id=workspace_id, state=Export.State.READY, expires_at__lte=now))
    for export in old:
        (folder(workspace_id) / export.file_name).unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(state=Export.State.EXPIRED, file_name="")
    _forget_nameless(workspace_id, now=now)
    return len(old)


def _forget_nameless(workspace_id: int, *, now: datetime) -> None:
    """Remove what a killed process left: a half-written archive, or a whole one that no row names."""
    named = set(Export.objects.filter(workspace_id=workspace_id).values_list("file_name", flat=True))
    for path in folder(workspace_id).iterdir():
        if path.name not in named and path.stat().st_mtime < (now - PATIENCE).timestamp():
            path.unlink(missing_ok=True)
