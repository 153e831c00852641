"""Backups, exports, pruning and farewells, in the background."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import structlog

from fairlead.accounts.models import Workspace
from fairlead.archive import actions
from fairlead.archive.backup import file_name, keep_newest, make_backup, remove_drafts
from fairlead.archive.models import Erasure, Export
from fairlead.config import config
from fairlead.events.models import Event
from fairlead.events.tenancy import tenant, workspace_ids
from fairlead.jobs import every, follows, job
from fairlead.work.jobs import draw_version
from fairlead.work.models import AttachmentVersion

HOUR_S, DAY_S = 3600, 86_400
log = structlog.get_logger("fairlead.archive")


@every(DAY_S)
@job()
def back_up(*, now: datetime) -> None:
    """Once a day, where a folder for backups is set; then the oldest ones go, and what was left half-made before."""
    if not config().backup_folder:
        return
    folder = Path(config().backup_folder).expanduser().absolute()
    made = make_backup(folder / file_name(now), now=now)
    gone = keep_newest(folder, config().backup_keep) + remove_drafts(folder, now=now)
    log.info("backup made", path=str(made.path), rows=made.manifest.rows, removed=len(gone))


@follows("export.requested")
@job(retry=(10, 60))
def make_export(*, event_id: int, now: datetime, **_: int) -> None:
    """Make the export that was asked for."""
    export = Export.objects.filter(pk=Event.objects.get(pk=event_id).subject_id).first()
    if export is not None:
        actions.make_export(export, now=now)


@follows("workspace.filled")
@job(retry=(10, 60))
def draw_brought_files(*, workspace_id: int, now: datetime, **_: int) -> None:
    """Draw what another workspace's archive brought, for looking at."""
    waiting = AttachmentVersion.objects.filter(
        workspace_id=workspace_id, preview=AttachmentVersion.Preview.WAITING
    ).select_related("attachment__task__project")
    for version in waiting.order_by("pk"):
        draw_version(version, now=now)


@follows("person.erasure_asked")
@job(retry=(10, 60, 600))
def erase(*, event_id: int, now: datetime, **_: int) -> None:
    """Take the traces of a person out."""
    erasure = Erasure.objects.select_related("worker").filter(pk=Event.objects.get(pk=event_id).subject_id).first()
    if erasure is not None:
        actions.erase_person(erasure, now=now)


@every(DAY_S)
@job()
def prune(*, now: datetime) -> None:
    """Once a day, remove what each workspace no longer keeps."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            actions.prune(workspace_id, now=now)


@every(HOUR_S)
@job()
def say_farewell(*, now: datetime) -> None:
    """Remove exports that have expired, and workspaces whose end is due."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            actions.remove_old_exports(workspace_id, now=now)
            due = Workspace.objects.filter(pk=workspace_id, ends_at__lte=now).exists()
        if due:
            actions.remove_workspace(workspace_id, now=now)
            log.warning("workspace removed", workspace_id=workspace_id)
