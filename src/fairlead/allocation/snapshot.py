"""Rows → Problem: what the engine is asked, for one task or for many.

Times count from Monday 00:00 of this week in the workspace's zone, so that the engine's weeks are the team's weeks;
nobody works before `now`, rounded down to the quarter hour. A worker's id is `w` and their number: a problem that
leaves the house names nobody. A task's id is its key.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from fairlead import engine
from fairlead.accounts.models import Workspace
from fairlead.allocation import rows
from fairlead.allocation.affinity import Affinity, Evidence
from fairlead.allocation.habits import BEFORE, filled, gap
from fairlead.allocation.policy import POLICY
from fairlead.allocation.weights import objective
from fairlead.lib.rest import without
from fairlead.people.queries import within, working_time
from fairlead.work.queries.planner import busy_time
from fairlead.work.states import State

WEEK_MIN = 7 * 24 * 60
QUARTER_MIN = 15
Intervals = tuple[tuple[int, int], ...]
Spans = Collection[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Picture:
    """A problem, and the way back from its ids and minutes to rows and times. `rows` are as they were read.

    `now_min`: the minute before which nothing can start.
    """

    workspace_id: int
    start: datetime
    problem: engine.Problem
    rows: rows.Rows
    now_min: int = 0

    @cached_property
    def task_ids(self) -> dict[str, int]:
        """{task key: id}."""
        return {row["key"]: pk for pk, row in self.rows.tasks.items()}

    def at(self, minute: int) -> datetime:
        """The moment of a minute, in UTC."""
        return self.start + timedelta(minutes=minute)

    def evidence(self, task_id: int) -> dict[str, Evidence]:
        """{worker's engine id: what is known about this pair beyond skills and hours}."""
        affinity, task = Affinity(self.rows), self.rows.tasks[task_id]
        return {worker_name(pk): affinity.evidence(task, pk) for pk in self.rows.workers}


def worker_name(worker_id: int) -> str:
    """The engine's id of a worker."""
    return f"w{worker_id}"


def worker_number(name: str) -> int:
    """The row's id from the engine's id of a worker."""
    return int(name[1:])


def take(
    workspace_id: int,
    *,
    wanted: Collection[int],
    now: datetime,
    only: Collection[int] | None = None,
    close: rows.Near | None = None,
    weights: Mapping[str, int] | None = None,
    anew: bool = False,
) -> Picture:
    """The workspace with the `wanted` tasks to be matched and all other held tasks pinned to their holders.

    Wanted tasks are open; one that somebody holds is matched as if nobody did. `only`: these workers and nobody else.
    `close`: whom the one wanted task rules out in any case; of them nothing but their skills is told.
    `weights`: percent of the usual weights by name.
    `anew`: the wanted tasks may be over too, and are looked at as if they came in now, without dates.
    Time that somebody keeps for themselves is not there. The number of queries does not grow with the workspace.
    """
    start, now_min = week_of(workspace_id, now)
    since, moment = start - BEFORE, start + timedelta(minutes=now_min)
    found = rows.read(workspace_id, wanted=wanted, only=only, on=now.date(), since=since, anew=anew, close=close)
    horizon = _horizon(found, start, now_min=now_min)
    times = working_time(list(found.workers), since, start + timedelta(minutes=horizon))
    busy = busy_time(list(found.workers), start, start + timedelta(minutes=horizon))
    ahead = {pk: within(times[pk], moment, start + timedelta(minutes=horizon)) for pk in found.workers}
    free = {pk: without(ahead[pk], busy[pk]) if pk in busy else ahead[pk] for pk in found.workers}
    past = {pk: within(times[pk], since, moment) for pk, row in found.workers.items() if row["done_min"]}
    problem = engine.Problem(
        start=start,
        horizon=horizon,
        workers=tuple(_workers(found, start, free=free, past=past)),
        tasks=tuple(_tasks(found, start, wanted=wanted, now_min=now_min)),
        objective=objective(weights or {}),
        setup=POLICY.setup_min,
    )
    return Picture(workspace_id, start, problem, found, now_min)


def week_of(workspace_id: int, now: datetime) -> tuple[datetime, int]:
    """Monday 00:00 of this week in the workspace's zone (as UTC), and `now` in minutes since, rounded to quarters."""
    zone = ZoneInfo(Workspace.objects.values_list("time_zone", flat=True).get(pk=workspace_id))
    local = now.astimezone(zone)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    start = monday.astimezone(ZoneInfo("UTC"))
    passed = int((now - start).total_seconds() // 60)
    return start, passed - passed % QUARTER_MIN


def _minutes(intervals: Spans, start: datetime) -> Intervals:
    base = start.timestamp()
    found: list[tuple[int, int]] = []
    for low, high in intervals:
        first, last = int(low.timestamp() - base) // 60, int(high.timestamp() - base) // 60
        if found and found[-1][1] >= first:
            first = found.pop()[0]
        if last > first:
            found.append((first, last))
    return tuple(found)


def _workers(
    found: rows.Rows, start: datetime, *, free: Mapping[int, Spans], past: Mapping[int, Spans]
) -> Iterable[engine.Worker]:
    """In the order of their coming. Of those aside, what the wanted tasks ask for, and nothing else."""
    asked = {skill for needs in found.needs.values() for skill in needs} if found.aside else set()
    for pk in found.everybody:
        if pk in found.workers:
            row = found.workers[pk]
            yield _worker(row, found, _minutes(free[pk], start), share=filled(row, past.get(pk, ())))
        else:
            levels = found.levels.get(pk, {})
            skills = {found.skills[skill]: levels[skill] for skill in sorted(asked) if skill in levels}
            yield engine.Worker(id=worker_name(pk), kind=found.aside[pk], skills=skills)


def _worker(row: Mapping[str, Any], found: rows.Rows, calendar: Intervals, *, share: float) -> engine.Worker:
    levels = found.levels.get(row["id"], {})
    return engine.Worker(
        id=worker_name(row["id"]),
        kind=row["kind"],
        skills={found.skills[skill]: level for skill, level in sorted(levels.items()) if skill in found.skills},
        calendar=calendar,
        week_minutes=row["week_minutes"],
        max_tasks=row["max_tasks"],
        lanes=row["lanes"],
        rate=row["rate_cents"] / 100,
        speed=row["speed_percent"] / 100,
        buffer=gap(row),
        filled=share,
    )


def _only(found: rows.Rows, row: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Who alone may do it: the people of its project, if that is private, and whoever has it."""
    allowed = found.reserved.get(row["project_id"])
    if allowed is None:
        return None
    return tuple(worker_name(pk) for pk in found.everybody if pk in allowed or pk == row["assignee_id"])


def _tasks(found: rows.Rows, start: datetime, *, wanted: Collection[int], now_min: int) -> Iterable[engine.Task]:
    affinity = Affinity(found)
    for pk, row in found.tasks.items():
        common: dict[str, Any] = {
            "id": row["key"],
            "due": None if row["due_at"] is None else max(0, _minute(row["due_at"], start)),
            "weight": POLICY.weights[row["priority"]],
            "context": row["project__key"],
        }
        after = tuple(found.tasks[before]["key"] for before in found.after.get(pk, ()))
        release = max((_minute(at, start) for at in (row["release_at"], row["pinned_from"]) if at), default=0)
        release = max(0, release)
        if pk in wanted:
            needs = {found.skills[skill]: level for skill, level in found.needs.get(pk, {}).items()}
            held = row["assignee_id"] in found.workers
            yield engine.Task(
                effort=remaining(row),
                needs=needs,
                release=release,
                after=after,
                misfit=_misfits(affinity, row),
                only=_only(found, row),
                now=worker_name(row["assignee_id"]) if held else None,
                **common,
            )
        elif row["state"] in (State.RUNNING, State.REVIEW):
            left = _left(row, start, now_min=now_min)
            yield engine.Task(effort=left, pin=engine.Pin(worker_name(row["assignee_id"])), **common)
        else:
            pin = engine.Pin(worker_name(row["assignee_id"]))
            yield engine.Task(effort=remaining(row), release=release, after=after, pin=pin, **common)


def _misfits(affinity: Affinity, row: Mapping[str, Any]) -> dict[str, float]:
    return {worker_name(pk): round(points, 3) for pk, points in affinity.misfits(row).items()}


def _minute(at: datetime, start: datetime) -> int:
    return int((at - start).total_seconds() // 60)


def effort(row: Mapping[str, Any]) -> int:
    """Likely minutes of a task, or the policy's default for one that nobody has estimated."""
    return row["effort_min"] or POLICY.default_effort_min


def remaining(row: Mapping[str, Any]) -> int:
    """Minutes that a task still needs: its effort less the time that was logged on it, and never below a floor."""
    whole, spent = effort(row), row.get("spent_min") or 0
    return max(_floor(whole), whole - spent) if spent else whole


def _floor(whole: int) -> int:
    return max(1, round(whole * POLICY.least_left))


def _left(row: Mapping[str, Any], start: datetime, *, now_min: int) -> int:
    """Minutes that a task under way still needs: what was logged tells; where nothing was, a working day counts 8 of
    the 24 hours that have passed."""
    whole = effort(row)
    least = _floor(whole)
    if row["state"] == State.RUNNING and row.get("spent_min"):
        return remaining(row)
    if row["state"] == State.REVIEW or row["started_at"] is None:
        return least
    passed = max(0, now_min - _minute(row["started_at"], start))
    return max(least, whole - passed // 3)


def _horizon(found: rows.Rows, start: datetime, *, now_min: int) -> int:
    """How far the plan reaches (minutes, whole weeks): past every due time and pin, with room for all work.

    Each task is given to the able worker with the fewest weeks of work, the rarest skills first.
    """
    affinity = Affinity(found)
    weeks = dict.fromkeys(found.workers, 0.0)
    capacity = {pk: max(1, row["week_minutes"]) * row["speed_percent"] / 100 for pk, row in found.workers.items()}
    open_to = {
        pk: [row["assignee_id"]] if pk not in found.needs and row["assignee_id"] in weeks else affinity.skilled(pk)
        for pk, row in found.tasks.items()
    }
    for pk in sorted(open_to, key=lambda pk: len(open_to[pk])):
        if open_to[pk]:
            chosen = min(open_to[pk], key=weeks.__getitem__)
            weeks[chosen] += effort(found.tasks[pk]) / capacity[chosen]
    dates = (at for row in found.tasks.values() for at in (row["due_at"], row["pinned_from"]) if at)
    last_due = max((_minute(at, start) for at in dates), default=0)
    needed = max(POLICY.least_weeks, int(max(weeks.values(), default=0.0) * 1.5) + 3, -(-last_due // WEEK_MIN) + 2)
    return max(min(needed, POLICY.most_weeks), now_min // WEEK_MIN + 1) * WEEK_MIN


def queue(problem: engine.Problem) -> engine.Plan:
    """The held tasks of a problem as a plan: each holder does them in the order in which the problem lists them.

    Only the order counts: whoever reads the plan decodes it. It follows from the problem: a receipt need not keep it.
    """
    return _in_order(problem, {task.id: task.pin.worker for task in problem.tasks if task.pin})


def standing(problem: engine.Problem) -> engine.Plan:
    """The present distribution: like `queue`, with the held tasks that may go to somebody else."""
    return _in_order(problem, {task.id: holder for task in problem.tasks if (holder := holder_of(task))})


def holder_of(task: engine.Task) -> str | None:
    """Who has the task now, by the engine's id."""
    return task.pin.worker if task.pin else task.now


def _in_order(problem: engine.Problem, holders: Mapping[str, str]) -> engine.Plan:
    loads = {worker.id: [0] * worker.lanes for worker in problem.workers}
    found = []
    for place, task in enumerate(problem.tasks):
        if task.id not in holders:
            continue
        lanes = loads[holders[task.id]]
        lane = lanes.index(min(lanes))
        lanes[lane] += task.effort
        found.append(engine.Assignment(task.id, holders[task.id], lane, place, place + 1))
    return engine.Plan(assignments=tuple(found))


def decode(problem: engine.Problem, plan: engine.Plan) -> tuple[engine.Assignment, ...]:
    """When everything of a plan would be done if each lane went through its tasks without a break."""
    return engine.Ranker(problem, plan).state.assignments()


def content(problem: engine.Problem) -> tuple[str, bytes]:
    """A problem's digest and its canonical bytes, gzipped without a time."""
    plain = engine.problem_bytes(
        problem
    )  # what `problem_digest` hashes: written once, for it takes a second when large
    return hashlib.sha256(plain).hexdigest(), gzip.compress(plain, compresslevel=6, mtime=0)


def problem_of(packed: bytes | memoryview) -> engine.Problem:
    """The problem from its gzipped canonical bytes."""
    return engine.problem_from_bytes(gzip.decompress(bytes(packed)))


def plan_content(plan: engine.Plan) -> bytes:
    """A plan's bytes, gzipped without a time: equal plans are equal bytes."""
    return gzip.compress(engine.plan_bytes(plan), compresslevel=6, mtime=0)


def plan_of(packed: bytes | memoryview) -> engine.Plan:
    """The plan from its gzipped bytes."""
    return engine.plan_from_bytes(gzip.decompress(bytes(packed)))
