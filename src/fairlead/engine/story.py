"""What the reasons of a repair are taken from, and which event or task is the cause of each change."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from fairlead.engine.change import Change, EarlyFinish, NewTask, Overrun, TaskGone, WorkerAway, task_of, worker_of
from fairlead.engine.plan import Assignment, Plan
from fairlead.engine.problem import Problem, Task
from fairlead.engine.saying import say
from fairlead.engine.search.calm import Gains
from fairlead.engine.search.carry import Carried
from fairlead.engine.wording import moment, points


@dataclass(frozen=True)
class Story:
    """Everything that the reasons are taken from."""

    problem: Problem
    changes: tuple[Change, ...]
    carried: Carried
    gains: Gains
    plan: Plan

    @cached_property
    def after(self) -> dict[str, Assignment]:
        """The new plan by task."""
        return {item.task: item for item in self.plan.assignments}

    @cached_property
    def new(self) -> frozenset[str]:
        """Tasks that the event brought."""
        return frozenset(change.task.id for change in self.changes if isinstance(change, NewTask))

    @cached_property
    def came(self) -> dict[str, list[Assignment]]:
        """By worker: what she did not have before, in order of start."""
        return self._by_worker(item for item in self.plan.assignments if self._had(item.task) != item.worker)

    @cached_property
    def went(self) -> dict[str, list[Assignment]]:
        """By worker: what she had and still is to be done, as it was planned."""
        homes = (self.carried.homes.get(task.id) for task in self.problem.tasks)
        return self._by_worker(home for home in homes if home and self._has(home.task) != home.worker)

    @cached_property
    def told(self) -> dict[str, str]:
        """Why tasks are left out."""
        return {item.task: item.reason for item in self.plan.unassigned}

    def forced(self, task_id: str) -> bool:
        """The event itself made the task's old place impossible."""
        return self.problem.task_index[task_id] in self.carried.forced

    def _had(self, task_id: str) -> str | None:
        home = self.carried.homes.get(task_id)
        return home.worker if home else None

    def _has(self, task_id: str) -> str | None:
        item = self.after.get(task_id)
        return item.worker if item else None

    @staticmethod
    def _by_worker(items: Iterator[Assignment]) -> dict[str, list[Assignment]]:
        found: dict[str, list[Assignment]] = {}
        for item in sorted(items, key=lambda row: (row.start, row.task)):
            found.setdefault(item.worker, []).append(item)
        return found


def away_from(story: Story, before: Assignment, after: Assignment) -> str:
    """Why a task leaves its worker: an event of hers, what she does instead, or what the other one no longer does."""
    task = story.problem.task(before.task)
    return away_cause(story, task) or freed(story, after) or first_event(story)


def away_cause(story: Story, task: Task) -> str:
    """An event of the task or its worker, or what she does in its stead."""
    before = story.carried.homes.get(task.id)
    if before is None:
        return ""
    own = event_of_task(story, task.id) or event_of_worker(story, before.worker)
    room = [item for item in story.came.get(before.worker, []) if item.start < before.finish]
    return own or makes_room(story, room) or longer_before(story, before)


def pushed(story: Story, task: Task) -> str:
    """Why a task that stays with its worker is later."""
    before, after = story.carried.homes[task.id], story.after[task.id]
    if own := event_of_task(story, task.id, but=EarlyFinish):
        return own
    for name in task.after:
        held = story.after.get(name)
        if held is not None and held.finish > before.start:
            return say("waits for %(task)s, which ends at %(when)s", task=name, when=moment(story.problem, held.finish))
    if event := event_of_worker(story, before.worker, until_min=after.finish):
        return event
    room = [item for item in story.came.get(before.worker, []) if item.start < after.start]
    return longer_before(story, before) or makes_room(story, room) or overtaken(story, task) or ""


