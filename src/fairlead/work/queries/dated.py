"""Reading tasks as bars on the calendar, with the working days of whoever has them, and the links between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from fairlead.accounts.models import Workspace
from fairlead.lib.among import among
from fairlead.lib.hours import holidays_between
from fairlead.people.models import Worker
from fairlead.people.queries import days_off, weekdays
from fairlead.work.dates import Bar, Days, Link
from fairlead.work.models import Dependency, Task
from fairlead.work.queries.rows import plain

FIELDS: Final = (
    "id", "number", "project__key", "title", "state", "version", "release_at", "due_at", "started_at", "done_at",
    "effort_min", "assignee_id",
)  # fmt: skip
BEFORE, AFTER = timedelta(days=60), timedelta(days=800)
"""How far around the dates of tasks days off are looked up."""

# All that follow a task, directly or through others.
FOLLOWING = """
WITH RECURSIVE way (id) AS (
  SELECT %s::bigint UNION SELECT d.task_id FROM work_dependency d JOIN way ON d.after_id = way.id
)
SELECT id FROM way
"""


def following(task: Task) -> list[int]:
    """The ids of the task and of all that follow it."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWING, [task.pk])
        return [row[0] for row in cursor.fetchall()]


def bars_of(workspace_id: int, tasks: QuerySet[Task]) -> dict[int, Bar]:
    """{task id: its bar}, those without dates too. Five queries, however many tasks."""
    return as_bars(workspace_id, plain(tasks.values(*FIELDS)))


def as_bars(workspace_id: int, rows: Iterable[dict[str, Any]], *, effort: bool = True) -> dict[int, Bar]:
    """The same from rows that have FIELDS. Without `effort` nothing is assumed from it."""
    found = list(rows)
    moments = [at for row in found for at in (row["release_at"], row["due_at"]) if at is not None]
    if not moments:
        return {row["id"]: _bar(row, Days(), effort=effort) for row in found}
    holders = {row["assignee_id"] for row in found if row["assignee_id"]}
    days, ours = working_days(workspace_id, holders, (min(moments) - BEFORE).date(), (max(moments) + AFTER).date())
    return {row["id"]: _bar(row, days.get(row["assignee_id"], ours), effort=effort) for row in found}


def working_days(
    workspace_id: int, worker_ids: Collection[int], first: date, last: date
) -> tuple[dict[int, Days], Days]:
    """{worker id: their working days}, and those of the workspace: Monday to Friday without its country's holidays."""
    where = Workspace.objects.filter(pk=workspace_id).values("time_zone", "country").first()
    zone, country = (where["time_zone"], where["country"]) if where else ("UTC", "")
    ours = Days(zone, off=frozenset(holidays_between(country, first, last)))
    if not worker_ids:
        return {}, ours
    workers = plain(Worker.objects.filter(among("pk", worker_ids)).values("id", "kind", "time_zone", "country"))
    off, worked = days_off(workers, first, last), weekdays(worker_ids)
    usual = ours.weekdays
    found = {
        worker["id"]: Days(worker["time_zone"], worked.get(worker["id"], usual), frozenset(off[worker["id"]]))
        for worker in workers
    }
    return found, ours


def _bar(row: dict[str, Any], days: Days, *, effort: bool) -> Bar:
    minutes = row["effort_min"] if effort else None
    return Bar(
        row["id"], f"{row['project__key']}-{row['number']}", row["title"], row["state"], row["version"],
        row["release_at"], row["due_at"], row["started_at"], row["done_at"], minutes, days,
    )  # fmt: skip


def links_between(ids: Collection[int]) -> list[Link]:
    """The links of which both ends are among these tasks."""
    rows = Dependency.objects.filter(among("task_id", ids), among("after_id", ids)).order_by("id")
    return [Link(*row) for row in rows.values_list("task_id", "after_id", "kind", "lag_min")]
