"""Running jobs, by real worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from fairlead.events.wall import as_owner
from fairlead.jobs import cancel, enqueue, upkeep, worker
from jobs import sample_jobs
from jobs.waiting import eventually

HERE = Path(__file__).parent
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The file that the jobs write into."""
    return tmp_path / "out"


@pytest.fixture
def start(committed: None, tmp_path: Path) -> Iterator[Start]:
    """Starts workers, which all end with the test."""
    started = []

    def start_worker(*, grace_s: float = 5) -> subprocess.Popen[bytes]:
        place = connection.settings_dict
        url = f"postgresql://{place['USER']}@{place['PORT'] and 'localhost'}/{place['NAME']}?host={place['HOST']}"
        command = [sys.executable, str(HERE / "worker_process.py"), str(tmp_path / "ticks"), str(grace_s)]
        started.append(subprocess.Popen(command, env={**os.environ, "FAIRLEAD_DATABASE_URL": url}))
        return started[-1]

    yield start_worker
    for process in started:
        process.kill()
        process.wait()


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def count(condition: str) -> int:
    with connection.cursor() as cursor:
        ours = "task_name LIKE 'sample_jobs.%' AND task_name <> 'sample_jobs.tick'"
        cursor.execute(f"SELECT count(*) FROM procrastinate_jobs WHERE {ours} AND {condition}")
        return int(cursor.fetchone()[0])


def test_a_job_runs_inside_its_workspace_and_is_told_the_time(start: Start, out: Path) -> None:
    enqueue(sample_jobs.write, workspace_id=7, path=str(out))
    start()
    eventually(lambda: lines(out) == [f"done in 7 of 7 at {datetime.now(UTC):%Y}"])
    eventually(lambda: count("true") == 0)


def test_a_due_timer_starts_without_anybody_waking_the_worker(start: Start, out: Path) -> None:
    enqueue(sample_jobs.write, at=datetime.now(UTC) + timedelta(seconds=4), workspace_id=1, path=str(out), text="late")
    gone = enqueue(sample_jobs.write, at=datetime.now(UTC) + timedelta(seconds=1), workspace_id=1, path=str(out))
    assert gone is not None
    cancel(gone)
    start()
    eventually(lambda: len(lines(out)) > 0)
    assert [line.split()[0] for line in lines(out)] == ["late"]


def test_a_failing_job_is_tried_as_often_as_it_says(start: Start, out: Path) -> None:
    enqueue(sample_jobs.fail, workspace_id=1, path=str(out))
    start()
    eventually(lambda: count("status = 'failed'") == 1)
    assert lines(out) == ["tried", "tried", "tried"]


def test_a_refusal_is_not_tried_again(start: Start, out: Path) -> None:
    enqueue(sample_jobs.be_refused, workspace_id=1, path=str(out))
    start()
    eventually(lambda: count("status = 'failed'") == 1)
    assert lines(out) == ["refused"]


def test_a_retry_does_not_collide_with_a_newer_job_of_the_same_once(start: Start, out: Path) -> None:
    enqueue(sample_jobs.fail, once="x", workspace_id=1, path=str(out))
    process = start()
    eventually(lambda: len(lines(out)) > 0)
    enqueue(sample_jobs.fail, once="x", workspace_id=1, path=str(out))
    eventually(lambda: count("status = 'failed'") == 2)
    assert process.poll() is None


def test_a_job_whose_worker_was_killed_runs_again_on_another_one(start: Start, out: Path) -> None:
    enqueue(sample_jobs.take_long, workspace_id=1, path=str(out))
    first = start()
    eventually(lambda: lines(out) == ["begun"])
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert count("status = 'doing'") == 1
    with as_owner(), connection.cursor() as cursor:  # time passes
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    start()
    eventually(lambda: lines(out) == ["begun", "begun", "ended"])
    eventually(lambda: count("true") == 0)


def test_a_dead_worker_is_noticed_within_thirty_seconds() -> None:
    assert upkeep.STALLED_S + upkeep.RESCUE_S + worker.POLL_S < 30
    assert upkeep.STALLED_S > 3 * upkeep.HEARTBEAT_S


def test_a_worker_that_must_stop_gives_back_what_it_cannot_finish(start: Start, out: Path) -> None:
    enqueue(sample_jobs.take_long, workspace_id=1, path=str(out))
    first = start(grace_s=0.5)
    eventually(lambda: lines(out) == ["begun"])
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=30) == 0
    assert count("status = 'todo'") == 1
    start()
    eventually(lambda: lines(out) == ["begun", "begun", "ended"])


def test_a_job_that_kills_its_worker_every_time_is_given_up(start: Start, out: Path) -> None:
    enqueue(sample_jobs.write, workspace_id=1, path=str(out))
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = %s", [upkeep.MAX_ATTEMPTS - 1])
    start()
    eventually(lambda: count("status = 'failed'") == 1)
    assert lines(out) == []


def test_what_comes_round_fires_once_for_all_workers(start: Start, tmp_path: Path) -> None:
    workers = [start(), start()]
    eventually(lambda: len(lines(tmp_path / "ticks")) >= 3)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(defer_timestamp) / 5 FROM procrastinate_periodic_defers WHERE task_name = 'sample_jobs.tick'"
        )
        last = int(cursor.fetchone()[0])
    assert all(process.poll() is None for process in workers)
    first = last - len(lines(tmp_path / "ticks")) + 1
    assert last - first + 1 == len(lines(tmp_path / "ticks"))
