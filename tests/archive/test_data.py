"""Taking a workspace away, what it keeps, and its end: nothing forgotten, nothing left, and only for its owners."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from conftest import Person, World, make_world
from fairlead.accounts import actions as accounts
from fairlead.accounts.models import User, Workspace
from fairlead.allocation import actions as allocation
from fairlead.allocation.models import Assignment, Receipt, Snapshot
from fairlead.archive import actions, content, jobs, queries
from fairlead.archive.actions import exports as making
from fairlead.archive.actions.farewell import rows_left
from fairlead.archive.models import Export, Removed
from fairlead.archive.queries import Counts, Kept
from fairlead.archive.tables import owners_connection
from fairlead.config import config, use
from fairlead.events.audit import verify
from fairlead.events.models import Event
from fairlead.events.tenancy import enter, tenant
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.notices.models import Notice
from fairlead.people import actions as people
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Comment, Criterion, Task

Later = Callable[..., None]


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Exports of tests lie apart."""
    monkeypatch.setenv("FAIRLEAD_DATA_DIR", str(tmp_path))
    config.cache_clear()
    yield tmp_path  # type: ignore[misc]
    monkeypatch.undo()
    config.cache_clear()
    use()


def _fill(world: World, now: datetime) -> list[Task]:
    by: dict[str, Any] = {"actor": world.alice.actor, "now": now}
    bob = people.create_worker(kind="employee", name="Bob", user=world.bob.user, **by)
    skill = people.create_skill("Writing", **by)
    people.set_skill(bob, skill, 4, **by)
    project = work.create_project(key="WEB", name="Site", **by)
    draft = TaskDraft(title="=Task", effort_min=60, needs={skill.pk: 2}, criteria=("Short",))
    tasks = work.create_tasks(project, [draft] * 3, **by)
    allocation.assign_task(tasks[0], bob, **by)
    allocation.assign_task(tasks[1], bob, **by)
    work.add_comment(tasks[0], "Hello", internal=True, **by)
    accounts.create_token("Robot", ["work:read"], days=None, actor=world.olga.actor, now=now)
    accounts.invite("new@example.com", "manager", actor=world.olga.actor, now=now)
    return tasks


@pytest.fixture
def filled(committed: None, now: datetime) -> World:
    world = make_world()
    _fill(world, now)
    return world


def _exported(world: World, now: datetime) -> tuple[Export, zipfile.ZipFile]:
    export = actions.request_export(actor=world.olga.actor, now=now)
    event = Event.objects.get(kind="export.requested", subject_id=export.pk)
    for _ in range(2):  # a job may run twice
        jobs.make_export(workspace_id=world.workspace.pk, event_id=event.pk, now=now)
    export.refresh_from_db()
    path = actions.take_export(export, actor=world.olga.actor, now=now)
    return export, zipfile.ZipFile(io.BytesIO(path.read_bytes()))


def test_an_export_holds_every_row_of_the_workspace_and_no_key_to_it(filled: World, now: datetime) -> None:
    export, archive = _exported(filled, now)
    text = {name: archive.read(name).decode() for name in archive.namelist() if not name.startswith("files/")}
    for model in content.kinds():
        column = getattr(model, "wall_column", "workspace_id")
        rows = [json.loads(line) for line in text[f"data/{content.name_of(model)}.jsonl"].splitlines()]
        if content.name_of(model) not in ("events.event", "events.head"):  # the export itself is noted afterwards
            assert len(rows) == model._default_manager.filter(**{column: filled.workspace.pk}).count()
    tasks = [json.loads(line) for line in text["data/work.task.jsonl"].splitlines()]
    assert tasks[0]["title"] == "=Task"
    assert "'=Task" in text["tasks.csv"]
    assert "Bob" in text["people.csv"]
    members = [json.loads(line) for line in text["data/users.jsonl"].splitlines()]
    assert {row["email"] for row in members} >= {"olga@example.com", "bob@example.com"}
    whole = "".join(text.values())
    assert "charlie@example.com" not in whole
    assert not any("password" in row or "digest" in row for row in [*members, *tasks])
    assert "new@example.com" not in text.get("data/accounts.invitation.jsonl", "")
    assert (
        export.sha256
        == hashlib.sha256((making.folder(filled.workspace.pk) / export.file_name).read_bytes()).hexdigest()
    )


