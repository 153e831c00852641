"""The commands for tokens, accounts and the audit, run as processes of their own against the database of the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from conftest import make_world
from fairlead.accounts import actions
from fairlead.events import wall
from fairlead.events.jobs import publish_heads

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def fairlead(committed: None, tmp_path: Path) -> Run:
    """Run one command."""
    server = connection.settings_dict
    url = f"postgresql://{server['USER']}:{server['PASSWORD']}@/{server['NAME']}?host={server['HOST']}"
    environment = {
        **os.environ,
        "FAIRLEAD_DATABASE_URL": url,
        "FAIRLEAD_DATA_DIR": str(tmp_path),
        "FAIRLEAD_SECRET_KEY": settings.SECRET_KEY,
        "FAIRLEAD_LOG_LEVEL": "WARNING",
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fairlead", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


def test_a_token_of_the_console_opens_the_api(fairlead: Run) -> None:
    world = make_world()
    made = fairlead(
        "token", "create", "--user", "bob@example.com", "--workspace", world.workspace.slug, "--scopes", "work:read"
    )
    assert made.returncode == 0, made.stderr
    actor = actions.token_actor(made.stdout.strip(), now=timezone.now())
    assert actor is not None
    assert (actor.name, actor.scopes) == ("Bob", frozenset({"work:read"}))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--user", "nobody@example.com", "--scopes", "all"), "is not a member of"),
        (("--user", "bob@example.com", "--scopes", "everything"), "Choose at least one of"),
        (("--user", "clara@example.com", "--scopes", "all"), "cannot make API tokens"),
        (("--user", "bob@example.com", "--scopes", "all", "--days", "99999"), "from 1 to 3650 days"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(fairlead: Run, words: tuple[str, ...], says: str) -> None:
    world = make_world()
    refused = fairlead("token", "create", "--workspace", world.workspace.slug, *words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_first_account_of_a_server_comes_from_its_console(fairlead: Run) -> None:
    made = fairlead("account", "create", "--email", "nora@example.com", "--name", "Nora", "--workspace", "Studio")
    browser = Client()
    link = "/" + made.stdout.strip().split("/", 3)[3]
    assert browser.post(link).headers["Location"] == "/"
    assert "Studio" in browser.get("/settings/").content.decode()
    again = fairlead("account", "create", "--email", "nora@example.com", "--name", "Nora", "--workspace", "Studio")
    assert (again.returncode, "already an account" in again.stderr) == (2, True)


def test_the_audit_passes_then_finds_a_changed_event(fairlead: Run, tmp_path: Path, now: datetime) -> None:
    world = make_world()
    publish_heads(tmp_path / "heads.jsonl", key=settings.SECRET_KEY, now=now)
    fine = fairlead("audit", "verify")
    assert fine.returncode == 0, fine.stdout + fine.stderr
    assert "Compared with 2 published heads" in fine.stderr
    heads = [json.loads(line) for line in fairlead("audit", "head").stdout.splitlines()]
    assert {head["workspace"]: head["seq"] for head in heads}[world.workspace.pk] == 8
    with wall.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM events_event WHERE workspace_id = %s AND seq = 8", [world.workspace.pk])
    found = fairlead("audit", "verify")
    assert found.returncode == 1
    assert f"CHANGED workspace {world.workspace.pk}" in found.stdout


def test_a_changed_or_missing_list_of_heads_is_said(fairlead: Run, tmp_path: Path, now: datetime) -> None:
    make_world()
    heads = tmp_path / "heads.jsonl"
    publish_heads(heads, key=settings.SECRET_KEY, now=now)
    heads.write_text(heads.read_text().replace('"seq": 8', '"seq": 7'))
    assert fairlead("audit", "verify").returncode == 1
    assert fairlead("audit", "verify", "--heads", str(tmp_path / "no.jsonl")).returncode == 2
