"""Putting jobs into the queue and taking them out again, inside the caller's database transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

from fairlead.jobs.registry import BadJob, Job

Plain = int | str | bool | None
DONE: Final = "done"
"""What the arguments of a job say whose changes are made, while its worker has not come to say so."""


def enqueue(
    job: Job,
    *,
    at: datetime | None = None,
    lock: str | None = None,
    once: str | None = None,
    **ids: Plain,
) -> int | None:
    """Have `job` run with these ids, soon or not before `at`; a rolled-back transaction leaves no job.

    `lock`: of the jobs with the same lock only one runs at a time, in the order of their coming.
    `once`: add nothing while another job with the same `once` still waits to start.
    Returns the number of the job for `cancel`, or None if another one waits already.
    """
    _check(job, ids, at=at)
    deferrer = app.configure_task(job.name, queue=job.queue, schedule_at=at, lock=lock, queueing_lock=once)
    if once is None:
        return deferrer.defer(**ids)
    if _was_added(once):
        return None
    try:
        with transaction.atomic():  # a savepoint: the refused row must not spoil the caller's transaction
            number = deferrer.defer(**ids)
    except exceptions.AlreadyEnqueued:
        return None
    _remember(once)
    return number


def follow(job: Job, *, workspace_id: int, event_id: int) -> None:
    """Have the job run after an event."""
    if job.once:
        look(job, workspace_id=workspace_id)
    else:
        enqueue(job, workspace_id=workspace_id, event_id=event_id)


def look(job: Job, *, workspace_id: int) -> None:
    """Have a job look at the whole workspace soon, once however often it is asked for before it starts."""
    enqueue(job, once=f"{job.name}-{workspace_id}", workspace_id=workspace_id)


class _Added:
    """Stands among what is to be done after the commit, so that a rolled-back savepoint takes it away as well."""

    def __init__(self, once: str) -> None:
        self.once = once

    def __call__(self) -> None:
        return None


def _was_added(once: str) -> bool:
    """Whether this transaction added that job already: nobody else can have begun it, and asking costs nothing."""
    return any(isinstance(entry[1], _Added) and entry[1].once == once for entry in connection.run_on_commit)


def _remember(once: str) -> None:
    if connection.in_atomic_block:
        transaction.on_commit(_Added(once))


def _check(job: Job, ids: dict[str, Plain], *, at: datetime | None) -> None:
    if job.every_s:
        raise BadJob(f"{job.name} comes round by itself and cannot be enqueued.")
    if not isinstance(ids.get("workspace_id"), int):
        raise BadJob(f"{job.name} needs the workspace_id of the workspace that it works in.")
    if wrong := [name for name, value in ids.items() if not isinstance(value, Plain)]:
        raise BadJob(f"{job.name} carries ids and plain words only; not {', '.join(wrong)}.")
    if at is not None and at.tzinfo is None:
        raise BadJob(f"{job.name} needs a time with a time zone.")


def cancel(job_id: int) -> bool:
    """Take a job out of the queue. False if it has started or is gone; the job itself then has to notice."""
    return bool(app.job_manager.cancel_job_by_id(job_id, abort=False, delete_job=True))


def tick_off(job_id: int) -> bool:
    """Note in the transaction of a job's changes that it is done; False when another worker has done it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE procrastinate_jobs SET args = args || '{{\"{DONE}\": true}}'::jsonb"
            f" WHERE id = %s AND status IN ('todo', 'doing') AND NOT args ? '{DONE}'",
            [job_id],
        )
        return bool(cursor.rowcount == 1)


def release_once(job_id: int) -> None:
    """Let a job that has started stand in nobody's way: `once` speaks of waiting jobs only.

    Without this a retry of the job could not return to the queue while a newer one waits there.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET queueing_lock = NULL WHERE id = %s", [job_id])
