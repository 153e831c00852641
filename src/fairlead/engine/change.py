"""What happened after a plan was made: somebody is away, a task is new, takes longer, or is gone.

One class for each kind of event; `changed_problem` applies them to the problem that the plan was made for. A new kind
is a class here and a line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fairlead.engine.clock import Clock
from fairlead.engine.effort import minutes_needed
from fairlead.engine.plan import Assignment, Plan
from fairlead.engine.problem import WEEK_MIN, Problem, Task, Worker
from fairlead.engine.saying import say
from fairlead.engine.validation import LATEST_MIN, Place, ProblemError, ProblemErrors
from fairlead.engine.wording import hours, moment, span

Intervals = tuple[tuple[int, int], ...]


@dataclass
class Draft:
    """The problem while events are applied to it: tasks and workers by id, and the plan they are about."""

    problem: Problem
    homes: Mapping[str, Assignment]
    errors: list[ProblemError]
    tasks: dict[str, Task] = field(init=False)
    workers: dict[str, Worker] = field(init=False)

    def __post_init__(self) -> None:
        self.tasks = {task.id: task for task in self.problem.tasks}
        self.workers = {worker.id: worker for worker in self.problem.workers}

    def task(self, place: Place, task_id: str) -> Task | None:
        """The task of this id; a fault when there is none."""
        if task_id not in self.tasks:
            place.at(".task").refuse(task_id, "the id of a task")
        return self.tasks.get(task_id)

    def worker(self, place: Place, worker_id: str) -> Worker | None:
        """The worker of this id; a fault when there is none."""
        if worker_id not in self.workers:
            place.at(".worker").refuse(worker_id, "the id of a worker")
        return self.workers.get(worker_id)

    def planned(self, place: Place, task_id: str) -> tuple[Task, Worker, Assignment] | None:
        """The task, who has it in the plan, and when; a fault when nobody has."""
        task = self.task(place, task_id)
        home = self.homes.get(task_id)
        worker = self.workers.get(home.worker) if home else None
        if task is not None and worker is None:
            place.at(".task").refuse(task_id, "a task that the plan gives to somebody")
        return (task, worker, home) if task and worker and home else None


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task that was not in the problem."""

    task: Task

    def apply(self, draft: Draft, place: Place) -> None:
        """Put it at the end of the list."""
        if self.task.id in draft.tasks:
            place.at(".task.id").refuse(self.task.id, "an id that is not used before")
        draft.tasks[self.task.id] = self.task

    def said(self, _problem: Problem) -> str:
        return say("%(task)s is new", task=self.task.id)


@dataclass(frozen=True, slots=True)
class TaskGone:
    """A task that nobody has to do any more; nothing waits for it any longer."""

    task_id: str

    def apply(self, draft: Draft, place: Place) -> None:
        """Take it off the list, and out of what others wait for."""
        if draft.task(place, self.task_id) is None:
            return
        del draft.tasks[self.task_id]
        for task in [task for task in draft.tasks.values() if self.task_id in task.after]:
            after = tuple(name for name in task.after if name != self.task_id)
            draft.tasks[task.id] = replace(task, after=after)

    def said(self, _problem: Problem) -> str:
        return say("%(task)s is gone", task=self.task_id)


@dataclass(frozen=True, slots=True)
class WorkerAway:
    """A worker does not work from minute `start` to minute `finish`: sickness, leave."""

    worker_id: str
    start: int
    finish: int

    def apply(self, draft: Draft, place: Place) -> None:
        """Take these minutes out of the calendar."""
        worker = draft.worker(place, self.worker_id)
        if not 0 <= self.start < self.finish <= LATEST_MIN:
            place.at(".finish").refuse(self.finish, f"a minute after the start, up to {LATEST_MIN}")
        elif worker is not None:
            last = LATEST_MIN if draft.problem.horizon is None else draft.problem.horizon
            calendar = ((0, last),) if worker.calendar is None and last else worker.calendar or ()
            shorter = without(calendar, self.start, self.finish)
            draft.workers[worker.id] = replace(worker, calendar=shorter)

    def said(self, problem: Problem) -> str:
        return say(
            "%(worker)s is away from %(time)s", worker=self.worker_id, time=span(problem, self.start, self.finish)
        )


@dataclass(frozen=True, slots=True)
class Overrun:
    """A planned task takes its worker so many more minutes."""

    task_id: str
    minutes: int

    def apply(self, draft: Draft, place: Place) -> None:
        """Raise the minutes predicted for who has it."""
        if not 1 <= self.minutes <= LATEST_MIN:
            place.at(".minutes").refuse(self.minutes, f"an integer from 1 to {LATEST_MIN}")
            return
        planned = draft.planned(place, self.task_id)
        if planned is not None:
            task, worker, _ = planned
            needed = min(LATEST_MIN, minutes_needed(task, worker) + self.minutes)
            draft.tasks[task.id] = replace(task, minutes={**task.minutes, worker.id: needed})

    def said(self, _problem: Problem) -> str:
        return say("%(task)s takes %(hours)s longer", task=self.task_id, hours=hours(self.minutes))


