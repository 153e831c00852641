"""Background work of the API."""

from __future__ import annotations

from datetime import datetime

from fairlead.api import actions
from fairlead.events.tenancy import tenant, workspace_ids
from fairlead.jobs import every, job


@every(3600)
@job()
def forget_replies(*, now: datetime) -> None:
    """Once an hour, forget the replies that are a day old."""
    for workspace_id in workspace_ids():
        with tenant(workspace_id):
            actions.forget_replies(workspace_id, now=now)