def pulled(story: Story, task: Task) -> str:
    """Why a task that stays with its worker is earlier."""
    before, after = story.carried.homes[task.id], story.after[task.id]
    if own := event_of_task(story, task.id, but=Overrun):
        return own
    if cause := freed(story, before):
        return cause
    for name in task.after:
        held, was = story.after.get(name), story.carried.homes.get(name)
        if held is not None and was is not None and held.finish < was.finish:
            return say("%(task)s, which it waits for, ends earlier", task=name)
    return event_of_worker(story, after.worker) or ahead(story, task)


def freed(story: Story, item: Assignment) -> str:
    """What the worker no longer does before this assignment's end."""
    for change in story.changes:
        home = story.carried.homes.get(task_of(change) or "")
        if home is None or home.worker != item.worker or home.start >= item.finish:
            continue
        if isinstance(change, TaskGone) or story.after.get(home.task, home).finish < home.finish:
            return change.said(story.problem)
    for gone in story.went.get(item.worker, []):
        if gone.start < item.finish and gone.task != item.task:
            now = story.after.get(gone.task)
            if now is None:
                return say("%(task)s is left out", task=gone.task)
            return say("%(task)s went to %(worker)s", task=gone.task, worker=now.worker)
    return ""


def longer_before(story: Story, before: Assignment) -> str:
    """An event by which work before this on the same list takes longer."""
    for change in story.changes:
        home = story.carried.homes.get(task_of(change) or "")
        if home is None or home.task == before.task or home.worker != before.worker or home.start > before.start:
            continue
        held = story.after.get(home.task)
        if held is not None and held.worker == home.worker and held.finish > home.finish:
            return change.said(story.problem)
    return ""


def makes_room(story: Story, room: Sequence[Assignment]) -> str:
    """The last of the tasks that have come to the worker."""
    if not room:
        return ""
    task = story.problem.task(room[-1].task)
    if task.due is None:
        return say("makes room for %(task)s", task=task.id)
    return say("makes room for %(task)s, due %(when)s", task=task.id, when=moment(story.problem, task.due))


def overtaken(story: Story, task: Task) -> str:
    """A task of the same worker that was after it and is before it now, and what the new order saves."""
    return new_order(story, task, later=True)


def ahead(story: Story, task: Task) -> str:
    """A task of the same worker that was before it and is after it now, and what the new order saves."""
    return new_order(story, task, later=False)


def new_order(story: Story, task: Task, *, later: bool) -> str:
    """The first task of the same worker that has changed sides, and what that saves."""
    before, after = story.carried.homes[task.id], story.after[task.id]
    for item in story.plan.assignments:
        was = story.carried.homes.get(item.task)
        if (
            was is None
            or item.task == task.id
            or (item.worker, item.lane, was.worker) != (after.worker, after.lane, after.worker)
        ):
            continue
        if (was.start > before.start, item.start < after.start) == (later, later):
            return order_saves(story, task.id, item.task, later=later)
    return ""


def order_saves(story: Story, task: str, other: str, *, later: bool) -> str:
    """The new order of the two, and what it saves that one of them is out of the old one."""
    index = story.problem.task_index
    gains = [gain for name in (task, other) if (gain := story.gains.order.get(index[name])) is not None]
    said = say("lets %(task)s go first", task=other) if later else say("goes before %(task)s", task=other)
    if not gains:
        return said
    if gains[0] == math.inf:
        return say("%(order)s, since the old order is not possible any more", order=said)
    return say("%(what)s, which saves %(points)s", what=said, points=points(gains[0]))


def event_of_task(story: Story, task_id: str, *, but: type | None = None) -> str:
    """What happened to the task itself, leaving out the kind that would not explain it."""
    own = (change for change in story.changes if task_of(change) == task_id)
    return next((change.said(story.problem) for change in own if but is None or not isinstance(change, but)), "")


def event_of_worker(story: Story, worker: str, *, until_min: int | None = None) -> str:
    """What happened to the worker; absences only when they begin before that minute."""
    for change in story.changes:
        late = isinstance(change, WorkerAway) and until_min is not None and change.start >= until_min
        if worker_of(change) == worker and not late:
            return change.said(story.problem)
    return ""


def first_event(story: Story) -> str:
    """What started it all."""
    return story.changes[0].said(story.problem) if story.changes else ""
