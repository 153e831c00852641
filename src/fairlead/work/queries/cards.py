"""The board of a project: columns with the first cards of each, as plain rows (never model objects)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.prepared import keeping_cursor, prepared
from fairlead.work.fields.definitions import Definitions
from fairlead.work.fields.stored import values_of
from fairlead.work.filters import TaskFilter
from fairlead.work.models import BoardLook, Project, Status, Task
from fairlead.work.placement import TaskPlacement
from fairlead.work.queries.relations import known_keys
from fairlead.work.queries.rows import HOLDER, TYPE, holder, plain
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.states import OPEN, OVER

FIRST: Final = 60
FIRST_OVER: Final = 30
"""Cards that a column shows at first: tasks that are over only the latest."""

FIELDS: Final = (
    "id", "number", "title", "state", "priority", "due_at", "labels", "version",
    *TYPE, *HOLDER,
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A status with its first cards. `count`: tasks that fit the filter; `held`: all; `limit`: the most it should hold,
    which refuses more when it is `hard`."""

    id: int
    name: str
    state: str
    limit: int | None
    count: int
    held: int
    cards: list[dict[str, Any]] = field(default_factory=list)
    hard: bool = True

    @property
    def more(self) -> int:
        """How many tasks are not among the cards."""
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Board:
    """Columns from left to right."""

    columns: list[Column]


def board(
    actor: Actor, project: Project, wanted: TaskFilter, *, now: datetime, zone: str = "UTC", all_over: bool = False,
    own: Definitions = (), shown: Mapping[int, int] | None = None,
) -> Board:  # fmt: skip
    """The board as this actor sees it. `all_over` shows every task that is over, not only the latest; `own` are the
    custom fields that this reader may know of: cards bring the values of those that the project shows on them.
    `shown` is {status id: cards} where a reader has opened more than the first."""
    tasks, wanted = on_board(actor, project), replace(wanted, project="")
    fitting = wanted.apply(tasks, now=now, user_id=actor.user_id, zone=zone)
    held = _counts(tasks)
    counts = _counts(fitting) if wanted else held
    cards = _cards(actor, project, _first(fitting, all_over=all_over, shown=shown or {}), own)
    return Board([
        Column(s["id"], s["name"], s["state"], s["wip_limit"], counts.get(s["id"], 0), held.get(s["id"], 0),
               [c for c in cards if c["status_id"] == s["id"]], s["wip_hard"])
        for s in _columns.all(project.pk)
    ])  # fmt: skip


@prepared
def _columns(project_id: int) -> QuerySet[Status, Any]:
    columns = Status.objects.filter(project_id=project_id).order_by("position", "id")
    return columns.values("id", "name", "state", "wip_limit", "wip_hard")


def column_cards(
    actor: Actor,
    project: Project,
    status: Status,
    wanted: TaskFilter,
    *,
    skip: int,
    now: datetime,
    zone: str = "UTC",
    own: Definitions = (),
) -> list[dict[str, Any]]:
    """The next cards of one column, after the first `skip`; `own` as for the board."""
    tasks = on_board(actor, project).filter(column=status.pk)
    fitting = replace(wanted, project="").apply(tasks, now=now, user_id=actor.user_id, zone=zone)
    order = ("-done_at", "-id") if status.state in OVER else ("place", "id")
    return _cards(actor, project, fitting.order_by(*order)[skip : skip + FIRST], own)


def card(actor: Actor, task: Task, project: Project | None = None, own: Definitions = ()) -> dict[str, Any]:
    """One card, as the board of its home shows it or that of a further project; `own` as for the board."""
    board_of = project or task.project
    return _cards(actor, board_of, on_board(actor, board_of).filter(pk=task.pk), own)[0]


def on_board(actor: Actor, project: Project) -> QuerySet[Any]:
    """The visible tasks of a board: those at home here, and those that are shown here, too. `column` and `place` are
    the column and rank here. What is shown is looked up first: most boards have nothing of it, and keep their index."""
    tasks = visible_tasks(actor)
    shown = _shown_here.all(project.pk)
    if not shown:
        return tasks.filter(project=project).annotate(column=F("status_id"), place=F("rank"))
    here = FilteredRelation("placements", condition=Q(placements__project=project))
    everything = tasks.annotate(here=here).filter(Q(project=project) | Q(pk__in=shown))
    found: QuerySet[Any] = everything.annotate(
        column=Coalesce("here__status_id", "status_id"), place=Coalesce("here__rank", "rank")
    )
    return found


@prepared
def _shown_here(project_id: int) -> QuerySet[TaskPlacement, Any]:
    return TaskPlacement.objects.filter(project_id=project_id).values_list("task_id", flat=True)


def _counts(tasks: QuerySet[Any]) -> dict[int, int]:
    return dict(tasks.order_by().values_list("column").annotate(n=Count("id")))


