"""Publishing the heads of the event log outside the database, so that even its owner cannot rewrite the past unseen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from fairlead.config import config
from fairlead.events.audit import publish_heads
from fairlead.jobs import every, job


def heads_path() -> Path:
    """Where the heads are written down; copy this file to another machine to be safe from whoever owns this one."""
    return config().data_path / "heads.jsonl"


@every(3600)
@job()
def publish(*, now: datetime) -> None:
    """Write down the head of every workspace whose log has grown."""
    publish_heads(heads_path(), key=settings.SECRET_KEY, now=now)
