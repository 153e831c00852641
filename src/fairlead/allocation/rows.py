"""What the engine has to know about a workspace, read in a handful of queries whatever its size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import CharField, Count, F, Func, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from fairlead.allocation.models import Assignment, Pin, Planning
from fairlead.allocation.policy import POLICY
from fairlead.lib.among import among
from fairlead.people.models import Preference, Skill, Worker
from fairlead.people.queries import skill_levels, team_names
from fairlead.work.models import Dependency, Need, Task
from fairlead.work.queries.people import workers_in
from fairlead.work.states import OPEN, State
from fairlead.work.time.spent import spent_column
from fairlead.work.types.models import MILESTONE

_WORKER = (
    "id", "name", "kind", "user_id", "time_zone", "week_minutes", "max_tasks", "lanes", "speed_percent", "rate_cents",
    "gap_minutes",
)  # fmt: skip
_TASK = (
    "id", "number", "title", "state", "priority", "effort_min", "release_at", "due_at", "labels", "assignee_id",
    "started_at", "project_id", "version", "project__private",
)  # fmt: skip


@dataclass(frozen=True)
class Wishes:
    """What a worker wants and avoids: ids of skills and folded labels."""

    wanted_skills: set[int] = field(default_factory=set)
    avoided_skills: set[int] = field(default_factory=set)
    wanted_labels: set[str] = field(default_factory=set)
    avoided_labels: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class History:
    """Finished tasks by (worker, project) and by (worker, folded label)."""

    in_project: Mapping[tuple[int, int], int] = field(default_factory=dict)
    with_label: Mapping[tuple[int, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """Workers and tasks as dictionaries by id, and what hangs on them."""

    workers: Mapping[int, Mapping[str, Any]]
    tasks: Mapping[int, Mapping[str, Any]]
    levels: Mapping[int, Mapping[int, int]]
    needs: Mapping[int, Mapping[int, int]]
    after: Mapping[int, tuple[int, ...]]
    skills: Mapping[int, str]
    wishes: Mapping[int, Wishes]
    history: History
    reserved: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """{private project: the workers who may be given its work}, of the wanted tasks' projects."""
    aside: Mapping[int, str] = field(default_factory=dict)
    """{worker: kind} of those of whom nothing but their skills was read: none of them can do the wanted task."""

    @cached_property
    def everybody(self) -> list[int]:
        """Ids of all, those aside too, in the order of their coming."""
        return sorted([*self.workers, *self.aside])


@dataclass(frozen=True)
class Near:
    """`ids`: the workers who are looked at closely for one task; of all others, {id: kind}, only their skills count.
    `levels`: theirs in the skills that the task asks for, as `skill_levels` tells them."""

    ids: frozenset[int]
    others: Mapping[int, str]
    levels: Mapping[int, Mapping[int, int]]


def read(
    workspace_id: int,
    *,
    wanted: Collection[int],
    only: Collection[int] | None,
    on: date,
    since: datetime,
    anew: bool = False,
    close: Near | None = None,
) -> Rows:
    """Everybody active (or those of `only`), the open tasks that they hold, and the `wanted` tasks to be matched.
    `anew`: the wanted ones as if nobody had begun or finished them. `since`: from when on finished work counts.
    `close` (instead of `only`): whom the wanted task rules out in any case, of whom nothing but skills is kept.

    Skills whose certificate has expired by the day `on` do not count. Where nothing is wanted, nobody is matched, and
    what only matching asks stays empty: skills, wishes and what somebody has finished.
    """
    only = only if close is None else close.ids
    people = active_workers(workspace_id)
    people = people if only is None else people.filter(among("pk", only))
    people = people.annotate(team_names=team_names(), usual_gap=Subquery(_USUAL_GAP), done_min=done_since(since))
    workers = {row["id"]: row for row in people.values(*_WORKER, "team_names", "usual_gap", "done_min")}
    tasks = _tasks(workspace_id, holders=workers, wanted=wanted, starts=_starts(workspace_id, workers, wanted, only))
    if anew:
        tasks |= _anew(workspace_id, wanted)
    if not wanted:
        return Rows(workers, tasks, levels={}, needs={}, after=_after(tasks), skills={}, wishes={}, history=History())
    return Rows(
        workers=workers,
        tasks=tasks,
        levels={**(close.levels if close else {}), **skill_levels(workspace_id, list(workers), on=on)},
        needs=needs_of([pk for pk in tasks if pk in wanted]),
        after=_after(tasks),
        skills=dict(Skill.objects.filter(workspace_id=workspace_id).values_list("id", "name")),
        wishes=wishes_of(workspace_id, only=None if only is None else list(workers)),
        history=_history(workspace_id, only=None if only is None else list(workers)),
        reserved=_reserved(tasks, wanted),
        aside=close.others if close else {},
    )


def _reserved(tasks: Mapping[int, Mapping[str, Any]], wanted: Collection[int]) -> dict[int, frozenset[int]]:
    """No query where no project is private."""
    private = {row["project_id"] for pk, row in tasks.items() if row["project__private"] and pk in wanted}
    return workers_in(private) if private else {}


def active_workers(workspace_id: int) -> Any:
    """Those who can be given work, in the order of their coming."""
    return Worker.objects.filter(workspace_id=workspace_id, deactivated_at__isnull=True).order_by("id")


def _starts(
    workspace_id: int, holders: Collection[int], wanted: Collection[int], only: Collection[int] | None
) -> dict[int, datetime | None]:
    """{task id: when it was planned to begin}, of what these workers hold and of the wanted tasks."""
    active = Assignment.objects.filter(workspace_id=workspace_id, ended_at__isnull=True)
    if only is not None:
        active = active.filter(among("worker_id", holders) | among("task_id", wanted))
    return dict(active.values_list("task_id", "starts_at"))


