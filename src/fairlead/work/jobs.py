"""What work does when the layers below move on."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from fairlead.config import config
from fairlead.events.actor import system
from fairlead.events.models import Event
from fairlead.events.tenancy import tenant, workspace_ids
from fairlead.jobs import every, follows, job
from fairlead.lib.blobs import INCOMING, private_folder
from fairlead.lib.magic import KNOWN, PAGES
from fairlead.lib.papers import draw_pages
from fairlead.lib.pictures import draw
from fairlead.people.models import Skill
from fairlead.work.actions import (
    count_words,
    keep_drawing,
    keep_pages,
    learn_words,
    move_needs,
    purge_trash,
    sweep_files,
)
from fairlead.work.files import store
from fairlead.work.models import AttachmentVersion

LEARNS_EVERY_S: Final = 600


@follows("skill.merged")
@job(retry=(10, 60, 600))
def follow_merged_skill(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """Point the needs of tasks to the skill that another one was merged into."""
    event = Event.objects.get(pk=event_id)
    skill = Skill.objects.filter(pk=event.subject_id).select_related("merged_into").first()
    if skill is not None and skill.merged_into is not None:
        move_needs(skill, skill.merged_into, actor=system(workspace_id), now=now)


@follows("task.file_added", "task.file_version_added")
@job(retry=(10, 60))
def draw_file(*, event_id: int, now: datetime, **_: int) -> None:
    """Draw an image that was added for looking at; nothing for other files and for what has its drawing already."""
    number = Event.objects.get(pk=event_id).payload["version"]
    found = AttachmentVersion.objects.filter(pk=number, preview=AttachmentVersion.Preview.WAITING)
    version = found.select_related("attachment__task__project").first()
    if version is not None:
        draw_version(version, now=now)


def draw_version(version: AttachmentVersion, *, now: datetime) -> None:
    """Draw one version that waits for it."""
    with tempfile.TemporaryDirectory(dir=private_folder(config().files_path / INCOMING)) as folder:
        source = store(version.workspace_id).path(version.sha256)
        if KNOWN[version.mime].preview == PAGES:
            keep_pages(version, draw_pages(source, Path(folder)), now=now)
        else:
            keep_drawing(version, draw(source, Path(folder)), now=now)


@every(86_400)
@job()
def tidy_files(*, now: datetime) -> None:
    """Forget what was in the trash for a month, and what lies on disk without a row that names it."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            purge_trash(workspace_id, now=now)
            sweep_files(workspace_id, now=now)


@every(LEARNS_EVERY_S)
@job()
def learn_new_words(*, now: datetime) -> None:
    """Keep the words of what was written lately for searches with a typing error; twice as far back as the last run."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            learn_words(workspace_id, since=now - timedelta(seconds=2 * LEARNS_EVERY_S))


@every(86_400)
@job()
def count_all_words(*, now: datetime) -> None:  # noqa: ARG001  every job is given it
    """Count the words of each workspace anew; what stands in no text any more is forgotten here, too."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            count_words(workspace_id)
