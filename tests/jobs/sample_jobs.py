"""Jobs for the tests of the queue; each writes a line into a file, so that other processes can be watched."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from django.db import connection

from fairlead.jobs import SOLVE, every, follows, job
from fairlead.lib.errors import Refused

TICKS = Path("/nowhere")


def note(path: str, text: str) -> None:
    with Path(path).open("a") as file:
        file.write(text + "\n")


@follows("sample.happened", "sample.ended")
@job()
def write(*, workspace_id: int, path: str, now: datetime, text: str = "done") -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fairlead.workspace', true)")
        note(path, f"{text} in {cursor.fetchone()[0]} of {workspace_id} at {now:%Y}")


@job(queue=SOLVE)
def watch(*, workspace_id: int, event_id: int, now: datetime) -> None:
    """Can follow everything; a test says so inside `declared_apart`, or every other test would pay for it."""


@job(retry=(0, 0))
def fail(*, workspace_id: int, path: str, now: datetime) -> None:
    note(path, "tried")
    raise ZeroDivisionError


@job(retry=(0, 0))
def be_refused(*, workspace_id: int, path: str, now: datetime) -> None:
    note(path, "refused")
    raise Refused("This task is closed.")


@job()
def take_long(*, workspace_id: int, path: str, now: datetime) -> None:
    """Long the first time, short when the file shows that it has run before."""
    before = Path(path).read_text() if Path(path).exists() else ""
    note(path, "begun")
    if not before:
        time.sleep(600)
    note(path, "ended")


@every(5)
@job()
def tick(*, now: datetime) -> None:
    note(str(TICKS), "tick")
