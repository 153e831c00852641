"""The scheduled backup."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import structlog

from fairlead.archive.backup import file_name, keep_newest, make_backup
from fairlead.config import config
from fairlead.jobs import every, job

DAY_S = 86_400
log = structlog.get_logger("fairlead.backup")


@every(DAY_S)
@job()
def back_up(*, now: datetime) -> None:
    """Once a day, where a folder for backups is set; then the oldest ones go."""
    if not config().backup_folder:
        return
    folder = Path(config().backup_folder).expanduser().absolute()
    made = make_backup(folder / file_name(now), now=now)
    gone = keep_newest(folder, config().backup_keep)
    log.info("backup made", path=str(made.path), rows=made.manifest.rows, removed=len(gone))