def _first(tasks: QuerySet[Any], *, all_over: bool, shown: Mapping[int, int]) -> QuerySet[Any]:
    """The first tasks of each column, in the order of the cards: by rank, those that are over by when."""
    open_ = Window(RowNumber(), partition_by=F("column"), order_by=[F("place").asc(), F("id").asc()])
    over = Window(RowNumber(), partition_by=F("column"), order_by=[F("done_at").desc(), F("id").desc()])
    first = Q(state__in=OPEN, by_rank__lte=FIRST) | Q(state__in=OVER, by_time__lte=100_000 if all_over else FIRST_OVER)
    for column, cards in shown.items():
        first |= Q(state__in=OPEN, column=column, by_rank__lte=cards)
    found: QuerySet[Any] = tasks.annotate(by_rank=open_, by_time=over)
    return found.filter(first).order_by("column", "by_rank", "by_time")


def _cards(actor: Actor, project: Project, tasks: QuerySet[Any], own: Definitions) -> list[dict[str, Any]]:
    rows = plain(tasks.values(*FIELDS, "column", "project__key", "project__name"))
    extras = _extras(actor, [row["id"] for row in rows])
    shown = [field for field in own if project.pk in field.cards]
    values = values_of([row["id"] for row in rows], shown)
    for row in rows:
        mine = values.get(row["id"], {})
        row["own"] = [(field, mine[field.id]) for field in shown if field.id in mine]
        row["key"], row["status_id"] = f"{row['project__key']}-{row['number']}", row["column"]
        row["home"] = row["project__name"] if row["project__key"] != project.key else ""
        row["worker"] = holder(row)
        met, criteria, over, parts, row["comments"], row["files"], waits, ticked, items = extras[row["id"]]
        row["checks"] = (met, criteria) if criteria else None
        row["ticked"] = (ticked, items) if items else None
        row["subtasks"] = (over, parts) if parts else None
        row["blocked_by"] = known_keys(actor, waits or [], project) if row["state"] in OPEN else []
    return rows


# One statement instead of one for each kind of thing: with hundreds of cards it is the ids that cost time. The keys
# are those of `relations.blocked`; a test holds the two equal.
EXTRAS = """
SELECT t.id, c.met, c.n, s.over, s.n, m.n, f.n, w.keys, l.done, l.n FROM unnest(%s::bigint[]) AS t (id),
LATERAL (SELECT count(checked_at) AS met, count(*) AS n FROM work_criterion WHERE task_id = t.id) AS c,
LATERAL (WITH RECURSIVE below AS (
    SELECT id, state FROM work_task WHERE parent_id = t.id AND deleted_at IS NULL
    UNION SELECT w.id, w.state FROM work_task w JOIN below b ON w.parent_id = b.id WHERE w.deleted_at IS NULL)
  SELECT count(*) FILTER (WHERE state IN ('done', 'cancelled')) AS over, count(*) AS n FROM below b
  WHERE NOT EXISTS (SELECT 1 FROM work_task w WHERE w.parent_id = b.id AND w.deleted_at IS NULL)) AS s,
LATERAL (SELECT count(*) AS n FROM work_comment
  WHERE task_id = t.id AND deleted_at IS NULL AND NOT (internal AND %s)) AS m,
LATERAL (SELECT count(*) AS n FROM work_attachment f LEFT JOIN work_comment k ON k.id = f.comment_id
  WHERE f.task_id = t.id AND f.deleted_at IS NULL AND k.deleted_at IS NULL
  AND (NOT %s OR (f.for_client AND k.internal IS NOT TRUE))) AS f,
LATERAL (SELECT count(done_at) AS done, count(*) AS n FROM work_checklistitem WHERE task_id = t.id) AS l,
LATERAL (SELECT array_agg(p.key || '-' || a.number ORDER BY p.key, a.number) AS keys FROM work_dependency d
  JOIN work_task a ON a.id = d.after_id JOIN work_project p ON p.id = a.project_id
  WHERE d.task_id = t.id AND d.kind = 'fs' AND d.lag_min >= 0 AND a.deleted_at IS NULL
  AND a.state NOT IN ('done', 'cancelled')) AS w
"""


def _extras(actor: Actor, ids: list[int]) -> dict[int, tuple[int, int, int, int, int, int, list[str] | None, int, int]]:
    """{task id: criteria met, criteria, subtasks over, subtasks, comments and files it shows, what it waits for,
    items of the checklist ticked off, items}."""
    client = actor.role == Role.CLIENT
    with keeping_cursor() as cursor:
        cursor.execute(EXTRAS, [ids, client, client])
        return {row[0]: row[1:] for row in cursor.fetchall()}


def board_look(actor: Actor, project: Project) -> tuple[str, frozenset[int]]:
    """How this reader looks at the board: its swimlanes, and the columns that they folded away."""
    found = _look.first(actor.workspace_id, project.pk, actor.user_id or 0)
    return (found[0], frozenset(found[1])) if found else ("", frozenset())


@prepared
def _look(workspace_id: int, project_id: int, user_id: int) -> QuerySet[BoardLook, Any]:
    mine = BoardLook.objects.filter(workspace_id=workspace_id, project_id=project_id, user_id=user_id)
    return mine.values_list("lanes", "folded")[:1]
