"""Taking jobs out of the queue: who is next, at what cost, and whose word about a job counts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import Job as Row
from procrastinate.jobs import Status
from procrastinate.psycopg_connector import PsycopgConnector

from fairlead.jobs import DEFAULT, SEND, cancel, enqueue, upkeep
from fairlead.jobs.fence import Manager
from jobs import sample_jobs

QUEUES = [DEFAULT, SEND]
HOUR = timedelta(hours=1)
FETCH = "SELECT (fairlead_fetch_job(%s::varchar[], %s)).id"


def ask(query: str, *params: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, params or None)
        return cursor.fetchone()[0]


@pytest.fixture
def worker(db: None) -> int:
    """The number of a worker whose heart beats."""
    return int(ask("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id"))


def add(*, in_: timedelta | None = None, lock: str | None = None) -> int:
    """A job that waits; `in_` says when it is due, counted from now."""
    at = None if in_ is None else datetime.now(UTC) + in_
    number = enqueue(sample_jobs.write, at=at, lock=lock, workspace_id=1, path="out")
    assert number is not None
    return number


def fetched(worker: int, queues: list[str] = QUEUES) -> int | None:
    return ask(FETCH, queues, worker)  # type: ignore[no-any-return]


def test_what_is_due_for_longest_comes_first_whether_it_is_a_timer_or_not(worker: int) -> None:
    later, early, now, earlier = add(in_=HOUR), add(in_=-HOUR), add(), add(in_=-2 * HOUR)
    second = add()
    found = [fetched(worker) for _ in range(5)]
    assert found == [earlier, early, now, second, None]
    assert ask("SELECT status::text FROM procrastinate_jobs WHERE id = %s", later) == "todo"


def test_a_queue_that_is_not_served_is_left_alone(worker: int) -> None:
    number = add()
    assert fetched(worker, [SEND]) is None
    assert fetched(worker, []) is None
    assert fetched(worker, [SEND, DEFAULT]) == number
    assert ask("SELECT worker_id FROM procrastinate_jobs WHERE id = %s", number) == worker


def test_of_the_jobs_of_one_lock_one_runs_in_the_order_of_their_coming(worker: int) -> None:
    first, other, second = add(lock="a"), add(lock="b"), add(lock="a")
    third = add(in_=-HOUR, lock="a")  # due for longer, but it came later
    assert [fetched(worker) for _ in range(3)] == [first, other, None]
    for number in (first, second):
        ask("DELETE FROM procrastinate_jobs WHERE id = %s RETURNING id", number)
    assert fetched(worker) == third


def pages(worker: int) -> int:
    """How many pages of the database one fetch reads; it is taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {FETCH}", [QUEUES, worker])
        said = cursor.fetchone()[0]
        cursor.execute("ROLLBACK TO before")
    plan = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def test_a_fetch_costs_the_same_among_twenty_thousand_waiting_timers(worker: int) -> None:
    add()
    few = [pages(worker) for _ in range(8)][-1]  # once the plans are remembered
    ask(
        "WITH made AS (INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, scheduled_at)"
        " SELECT 'default', 'sample_jobs.write', 'x' || n, '{}', now() + make_interval(mins => n)"
        " FROM generate_series(1, 20000) n RETURNING 1) SELECT count(*) FROM made"
    )
    due = add(in_=-HOUR, lock="mine")
    many = [pages(worker) for _ in range(8)][-1]
    assert fetched(worker) == due
    assert many <= few + 30  # an index is a level or two deeper; going through all would be hundreds


@pytest.fixture
def beside(committed: None) -> Iterator[psycopg.Connection[Any]]:
    """Another connection, as of another worker."""
    with psycopg.connect(**connector_params(), autocommit=True) as other:
        yield other


def test_what_another_worker_takes_at_this_moment_is_passed_over(beside: psycopg.Connection[Any]) -> None:
    first, second = add(), add()
    number = ask("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
    with beside.transaction():
        assert beside.execute(FETCH, [QUEUES, number]).fetchone() == (first,)
        assert fetched(number) == second
        assert fetched(number) is None


@contextmanager
def running(manager_of: asyncio.Runner) -> Iterator[Manager]:
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=1)
    manager_of.run(connector.open_async())
    try:
        yield Manager(connector)
    finally:
        manager_of.run(connector.close_async())


def state(number: int) -> tuple[str, int, int | None] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts, worker_id FROM procrastinate_jobs WHERE id = %s", [number])
        return cursor.fetchone()  # type: ignore[no-any-return]


def two_workers() -> tuple[int, int]:
    return tuple(ask("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id") for _ in range(2))  # type: ignore[return-value]


def taken_over(run: asyncio.Runner, manager: Manager) -> tuple[int, Row]:
    """A job that a worker holds who is taken for dead: its number, and the job as that worker knows it."""
    number = add()
    paused, _ = two_workers()
    row = run.run(manager.fetch_job(QUEUES, paused))
    assert row is not None
    assert row.id == number
    ask("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute' RETURNING id")
    given = run.run(manager.connector.execute_query_all_async(
        upkeep._RESCUE, max_attempts=10, worker_id=None, stalled_s=upkeep.STALLED_S))  # fmt: skip
    assert [it["id"] for it in given] == [number]
    return number, row


def test_what_a_worker_that_was_taken_for_dead_says_of_a_job_does_not_count(committed: None) -> None:
    with asyncio.Runner() as run, running(run) as manager:
        number, before = taken_over(run, manager)
        another, _ = two_workers()
        now_held = run.run(manager.fetch_job(QUEUES, another))
        assert now_held is not None
        held = ("doing", 1, another)
        run.run(manager.retry_job(before))
        assert state(number) == held
        run.run(manager.finish_job(before, Status.FAILED, False))
        assert state(number) == held
        run.run(manager.finish_job(before, Status.SUCCEEDED, True))
        assert state(number) == held
        run.run(manager.finish_job(now_held, Status.SUCCEEDED, True))
        assert state(number) is None
        run.run(manager.finish_job(before, Status.SUCCEEDED, True))  # and nothing breaks when the row is gone


def test_a_job_that_was_done_after_all_is_not_done_again_while_nobody_has_begun(committed: None) -> None:
    with asyncio.Runner() as run, running(run) as manager:
        number, before = taken_over(run, manager)
        run.run(manager.finish_job(before, Status.FAILED, False))
        assert state(number) == ("todo", 1, None)
        run.run(manager.finish_job(before, Status.SUCCEEDED, True))
        assert state(number) is None


def test_a_retry_waits_by_the_clock_of_the_database(committed: None) -> None:
    with asyncio.Runner() as run, running(run) as manager:
        number = add()
        held = run.run(manager.fetch_job(QUEUES, two_workers()[0]))
        assert held is not None
        run.run(manager.retry_job(held, retry_at=datetime.now(UTC) + HOUR))
        assert state(number) is not None
        assert state(number)[:2] == ("todo", 1)  # type: ignore[index]
        assert ask("SELECT scheduled_at > now() + interval '59 minutes' FROM procrastinate_jobs WHERE id = %s", number)
        assert cancel(number) is True
