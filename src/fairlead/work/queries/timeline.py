"""Tasks as bars over time, with the links between them, those that are broken, and the longest chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.days import short_moment
from fairlead.lib.lag import write_lag
from fairlead.lib.speech import tr
from fairlead.work.dates import AT_START, Bar, Link, asked_of, is_broken, longest_chain
from fairlead.work.filters import TaskFilter
from fairlead.work.models import Dependency, Task
from fairlead.work.permissions import row_parts
from fairlead.work.queries.dated import FIELDS, as_bars, links_between
from fairlead.work.queries.rows import HOLDER, holder, plain
from fairlead.work.queries.visible import visible_tasks
from fairlead.work.states import OPEN, State

MOST: Final = 500
"""Bars of one timeline: more of them nobody reads, and every one costs the browser, too."""
KEEPS: Final = timedelta(days=28)
"""What is over stays on the timeline for so long, unless a state was asked for."""
ROW: Final = tuple(dict.fromkeys((
    *FIELDS, "priority", "created_by_id", "parent__number", "parent__title", "project__name", "project__color",
    "project__archived_at", "project_id", "assignee__user_id", *HOLDER,
)))  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A task on the timeline: its bar, and the row that it was read from with `key`, `worker` and `may_edit`."""

    bar: Bar
    row: dict[str, Any]
    late: bool


@dataclass(frozen=True)
class Tie:
    """A link between two lines; `problem`: what is wrong with their dates, else empty."""

    link: Link
    problem: str = ""


@dataclass(frozen=True)
class Timeline:
    """Lines by start; `critical`: ids of the longest chain; `undated`: open tasks that have no place on it."""

    lines: tuple[Line, ...]
    ties: tuple[Tie, ...]
    critical: tuple[int, ...]
    undated: int
    cut: bool = False

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(key of the task whose followers stand too early, what is wrong)."""
        keys = {line.bar.id: line.bar.key for line in self.lines}
        return [(keys[tie.link.after], tie.problem) for tie in self.ties if tie.problem]


def timeline(actor: Actor, wanted: TaskFilter, *, now: datetime, zone: str = "UTC") -> Timeline:
    """The visible tasks that fit and have a date. Cancelled ones, and those done long ago, only when a state is asked
    for. A client learns nothing of efforts: where only the due time is set, a task is a point."""
    fitting = wanted.apply(visible_tasks(actor), now=now, user_id=actor.user_id, zone=zone)
    dated = Q(due_at__isnull=False) | Q(release_at__isnull=False)
    # The first are found in an index, which has all that is asked; only they are read.
    firsts = _shown(fitting, wanted, now).filter(dated).order_by("due_at", "id").values("pk")[: MOST + 1]
    rows = plain(Task.objects.filter(pk__in=firsts).order_by("due_at", "id").values(*ROW))
    bars = as_bars(actor.workspace_id, rows[:MOST], effort=actor.role != Role.CLIENT)
    lines = [_line(actor, row, bars[row["id"]], now) for row in rows[:MOST]]
    lines.sort(key=lambda it: (it.bar.start or now, it.bar.end or now, it.bar.id))
    links = links_between(bars)
    ties = tuple(Tie(link, _problem(link, bars[link.after], bars[link.task], zone)) for link in links)
    undated = fitting.filter(~dated, state__in=OPEN).count()
    return Timeline(tuple(lines), ties, tuple(longest_chain(bars, links)), undated, len(rows) > MOST)


def _shown(tasks: QuerySet[Task], wanted: TaskFilter, now: datetime) -> QuerySet[Task]:
    if wanted.state:
        return tasks
    return tasks.filter(Q(state__in=OPEN) | Q(state=State.DONE, done_at__gte=now - KEEPS))


def _line(actor: Actor, row: dict[str, Any], bar: Bar, now: datetime) -> Line:
    ids = {"holder_user_id": row["assignee__user_id"], "author_id": row["created_by_id"]}
    mine = row_parts(actor, row["project_id"], **ids)
    more = {"key": bar.key, "worker": holder(row), "may_edit": bool(mine) and row["project__archived_at"] is None}
    return Line(bar, row | more, bar.state in OPEN and bar.due_at is not None and bar.due_at < now)


def _problem(link: Link, before: Bar, bar: Bar, zone: str) -> str:
    """Which dates of a link do not agree, in a sentence; empty when they do."""
    if not is_broken(link, before, bar):
        return ""
    start = link.kind in AT_START
    edge, at = (bar.start if start else bar.end), asked_of(link, before)
    after_end = link.kind in (Dependency.Kind.FINISH_START, Dependency.Kind.FINISH_FINISH)
    there = before.end if after_end else before.start
    dates = {"key": bar.key, "on": _day(edge, zone), "other": before.key, "then": _day(there, zone)}
    lag = write_lag(abs(link.lag_min))
    text = _said_problem(start=start, after_end=after_end, dates=dates)
    if lag and at is not None and link.lag_min > 0:
        text = tr("%(problem)s, and it follows %(lag)s later", problem=text, lag=lag)
    elif lag and at is not None:
        text = tr("%(problem)s, and it follows %(lag)s earlier", problem=text, lag=lag)
    return text + "."


def _said_problem(*, start: bool, after_end: bool, dates: dict[str, str]) -> str:
    if start and after_end:
        return tr("%(key)s starts on %(on)s, but %(other)s ends on %(then)s", **dates)
    if start:
        return tr("%(key)s starts on %(on)s, but %(other)s starts on %(then)s", **dates)
    if after_end:
        return tr("%(key)s ends on %(on)s, but %(other)s ends on %(then)s", **dates)
    return tr("%(key)s ends on %(on)s, but %(other)s starts on %(then)s", **dates)


def _day(at: datetime | None, zone: str) -> str:
    return short_moment(at.astimezone(ZoneInfo(zone))) if at else tr("no day")
