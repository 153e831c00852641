"""Background jobs and timers. The only package that knows the queue library.

A job is a function with keyword arguments: `now` (when it runs), `workspace_id` and the ids it was given. It carries
ids and decides nothing: it loads, calls an action and ends. It may run twice, late, or for a state that has moved on.

    @follows("task.created")
    @job(retry=(10, 60, 600))
    def match_new_task(*, workspace_id: int, event_id: int, now: datetime) -> None: ...

    enqueue(expire_offer, at=offer.expires_at, workspace_id=offer.workspace_id, offer_id=offer.pk)
"""

from fairlead.jobs.queue import cancel, enqueue, follow, look
from fairlead.jobs.registry import (
    DEFAULT,
    QUEUES,
    SEND,
    SOLVE,
    Job,
    configure,
    every,
    followers,
    follows,
    job,
)

__all__ = [
    "DEFAULT",
    "QUEUES",
    "SEND",
    "SOLVE",
    "Job",
    "cancel",
    "configure",
    "enqueue",
    "every",
    "follow",
    "followers",
    "follows",
    "job",
    "look",
]