def test_the_log_of_an_export_can_be_checked_without_the_product(filled: World, now: datetime) -> None:
    _, archive = _exported(filled, now)
    events = [json.loads(line) for line in archive.read("data/events.event.jsonl").decode().splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert all(after["previous"] == before["hash"] for before, after in pairwise(events))


def test_an_export_is_for_owners_expires_and_is_noted(filled: World, now: datetime) -> None:
    for who in (filled.alice, filled.bob, filled.clara, filled.audrey, filled.echo):
        with pytest.raises(Forbidden):
            actions.request_export(actor=who.actor, now=now)
    export, _ = _exported(filled, now)
    assert Event.objects.filter(kind="export.downloaded").count() == 1
    for who in (filled.alice, filled.charlie):
        with pytest.raises(Missing):
            queries.find_export(who.actor, export.pk)
    path = making.folder(filled.workspace.pk) / export.file_name
    assert path.stat().st_mode & 0o077 == 0
    later = now + timedelta(days=8)
    with pytest.raises(Missing, match="Make a new one"):
        actions.take_export(export, actor=filled.olga.actor, now=later)
    jobs.say_farewell(now=later)
    assert not path.exists()


def test_one_export_at_a_time(world: World, now: datetime) -> None:
    actions.request_export(actor=world.olga.actor, now=now)
    with pytest.raises(Conflict, match="Wait until it is ready"):
        actions.request_export(actor=world.olga.actor, now=now)


def test_what_a_killed_export_left_on_disk_goes_and_what_a_row_names_stays(filled: World, now: datetime) -> None:
    export, _ = _exported(filled, now)
    place = making.folder(filled.workspace.pk)
    kept, half, whole = place / export.file_name, place / "acme.partial", place / "acme-lost.zip"
    for path in (half, whole):
        path.write_bytes(b"half of everything")
    for path in (kept, half, whole):
        os.utime(path, (now.timestamp(), now.timestamp()))
    making.remove_old_exports(filled.workspace.pk, now=now + timedelta(minutes=5))
    assert half.exists()  # it may still be being made
    making.remove_old_exports(filled.workspace.pk, now=now + timedelta(hours=3))
    assert [path.exists() for path in (kept, half, whole)] == [True, False, False]


def test_an_export_that_two_workers_make_is_made_once(filled: World, now: datetime) -> None:
    asked = actions.request_export(actor=filled.olga.actor, now=now)
    both = [Export.objects.get(pk=asked.pk) for _ in range(2)]
    for export in both:
        actions.make_export(export, now=now)
    assert Event.objects.filter(kind="export.made").count() == 1
    assert [p.name for p in making.folder(filled.workspace.pk).iterdir()] == [Export.objects.get().file_name]


def test_the_end_needs_the_name_and_can_be_taken_back(world: World, now: datetime) -> None:
    with pytest.raises(Invalid, match="Type the workspace's name, Acme"):
        actions.ask_for_end(world.workspace, "acme", actor=world.olga.actor, now=now)
    for who in (world.alice, world.bob, world.clara, world.echo):
        with pytest.raises(Forbidden):
            actions.ask_for_end(world.workspace, "Acme", actor=who.actor, now=now)
    actions.ask_for_end(world.workspace, "Acme", actor=world.olga.actor, now=now)
    assert Workspace.objects.get().ends_at == now + timedelta(days=14)
    actions.keep_workspace(world.workspace, actor=world.olga.actor, now=now)
    assert Workspace.objects.get().ends_at is None
    with pytest.raises(Conflict):
        actions.keep_workspace(world.workspace, actor=world.olga.actor, now=now)


def test_nothing_of_a_workspace_is_left_after_its_end(filled: World, now: datetime) -> None:
    number, theirs = filled.workspace.pk, filled.charlie.workspace.pk
    actions.ask_for_end(filled.workspace, "Acme", actor=filled.olga.actor, now=now)
    jobs.say_farewell(now=now + timedelta(days=13))
    assert Workspace.objects.filter(pk=number).exists()
    with tenant(theirs):
        before = Event.objects.count()
    jobs.say_farewell(now=now + timedelta(days=14, hours=1))
    with owners_connection() as database:
        assert rows_left(database, number) == []
        text = "SELECT count(*) FROM pg_trigger WHERE tgname = 'event_keep' AND tgenabled = 'O'"
        assert database.execute(text).fetchone() == (1,)
    assert Removed.objects.get().number == number
    with tenant(theirs):
        assert Event.objects.count() == before
        assert verify(theirs).problems == []
    assert User.objects.filter(email="olga@example.com").exists()
    jobs.say_farewell(now=now + timedelta(days=15))


def _client(who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def test_what_is_older_than_wished_goes_for_good(world: World, now: datetime) -> None:
    tasks = _fill(world, now)
    by: dict[str, Any] = {"actor": world.alice.actor, "now": now}
    for task in tasks[:2]:
        task.refresh_from_db()
    work.delete_task(tasks[0], **by)
    criterion = Criterion.objects.get(task=tasks[1])
    work.check_criterion(criterion, **by)
    work.complete_task(tasks[1], **by)
    allocation.settle_assignment(Task.objects.get(pk=tasks[1].pk), now=now)
    notice = {"workspace": world.workspace, "user": world.bob.user, "kind": "assigned", "url": "/", "created_at": now}
    Notice.objects.create(**notice, occasion="a", title="Old")
    Notice.objects.create(**notice, occasion="b", title="Waits", mail_at=now)
    later, chosen = now + timedelta(days=400), Kept(trash_days=30, notice_months=12, receipt_months=6)
    receipts = Receipt.objects.filter(task=tasks[1]).count()
    assert queries.would_remove(world.workspace.pk, chosen, now=now) == Counts(0, 0, 0)
    assert queries.would_remove(world.workspace.pk, chosen, now=later) == Counts(1, 1, receipts)
    assert actions.prune(world.workspace.pk, now=later) == Counts(0, 0, 0)  # nothing is chosen yet
    actions.change_retention(chosen, actor=world.olga.actor, now=now)
    assert actions.prune(world.workspace.pk, now=later) == Counts(1, 1, receipts)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert not Task.objects.filter(pk=tasks[0].pk).exists()
    assert not Comment.objects.exists()
    assert [n.title for n in Notice.objects.filter(occasion__in="ab")] == ["Waits"]
    assert not Receipt.objects.filter(task=tasks[1]).exists()
    assert Task.objects.get(pk=tasks[1].pk).assignee is not None
    assert not Assignment.objects.exists()
    assert not Snapshot.objects.exists()
    assert Event.objects.get(kind="retention.pruned").payload == {"tasks": 1, "notices": 1, "receipts": receipts}
    assert verify(world.workspace.pk).problems == []
    assert actions.prune(world.workspace.pk, now=later) == Counts(0, 0, 0)


def test_a_receipt_lives_for_half_a_year_and_only_owners_choose(world: World, now: datetime) -> None:
    with pytest.raises(Invalid, match="From 6 to 120"):
        actions.change_retention(Kept(receipt_months=5), actor=world.olga.actor, now=now)
    for who in (world.alice, world.bob, world.clara, world.echo):
        with pytest.raises(Forbidden):
            actions.change_retention(Kept(trash_days=5), actor=who.actor, now=now)


def test_the_page_counts_before_it_saves(world: World, now: datetime) -> None:
    client = _client(world.olga)
    page = client.post("/settings/data/keep/", {"trash_days": "30"}).content.decode()
    assert "Nothing is that old at present." in page
    assert queries.kept(world.workspace.pk) == Kept()
    assert client.post("/settings/data/keep/", {"trash_days": "30", "sure": "1"}).status_code == 302
    enter(world.workspace.pk)
    assert queries.kept(world.workspace.pk) == Kept(trash_days=30)
    answer = client.post("/settings/data/keep/", {"receipt_months": "2", "sure": "1"})
    assert (answer.status_code, "From 6 to 120 months" in answer.content.decode()) == (422, True)


def test_everybody_sees_that_the_workspace_ends_and_an_owner_keeps_it(world: World) -> None:
    owner = _client(world.olga)
    answer = owner.post("/settings/data/end/", {"name": "Acne"})
    assert (answer.status_code, 'value="Acne"' in answer.content.decode()) == (422, True)
    assert owner.post("/settings/data/end/", {"name": "Acme"}).status_code == 302
    page = _client(world.bob).get("/tasks/").content.decode()
    assert "This workspace ends on" in page
    assert "/settings/data/stay/" not in page
    assert "/settings/data/stay/" in owner.get("/tasks/").content.decode()
    assert owner.post("/settings/data/stay/").status_code == 302
    assert "This workspace ends on" not in _client(world.bob).get("/tasks/").content.decode()


def test_the_page_gives_the_archive_to_owners_only(filled: World, now: datetime) -> None:
    export, _ = _exported(filled, now)
    Export.objects.filter(pk=export.pk).update(expires_at=now + timedelta(days=3650))
    answer = _client(filled.olga).get(f"/settings/data/exports/{export.pk}/")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="acme-')
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer))).testzip() is None  # type: ignore[arg-type]
    assert _client(filled.alice).get(f"/settings/data/exports/{export.pk}/").status_code == 404
    assert _client(filled.charlie).get(f"/settings/data/exports/{export.pk}/").status_code == 404
    assert _client(filled.alice).get("/settings/data/").status_code == 403
