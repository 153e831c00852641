"""Wall milliseconds of the search among 100,000 tasks and 50,000 comments, through the page and through the query.

    FAIRLEAD_DATABASE_URL=postgresql://… python benchmarks/search.py [--tasks 100000] [--times 20]

Run it against a throw-away database that `fairlead migrate` has prepared: the workspace stays. The tasks are written
straight into the table, because a hundred thousand events would only cost time here.
Prints CSV: search, tasks found (at most 51), median ms, p95 ms.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from datetime import UTC, datetime
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairlead.settings")
os.environ.setdefault("FAIRLEAD_LOG_LEVEL", "WARNING")

import django

django.setup()

from django.db import connection  # noqa: E402  Django has to be set up first

from fairlead.accounts import actions as accounts  # noqa: E402
from fairlead.accounts.queries import actor_of  # noqa: E402
from fairlead.events import wall  # noqa: E402
from fairlead.events.actor import Actor  # noqa: E402
from fairlead.events.tenancy import enter  # noqa: E402
from fairlead.work import actions as work  # noqa: E402
from fairlead.work import grammar, queries  # noqa: E402
from fairlead.work.models import Project  # noqa: E402

FIRST = ["Audit", "Build", "Draw", "Fix", "Improve", "Measure", "Move", "Plan", "Review", "Write"]
SECOND = [
    "basket",
    "catalogue",
    "checkout",
    "dashboard",
    "forecast",
    "invoice",
    "login",
    "payment",
    "search",
    "translation",
]
THIRD = [
    "accessibility",
    "contrast",
    "errors",
    "French",
    "mails",
    "mobile",
    "performance",
    "rounding",
    "security",
    "webhooks",
]
TASKS = """
INSERT INTO work_task (workspace_id, project_id, number, title, description, status_id, state, rank, priority, labels,
  external_id, created_at, updated_at, version)
SELECT %(workspace)s, %(project)s, n,
  (%(first)s::text[])[1 + n %% 10] || ' the ' || (%(second)s::text[])[1 + n / 7 %% 10] || ', '
    || (%(third)s::text[])[1 + n / 11 %% 10]
    || ' part ' || n,
  repeat('What should be true afterwards, and how somebody else sees that it is. ', 4) || 'Order ' || md5(n::text),
  %(status)s, 'backlog', n, n %% 5, ARRAY['label' || n %% 20], '', now() - n * interval '1 minute',
  now() - n * interval '1 minute', 1
FROM generate_series(1, %(count)s) AS n
"""
COMMENTS = """
INSERT INTO work_comment (workspace_id, task_id, body, internal, created_at)
SELECT workspace_id, id, 'I looked at it: the cause is in module ' || md5(number::text), true, now()
FROM work_task WHERE project_id = %(project)s AND number %% 2 = 0
"""
SEARCHES = (
    "checkout", "login security", "check", '"the payment, mobile"', "ayme", "WEB-77777", "checkout -mobile",
    "payment priority:urgent label:label4 due:none", "afterwards", "status:open created:<2d", "module", "nowhere",
)  # fmt: skip
"""One word, two, the beginning of one, a phrase, the middle of one, a key, without a word, operators, a word that every
task has, operators only, a word that only comments have, a word that nobody wrote."""


def main() -> None:
    """Fill a workspace, then measure each search."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    actor, project = workspace()
    fill(project, given.tasks)
    enter(actor.workspace_id, user_id=actor.user_id)
    print("search,found,ms_median,ms_p95")
    for text in SEARCHES:
        measure(text, actor, given.times)


def workspace() -> tuple[Actor, Project]:
    """A workspace of its own with one project."""
    now = datetime.now(UTC)
    user = accounts.create_user(f"{uuid4().hex}@example.com", "Bench", None, now=now)
    member = accounts.create_workspace("Benchmark", user=user, now=now)
    enter(member.workspace_id, user_id=user.pk)
    actor = actor_of(member)
    return actor, work.create_project(key="WEB", name="Web shop", actor=actor, now=now)


def fill(project: Project, count: int) -> None:
    """Tasks, and a comment on every second one."""
    status = project.statuses.order_by("position")[0]
    values = {
        "workspace": project.workspace_id, "project": project.pk, "status": status.pk, "count": count, "first": FIRST,
        "second": SECOND, "third": THIRD,
    }  # fmt: skip
    with wall.as_owner(), connection.cursor() as cursor:
        cursor.execute(TASKS, values)
        cursor.execute(COMMENTS, values)
        cursor.execute("VACUUM ANALYZE work_task, work_comment")


def measure(text: str, actor: Actor, times: int) -> None:
    """Warm up, then search `times` times and print one line."""
    spent_ms, count = [], 0
    for turn in range(times + 2):
        started = time.perf_counter()
        found = queries.search(actor, grammar.read(text), now=datetime.now(UTC))
        if turn > 1:
            spent_ms.append((time.perf_counter() - started) * 1000)
        count = len(found.hits) + found.more
    p95 = statistics.quantiles(spent_ms, n=20)[-1]
    quoted = '"' + text.replace('"', '""') + '"' if '"' in text or "," in text else text
    print(f"{quoted},{count},{statistics.median(spent_ms):.1f},{p95:.1f}")


if __name__ == "__main__":
    main()
