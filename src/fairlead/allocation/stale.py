"""What has changed since a plan was made, line by line: whoever applies it decides on the present, not on the past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fairlead import engine
from fairlead.allocation import snapshot
from fairlead.allocation.models import Offering, Plan, PlanLine
from fairlead.allocation.queries.pins import pinned
from fairlead.allocation.rows import needs_of
from fairlead.allocation.snapshot import worker_name
from fairlead.lib.errors import Conflict
from fairlead.lib.speech import later, tr
from fairlead.people.models import Skill, Worker
from fairlead.people.queries import time_off
from fairlead.work.models import Task
from fairlead.work.queries.rows import plain
from fairlead.work.states import OPEN, OVER, WAITING
from fairlead.work.time.spent import spent_column

LISTED = 3
_TASK = (
    "id", "number", "title", "project__key", "project__archived_at", "state", "deleted_at", "assignee_id",
    "assignee__name", "due_at", "release_at", "effort_min",
)  # fmt: skip


@dataclass(frozen=True)
class Stale:
    """One line that does not hold any more, and what has changed."""

    line_id: int
    key: str
    title: str
    what: str


class StalePlan(Conflict):
    """Lines that do not hold: what they were made from has changed, or without the others they are too much for
    somebody. `stale` lists them. Nothing was applied."""

    code = "stale-plan"
    title = later("The plan is out of date")

    def __init__(self, stale: Sequence[Stale]) -> None:
        told = "; ".join(f"{item.key}: {item.what}" for item in stale[:LISTED])
        if len(stale) > LISTED:
            told = tr("%(lines)s and %(n)s more", lines=told, n=len(stale) - LISTED)
        super().__init__(
            tr("Nothing was applied, because these lines do not hold: %(lines)s. Apply the lines that still hold, or "
               "make a new plan.", lines=told)
        )  # fmt: skip
        self.stale = tuple(stale)
        self.errors = [{"pointer": f"#/lines/{s.line_id}", "detail": f"{s.key}: {s.what}"} for s in stale]


@dataclass(frozen=True)
class Present:
    """Tasks and workers as they are now, and what the plan was made from."""

    problem: engine.Problem | None
    tasks: Mapping[int, Mapping[str, Any]]
    needs: Mapping[int, Mapping[str, int]]
    pinned: frozenset[int]
    offered: frozenset[int]
    workers: Mapping[int, Mapping[str, Any]]
    away: Mapping[int, Sequence[tuple[datetime, datetime]]]


def stale_lines(plan: Plan, lines: Sequence[PlanLine]) -> list[Stale]:
    """Those of the lines that something has happened to, each with the first thing that did. Seven queries."""
    if not lines:
        return []
    now = _present(plan, lines)
    found = []
    for line in lines:
        what = next(_changes(line, now), "")
        if what:
            row = now.tasks.get(line.task_id)
            key = f"{row['project__key']}-{row['number']}" if row else tr("A task")
            found.append(Stale(line.pk, key, row["title"] if row else "", what))
    return found


def _present(plan: Plan, lines: Sequence[PlanLine]) -> Present:
    ids = [line.task_id for line in lines]
    workers = Worker.objects.filter(pk__in={line.worker_id for line in lines})
    names = dict(Skill.objects.filter(workspace_id=plan.workspace_id).values_list("id", "name"))
    needs = {pk: {names[skill]: n for skill, n in asked.items()} for pk, asked in needs_of(ids).items()}
    people = {row["id"]: row for row in workers.values("id", "name", "deactivated_at", "time_zone")}
    return Present(
        problem=snapshot.problem_of(plan.snapshot.content) if plan.snapshot else None,
        tasks={row["id"]: row for row in _rows(ids)},
        needs=needs,
        pinned=frozenset(Task.objects.filter(pinned(), pk__in=ids).values_list("pk", flat=True)),
        offered=frozenset(
            Offering.objects.filter(task_id__in=ids, state=Offering.State.OPEN).values_list("task_id", flat=True)
        ),
        workers=people,
        away=_away(people, lines),
    )


def _rows(ids: Collection[int]) -> list[dict[str, Any]]:
    return plain(Task.objects.filter(pk__in=list(ids)).annotate(spent_min=spent_column()).values(*_TASK, "spent_min"))


def _away(
    people: Mapping[int, Mapping[str, Any]], lines: Sequence[PlanLine]
) -> dict[int, list[tuple[datetime, datetime]]]:
    """{worker id: approved absences while the lines run, in UTC}."""
    starts = [line.starts_at for line in lines if line.starts_at]
    ends = [line.ends_at for line in lines if line.ends_at]
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    if not starts or not ends:
        return found
    day = timedelta(days=1)
    for pk, first, last in time_off(list(people), (min(starts) - day).date(), (max(ends) + day).date()):
        zone = ZoneInfo(people[pk]["time_zone"])
        found[pk].append((datetime.combine(first, time(), zone), datetime.combine(last + day, time(), zone)))
    return found


def _changes(line: PlanLine, now: Present) -> Iterator[str]:
    row = now.tasks.get(line.task_id)
    if row is None:
        yield tr("it does not exist any more")
        return
    yield from _task_gone(line, row)
    if not _was_fixed(line, row, now):
        yield from _task_decided(line, row, now)
        yield from _task_changed(line, row, now)
    yield from _worker_changed(line, now)


def _was_fixed(line: PlanLine, row: Mapping[str, Any], now: Present) -> bool:
    """Whether the plan had no say about the task, because it had begun or was pinned, and only tells its new time."""
    key, problem = f"{row['project__key']}-{row['number']}", now.problem
    stays = line.worker_id == line.before_worker_id
    return stays and problem is not None and key in problem.task_index and problem.task(key).pin is not None


def _task_gone(line: PlanLine, row: Mapping[str, Any]) -> Iterator[str]:
    if row["deleted_at"] is not None:
        yield tr("it was put into the trash")
    if row["state"] in OVER:
        yield tr("it is over")
    if row["project__archived_at"] is not None:
        yield tr("its project was archived")
    if row["assignee_id"] != line.before_worker_id:
        name = row["assignee__name"]
        yield tr("%(name)s has it now", name=name) if row["assignee_id"] else tr("it was taken back")


def _task_decided(line: PlanLine, row: Mapping[str, Any], now: Present) -> Iterator[str]:
    if row["state"] not in (WAITING if line.before_worker_id else OPEN):
        yield tr("it was begun")
    if line.task_id in now.pinned:
        yield tr("it was pinned")
    if line.task_id in now.offered:
        yield tr("it is being offered")


def _task_changed(line: PlanLine, row: Mapping[str, Any], now: Present) -> Iterator[str]:
    """Against the task as the engine was told of it."""
    key, problem = f"{row['project__key']}-{row['number']}", now.problem
    if problem is None or key not in problem.task_index:
        return
    task = problem.task(key)
    if _minute(row["due_at"], problem) != task.due:
        yield tr("its due date changed")
    if snapshot.remaining(row) != task.effort:
        yield tr("its effort changed")
    if now.needs.get(line.task_id, {}) != dict(task.needs):
        yield tr("what it needs changed")
    if (_minute(row["release_at"], problem) or 0) != task.release:
        yield tr("its first day changed")


def _minute(at: datetime | None, problem: engine.Problem) -> int | None:
    return None if at is None else max(0, int((at - problem.start).total_seconds() // 60))


def _worker_changed(line: PlanLine, now: Present) -> Iterator[str]:
    worker = now.workers.get(line.worker_id or 0)
    if worker is None:
        yield tr("the person was removed")
        return
    if worker["deactivated_at"] is not None:
        yield tr("%(name)s does not take work any more", name=worker["name"])
    if line.starts_at is None or line.ends_at is None or now.problem is None:
        return
    for low, high in now.away.get(worker["id"], ()):
        if low < line.ends_at and high > line.starts_at and _counted_on(now.problem, worker["id"], low, high):
            yield tr("%(name)s is away then", name=worker["name"])


def _counted_on(problem: engine.Problem, worker_id: int, low: datetime, high: datetime) -> bool:
    """Whether the plan took it that the worker works in this time."""
    first, last = (int((at - problem.start).total_seconds() // 60) for at in (low, high))
    name = worker_name(worker_id)
    calendar = problem.worker(name).calendar if name in problem.worker_index else ()
    return any(start < last and end > first for start, end in calendar or ())
