"""A backup is one moment of everything; brought back elsewhere it is the same, and sends nothing a second time."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from archive import places
from conftest import World, make_world
from fairlead.allocation import actions as allocation
from fairlead.archive import jobs as archive_jobs
from fairlead.archive.backup import backups, file_name, last_made_at, make_backup
from fairlead.archive.parcel import BadArchive, check, members
from fairlead.archive.tables import LEFT_OUT, owners_connection, tables
from fairlead.config import config
from fairlead.events.tenancy import enter
from fairlead.notices.models import Notice
from fairlead.people import actions as people
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Project


@pytest.fixture
def company(committed: None, now: datetime) -> World:
    """Two workspaces; one with tasks, an open offer and a notice that waits to be mailed."""
    world = make_world()
    by = {"actor": world.alice.actor, "now": now}
    bob = people.create_worker(kind="employee", name="Bob", user=world.bob.user, email=world.bob.user.email, **by)
    project = work.create_project(key="WEB", name="Site", **by)
    tasks = work.create_tasks(project, [TaskDraft(title=f"Täsk\t{n}\\n", effort_min=60) for n in range(5)], **by)
    allocation.assign_task(tasks[0], bob, **by)
    allocation.offer_task(tasks[1], workers=[bob], terms=allocation.Terms(answer_min=2400), **by)
    Notice.objects.create(
        workspace=world.workspace, user=world.bob.user, kind="assigned", occasion="x", title="Mine", url="/",
        created_at=now, mail_at=now,
    )  # fmt: skip
    return world


def test_a_backup_made_while_people_work_comes_back_whole_elsewhere(
    company: World, now: datetime, tmp_path: Path
) -> None:
    stop, made = threading.Event(), threading.Event()

    def go_on() -> None:
        enter(company.workspace.pk)
        project = Project.objects.get()
        while not stop.is_set():
            work.create_task(project, TaskDraft(title="Meanwhile"), actor=company.alice.actor, now=now)
            made.set()
        connection.close()

    worker = threading.Thread(target=go_on)
    worker.start()
    try:
        assert made.wait(60)
        done = make_backup(tmp_path / "b.tar.gz", now=now)
    finally:
        stop.set()
        worker.join()
    with places.new_database() as url:
        answer = places.fairlead(url, tmp_path / "there", "restore", str(done.path))
        assert answer.returncode == 0, answer.stderr
        assert "Every row is there and every event log is unbroken." in answer.stdout
        told = {m.name.removeprefix("tables/"): m.rows for m in done.manifest.tables}
        found = places.counts(url)
        assert {name: found[name] for name in told} == told
        # Each task has its event and each event its task: the cut goes through no transaction.
        assert found["work_task"] == places.value(url, "SELECT count(*) FROM events_event WHERE kind = 'task.created'")
        assert found["work_task"] > 5
        assert places.value(url, "SELECT count(*) FROM work_task WHERE title = E'Täsk\\t0\\\\n'") == 1
        assert places.fairlead(url, tmp_path / "there", "audit", "verify").returncode == 0
        assert places.fairlead(url, tmp_path / "there", "migrate", "--check").returncode == 0
        _works_on(url, found)


def _works_on(url: str, found: dict[str, int]) -> None:
    """Triggers, walls and counters are in force again."""
    count = "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D' AND NOT tgisinternal"
    assert places.value(url, count) == 0
    assert places.value(url, "SELECT relrowsecurity FROM pg_class WHERE relname = 'work_task'") is True
    highest = places.value(url, "SELECT max(id) FROM work_task")
    assert isinstance(highest, int)
    assert highest >= found["work_task"]
    assert places.value(url, "SELECT nextval(pg_get_serial_sequence('work_task', 'id'))") > highest  # type: ignore[operator]


def test_what_waited_to_go_out_is_not_sent_again_and_timers_are_set_anew(
    company: World, now: datetime, tmp_path: Path
) -> None:
    done = make_backup(tmp_path / "b.tar.gz", now=now)
    with places.new_database() as url:
        answer = places.fairlead(url, tmp_path, "restore", str(done.path))
        assert answer.returncode == 0, answer.stderr
        assert (
            places.value(url, "SELECT count(*) FROM notices_notice WHERE mail_at IS NOT NULL AND mailed_at IS NULL")
            == 0
        )
        assert places.value(url, "SELECT count(*) FROM notices_notice WHERE title = 'Mine'") == 1
        waiting = (
            "SELECT string_agg(DISTINCT queue_name || ':' || task_name, ' ' ORDER BY queue_name || ':' || task_name)"
        )
        found = places.value(url, f"{waiting} FROM procrastinate_jobs")
        assert set(str(found).split()) <= {"default:allocation.expire_offer", "default:notices.remind_of_offer"}
        assert "default:allocation.expire_offer" in str(found)
        assert places.value(url, "SELECT id FROM archive_epoch") == 1


def test_nothing_is_restored_over_what_is_there(company: World, now: datetime, tmp_path: Path) -> None:
    done = make_backup(tmp_path / "b.tar.gz", now=now)
    before = places.counts(places.here())
    answer = places.fairlead(places.here(), tmp_path, "restore", str(done.path))
    assert answer.returncode == 2
    assert "The database is not empty" in answer.stderr
    assert "FAIRLEAD_DATA_DIR" in answer.stderr
    answer = places.fairlead(places.here(), tmp_path, "restore", "--force-empty", str(done.path))
    assert (answer.returncode, "empties the embedded database only" in answer.stderr) == (2, True)
    assert places.counts(places.here()) == before


def _repack(path: Path, change: Any) -> Path:
    """A copy of the archive whose members went through `change(name, content)`."""
    changed = path.with_name("changed.tar.gz")
    with tarfile.open(changed, "w:gz") as tar:
        for name, content in members(path):
            text = change(name, content.read())
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text))
    return changed


def test_a_damaged_archive_is_refused_before_anything_is_touched(company: World, now: datetime, tmp_path: Path) -> None:
    path = make_backup(tmp_path / "b.tar.gz", now=now).path
    whole = path.read_bytes()
    cut, empty, other = tmp_path / "cut", tmp_path / "empty", tmp_path / "other"
    cut.write_bytes(whole[: len(whole) // 2])
    empty.write_bytes(b"")
    other.write_bytes(gzip.compress(b"no tar"))
    changed = _repack(
        path, lambda name, text: text.replace(b"Site", b"Sity") if name == "tables/work_project" else text
    )
    for wrong in (cut, empty, other, tmp_path / "nowhere"):
        with pytest.raises(BadArchive):
            check(wrong)
    with pytest.raises(BadArchive, match="tables/work_project is not what the manifest says"):
        check(changed)
    with places.new_database() as url:
        answer = places.fairlead(url, tmp_path, "restore", str(changed))
        assert (answer.returncode, "work_project is not what" in answer.stderr) == (2, True)
        assert places.counts(url) == {}


def test_an_archive_of_a_newer_version_is_refused_with_the_reason(
    company: World, now: datetime, tmp_path: Path
) -> None:
    path = make_backup(tmp_path / "b.tar.gz", now=now).path

    def newer(name: str, text: bytes) -> bytes:
        if name != "manifest.json":
            return text
        manifest = json.loads(text)
        manifest["migrations"].append("work.9999_from_the_future")
        return json.dumps(manifest).encode()

    with places.new_database() as url:
        answer = places.fairlead(url, tmp_path, "restore", str(_repack(path, newer)))
        assert answer.returncode == 2
        assert "newer than this one: it has work.9999_from_the_future" in answer.stderr
        assert places.counts(url) == {}


def test_an_archive_of_an_older_version_is_brought_up_to_date(tmp_path: Path, committed: None) -> None:
    old = "import django; django.setup(); from django.core.management import call_command as call;"
    old += "call('migrate', verbosity=0); call('migrate', 'notices', 'zero', verbosity=0);"
    old += "call('migrate', 'allocation', '0003', verbosity=0);"
    old += "from datetime import *; from pathlib import Path; from fairlead.archive.backup import make_backup;"
    old += f"make_backup(Path('{tmp_path}/old.tar.gz'), now=datetime.now(timezone.utc))"
    prepare = f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'fairlead.settings'; {old}"
    with places.new_database() as url:
        done = places.run(url, tmp_path, "-c", prepare)
        assert done.returncode == 0, done.stderr
    with places.new_database() as url:
        answer = places.fairlead(url, tmp_path, "restore", f"{tmp_path}/old.tar.gz")
        assert answer.returncode == 0, answer.stderr
        assert places.fairlead(url, tmp_path, "migrate", "--check").returncode == 0
        assert "notices_notice" in places.counts(url)


def test_the_secret_key_is_inside_only_when_asked_for(company: World, now: datetime, tmp_path: Path) -> None:
    from fairlead.config import secret_key

    key = secret_key(config()).encode()
    plain = make_backup(tmp_path / "plain.tar.gz", now=now).path
    assert key not in gzip.decompress(plain.read_bytes())
    with_key = make_backup(tmp_path / "key.tar.gz", now=now, with_secrets=True).path
    assert key in gzip.decompress(with_key.read_bytes())
    assert plain.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob("*.partial")) == []


def test_every_table_is_in_a_backup_or_named_with_its_reason(committed: None) -> None:
    with owners_connection() as database:
        found = {row[0] for row in database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        assert set(tables(database)) == found - set(LEFT_OUT)
    assert set(LEFT_OUT) - found == set()


def test_the_scheduled_backup_keeps_the_newest(
    committed: None, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(config(), backup_folder=str(tmp_path / "copies"), backup_keep=2)
    monkeypatch.setattr(archive_jobs, "config", lambda: settings)
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "notes.txt").write_text("mine")
    for day in range(3):
        archive_jobs.back_up(now=now + timedelta(days=day))
    later = [file_name(now + timedelta(days=day)) for day in (1, 2)]
    assert [path.name for path in backups(tmp_path / "copies")] == later
    assert (tmp_path / "copies" / "notes.txt").exists()
    assert last_made_at(tmp_path / "copies") == now + timedelta(days=2)


def test_what_a_killed_backup_left_half_made_goes_after_a_day(
    committed: None, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(config(), backup_folder=str(tmp_path), backup_keep=2)
    monkeypatch.setattr(archive_jobs, "config", lambda: settings)
    old, young = (f"{file_name(now - timedelta(hours=hours))}.partial" for hours in (25, 23))
    for name, hours in ((old, 25), (young, 23), ("mine.partial", 999)):
        (tmp_path / name).write_bytes(b"half")
        begun = (now - timedelta(hours=hours)).timestamp()
        os.utime(tmp_path / name, (begun, begun))
    archive_jobs.back_up(now=now)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([young, file_name(now), "mine.partial"])