def _tasks(
    workspace_id: int, *, holders: Collection[int], wanted: Collection[int], starts: Mapping[int, datetime | None]
) -> dict[int, Mapping[str, Any]]:
    """Held tasks as they are queued by their holders, then the wanted ones that nobody holds; with planned starts."""
    mine = among("assignee_id", holders) | among("id", wanted)
    found = Task.objects.filter(mine, workspace_id=workspace_id, state__in=OPEN, deleted_at__isnull=True)
    found = found.exclude(type__base=MILESTONE)
    rows = [
        {
            **row,
            "key": f"{row['project__key']}-{row['number']}",
            "planned_at": row["pinned_from"] or starts.get(row["id"]),
        }
        for row in found.annotate(pinned_from=Subquery(_PINNED_FROM), spent_min=spent_column()).values(
            *_TASK, "project__key", "pinned_from", "spent_min"
        )
    ]
    rows.sort(key=lambda row: _queue_key(row, waits=row["id"] in wanted and row["assignee_id"] not in holders))
    return {row["id"]: row for row in rows}


def _anew(workspace_id: int, wanted: Collection[int]) -> dict[int, Mapping[str, Any]]:
    found = Task.objects.filter(pk__in=list(wanted), workspace_id=workspace_id, deleted_at__isnull=True).order_by("id")
    waits = {"state": State.READY, "assignee_id": None, "started_at": None, "due_at": None, "release_at": None,
             "pinned_from": None}  # fmt: skip
    return {
        row["id"]: {**row, **waits, "key": f"{row['project__key']}-{row['number']}", "planned_at": None}
        for row in found.values(*_TASK, "project__key")
    }


_PINNED_FROM = Pin.objects.filter(
    task_id=OuterRef("pk"), worker_id=OuterRef("assignee_id"), ended_at__isnull=True
).values("starts_at")


def done_since(since: datetime) -> Any:
    """A column of workers: minutes of effort of what they were given since then and have finished."""
    kept = Assignment.objects.filter(worker=OuterRef("pk"), created_at__gte=since, task__state=State.DONE)
    over = kept.filter(end_reason__in=("", Assignment.EndReason.DONE)).order_by()
    minutes = Sum(Coalesce("task__effort_min", POLICY.default_effort_min))
    return Subquery(over.values("worker").annotate(total=minutes).values("total"))


_USUAL_GAP = Planning.objects.filter(workspace_id=OuterRef("workspace_id")).values("gap_min")
_UNDER_WAY = {State.REVIEW: 0, State.RUNNING: 1}


def _queue_key(row: Mapping[str, Any], *, waits: bool) -> tuple[Any, ...]:
    """What is under way comes first, then as planned, then by due time; what nobody planned goes last."""
    planned, due = row["planned_at"], row["due_at"]
    return (
        waits,
        _UNDER_WAY.get(row["state"], 2),
        planned is None,
        planned.timestamp() if planned else 0.0,
        due is None,
        due.timestamp() if due else 0.0,
        -row["priority"],
        row["id"],
    )


def needs_of(task_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """{task id: {skill id: level}}; tasks that ask for something only."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = Need.objects.filter(among("task_id", list(task_ids))).order_by("task_id", "skill__name")
    for task_id, skill_id, level in rows.values_list("task_id", "skill_id", "level"):
        found[task_id][skill_id] = level
    return found


def _after(tasks: Mapping[int, Any]) -> dict[int, tuple[int, ...]]:
    """The open tasks after whose end each task starts, as far as they are in the picture. The other kinds of links,
    and lags, are about dates; the engine does not know them."""
    found: dict[int, tuple[int, ...]] = defaultdict(tuple)
    rows = Dependency.objects.filter(
        among("task_id", tasks),
        kind=Dependency.Kind.FINISH_START,
        after__state__in=OPEN,
        after__deleted_at__isnull=True,
    )
    for task_id, after_id in rows.order_by("task_id", "after_id").values_list("task_id", "after_id"):
        if after_id in tasks:
            found[task_id] = (*found[task_id], after_id)
    return found


def wishes_of(workspace_id: int, *, only: Collection[int] | None = None) -> dict[int, Wishes]:
    """{worker id: what they want and avoid}; workers (of `only`) with a wish."""
    found: dict[int, Wishes] = defaultdict(Wishes)
    rows = Preference.objects.filter(workspace_id=workspace_id)
    rows = rows if only is None else rows.filter(among("worker_id", only))
    for worker_id, skill_id, label, stance in rows.values_list("worker_id", "skill_id", "label", "stance"):
        mine = found[worker_id]
        if label:
            (mine.wanted_labels if stance > 0 else mine.avoided_labels).add(label.casefold())
        else:
            (mine.wanted_skills if stance > 0 else mine.avoided_skills).add(skill_id)
    return found


def _history(workspace_id: int, *, only: Collection[int] | None) -> History:
    """What these workers (None: all) have finished."""
    whose = Q(assignee__isnull=False) if only is None else among("assignee_id", only)
    done = Task.objects.filter(whose, workspace_id=workspace_id, state=State.DONE, deleted_at__isnull=True).order_by()
    by_project = done.values("assignee_id", "project_id").annotate(n=Count("id"))
    by_label = (
        done.annotate(label=Func(F("labels"), function="unnest", output_field=CharField()))
        .values("assignee_id", "label")
        .annotate(n=Count("id"))
    )
    labels: dict[tuple[int, str], int] = defaultdict(int)
    for row in by_label:
        labels[row["assignee_id"], row["label"].casefold()] += row["n"]
    return History({(row["assignee_id"], row["project_id"]): row["n"] for row in by_project}, labels)
