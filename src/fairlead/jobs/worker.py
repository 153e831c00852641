"""The worker: runs jobs until it is told to stop, then finishes what it holds or gives it back."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from django.db import connection, transaction
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import DeleteJobCondition
from procrastinate.jobs import Job as Row
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker

from fairlead.jobs import upkeep
from fairlead.jobs.fence import Manager
from fairlead.jobs.queue import DONE, release_once, tick_off
from fairlead.jobs.registry import Job, all_jobs, opened
from fairlead.lib.errors import Refused

POLL_S = 1.0
"""Timers start at most this late; new jobs wake the worker at once."""

_EVER: Final = datetime.min.replace(tzinfo=UTC)
log = structlog.get_logger("fairlead.jobs")


class _Retry(BaseRetryStrategy):
    def __init__(self, waits_s: tuple[int, ...]) -> None:
        self.waits_s = waits_s

    def get_retry_decision(self, *, exception: BaseException, job: Row) -> RetryDecision | None:
        if isinstance(exception, Refused) or job.attempts >= len(self.waits_s):
            return None  # what is refused now would be refused again
        return RetryDecision(retry_in={"seconds": self.waits_s[job.attempts]})


def run(*, queues: Sequence[str], concurrency: int, grace_s: float, now: Callable[[], datetime] | None = None) -> int:
    """Run jobs of these queues, so many at once, until SIGTERM or SIGINT; returns the exit status.

    Jobs that need longer than `grace_s` after the signal go back into the queue, and another worker runs them again.
    """
    return asyncio.run(_run(queues, concurrency=concurrency, grace_s=grace_s, now=now or _database_clock))


def _database_clock() -> datetime:
    """The time that jobs are told. The clocks of hosts disagree, and one that is fast would find things due early."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
    return told


async def _run(queues: Sequence[str], *, concurrency: int, grace_s: float, now: Callable[[], datetime]) -> int:
    app = _app(now)
    async with app.open_async():
        worker = _worker(app, queues=queues, concurrency=concurrency)
        stop = _stop_signal()
        running = asyncio.create_task(worker.run(), name="worker")  # type: ignore[no-untyped-call]  # the library does not annotate it
        caring = [asyncio.create_task(step, name="upkeep") for step in upkeep.loops(app)]
        log.info("worker started", queues=list(queues), concurrency=concurrency)
        await asyncio.wait({running, stop, *caring}, return_when=asyncio.FIRST_COMPLETED)
        asked = stop.done()
        worker_id = worker.worker_id
        for task in (*caring, running):
            task.cancel()
        await asyncio.wait({running}, timeout=grace_s)
        if not running.done():
            await _leave(app, worker_id)
        for task in (*caring, running):
            with suppress(asyncio.CancelledError):
                await task
    log.info("worker stopped")
    return 0 if asked else 1


async def _leave(app: App, worker_id: int | None) -> None:
    """Give the running jobs back and end at once: their threads cannot be stopped in any other way."""
    given_back = await upkeep.give_back(app, worker_id=worker_id)
    log.warning("worker stopped before its jobs were done; they will run again", jobs=given_back)
    os._exit(0)


def _stop_signal() -> asyncio.Future[None]:
    loop = asyncio.get_running_loop()
    asked = loop.create_future()

    def ask() -> None:
        if not asked.done():
            asked.set_result(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    return asked


def _app(now: Callable[[], datetime]) -> App:
    # An app of its own with connections of its own: a job that enqueues another one goes through Django's connection,
    # and so stays inside its transaction.
    app = DjangoApp(connector=PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4))
    app.job_manager = Manager(app.connector)
    for it in all_jobs():
        app.task(name=it.name, queue=it.queue, retry=_Retry(it.retry), pass_context=True)(_runner(it, now))
    return app


def _runner(it: Job, now: Callable[[], datetime]) -> Callable[..., None]:
    def run_job(context: JobContext, **ids: Any) -> None:
        if context.job.queueing_lock is not None and context.job.id is not None:
            release_once(context.job.id)
        # A job that was due a moment ago is not early now, whatever the clock says: it would do nothing, and nobody
        # would come again.
        at = max(now(), context.job.scheduled_at or _EVER)
        perform(it, context.job.id or 0, now=at, **ids)

    return run_job


def perform(it: Job, job_id: int, *, now: datetime, **ids: Any) -> None:
    """Run a job of the queue: inside its workspace, and one that is `whole` at most once."""
    if it.every_s:
        it.run(now=now)
        return
    if ids.pop(DONE, False):
        return
    with opened(ids["workspace_id"]):
        if not it.whole:
            it.run(now=now, **ids)
            return
        with suppress(_DoneByOther), transaction.atomic():
            it.run(now=now, **ids)
            if not tick_off(job_id):
                raise _DoneByOther


class _DoneByOther(Exception):
    """This worker was taken for dead, and another one did the job; what this one did is rolled back."""


def _worker(app: App, *, queues: Sequence[str], concurrency: int) -> Worker:
    return Worker(
        app=app,
        queues=list(queues),
        concurrency=concurrency,
        fetch_job_polling_interval=POLL_S,
        delete_jobs=DeleteJobCondition.SUCCESSFUL,
        install_signal_handlers=False,
        update_heartbeat_interval=upkeep.HEARTBEAT_S,
        stalled_worker_timeout=upkeep.STALLED_S,
        task_middleware=app.worker_defaults.get("task_middleware"),
    )
