"""Every page and GET of the API in a workspace of 100,000 tasks and in one of 1,000, for staff, worker and client.

    python benchmarks/scale.py [--tasks 100000] [--workers 3000] [--events 1000000] [--times 5] [--only /tasks/]

Works in the data folder .fairlead/scale, unless FAIRLEAD_DATA_DIR or FAIRLEAD_DATABASE_URL names another place; what is
filled once stays for the next run. The addresses are those of the product itself. Requests go through all middleware in
this process. Prints CSV, the worst first: who, request, KB, CPU ms of this process and of the database's, wall ms at
the median and at p95, queries, the same of the small workspace, and how many times more processor time the large one
takes (both processes together, at least 20 ms), which can be compared on a machine that others use, too.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("FAIRLEAD_LOG_LEVEL", "ERROR")
os.environ.setdefault("FAIRLEAD_DATA_DIR", str(Path(__file__).parents[1] / ".fairlead" / "scale"))
os.environ.setdefault("FAIRLEAD_API_PER_MINUTE", "1000000")

from fairlead.cli.database import bring_up_to_date, database

if TYPE_CHECKING:
    from scale_people import Reader

LEAST_MS = 20.0
"""Below this nobody feels a ratio."""
PATIENCE_S = 20.0
"""What takes so long once is measured once."""
NOT_USED = re.compile(
    r"^/(sign-|switch|welcome|styleguide|activity/verify|api/v1/(docs|openapi)|sw\.js|manifest|calendar/<)"
)
ASKED = {
    "/search/": ("?q=checkout", "?q=login+security", "?q=desgin", "?q=part+77777", "?q=status:review+assignee:me"),
    "/api/v1/search": ("?q=checkout", "?q=desgin"),
    "/palette/": ("?q=chec", "?q=a"),
    "/tasks/": (
        "?all=1", "?all=1&q=checkout", "?all=1&q=999", "?all=1&sort=due",
        "?all=1&group=assignee", "?deleted=1", "?all=1&page=20",
    ),
    "/people/": ("", "?q=example", "?available=1", "?page=20"),
    "/calendar/": ("", "?view=agenda", "?view=week"),
    "/activity/": ("", "?kind=task.completed", "?text=checkout"),
    "/api/v1/tasks": ("?limit=50", "?limit=50&order=-updated", "?limit=50&q=checkout"),
    "/api/v1/events": ("?limit=50",),
    "/tasks/<key>/cell/<cell>/": ("",),
}  # fmt: skip
"""What is asked of addresses beside their plain form."""


@dataclass
class Figure:
    """One request in one workspace. `db_ms` is the processor time of its database process, without parallel helpers."""

    kb: float
    cpu_ms: float
    db_ms: float
    wall_ms: float
    p95_ms: float
    queries: int


def main() -> None:
    """Fill both workspaces, then measure each address in both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=3_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--only", default="", help="a regular expression for addresses")
    parser.add_argument("--who", default="staff,worker,client")
    parser.add_argument(
        "--slow-ms", type=int, default=0, help="tell of statements that take so long, on standard error"
    )
    given = parser.parse_args()
    with database():
        bring_up_to_date()
        run(given)


def run(given: argparse.Namespace) -> None:
    from scale_fill import Size, filled
    from scale_people import readers

    from fairlead.lib.garbage import Warming

    now = datetime.now(UTC)
    small = readers(filled(Size(1000, 30, 6, 10_000), now=now), now=now)
    large = readers(filled(Size(given.tasks, given.workers, 60, given.events), now=now), now=now)
    Warming()  # as the web server does
    rows = []
    for who in given.who.split(","):
        for asked in _asked(large[who].bearer != {}):
            if not re.search(given.only, asked):
                continue
            row = _compared(small[who], large[who], asked, given)
            if row:
                rows.append(row)
                print("#", *row, file=sys.stderr, flush=True)
    print(
        "who,request,kb,cpu_ms,db_ms,wall_ms,p95_ms,queries,small_cpu_ms,small_db_ms,small_wall_ms,small_queries,times"
    )
    for row in sorted(rows, key=lambda row: -(row[3] + row[4])):
        print(*row, sep=",")


