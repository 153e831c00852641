"""The background worker of a test: runs what is queued for allocation, at the time that the test says."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import connection

from fairlead.jobs.registry import all_jobs

MOST_ROUNDS = 30


def work_off(now: datetime) -> None:
    """Run every job of allocation that is due, and what they queue in turn, until nothing is due any more."""
    known = {job.name: job for job in all_jobs()}
    for _ in range(MOST_ROUNDS):
        due = _take(now)
        if not due:
            return
        for name, ids in due:
            known[name](now=now, **ids)
    raise AssertionError("the jobs never come to an end")


def _take(now: datetime) -> list[tuple[str, dict[str, int]]]:
    connection.run_on_commit.clear()  # a worker sees only what was committed
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id IN (SELECT id FROM procrastinate_jobs WHERE status = 'todo'"
            " AND task_name LIKE 'allocation.%%' AND (scheduled_at IS NULL OR scheduled_at <= %s) ORDER BY id)"
            " RETURNING id, task_name, args",
            [now],
        )
        rows = sorted(cursor.fetchall())
    return [(name, json.loads(args) if isinstance(args, str) else args) for _, name, args in rows]
