"""Everything that changes something: each operation of the API, and each background job.

Both lists are found, not written: a new operation has its line in the matrix of who may do what, and a new job is in
the registry. A job runs for what waits in the queue for it, or comes round by itself; `scenes` sees to it that
something waits for each.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from api.expectations import OPERATIONS
from api.test_matrix import Programs
from fairlead.events.tenancy import enter
from fairlead.jobs.registry import Job, all_jobs
from fairlead.jobs.worker import perform
from security.expectations import MANAGER, OWNER


@dataclass(frozen=True)
class Command:
    """`verb` does it and returns what came of it: the status of the reply, or "done". Done again it is what a caller
    does who heard no answer, or the queue when a worker has died."""

    name: str
    verb: Callable[[], Any]


@dataclass(frozen=True)
class Waiting:
    """A row of the queue: its number, and when it is due."""

    number: int
    due: datetime | None


def operations() -> list[str]:
    """The operations that change something."""
    return [entry for entry in OPERATIONS if not entry.startswith("GET ") and entry not in READING]


READING: Final = {"POST /policies/try", "POST /receipts/{receipt_id}/replay"}
"""Questions whose answer needs a body."""


def operation(programs: Programs, entry: str) -> Command:
    """The request of the matrix, by somebody who may, with an Idempotency-Key where the operation takes one."""
    line = OPERATIONS[entry]
    who = next((name for name in (MANAGER, OWNER) if name in line.who), None) or sorted(line.who)[0]
    method, path, body = programs.request(entry, line)
    headers = {"Idempotency_Key": f"crash {entry}".replace(" ", "-")} if method == "POST" else {}

    def send() -> int:
        reply = programs.callers[who].send(method, path, body, **headers)
        assert reply.status_code < 500, reply.content.decode()
        return reply.status_code

    return Command(entry, send)


def jobs() -> dict[str, Job]:
    """The jobs of the product, by name."""
    return {it.name: it for it in all_jobs() if it.run.__module__.startswith("fairlead.")}


def job(name: str, waiting: dict[str, Waiting]) -> Command:
    """The job as the worker runs it, for what waits for it. Raises KeyError when nothing does."""
    it = jobs()[name]
    row = Waiting(0, None) if it.every_s else waiting[name]
    now = LATER() if it.every_s else max(timezone.now(), row.due or timezone.now())

    def verb() -> str:
        enter(None)
        perform(it, row.number, now=now, **(_args(row.number) if row.number else {}))
        return "done"

    return Command(name, verb)


def _args(number: int) -> dict[str, Any]:
    """What the row says; after a run that was killed it may say that the job is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE id = %s", [number])
        args = cursor.fetchone()[0]
    return args if isinstance(args, dict) else dict(json.loads(args))


def LATER() -> datetime:  # noqa: N802  stands for a constant of the run
    """When whatever comes round by itself finds something to do: a month on."""
    return timezone.now() + timedelta(days=31)


def queued() -> dict[str, Waiting]:
    """The last job of each name that waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT ON (task_name) task_name, id, scheduled_at FROM procrastinate_jobs"
                       " ORDER BY task_name, id DESC")  # fmt: skip
        return {name: Waiting(number, due) for name, number, due in cursor.fetchall()}
