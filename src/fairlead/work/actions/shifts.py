"""Moving a task on the calendar together with all that follow it, and seeing beforehand which those are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction

from fairlead.events.actor import Actor
from fairlead.lib.errors import Invalid, Missing, require
from fairlead.lib.speech import tr
from fairlead.work.actions.batches import SoAlready, keep, values_of
from fairlead.work.actions.tasks import change_task
from fairlead.work.dates import Bar, Dates, Link, in_order, is_broken, moved_by_days, pushed
from fairlead.work.drafts import wrong_times
from fairlead.work.models import Batch, BatchLine, Task
from fairlead.work.permissions import may_change_many, may_edit_task
from fairlead.work.queries.dated import bars_of, following, links_between
from fairlead.work.queries.visible import visible_tasks

MOST_DAYS: Final = 3650


@dataclass(frozen=True)
class Moved:
    """A task with its dates before and after; `because`: the key of the task that it follows, empty for the first."""

    id: int
    key: str
    title: str
    before: Dates
    after: Dates
    version: int
    because: str = ""


@dataclass(frozen=True)
class Shift:
    """What a shift moves, the task itself first; `stays`: (key, why) of followers that should move and do not."""

    moved: tuple[Moved, ...]
    stays: tuple[tuple[str, str], ...]
    batch: Batch | None = None

    @property
    def followers(self) -> tuple[Moved, ...]:
        return tuple(one for one in self.moved if one.because)


def dates_after(task: Task, days: int) -> Dates:
    """Start and due time of the task when it is moved by so many days of the calendar, onto a working day."""
    if abs(days) > MOST_DAYS:
        raise Invalid({"days": tr("Move a task by at most ten years.")})
    return moved_by_days(bars_of(task.workspace_id, Task.objects.filter(pk=task.pk))[task.pk], days)


def preview_shift(task: Task, dates: Dates, *, actor: Actor) -> Shift:
    """What `shift_task` would move. Raises Forbidden or Invalid as it would."""
    _check(task, dates, actor)
    return _planned(task, dates, actor=actor)


def shift_task(task: Task, dates: Dates, *, actor: Actor, now: datetime, version: int | None = None) -> Shift:
    """Give the task these dates (not before, due), and move what follows it as far as the links ask for.

    Followers only move later, and land on working days. All or none: one that somebody changed meanwhile raises
    Conflict. The batch takes everything back. Raises SoAlready when nothing would move.
    """
    _check(task, dates, actor)
    with transaction.atomic():
        found = _planned(task, dates, actor=actor)
        if not found.moved:
            raise SoAlready(tr("It is so already."))
        tasks = Task.objects.select_related("project", "status", "assignee").in_bulk([one.id for one in found.moved])
        lines = [
            _change(tasks[one.id], one, one.version if one.because else version, actor=actor, now=now)
            for one in found.moved
        ]
        return Shift(found.moved, found.stays, keep(lines, actor=actor, now=now))


def _change(task: Task, one: Moved, version: int | None, *, actor: Actor, now: datetime) -> BatchLine:
    before = values_of(task)
    change_task(task, actor=actor, now=now, version=version, release_at=one.after[0], due_at=one.after[1])
    return BatchLine(task=task, workspace_id=task.workspace_id, before=before, version=task.version)


def _check(task: Task, dates: Dates, actor: Actor) -> None:
    require(may_change_many(actor), tr("Only members of the team change tasks."))
    require(may_edit_task(actor, task), tr("Only managers and whoever holds or created this task can change it."))
    if wrong := wrong_times(*dates):
        raise Invalid(wrong)


def _planned(task: Task, dates: Dates, *, actor: Actor) -> Shift:
    """The task and its followers, each after those that it follows."""
    ids = following(task)
    bars = bars_of(task.workspace_id, visible_tasks(actor).filter(pk__in=ids))
    links = [link for link in links_between(ids) if link.task in bars and link.after in bars]
    if task.pk not in bars:
        raise Missing(tr("%(task)s is in the trash. Restore it first.", task=task))
    root = bars[task.pk]
    there = {root.id: replace(root, release_at=dates[0], due_at=dates[1])}
    moved = [] if (root.release_at, root.due_at) == dates else [_moved(root, there[root.id])]
    fixed, stays = _fixed(actor, ids), []
    for pk in in_order(links, root.id):
        bar, cause = _pushed(bars[pk], [link for link in links if link.task == pk], there)
        if cause and pk in fixed:
            stays.append((bar.key, fixed[pk]))
        elif cause:
            there[pk] = bar
            moved.append(_moved(bars[pk], bar, cause))
    return Shift(tuple(moved), tuple(stays))


def _pushed(bar: Bar, links: Sequence[Link], there: Mapping[int, Bar]) -> tuple[Bar, str]:
    """The bar where its links to tasks that are `there` want it, and the key of the last one that moved it."""
    cause = ""
    for link in links:
        if link.after in there and is_broken(link, there[link.after], bar):
            bar, cause = pushed(bar, link, there[link.after]), there[link.after].key
    return bar, cause


def _moved(before: Bar, after: Bar, because: str = "") -> Moved:
    dates = (before.release_at, before.due_at), (after.release_at, after.due_at)
    return Moved(before.id, before.key, before.title, *dates, before.version, because)


def _fixed(actor: Actor, ids: Collection[int]) -> dict[int, str]:
    """{task id: why this actor cannot move it}."""
    tasks = Task.objects.filter(pk__in=ids).select_related("project", "assignee")
    found = {}
    for task in tasks:
        if task.project.archived_at is not None:
            found[task.pk] = tr("%(project)s is archived.", project=task.project.name)
        elif not may_edit_task(actor, task):
            found[task.pk] = tr("Only managers and whoever holds or created it can change it.")
    return found
