"""Many waiting timers: what finding the next job costs among them, how fast a backlog of due ones is worked off, and
how late timers are that fall due while the others wait.

    python benchmarks/timers.py [--timers 100000] [--due 10000] [--workers 1]

Works in the data folder .fairlead/timers, unless FAIRLEAD_DATA_DIR or FAIRLEAD_DATABASE_URL names another place; the
queue there is emptied. Real workers run in processes of their own. What a timer does is to write one row, so that the
figures are those of the queue. Prints CSV: metric, value, unit.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("FAIRLEAD_LOG_LEVEL", "ERROR")
os.environ.setdefault("FAIRLEAD_DATA_DIR", str(Path(__file__).parents[1] / ".fairlead" / "timers"))

from fairlead.cli.database import bring_up_to_date, database, set_up_django

TABLES = "procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers"
FIRED = """
CREATE TABLE IF NOT EXISTS bench_fired (timer bigint, due timestamptz, at timestamptz DEFAULT clock_timestamp())
"""
ADD = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at)
SELECT 'default', 'timers.fire', jsonb_build_object('workspace_id', 0, 'timer', n, 'due', due::text), due
FROM (SELECT n, {due} AS due FROM generate_series(1, %s) n) t
"""
OURS, THEIRS = "fairlead_fetch_job", "procrastinate_fetch_job_v2"
STEADY_S, A_SECOND = 20, 50


def work() -> int:
    """A worker that knows the timers of this benchmark only."""
    set_up_django()
    from django.db import connection

    from fairlead.config import config
    from fairlead.jobs import DEFAULT, job, registry, worker

    def fire(*, timer: int, due: str, **_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_fired (timer, due) VALUES (%s, %s)", [timer, due])

    fire.__module__ = "timers"
    registry._registry.jobs.clear()
    job()(fire)
    return worker.run(queues=[DEFAULT], concurrency=config().worker_jobs, grace_s=5)


def run(query: str, *params: object) -> list[tuple[object, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, params or None)
        return cursor.fetchall() if cursor.description else []


def fetch_ms(name: str, times: int) -> float:
    """The median wall time of one fetch, inside the database; each is taken back."""
    from django.db import connection, transaction

    found = []
    for _ in range(times):
        with transaction.atomic(), connection.cursor() as cursor:
            begun = time.perf_counter()
            cursor.execute(f"SELECT id FROM {name}(ARRAY['default', 'send']::varchar[], NULL)")
            cursor.fetchone()
            found.append((time.perf_counter() - begun) * 1000)
            transaction.set_rollback(True)
    return statistics.median(found)


def say(metric: str, value: float, unit: str) -> None:
    print(f"{metric},{value:.2f},{unit}", flush=True)


def fetches(state: str) -> None:
    for name, function in (("fetch", OURS), ("fetch_of_the_library", THEIRS)):
        say(f"{name}_{state}", fetch_ms(function, 30), "ms")


def fired() -> int:
    return int(str(run("SELECT count(*) FROM bench_fired")[0][0]))


def wait_for(count: int) -> None:
    while fired() < count:
        time.sleep(0.1)


def late(condition: str) -> None:
    """How late those timers were."""
    each = f"SELECT extract(epoch FROM at - due)::float AS s FROM bench_fired WHERE {condition}"
    row = run(f"SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s), max(s), min(s) FROM ({each}) AS t")[0]
    for name, value in zip(("late_median", "late_most", "early_most"), row, strict=True):
        say(name, float(str(value)), "s")


def measure(timers: int, due: int, workers: int) -> None:
    run(f"TRUNCATE {TABLES} RESTART IDENTITY CASCADE")
    run(FIRED)
    run("GRANT INSERT, SELECT ON bench_fired TO fairlead_app")
    run("TRUNCATE bench_fired")
    fetches("empty")
    run(ADD.format(due="now() + interval '1 day' + n * interval '1 second'"), timers - due)
    fetches("among_waiting")
    run(ADD.format(due="now() - n * interval '1 millisecond'"), due)
    fetches("with_backlog")
    command = [sys.executable, __file__, "--work"]
    running = [subprocess.Popen(command) for _ in range(workers)]
    try:
        wait_for(1)
        begun, before = time.monotonic(), fired()
        wait_for(due)
        seconds = time.monotonic() - begun
        say("backlog_worked_off_in", seconds, "s")
        say("backlog_rate", (due - before) / seconds, "1/s")
        steady = STEADY_S * A_SECOND
        run("UPDATE bench_fired SET timer = -timer")
        run(ADD.format(due=f"clock_timestamp() + interval '2 seconds' + n * interval '{1 / A_SECOND} seconds'"), steady)
        wait_for(due + steady)
        late("timer > 0")
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def main() -> int:
    """Prepare, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--timers", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work()
    with database():
        bring_up_to_date()
        from fairlead.events.wall import as_owner

        with as_owner():
            say("load", os.getloadavg()[0], "")
            measure(arguments.timers, arguments.due, arguments.workers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
