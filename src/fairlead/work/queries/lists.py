"""The list of tasks, across projects or of one: filtered, sorted, grouped, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, IntegerField, OrderBy, QuerySet, Value, When, Window
from django.db.models.functions import TruncWeek

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.days import in_words
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.work.fields.definitions import Definitions
from fairlead.work.fields.stored import values_of
from fairlead.work.filters import MANY, TaskFilter
from fairlead.work.models import Task
from fairlead.work.permissions import row_parts
from fairlead.work.queries.own_fields import group_names, grouped_by_own, sorted_by_own
from fairlead.work.queries.relations import blocked
from fairlead.work.queries.rows import HOLDER, TYPE, holder, plain
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.reach import knows_key, reach_of
from fairlead.work.states import OPEN, State, column
from fairlead.work.time.spent import left_column, spent_column, spent_of
from fairlead.work.types.models import type_name

PAGE: Final = 50
EXPORTED: Final = 10_000
FIELDS: Final = (
    "id", "number", "title", "state", "priority", "due_at", "labels", "effort_min", "version", "updated_at",
    "project__key", "project__name", "project__color", "status__name", "status_id", "created_at", "created_by_id",
    "assignee__user_id", "project_id", "project__archived_at", *TYPE, *HOLDER,
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
    "created": (F("created_at"),),
    "project": (F("project__name"),),
    "labels": (F("labels"),),
    "spent": (spent_column(),),
    "left": (left_column(),),
    "type": (F("type__position"),),
}
LONG: Final = 5_000
"""Tasks from which on putting all of them in order takes longer than looking for the first ones."""
ALWAYS_THERE: Final = frozenset({"updated", "created"})
"""No task lacks them: without a place for what is missing the index gives the first page at once."""
GROUPS: Final[dict[str, tuple[Any, ...]]] = {
    "project": (F("project__name").asc(), F("project_id").asc()),
    "status": (OrderBy(_STATE), F("status__name").asc()),
    "assignee": (F("assignee__name").asc(nulls_last=True), F("assignee_id").asc(nulls_last=True)),
    "priority": (F("priority").desc(),),
    "type": (F("type__position").asc(nulls_first=True), F("type_id").asc(nulls_first=True)),
    "week": (),
}
"""What a list can be grouped by; "week" is the week of the due date, which depends on the reader's zone."""


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
    group: str = "", own: Definitions = (), spent: bool = False,
) -> TaskPage:  # fmt: skip
    """The visible tasks that fit. `sort`: one of SORTS, "-" in front for downwards; `group`: one of GROUPS or "".

    `own`: custom fields that may be sorted (`f.budget`) and grouped by, and whose values the rows bring as `own`.
    `spent`: rows also tell how much time was logged.
    """
    fitting = wanted.apply(visible_tasks(actor), now=now, user_id=actor.user_id, zone=zone, most=MANY)
    found = page_of(fitting, sort, page, group=group, zone=zone, own=own, narrow=bool(wanted.text),
                    people=Worker.objects.filter(workspace_id=actor.workspace_id))  # fmt: skip
    _tell_spent(found.rows, wanted=spent)
    for row in found.rows:
        _tell_rights(actor, row)
    if actor.role == Role.CLIENT:  # a task may wait for one of a project that they do not know of
        for row in found.rows:
            row["blocked_by"] = [key for key in row["blocked_by"] if key.startswith(f"{row['project__key']}-")]
    elif reach_of(actor).hidden:
        for row in found.rows:
            row["blocked_by"] = [key for key in row["blocked_by"] if knows_key(actor, key)]
    return found


def _tell_rights(actor: Actor, row: dict[str, Any]) -> None:
    """`may_edit`: whether the task is the actor's to change; `live`: whether its project is in use, else it stays as it
    is but for moving it away or into the trash."""
    ids = {"holder_user_id": row["assignee__user_id"], "author_id": row["created_by_id"]}
    row["may_edit"] = bool(row_parts(actor, row["project_id"], **ids))
    row["live"] = row.pop("project__archived_at") is None


def _tell_spent(rows: list[dict[str, Any]], *, wanted: bool) -> None:
    logged = spent_of([row["id"] for row in rows]) if wanted else {}
    for row in rows:
        row["spent_min"] = logged.get(row["id"], 0)


