"""Putting jobs into the queue."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from fairlead.events.tenancy import tenant
from fairlead.jobs import cancel, enqueue, follow, followers, follows, job, registry, worker
from fairlead.jobs.queue import tick_off
from fairlead.jobs.registry import BadJob
from jobs import sample_jobs

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def waiting() -> list[tuple[str, datetime | None]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, scheduled_at FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return cursor.fetchall()


def test_a_rolled_back_change_leaves_no_job(tmp_path: Path) -> None:
    with transaction.atomic():
        enqueue(sample_jobs.write, workspace_id=1, path=str(tmp_path / "out"))
        transaction.set_rollback(True)
    assert waiting() == []


def test_a_job_waits_for_its_time() -> None:
    enqueue(sample_jobs.write, at=LATER, workspace_id=1, path="out")
    assert waiting() == [("sample_jobs.write", LATER)]


def test_a_cancelled_job_is_gone_and_cancelling_again_says_so() -> None:
    number = enqueue(sample_jobs.write, at=LATER, workspace_id=1, path="out")
    assert number is not None
    assert cancel(number) is True
    assert waiting() == []
    assert cancel(number) is False


def test_once_adds_nothing_while_one_waits_and_does_not_spoil_the_transaction() -> None:
    first = enqueue(sample_jobs.write, once="plan 1", at=LATER, workspace_id=1, path="out")
    second = enqueue(sample_jobs.write, once="plan 1", at=LATER + timedelta(hours=1), workspace_id=1, path="out")
    other = enqueue(sample_jobs.write, once="plan 2", at=LATER, workspace_id=1, path="out")
    assert (first is not None, second, other is not None) == (True, None, True)
    assert len(waiting()) == 2


def test_once_within_a_transaction_asks_the_database_once_and_forgets_what_is_rolled_back(
    django_assert_num_queries: Any,
) -> None:
    def add() -> int | None:
        return enqueue(sample_jobs.write, once="plan 1", at=LATER, workspace_id=1, path="out")

    with transaction.atomic():
        with transaction.atomic():
            assert add() is not None
            transaction.set_rollback(True)
        assert waiting() == []
        assert add() is not None
        with django_assert_num_queries(0):
            assert add() is None
    assert waiting() == [("sample_jobs.write", LATER)]


def test_a_job_for_the_whole_workspace_stands_once_for_many_events() -> None:
    look = replace(sample_jobs.write, once=True)
    for event_id in (1, 2, 3):
        follow(look, workspace_id=7, event_id=event_id)
    follow(look, workspace_id=8, event_id=4)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        assert [json.loads(row[0]) for row in cursor.fetchall()] == [{"workspace_id": 7}, {"workspace_id": 8}]


def test_a_job_without_a_workspace_is_refused() -> None:
    with pytest.raises(BadJob, match="needs the workspace_id"):
        enqueue(sample_jobs.write, path="out")


def test_a_job_with_a_row_instead_of_an_id_is_refused() -> None:
    with pytest.raises(BadJob, match="ids and plain words only; not path"):
        enqueue(sample_jobs.write, workspace_id=1, path=Path("out"))  # type: ignore[arg-type]


def test_a_job_with_a_time_without_zone_is_refused() -> None:
    with pytest.raises(BadJob, match="time zone"):
        enqueue(sample_jobs.write, at=datetime(2026, 11, 24, 9, 0), workspace_id=1, path="out")  # noqa: DTZ001


def test_a_job_that_comes_round_by_itself_cannot_be_enqueued() -> None:
    with pytest.raises(BadJob, match="comes round by itself"):
        enqueue(sample_jobs.tick)


def test_followers_of_a_kind_are_those_who_name_it_and_those_who_follow_everything() -> None:
    with registry.declared_apart():
        follows("*")(sample_jobs.watch)
        assert followers("sample.happened") == [sample_jobs.write, sample_jobs.watch]
        assert followers("sample.other") == [sample_jobs.watch]
    assert followers("sample.other") == []


def test_two_jobs_of_one_name_are_refused() -> None:
    def write() -> None: ...

    write.__module__ = "sample_jobs"
    with registry.declared_apart(), pytest.raises(BadJob, match=r"Two jobs are called sample_jobs\.write"):
        job()(write)


def test_a_queue_that_nobody_serves_is_refused() -> None:
    with pytest.raises(BadJob, match="There is no queue 'fast'"):
        job(queue="fast")


def test_a_whole_job_that_runs_twice_has_its_effect_once(tmp_path: Path) -> None:
    done: list[int] = []

    def add(*, workspace_id: int, now: datetime) -> None:
        enqueue(sample_jobs.write, workspace_id=workspace_id, path="effect")
        done.append(workspace_id)

    with registry.declared_apart():
        registry.configure(around=tenant)
        whole = job(whole=True)(add)
        number = enqueue(whole, workspace_id=1)
        assert number is not None
        worker.perform(whole, number, now=LATER, workspace_id=1)
        worker.perform(whole, number, now=LATER, workspace_id=1)  # by a worker that was taken for dead
        worker.perform(whole, number, now=LATER, workspace_id=1, done=True)  # by one that comes after it
    assert done == [1, 1]
    assert [name for name, _ in waiting()].count("sample_jobs.write") == 1


def test_a_job_whose_row_is_gone_was_done_by_another_worker() -> None:
    number = enqueue(sample_jobs.write, workspace_id=1, path="out")
    assert number is not None
    assert tick_off(number) is True
    assert tick_off(number) is False
    cancel(number)
    assert tick_off(number) is False
