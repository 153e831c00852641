"""How long requests wait while the server has half of the work that it can do (P14): board, list as JSON, a new task.

    FAIRLEAD_DATABASE_URL=postgresql://… python benchmarks/latency.py [--seconds 20] [--port 8499]

Run it against a throw-away database that `fairlead migrate` has prepared: the workspace stays. Starts the product's own
web server, finds how many requests a second it answers with four connections, then sends half as many at even
distances, whether the former ones are answered or not. A wait counts from the moment at which its request was due, so a
late start counts, too. The sender runs on the same cores. Prints CSV: request, answers a second at most, sent a second,
median, p95 and p99 in ms, failed.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.conf import settings

import web  # sets up Django
from fairlead.accounts import actions as accounts
from fairlead.events.tenancy import enter

CONNECTIONS: Final = 4
SENDERS: Final = 32
START_S: Final = 60
WARM_S: Final = 3.0

Send = Callable[[], bool]


@dataclass(frozen=True)
class Asked:
    """One kind of request; `body` makes it a POST."""

    name: str
    path: str
    headers: dict[str, str]
    body: str = ""


def main() -> None:
    """Fill a workspace, start the server, then measure each request."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--port", type=int, default=8499)
    given = parser.parse_args()
    settings.ALLOWED_HOSTS.append("testserver")
    now = datetime.now(UTC)
    client, actor = web.signed_in(now)
    web.filled("WEB", 200, actor, now)
    web.analyzed()
    enter(actor.workspace_id, user_id=actor.user_id)
    secret = accounts.create_token("benchmark", ["work:read", "work:write"], actor=actor, now=now, days=1)[1]
    page = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}
    api = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    kinds = (
        Asked("board of 200 cards", "/projects/WEB/", page),
        Asked("list of 50 as JSON", "/api/v1/tasks?limit=50", api),
        Asked("create a task", "/api/v1/tasks", api, json.dumps({"project": "WEB", "title": "One more"})),
    )
    print("request,most_per_s,sent_per_s,p50_ms,p95_ms,p99_ms,failed")
    with server(given.port):
        for asked in kinds:
            throughput(asked, given.port, WARM_S)
            most = throughput(asked, given.port, given.seconds / 2)
            waits, failed = at_rate(asked, given.port, most / 2, given.seconds)
            parts = statistics.quantiles(waits, n=100)
            figures = (most, most / 2, statistics.median(waits), parts[94], parts[98])
            print(asked.name, *(f"{figure:.1f}" for figure in figures), failed, sep=",", flush=True)


@contextmanager
def server(port: int) -> Iterator[None]:
    """The web server as the product starts it, until the block ends."""
    command = [sys.executable, "-m", "fairlead", "web", "--port", str(port)]
    unlimited = {**os.environ, "FAIRLEAD_API_PER_MINUTE": "1000000"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=unlimited, **quiet) as process:
        try:
            until = time.monotonic() + START_S
            while not _sent(http.client.HTTPConnection("127.0.0.1", port), Asked("", "/healthz", {})):
                if time.monotonic() > until or process.poll() is not None:
                    raise SystemExit("The server did not start.")
                time.sleep(0.2)
            yield
        finally:
            process.terminate()


def _sent(connection: http.client.HTTPConnection, asked: Asked) -> bool:
    """Whether it was answered well."""
    try:
        connection.request("POST" if asked.body else "GET", asked.path, asked.body or None, asked.headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return False
    return answer.status < 300


def throughput(asked: Asked, port: int, seconds: float) -> float:
    """Answers a second when each of a few connections asks again as soon as it is answered."""

    def ask() -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        until, count = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            count += _sent(connection, asked)
        return count

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        counts = [pool.submit(ask) for _ in range(CONNECTIONS)]
        return sum(each.result() for each in counts) / seconds


def at_rate(asked: Asked, port: int, rate: float, seconds: float) -> tuple[list[float], int]:
    """Waits in ms of requests that are due at even distances, and how many failed."""
    local = threading.local()
    begun = time.perf_counter() + 0.1

    def ask(number: int) -> tuple[float, bool]:
        due = begun + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port)
        good = _sent(local.connection, asked)
        return (time.perf_counter() - due) * 1000, good

    with ThreadPoolExecutor(SENDERS) as pool:
        answers = list(pool.map(ask, itertools.takewhile(lambda n: n < rate * seconds, itertools.count())))
    return [wait for wait, _ in answers], sum(1 for _, good in answers if not good)


if __name__ == "__main__":
    main()