def page_of(
    tasks: QuerySet[Task], sort: str, page: int, *, group: str = "", zone: str = "UTC", own: Definitions = (),
    narrow: bool = False, people: QuerySet[Worker] | None = None,
) -> TaskPage:  # fmt: skip
    """A page of these tasks. `narrow`: finding them costs more than putting them in order, so that it is done once.
    `people`: who may hold them."""
    # Put in order are the tasks as such; only those of the page are read with all that stands around them.
    known = _page_with_total(ordered(tasks, sort, group, zone, own), page) if narrow else None
    total = known[1] if known else tasks.count()
    pages = max(1, -(-total // PAGE))
    page = max(1, min(page, pages))
    if group == "assignee" and people is not None and total > LONG:
        tasks = _of_the_first(tasks, people, page * PAGE)
    in_order = ordered(tasks, sort, group, zone, own)
    one_page: Any = known[0] if known else in_order.values("pk")[(page - 1) * PAGE : page * PAGE]
    rows = plain(ordered(Task.objects.filter(pk__in=one_page), sort, group, zone, own).values(*FIELDS))
    dress(rows, own)
    names = group_names(rows, group, own)
    before = None
    for row in rows:
        name = names.get(row["id"]) if names is not None else _group_name(row, group, zone)
        row["group"], before = (name if name != before else ""), name
    return TaskPage(rows, total, page, pages)


def _of_the_first(tasks: QuerySet[Task], people: QuerySet[Worker], end: int) -> QuerySet[Task]:
    """Only what the first people by name hold, if that fills the list up to row `end`: to put fifty tasks in order,
    nobody has to put a hundred thousand in order."""
    first = list(people.order_by("name", "pk").values_list("pk", flat=True)[:PAGE])
    theirs = tasks.filter(assignee_id__in=first)
    return theirs if theirs.count() >= end else tasks


def _page_with_total(in_order: QuerySet[Task], page: int) -> tuple[list[int], int] | None:
    """The ids of a page and how many tasks there are, in one query; None for a page behind the last one."""
    first = (max(1, page) - 1) * PAGE
    found = list(in_order.annotate(total=Window(Count("*"))).values_list("pk", "total")[first : first + PAGE])
    if not found and page > 1:
        return None
    return [pk for pk, _ in found], found[0][1] if found else 0


def ordered(tasks: QuerySet[Task], sort: str, group: str, zone: str, own: Definitions) -> QuerySet[Task]:
    """The tasks in the order of the list: group by group, sorted inside."""
    tasks, groups = grouped_by_own(tasks, group, own)
    tasks, order = sorted_by_own(tasks, sort, own)
    return tasks.order_by(*(groups or _grouped(group, zone)), *(order or _order(sort)), "-id")


def dress(rows: list[dict[str, Any]], own: Definitions) -> None:
    """Give each row its key, who holds it, what it waits for, and its values in the custom fields by key."""
    ids = [row["id"] for row in rows]
    waits = blocked([row["id"] for row in rows if row["state"] in OPEN])
    values = values_of(ids, own)
    for row in rows:
        row["key"] = f"{row['project__key']}-{row['number']}"
        row["worker"] = holder(row)
        row["blocked_by"] = waits.get(row["id"], [])
        mine = values.get(row["id"], {})
        row["own"] = {field.key: mine.get(field.id) for field in own if row["project_id"] in field.projects}


def export_rows(
    actor: Actor, wanted: TaskFilter, *, now: datetime, zone: str, sort: str, own: Definitions
) -> list[dict[str, Any]]:
    """All rows that fit, in order, at most EXPORTED."""
    fitting = wanted.apply(visible_tasks(actor), now=now, user_id=actor.user_id, zone=zone)
    rows = plain(ordered(fitting, sort, "", zone, own).values(*FIELDS)[:EXPORTED])
    dress(rows, own)
    return rows


def _order(sort: str) -> list[OrderBy]:
    down, name = sort.startswith("-"), sort.removeprefix("-")
    name = name if name in SORTS else "updated"
    last = None if name in ALWAYS_THERE else True
    return [OrderBy(part, descending=down, nulls_last=last) for part in SORTS[name]]


def _grouped(group: str, zone: str) -> tuple[Any, ...]:
    if group == "week":
        return (OrderBy(TruncWeek("due_at", tzinfo=ZoneInfo(zone)), nulls_last=True),)
    return GROUPS.get(group, ())


def _group_name(row: dict[str, Any], group: str, zone: str) -> str:
    if group == "week":
        return _week(row["due_at"], zone)
    if group == "assignee":
        return str(row["assignee__name"] or tr("Nobody yet"))
    if group == "type":
        return type_name(row["type__name"])
    if group == "priority":
        return str(Task.Priority(row["priority"]).label)
    if group == "status":
        return column(row["status__name"])
    return str(row["project__name"]) if group == "project" else ""


def _week(due_at: datetime | None, zone: str) -> str:
    if due_at is None:
        return tr("No due date")
    day = due_at.astimezone(ZoneInfo(zone)).date()
    monday = day - timedelta(days=day.weekday())
    return tr("Week of %(day)s", day=in_words(monday))


def task_row(actor: Actor, task: Task, own: Definitions = (), *, spent: bool = False) -> dict[str, Any]:
    """One row of the list, as it is now; with the time that was logged if `spent`."""
    found = page_of(visible_tasks(actor).filter(pk=task.pk), "key", 1, own=own)
    _tell_spent(found.rows, wanted=spent)
    row = found.rows[0]
    _tell_rights(actor, row)
    return row