@dataclass(frozen=True, slots=True)
class EarlyFinish:
    """A planned task is done at minute `finish`, before the plan's finish."""

    task_id: str
    finish: int

    def apply(self, draft: Draft, place: Place) -> None:
        """Lower the minutes predicted for who has it to those worked until then."""
        planned = draft.planned(place, self.task_id)
        if planned is None:
            return
        task, worker, home = planned
        if not home.start < self.finish < home.finish:
            allowed = f"a minute after its start {home.start} and before its planned finish {home.finish}"
            place.at(".finish").refuse(self.finish, allowed)
            return
        worked = worked_until(draft.problem, worker, home=home, needed=minutes_needed(task, worker), finish=self.finish)
        draft.tasks[task.id] = replace(task, minutes={**task.minutes, worker.id: worked})

    def said(self, problem: Problem) -> str:
        return say("%(task)s is done by %(when)s", task=self.task_id, when=moment(problem, self.finish))


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """A task as it is now; the one with its id is replaced."""

    task: Task

    def apply(self, draft: Draft, place: Place) -> None:
        """Put it in the place of the old one."""
        if draft.task(place, self.task.id) is not None:
            draft.tasks[self.task.id] = self.task

    def said(self, _problem: Problem) -> str:
        return say("%(task)s has changed", task=self.task.id)


@dataclass(frozen=True, slots=True)
class WorkerChanged:
    """A worker as she is now; the one with her id is replaced."""

    worker: Worker

    def apply(self, draft: Draft, place: Place) -> None:
        """Put her in the place of the old one."""
        if draft.worker(place, self.worker.id) is not None:
            draft.workers[self.worker.id] = self.worker

    def said(self, _problem: Problem) -> str:
        return say("%(worker)s has changed", worker=self.worker.id)


Change = NewTask | TaskGone | WorkerAway | Overrun | EarlyFinish | TaskChanged | WorkerChanged

KINDS: dict[str, type[Change]] = {
    "new_task": NewTask,
    "task_gone": TaskGone,
    "worker_away": WorkerAway,
    "overrun": Overrun,
    "early_finish": EarlyFinish,
    "task_changed": TaskChanged,
    "worker_changed": WorkerChanged,
}


def changed_problem(problem: Problem, plan: Plan, changes: Sequence[Change]) -> Problem:
    """The problem after these events, one after the other; ProblemErrors when one of them cannot be."""
    draft = Draft(problem, {item.task: item for item in plan.assignments}, [])
    for position, change in enumerate(changes):
        change.apply(draft, Place(f"changes[{position}]", draft.errors))
    if draft.errors:
        raise ProblemErrors(draft.errors)
    return replace(problem, workers=tuple(draft.workers.values()), tasks=tuple(draft.tasks.values()))


def task_of(change: Change) -> str | None:
    """The task that the event is about."""
    if isinstance(change, NewTask | TaskChanged):
        return change.task.id
    return change.task_id if isinstance(change, TaskGone | Overrun | EarlyFinish) else None


def worker_of(change: Change) -> str | None:
    """The worker that the event is about."""
    if isinstance(change, WorkerChanged):
        return change.worker.id
    return change.worker_id if isinstance(change, WorkerAway) else None


def without(calendar: Intervals, start: int, finish: int) -> Intervals:
    """The working intervals without [start, finish)."""
    parts = ((a, b) for begin, end in calendar for a, b in ((begin, min(end, start)), (max(begin, finish), end)))
    return tuple((a, b) for a, b in parts if a < b)


def worked_until(problem: Problem, worker: Worker, *, home: Assignment, needed: int, finish: int) -> int:
    """Minutes of the task's `needed` that are worked by `finish`; at least 1.

    From the planned finish backwards, since work goes on without a break within a week until it is done or the weekly
    cap is used up. Where several lanes share a cap this is the most it can be.
    """
    clock = Clock(worker, problem.horizon)
    cap = LATEST_MIN if worker.week_minutes is None else worker.week_minutes

    def between(start: int, end: int) -> int:
        return clock.to_u(end) - clock.to_u(start)

    first_week, last, left = (finish - 1) // WEEK_MIN * WEEK_MIN, home.finish, needed
    while (last - 1) // WEEK_MIN * WEEK_MIN > first_week:
        monday = (last - 1) // WEEK_MIN * WEEK_MIN
        left -= min(cap, between(monday, last))
        last = monday
    if first_week <= home.start:
        return max(1, min(left, between(home.start, finish)))
    return max(1, left - min(cap, between(first_week, last)) + min(cap, between(first_week, finish)))
