"""What the directory does in time: presence that was set until a moment ends at that moment."""

from __future__ import annotations

from datetime import datetime

from fairlead.events.models import Event
from fairlead.jobs import enqueue, follows, job
from fairlead.people.actions import end_presence_of
from fairlead.people.models import Worker

RETRY = (10, 60, 600)


@follows("worker.presence_changed")
@job(retry=RETRY)
def wait_for_the_end(*, workspace_id: int, event_id: int, now: datetime) -> None:  # noqa: ARG001  every job gets the time
    """Look again when the presence is over. The row is the truth: it may have been changed by then."""
    worker_id = Event.objects.get(pk=event_id).subject_id
    until = Worker.objects.filter(pk=worker_id).values_list("presence_until", flat=True).first()
    if until is not None:
        enqueue(end_presence, at=until, workspace_id=workspace_id, worker_id=worker_id)


@job(retry=RETRY)
def end_presence(*, workspace_id: int, worker_id: int, now: datetime) -> None:
    """Back to the default, unless a later time holds by now."""
    end_presence_of(workspace_id, worker_id, now=now)
