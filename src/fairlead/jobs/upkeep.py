"""What keeps the queue healthy: jobs of dead workers run again, `@every` jobs come round, old failures go."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import connection
from procrastinate import App, exceptions
from procrastinate.jobs import Job as Row

from fairlead.jobs.registry import DEFAULT, Job, all_jobs, every, job

HEARTBEAT_S: Final = 5.0
STALLED_S: Final = 18.0
"""A worker silent for so long is dead. Three heartbeats may be lost; with RESCUE_S and the poll it stays below 30 s."""
RESCUE_S: Final = 5.0
TICK_S: Final = 1.0
MAX_ATTEMPTS: Final = 10
"""A job that took its worker down so often is not started again."""
KEEP_FAILED_DAYS: Final = 30

log = structlog.get_logger("fairlead.jobs")

# A killed worker leaves its jobs "doing". They go back into the queue, without `once` (a newer one may wait already).
# A heartbeat in the future was written before the clock was set back, and says nothing. A row that is locked belongs to
# somebody who is ending the job at this moment.
_RESCUE = """
UPDATE procrastinate_jobs SET
  status = CASE WHEN attempts + 1 >= %(max_attempts)s OR abort_requested THEN 'failed'::procrastinate_job_status
                ELSE 'todo'::procrastinate_job_status END,
  attempts = attempts + 1, abort_requested = false, worker_id = NULL, queueing_lock = NULL
WHERE id IN (
  SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
  WHERE j.status = 'doing' AND (w.id IS NULL OR w.id = %(worker_id)s OR
    w.last_heartbeat NOT BETWEEN now() - make_interval(secs => %(stalled_s)s)
                             AND now() + make_interval(secs => %(stalled_s)s))
  FOR UPDATE OF j SKIP LOCKED)
RETURNING id, task_name
"""


def loops(app: App) -> list[Coroutine[Any, Any, None]]:
    """What every worker does beside its jobs. The loops end only when the database does not answer."""
    return [_rescue_for_ever(app), _tick_for_ever(app)]


async def _rescue_for_ever(app: App) -> None:
    while True:
        await rescue(app)
        await asyncio.sleep(RESCUE_S)


async def rescue(app: App) -> int:
    """Return the jobs of dead workers to the queue; how many there were."""
    return await give_back(app, worker_id=None)


async def give_back(app: App, *, worker_id: int | None) -> int:
    """Return the jobs of this worker and of dead ones to the queue; how many there were."""
    rows = await app.connector.execute_query_all_async(
        _RESCUE, max_attempts=MAX_ATTEMPTS, worker_id=worker_id, stalled_s=STALLED_S
    )
    for row in rows:
        log.warning("job runs again because its worker ended", job=row["task_name"], job_id=row["id"])
    return len(rows)


async def _tick_for_ever(app: App) -> None:
    fired: dict[str, int] = {}
    while True:
        await tick(app, fired)
        await asyncio.sleep(TICK_S)


async def tick(app: App, fired: dict[str, int]) -> None:
    """Start each `@every` job whose present stretch has not started yet; the database lets only one worker do it.

    `fired` remembers the last stretch of each job, so that the database is asked once for a stretch.
    """
    # The database's clock: the clocks of several hosts would disagree on where a stretch begins.
    row = await app.connector.execute_query_one_async("SELECT extract(epoch FROM clock_timestamp())::bigint AS now_s")
    for it in all_jobs():
        if it.every_s and fired.get(it.name) != (begin := row["now_s"] // it.every_s * it.every_s):
            await _fire(app, it, begin)
            fired[it.name] = begin


async def _fire(app: App, it: Job, begin_s: int) -> None:
    row = Row(
        id=None,
        task_name=it.name,
        queue=it.queue,
        lock=it.name,
        queueing_lock=it.name,
        priority=0,
        task_kwargs={"timestamp": begin_s},
    )
    try:
        await app.job_manager.defer_periodic_job(row, periodic_id="", defer_timestamp=begin_s)
    except exceptions.AlreadyEnqueued:
        log.warning("job still waits for a worker since the last time", job=it.name)


@every(3600)
@job(queue=DEFAULT)
def prune(*, now: datetime) -> None:
    """Forget failed and cancelled jobs after a month; finished ones are deleted when they finish."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs j WHERE j.status IN ('failed', 'cancelled', 'aborted', 'succeeded')"
            " AND NOT EXISTS (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id"
            " AND e.at > %s::timestamptz - make_interval(days => %s))",
            [now, KEEP_FAILED_DAYS],
        )
        cursor.execute(
            "DELETE FROM procrastinate_workers WHERE last_heartbeat < %s::timestamptz - interval '1 day'", [now]
        )


@dataclass(frozen=True)
class Health:
    """How the queue stands. `late_s`: how long the most overdue waiting job waits, in seconds (0: none is late)."""

    workers: int
    waiting: dict[str, int]
    running: int
    failed: int
    late_s: float


def health() -> Health:
    """Count workers and jobs. A worker counts while its heart beats."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [STALLED_S],
        )
        workers = cursor.fetchone()[0]
        cursor.execute(
            "SELECT queue_name, status::text, count(*), coalesce(extract(epoch FROM now() - min(due)), 0) FROM ("
            " SELECT j.queue_name, j.status, coalesce(j.scheduled_at, e.at) AS due FROM procrastinate_jobs j"
            " LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'"
            ") AS jobs GROUP BY 1, 2"
        )
        rows = cursor.fetchall()
    counted = {(queue, status): (count, float(late_s)) for queue, status, count, late_s in rows}
    return Health(
        workers=workers,
        waiting={queue: count for (queue, status), (count, _) in counted.items() if status == "todo"},
        running=sum(count for (_, status), (count, _) in counted.items() if status == "doing"),
        failed=sum(count for (_, status), (count, _) in counted.items() if status == "failed"),
        late_s=max([0.0, *(late_s for (_, status), (_, late_s) in counted.items() if status == "todo")]),
    )
