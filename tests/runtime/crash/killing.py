"""Running a command in a process of its own that ends with SIGKILL at a chosen point.

A point is a moment at which a process can die with something done and something not yet: before each SQL statement,
before and after each COMMIT, before and after a file is made durable, renamed or removed, before and after a mail or an
HTTP request is sent, and the end. The process is forked from the test's own, so that a point costs milliseconds; it has
a database connection of its own, and nothing that it has in memory survives it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from unittest.mock import patch

import httpx
from django.core.mail import EmailMessage
from django.db import connection

Verb = Callable[[], Any]
AROUND = ("fsync", "replace", "rename", "link", "unlink")
"""Functions of `os` that change what is on the disk."""


@dataclass(frozen=True)
class Ended:
    """How a process ended: killed, or with what the command returned and the names of the points that it passed."""

    killed: bool
    outcome: Any = None
    points: tuple[str, ...] = ()


class Failed(AssertionError):
    """The command itself raised."""


class Points:
    """Counts the points that are passed, and kills the process at the one with the number `at` (0: at none)."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.names: list[str] = []

    def reach(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, name: str, run: Callable[..., Any]) -> Callable[..., Any]:
        """The same function with a point before and one after it."""

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.reach(f"before {name}")
            result = run(*args, **kwargs)
            self.reach(f"after {name}")
            return result

        return wrapped

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.reach(f"before {' '.join(str(sql).split())[:60]}")
        return execute(sql, params, many, context)


@contextmanager
def watched(points: Points) -> Iterator[None]:
    """Have every point inside the block counted."""
    with ExitStack() as stack:
        for name in AROUND:
            stack.enter_context(patch.object(os, name, points.around(name, getattr(os, name))))
        stack.enter_context(patch.object(connection, "_commit", points.around("COMMIT", connection._commit)))
        stack.enter_context(patch.object(EmailMessage, "send", points.around("mail", EmailMessage.send)))
        stack.enter_context(patch.object(httpx.Client, "send", points.around("HTTP", httpx.Client.send)))
        stack.enter_context(connection.execute_wrapper(points.statement))
        yield


def run_apart(verb: Verb, *, kill_at: int = 0) -> Ended:
    """Run the command in a forked process, killed at that point. Raises Failed when the command raises."""
    connection.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _live(verb, Points(kill_at), writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return Ended(killed=True)
    told = json.loads(said)
    if "failed" in told:
        raise Failed(told["failed"])
    for name in told["loaded"]:  # here as well, or each further process would load them again
        with suppress(ImportError):
            import_module(name)
    return Ended(killed=False, outcome=told["outcome"], points=tuple(told["points"]))


def _live(verb: Verb, points: Points, writing: int) -> None:
    """What the forked process does; it never returns."""
    gc.disable()  # going through everything would copy every page of memory that the two processes share
    known = set(sys.modules)
    try:
        connection.ensure_connection()
        with watched(points):
            outcome = verb()
            points.reach("the end")
        loaded = sorted(set(sys.modules) - known)
        told: dict[str, Any] = {"outcome": outcome, "points": points.names, "loaded": loaded}
    except BaseException:
        told = {"failed": traceback.format_exc()}
    os.write(writing, b"")
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(json.dumps(told, default=str).encode())
    os._exit(0)
