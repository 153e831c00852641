"""The list of tasks, across projects or of one: filtered, sorted, grouped, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Case, F, IntegerField, OrderBy, QuerySet, Value, When

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.work.filters import TaskFilter
from fairlead.work.models import Task
from fairlead.work.queries.relations import blocked
from fairlead.work.queries.rows import HOLDER, holder, plain
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.states import OPEN, State

PAGE: Final = 50
FIELDS: Final = (
    "id", "number", "title", "state", "priority", "due_at", "labels", "effort_min", "version", "updated_at",
    "project__key", "project__name", "project__color", "status__name", *HOLDER,
)  # fmt: skip

_STATE: Final = Case(
    *(When(state=state.value, then=Value(place)) for place, state in enumerate(State)), output_field=IntegerField()
)
SORTS: Final[dict[str, tuple[Any, ...]]] = {
    "key": (F("project__key"), F("number")),
    "title": (F("title"),),
    "status": (_STATE, F("status__position")),
    "priority": (F("priority"),),
    "assignee": (F("assignee__name"),),
    "due": (F("due_at"),),
    "effort": (F("effort_min"),),
    "updated": (F("updated_at"),),
}
GROUPS: Final[dict[str, tuple[OrderBy, ...]]] = {
    "project": (F("project__name").asc(), F("project_id").asc()),
    "status": (OrderBy(_STATE), F("status__name").asc()),
    "assignee": (F("assignee__name").asc(nulls_last=True), F("assignee_id").asc(nulls_last=True)),
    "priority": (F("priority").desc(),),
}


@dataclass(frozen=True)
class TaskPage:
    """One page of a list. Rows have columns, `key`, `worker`, `blocked_by`, and `group`: its name where one begins."""

    rows: list[dict[str, Any]]
    total: int
    page: int
    pages: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.page - 1) * PAGE + len(self.rows)


def task_list(
    actor: Actor, wanted: TaskFilter, *, now: datetime, zone: str = "UTC", sort: str = "-updated", page: int = 1,
    group: str = "",
) -> TaskPage:  # fmt: skip
    """The visible tasks that fit. `sort`: one of SORTS, "-" in front for downwards; `group`: one of GROUPS or ""."""
    fitting = wanted.apply(visible_tasks(actor), now=now, user_id=actor.user_id, zone=zone)
    found = page_of(fitting, sort, page, group=group)
    if actor.role == Role.CLIENT:  # a task may wait for one of a project that they do not know of
        for row in found.rows:
            row["blocked_by"] = [key for key in row["blocked_by"] if key.startswith(f"{row['project__key']}-")]
    return found


def page_of(tasks: QuerySet[Task], sort: str, page: int, *, group: str = "") -> TaskPage:
    """A page of these tasks."""
    total = tasks.count()
    pages = max(1, -(-total // PAGE))
    page = max(1, min(page, pages))
    ordered = tasks.order_by(*GROUPS.get(group, ()), *_order(sort), "-id")
    rows = plain(ordered.values(*FIELDS)[(page - 1) * PAGE : page * PAGE])
    waits = blocked([row["id"] for row in rows if row["state"] in OPEN])
    before = None
    for row in rows:
        row["key"] = f"{row['project__key']}-{row['number']}"
        row["worker"] = holder(row)
        row["blocked_by"] = waits.get(row["id"], [])
        name = _group_name(row, group)
        row["group"], before = (name if name != before else ""), name
    return TaskPage(rows, total, page, pages)


def _order(sort: str) -> list[OrderBy]:
    down, name = sort.startswith("-"), sort.removeprefix("-")
    return [OrderBy(part, descending=down, nulls_last=True) for part in SORTS.get(name, SORTS["updated"])]


def _group_name(row: dict[str, Any], group: str) -> str:
    if group == "assignee":
        return str(row["assignee__name"] or "Nobody yet")
    if group == "priority":
        return str(Task.Priority(row["priority"]).label)
    return str(row.get({"project": "project__name", "status": "status__name"}.get(group, ""), ""))
