"""How the worker takes jobs out of the queue and says what came of them: quick among many timers, and fenced.

A worker that was stopped for a while and taken for dead may wake up and end a job that another one has by then. What it
says of that job does not count: each take-over raises the number of attempts, and only who has the present one ends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from procrastinate.jobs import Job as Row
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

_FETCH: Final = """
SELECT id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts, worker_id
FROM fairlead_fetch_job(%(queues)s::varchar[], %(worker_id)s)
"""
_MINE: Final = """FROM procrastinate_jobs j
WHERE j.id = %(job_id)s AND j.status = 'doing' AND j.worker_id = %(worker_id)s AND j.attempts = %(attempts)s
FOR UPDATE"""
_FINISH: Final = f"SELECT procrastinate_finish_job_v1(j.id, %(status)s, %(delete_job)s) {_MINE}"
_RETRY: Final = (
    "SELECT procrastinate_retry_job_v2(j.id, now() + %(wait)s, %(priority)s, %(queue)s::varchar, %(lock)s::varchar)"
    f" {_MINE}"
)
# It was done; that another worker should do it again can still be taken back while none has begun.
_DONE_BEFORE_ANOTHER: Final = """
DELETE FROM procrastinate_jobs
WHERE id = %(job_id)s AND status = 'todo' AND worker_id IS NULL AND attempts = %(attempts)s + 1
"""


class Manager(JobManager):
    """The library's, with a fetch of our own and with endings that count for whoever holds the job only."""

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Row | None:
        """Take the job that has been due for longest; None when nothing is due. Names its queues."""
        row = await self.connector.execute_query_one_async(_FETCH, queues=list(queues or ()), worker_id=worker_id)
        return None if row["id"] is None else Row.from_row(row)

    async def finish_job(self, job: Row, status: Status, delete_job: bool) -> None:
        """Say that it has ended, as `status`; a success with `delete_job` takes its row away."""
        await self.connector.execute_query_async(_FINISH, **_mine(job), status=status.value, delete_job=delete_job)
        if status == Status.SUCCEEDED and delete_job:
            await self.connector.execute_query_async(_DONE_BEFORE_ANOTHER, job_id=job.id, attempts=job.attempts)

    async def retry_job(
        self,
        job: Row,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Let it wait until `retry_at` by the clock of this host, which the database counts from its own."""
        here = datetime.now(UTC)
        wait = max(timedelta(0), (retry_at or here) - here)
        await self.connector.execute_query_async(
            _RETRY, **_mine(job), wait=wait, priority=priority, queue=queue, lock=lock
        )


def _mine(job: Row) -> dict[str, int | None]:
    return {"job_id": job.id, "worker_id": job.worker_id, "attempts": job.attempts}