def _asked(with_api: bool) -> Iterator[str]:
    from django.urls import URLResolver, get_resolver

    def walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            address = prefix + re.sub(r"(?<=<)\w+:", "", str(entry.pattern))
            if isinstance(entry, URLResolver):
                yield from walk(entry, address)
            else:
                yield address

    for address in sorted(set(walk(get_resolver(), "/"))):
        if not NOT_USED.match(address) and (with_api or not address.startswith("/api/")):
            yield from (address + more for more in ASKED.get(address, ("",)))


def _compared(small: Reader, large: Reader, asked: str, given: argparse.Namespace) -> list[Any] | None:
    """None: not a page of this reader, or one of what the workspaces do not have."""
    here, there = _figure(small, asked, given.times), _figure(large, asked, given.times, slow_ms=given.slow_ms)
    if here is None or there is None:
        return None
    slower = max(there.cpu_ms + there.db_ms, LEAST_MS) / max(here.cpu_ms + here.db_ms, LEAST_MS)
    figures = (
        there.kb, there.cpu_ms, there.db_ms, there.wall_ms, there.p95_ms, there.queries,
        here.cpu_ms, here.db_ms, here.wall_ms, here.queries, slower,
    )  # fmt: skip
    return [large.who, asked.replace(",", "%2C"), *(round(figure, 1) for figure in figures)]


def _figure(reader: Reader, asked: str, times: int, *, slow_ms: int = 0) -> Figure | None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from fairlead.lib.garbage import set_aside

    address = _filled_in(asked, reader.places)
    if address is None:
        return None
    with CaptureQueriesContext(connection) as found:
        first_s, _, _, status, size = _once(reader, address)
    if status != 200:
        if status >= 500:
            print(f"# {reader.who} {address} answers {status}", file=sys.stderr)
        return None
    set_aside()  # what the first request loaded, as the server does after its first pages
    queries = len(found)  # before another request empties the log
    for query in found.captured_queries if slow_ms else ():
        if float(query["time"]) * 1000 >= slow_ms:
            print(f"## {query['time']} s: {query['sql']}", file=sys.stderr)
    spent = [_once(reader, address)[:3] for _ in range(times if first_s < PATIENCE_S else 1)]
    walls, cpus, dbs = ([figure * 1000 for figure in column] for column in zip(*spent, strict=True))
    walls.sort()
    return Figure(
        size / 1024, statistics.median(cpus), statistics.median(dbs), statistics.median(walls),
        walls[min(len(walls) - 1, int(len(walls) * 0.95))], queries,
    )  # fmt: skip


def _filled_in(asked: str, places: dict[str, str]) -> str | None:
    parts = asked.partition("?")
    words = parts[0].split("/")
    for n, word in enumerate(words):
        if word.startswith("<"):
            value = places.get("/".join(words[1 : n + 1])) or places.get(word)
            if value is None:
                return None
            words[n] = value
    return "/".join(words) + "".join(parts[1:])


def _once(reader: Reader, address: str) -> tuple[float, float, float, int, int]:
    """(wall seconds, CPU seconds, those of the database, status, bytes) of one request."""
    wall, cpu, db = time.perf_counter(), time.process_time(), _database_s()
    headers = reader.bearer if address.startswith("/api/") else {}
    answer = reader.browser.get(address, headers=headers)
    size = sum(len(part) for part in answer.streaming_content) if answer.streaming else len(answer.content)
    spent = time.perf_counter() - wall, time.process_time() - cpu, _database_s() - db
    return *spent, answer.status_code, size


def _database_s() -> float:
    """Seconds that the database's process for this connection has had a processor; 0 when it runs elsewhere."""
    from django.db import connection

    connection.ensure_connection()
    try:
        told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    except OSError:
        return 0.0
    return int(told.split()[0]) / 1e9


if __name__ == "__main__":
    main()
