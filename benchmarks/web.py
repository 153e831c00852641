"""CPU milliseconds of the server process for each kind of request (P14): board, list, task page, a new task.

    FAIRLEAD_DATABASE_URL=postgresql://… python benchmarks/web.py [--cards 200] [--backlog 2000] [--times 40]

Run it against a throw-away database that `fairlead migrate` has prepared: the workspace stays. Requests go through all
middleware in this process; the time of the database server is not in the numbers, that of its driver is.
Prints CSV: request, best, median and p95 CPU ms, median wall ms, database queries. The first row is a fixed piece of
work, the same in every run: how quick the machine was just then, for comparing runs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairlead.settings")
os.environ.setdefault("FAIRLEAD_LOG_LEVEL", "WARNING")

import django

django.setup()

from django.conf import settings  # noqa: E402  Django has to be set up first
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from fairlead.accounts import actions as accounts  # noqa: E402
from fairlead.accounts.queries import actor_of  # noqa: E402
from fairlead.events import wall  # noqa: E402
from fairlead.events.actor import Actor  # noqa: E402
from fairlead.events.tenancy import enter  # noqa: E402
from fairlead.people import actions as people  # noqa: E402
from fairlead.work import actions as work  # noqa: E402
from fairlead.work.models import Project, Status  # noqa: E402


def main() -> None:
    """Fill a workspace, then measure each request."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cards", type=int, default=200)
    parser.add_argument("--backlog", type=int, default=2000)
    parser.add_argument("--times", type=int, default=40)
    given = parser.parse_args()
    settings.ALLOWED_HOSTS.append("testserver")
    now = datetime.now(UTC)
    client, actor = signed_in(now)
    project = filled("WEB", given.cards, actor, now)
    filled("BIG", given.backlog, actor, now, columns=1)
    analyzed()
    enter(actor.workspace_id, user_id=actor.user_id)
    secret = accounts.create_token("benchmark", ["work:read", "work:write"], actor=actor, now=now, days=1)[1]
    bearer = {"Authorization": f"Bearer {secret}"}
    print("request,cpu_ms_best,cpu_ms_median,cpu_ms_p95,wall_ms_median,queries")
    measure("fixed work", fixed_work, given.times)
    pages = {
        f"board of {given.cards} cards": "/projects/WEB/",
        f"board of {given.backlog} tasks": "/projects/BIG/",
        "list of 50": "/projects/WEB/list/",
        "task page": "/tasks/WEB-1/",
        "projects": "/projects/",
    }
    for name, path in pages.items():
        measure(name, asking(client, path), given.times)
    api = Client(headers=bearer)
    measure("list of 50 as JSON", asking(api, "/api/v1/tasks?limit=50"), given.times)
    enter(actor.workspace_id, user_id=actor.user_id)
    draft = work.TaskDraft(title="One more", labels=("a",), effort_min=120)
    measure("create a task (action)", lambda: work.create_task(project, draft, actor=actor, now=now), given.times)
    form = {"title": "One more", "status": Status.objects.filter(project=project)[0].pk}
    measure("create a task (page)", sending(client, "/projects/WEB/add/", form), given.times)


def signed_in(now: datetime) -> tuple[Client, Actor]:
    """A workspace of its own and the browser of its owner."""
    user = accounts.create_user(f"{uuid4().hex}@example.com", "Bench", None, now=now)
    member = accounts.create_workspace("Benchmark", user=user, now=now)
    client = Client()
    client.force_login(user)
    enter(member.workspace_id, user_id=user.pk)
    return client, actor_of(member)


def filled(key: str, count: int, actor: Actor, now: datetime, *, columns: int = 5) -> Project:
    """A project with `count` tasks, spread over its first columns, as cards usually look."""
    project = work.create_project(key=key, name=f"Project {key}", actor=actor, now=now)
    statuses = list(Status.objects.filter(project=project).order_by("position"))[:columns]
    drafts = [
        work.TaskDraft(
            title=f"Audit the checkout, part {n}, and write down what is missing", status=statuses[n % len(statuses)],
            priority=n % 5, labels=("design", "backend")[: n % 3], due_at=now + timedelta(days=n % 40 - 5),
            criteria=("Tested", "Reviewed") if n % 3 == 0 else (), effort_min=60 + n % 7 * 60,
        )
        for n in range(count)
    ]  # fmt: skip
    started = time.perf_counter()
    tasks = work.create_tasks(project, drafts, actor=actor, now=now)
    print(f"# {count} tasks created in {time.perf_counter() - started:.1f} s")
    worker = people.create_worker(kind="employee", name=f"Worker {key}", actor=actor, now=now)
    with transaction.atomic():
        for task in tasks[: min(count, 300) : 2]:
            work.hold_task(task, worker, now=now)
    return project


def analyzed() -> None:
    """Let the database look at what is there now, which autovacuum does by itself within a minute."""
    with wall.as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def asking(client: Client, path: str) -> Callable[[], None]:
    """A GET that must succeed."""

    def act() -> None:
        if (answer := client.get(path)).status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")

    return act


def sending(client: Client, path: str, form: dict[str, object]) -> Callable[[], None]:
    """A POST that must succeed and lead on."""

    def act() -> None:
        if (answer := client.post(path, form)).status_code != 302:
            raise SystemExit(f"{path} answered {answer.status_code}")

    return act


def fixed_work() -> None:
    """Dictionaries, texts and calls, as pages are made of."""
    rows = [{"n": n, "name": f"Row {n}"} for n in range(20_000)]
    if len(",".join(str(row["name"]) for row in sorted(rows, key=lambda row: -row["n"]))) != 188_889:
        raise SystemExit("The fixed work is not what it was.")


def measure(name: str, act: Callable[[], object], times: int) -> None:
    """Warm up, then run it `times` times and print one line."""
    for _ in range(3):
        act()
    with CaptureQueriesContext(connection) as found:
        act()
    count = len(found)
    cpu_ms, wall_ms = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        cpu_ms.append((time.process_time() - cpu) * 1000)
        wall_ms.append((time.perf_counter() - wall) * 1000)
    p95 = statistics.quantiles(cpu_ms, n=20)[-1]
    print(
        f"{name},{min(cpu_ms):.1f},{statistics.median(cpu_ms):.1f},{p95:.1f},{statistics.median(wall_ms):.1f},{count}"
    )


if __name__ == "__main__":
    main()
