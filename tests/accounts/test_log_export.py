"""The event log: found by many filters, exported for any size, verified outside."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.test_second_factor import _old
from accounts.test_sign_in import PASSWORD
from conftest import World
from fairlead.accounts import actions
from fairlead.cli.main import main
from fairlead.events import export
from fairlead.events.audit import publish_heads, read_heads, verify_lines
from fairlead.events.models import Event
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft


@pytest.fixture
def auditor(world: World) -> Client:
    """audrey."""
    browser = Client()
    browser.force_login(world.audrey.user)
    return browser


def _texts(browser: Client, query: str) -> int:
    return browser.get(f"/activity/?{query}").content.decode().count('class="feed-text"')


def _export(browser: Client, form: str, **asked: str) -> str:
    answer: Any = browser.post("/activity/export/", {"format": form, **asked})
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode()


def _work(world: World, now: datetime) -> None:
    by = {"actor": world.alice.actor, "now": now}
    for key in ("WEB", "OPS"):
        project = work.create_project(key=key, name=f"Project {key}", **by)
        tasks = work.create_tasks(project, [TaskDraft(title=f"Write {n}") for n in range(2)], **by)
        work.add_comment(tasks[0], "Hello", internal=True, **by)


def test_events_are_found_by_project_task_day_text_and_family(world: World, auditor: Client, now: datetime) -> None:
    _work(world, now)
    _work_later = work.create_project(key="LAT", name="Later", actor=world.alice.actor, now=now + timedelta(days=3))
    assert _texts(auditor, "project=web") == 4
    assert _texts(auditor, "task=WEB-1") == 2  # created, and commented on
    assert _texts(auditor, "from=2026-11-26&to=2026-11-26") == 1
    assert _texts(auditor, "to=2026-11-25&kind=project") == 2
    assert _texts(auditor, "q=write+1") == 2
    assert _texts(auditor, "q=%25") == 0
    assert _texts(auditor, "kind=security") == 7
    nonsense = "project=NO&from=yesterday&to=9999-99-99&task=&by=x&kind=payload__x&q=%00"
    assert _texts(auditor, nonsense) == Event.objects.count()


def test_the_filter_stays_in_the_address_of_older_events(world: World, auditor: Client, now: datetime) -> None:
    for n in range(60):
        actions.change_workspace(world.workspace, actor=world.olga.actor, now=now, name=f"Acme {n}")
    page = auditor.get("/activity/?kind=workspace&q=Acme&from=2026-11-01").content.decode()
    assert "/activity/?kind=workspace&amp;from=2026-11-01&amp;q=Acme&amp;before=" in page


def test_only_owners_admins_and_auditors_export(world: World) -> None:
    for person, status in ((world.alice, 403), (world.bob, 403), (world.clara, 403), (world.olga, 200)):
        browser = Client()
        browser.force_login(person.user)
        assert browser.post("/activity/export/", {"format": "csv"}).status_code == status
    stranger = Client()
    stranger.force_login(world.charlie.user)
    assert "Acme" not in _export(stranger, "csv")


def test_an_export_is_an_event_and_the_file_ends_with_it(world: World, auditor: Client) -> None:
    lines = [json.loads(line) for line in _export(auditor, "jsonl", kind="log").splitlines()]
    assert [(row["kind"], row["actor"], row["payload"]) for row in lines] == [
        ("log.exported", "Audrey", {"format": "jsonl", "filter": "kind=log"})
    ]
    assert auditor.post("/activity/export/", {"format": "pdf"}).status_code == 422


def test_an_old_session_is_asked_again_before_it_exports(world: World, auditor: Client) -> None:
    asked = _old(auditor).post("/activity/export/", {"format": "csv", "kind": "member"})
    assert asked.status_code == 403
    assert "Confirm that it is you" in asked.content.decode()
    assert not Event.objects.filter(kind="log.exported").exists()
    rows = _export(auditor, "csv", kind="member", confirm_password=PASSWORD).splitlines()
    assert len(rows) == 1 + Event.objects.filter(kind__startswith="member.").count()


def test_no_cell_is_a_formula(world: World, auditor: Client, now: datetime) -> None:
    for name in ('=HYPERLINK("http://evil")', "+1", "-1", "@SUM(1)"):
        actions.change_workspace(world.workspace, actor=world.olga.actor, now=now, name=name)
        world.olga.user.name = name
    rows = list(csv.reader(io.StringIO(_export(auditor, "csv"))))
    assert rows[0][:4] == ["seq", "at", "kind", "actor_kind"]
    cells = [cell for row in rows[1:] for cell in row]
    assert [c for c in cells if c.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert any(c == '\'=HYPERLINK("http://evil")' for c in cells)


def test_a_large_log_is_written_in_batches(world: World, auditor: Client, now: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr(export, "BATCH", 7)
    _work(world, now)
    lines = _export(auditor, "jsonl").splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, Event.objects.count() + 1))
    assert verify_lines(lines).problems == []


def test_an_exported_log_can_be_verified_outside(world: World, auditor: Client, tmp_path: Path, capsys: Any) -> None:
    _work(world, timezone.now())
    file, heads = tmp_path / "log.jsonl", tmp_path / "heads.jsonl"
    file.write_text(_export(auditor, "jsonl"), encoding="utf-8")
    publish_heads(heads, key=settings.SECRET_KEY, now=timezone.now())
    assert main(["audit", "verify", "--file", str(file)]) == 0
    assert f"ok      workspace {world.workspace.pk}: {Event.objects.count()} events" in capsys.readouterr().out
    published = read_heads(heads, key=settings.SECRET_KEY)
    assert verify_lines(file.read_text().splitlines(), published=published).problems == []
    assert main(["audit", "verify", "--file", str(tmp_path / "none")]) == 2


def _change(line: str, **values: Any) -> str:
    return json.dumps({**json.loads(line), **values})


def test_every_change_of_an_exported_log_is_found(world: World, auditor: Client) -> None:
    lines = _export(auditor, "jsonl").splitlines()
    assert verify_lines(lines).problems == []
    row = json.loads(lines[2])
    forged = {
        "what is read": [*lines[:2], _change(lines[2], actor="Mallory"), *lines[3:]],
        "what is hashed": [
            *lines[:2],
            _change(lines[2], chained=row["chained"].replace("Acme", "Evil") + " "),
            *lines[3:],
        ],
        "both and the hash": [*lines[:2], _change(lines[2], hash="00" * 32), *lines[3:]],
        "the order": [lines[1], lines[0], *lines[2:]],
        "a line twice": [lines[0], *lines],
        "no line of a log": [*lines, '{"seq": 1}'],
        "no JSON": [*lines, "hello"],
        "a line of another workspace": [*lines[:2], lines[2].replace(f"[{world.workspace.pk},", "[999,"), *lines[3:]],
    }
    assert [name for name, changed in forged.items() if not verify_lines(changed).problems] == []


def test_a_selection_is_verified_line_by_line(world: World, auditor: Client) -> None:
    lines = _export(auditor, "jsonl", kind="member").splitlines()
    verdict = verify_lines(lines)
    assert (verdict.problems, verdict.events) == ([], len(lines))
    assert verdict.skipped == json.loads(lines[-1])["seq"] - len(lines)
