"""Tasks and people as tables: what the reader may see, in columns that an import knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import QuerySet

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.integrations.kinds.csv.inbound import MOST_ROWS
from fairlead.lib.sheets import write_table
from fairlead.lib.speech import in_english
from fairlead.people.models import Worker
from fairlead.people.queries.workers import held_skills
from fairlead.people.visibility import may_see_rate
from fairlead.work.models import Need, Task
from fairlead.work.queries.rows import plain
from fairlead.work.states import State

TASK_COLUMNS: Final = (
    "key", "id", "title", "description", "project", "column", "state", "priority", "assignee", "labels", "needs",
    "effort_min", "not before", "due", "created", "updated",
)  # fmt: skip
FOR_CLIENTS: Final = ("key", "title", "description", "project", "state", "due", "created", "updated")
PEOPLE_COLUMNS: Final = (
    "name", "external id", "email", "kind", "role", "skills", "time zone", "country", "week hours", "rate",
)  # fmt: skip
PRIORITIES: Final = ("none", "low", "medium", "high", "urgent")


def tasks_as_csv(actor: Actor, tasks: QuerySet[Task]) -> str:
    """These tasks as CSV, at most as many as an import reads. Clients get what their portal shows."""
    rows = plain(tasks.values(
        "id", "number", "title", "description", "project__key", "status__name", "state", "priority", "assignee__name",
        "labels", "effort_min", "release_at", "due_at", "created_at", "updated_at", "external_id",
    )[:MOST_ROWS])  # fmt: skip
    columns = FOR_CLIENTS if actor.role == Role.CLIENT else TASK_COLUMNS
    needs = _needs(tasks, actor) if "needs" in columns else {}
    return write_table(columns, ([_task(row, needs)[column] for column in columns] for row in rows))


def _needs(tasks: QuerySet[Task], actor: Actor) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    inside = Need.objects.filter(workspace_id=actor.workspace_id, task__in=tasks.order_by().values("pk"))
    for task_id, name, level in inside.order_by("skill__name").values_list("task_id", "skill__name", "level"):
        found[task_id].append(f"{name}:{level}")
    return found


def _task(row: dict[str, Any], needs: dict[int, list[str]]) -> dict[str, str]:
    key = f"{row['project__key']}-{row['number']}"
    return {
        "key": key,
        "id": row["external_id"] or key,
        "title": row["title"],
        "description": row["description"],
        "project": row["project__key"],
        "column": row["status__name"],
        "state": in_english(State(row["state"]).label).lower(),
        "priority": PRIORITIES[row["priority"]],
        "assignee": row["assignee__name"] or "",
        "labels": ";".join(row["labels"]),
        "needs": ";".join(needs.get(row["id"], ())),
        "effort_min": str(row["effort_min"] or ""),
        "not before": _moment(row["release_at"]),
        "due": _moment(row["due_at"]),
        "created": _moment(row["created_at"]),
        "updated": _moment(row["updated_at"]),
    }


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def people_as_csv(actor: Actor, workers: QuerySet[Worker]) -> str:
    """These people as CSV; a rate only where the reader may know it."""
    rows = plain(workers.values(
        "id", "name", "external_id", "email", "kind", "headline", "time_zone", "country", "week_minutes", "rate_cents",
        "user_id",
    )[:MOST_ROWS])  # fmt: skip
    skills = held_skills(actor.workspace_id, [row["id"] for row in rows])
    return write_table(PEOPLE_COLUMNS, (_person(actor, row, skills.get(row["id"], ())) for row in rows))


def _person(actor: Actor, row: dict[str, Any], skills: Iterable[Any]) -> list[str]:
    rate = f"{row['rate_cents'] / 100:.2f}" if may_see_rate(actor, row["user_id"]) and row["rate_cents"] else ""
    return [
        row["name"], row["external_id"] or own_id(row["id"]), row["email"], row["kind"], row["headline"],
        ";".join(f"{skill.name}:{skill.level}" for skill in skills), row["time_zone"], row["country"],
        f"{row['week_minutes'] / 60:g}", rate,
    ]  # fmt: skip


def own_id(worker_id: int) -> str:
    """How somebody is called in a table who came from nowhere else."""
    return f"fairlead-{worker_id}"
