"""Workspaces of any size, filled in bulk for scale.py: the same `size` gives the same rows. See scale_fill.sql.

The log is as long as asked and its chain is sound: `fairlead audit verify` says so.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from fairlead.accounts import actions as accounts
from fairlead.accounts.models import Workspace
from fairlead.accounts.queries import actor_of
from fairlead.allocation.actions import ensure_catch_all
from fairlead.allocation.models import Snapshot
from fairlead.config import config
from fairlead.events.models import Head
from fairlead.events.tenancy import tenant
from fairlead.work import actions as work
from fairlead.work.actions import fields

STATEMENTS = Path(__file__).with_suffix(".sql")
SEARCHED = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename IN ('work_task', 'work_comment') AND indexdef LIKE '%USING gin%'
"""
FIRST = ["Audit", "Build", "Draw", "Fix", "Improve", "Measure", "Move", "Plan", "Review", "Write"]
SECOND = [
    "basket", "catalogue", "checkout", "dashboard", "forecast", "invoice", "login", "payment", "search", "translation",
]  # fmt: skip
THIRD = [
    "accessibility", "contrast", "design", "French", "mails", "mobile", "performance", "rounding", "security", "hooks",
]  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How much there is of everything that does not follow from something else."""

    tasks: int
    workers: int
    projects: int
    events: int

    @property
    def name(self) -> str:
        return f"Scale {self.tasks} tasks, {self.workers} workers, {self.events} events"


def filled(size: Size, *, now: datetime) -> int:
    """The id of a workspace of this size: the one that is there from last time, or a new one."""
    connection.ensure_connection()
    with psycopg.connect(config().database_url, autocommit=True) as owner:
        found = owner.execute("SELECT id FROM accounts_workspace WHERE name = %s", [size.name]).fetchone()
        if found:
            return int(found[0])
        started = time.perf_counter()
        values = _begun(size, now=now)
        indexes = owner.execute(SEARCHED).fetchall()
        for statement in _statements([name for name, _ in indexes], [again for _, again in indexes]):
            _run(owner, statement, values)
        owner.execute("VACUUM ANALYZE")
        with tenant(values["workspace"]):
            Workspace.objects.filter(pk=values["workspace"]).update(name=size.name)
        print(f"# {size.name}: filled in {time.perf_counter() - started:.0f} s", flush=True)
        return int(values["workspace"])


def _begun(size: Size, *, now: datetime) -> dict[str, Any]:
    """The workspace with what only actions make, and the parameters of the statements."""
    user = accounts.create_user(f"owner-{size.tasks}-{now:%H%M%S}@example.com", "Bench", None, now=now)
    member = accounts.create_workspace("Being filled", user=user, now=now)
    actor = actor_of(member)
    ensure_catch_all(member.workspace_id, now=now)
    field = fields.create_field(name="Points", kind="number", actor=actor, now=now)
    order = fields.create_field(name="Order", kind="text", actor=actor, now=now)
    for n in range(size.projects):
        project = work.create_project(key=f"P{n:03}", name=f"Project {n}", actor=actor, now=now)
        fields.switch_on(field, project, actor=actor, now=now)
        fields.switch_on(order, project, actor=actor, now=now)
    content = gzip.compress(b"{}", mtime=0)
    Snapshot.objects.create(workspace_id=member.workspace_id, digest="0" * 64, content=content, created_at=now)
    head = Head.objects.get(workspace_id=member.workspace_id)
    return {
        "workspace": member.workspace_id, "tasks": size.tasks, "workers": size.workers, "projects": size.projects,
        "events": size.events, "skills": min(120, size.workers), "first": FIRST, "second": SECOND, "third": THIRD,
        "start": "\\x" + bytes(head.hash).hex(), "seq": head.seq,
    }  # fmt: skip


def _statements(indexes: list[str], again: list[str]) -> Iterator[str]:
    """The statements of the file; the indexes of the search are faster made anew than filled row by row."""
    text = "\n".join(line for line in STATEMENTS.read_text().splitlines() if not line.startswith("--"))
    yield "SET session_replication_role = replica"
    yield "SET work_mem = '256MB'"
    yield "SET maintenance_work_mem = '1GB'"
    yield from (f"DROP INDEX {name}" for name in indexes)
    yield from (part.strip() for part in text.split(";\n") if part.strip())
    yield from again
    yield "DISCARD TEMP"
    yield "RESET session_replication_role"


def _run(owner: psycopg.Connection[Any], statement: str, values: dict[str, Any]) -> None:
    started = time.perf_counter()
    cursor = psycopg.ClientCursor(owner)  # parameters are put in here, because CREATE takes none
    cursor.execute(statement.strip(";").encode(), values if "%" in statement else None)
    spent_s = time.perf_counter() - started
    if spent_s > 2:
        print(f"# {spent_s:.1f} s, {cursor.rowcount} rows: {' '.join(statement.split())[:70]}", flush=True)
