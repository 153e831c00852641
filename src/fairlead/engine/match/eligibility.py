"""Hard rules: who can do a task at all. One function per rule, one list.

A rule looks at one case (a task and a worker, on an empty calendar) and yields an obstacle for each thing
that is in the way. An obstacle has a machine code and a sentence with the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from fairlead.engine.clock import Clock, Run
from fairlead.engine.effort import minutes_needed
from fairlead.engine.problem import Problem, Task, Worker
from fairlead.engine.saying import Row, say
from fairlead.engine.wording import hours, moment


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One rule in the way. `about` tells apart obstacles of one rule (the skill's name)."""

    code: str
    sentence: str
    about: str = ""

    def to_dict(self) -> dict[str, object]:
        """Code, sentence, about."""
        return {"code": self.code, "sentence": self.sentence, "about": self.about}


@dataclass(frozen=True, slots=True)
class Case:
    """A task put to a worker, and the worker's calendar in work minutes."""

    problem: Problem
    task: Task
    worker: Worker
    clock: Clock


def skill(case: Case) -> Iterator[Obstacle]:
    """Every needed skill at least at the needed level."""
    for name, level in case.task.needs.items():
        has = case.worker.skills.get(name, 0)
        if has < level:
            said = (
                say("needs %(skill)s ≥ %(level)s; has %(has)s", skill=name, level=level, has=has)
                if has
                else say("needs %(skill)s ≥ %(level)s; has none", skill=name, level=level)
            )
            yield Obstacle("skill", said, name)


def only(case: Case) -> Iterator[Obstacle]:
    """On the list of those who alone may do it."""
    if case.task.only is not None and case.worker.id not in case.task.only:
        names = case.task.only
        said = say("only %(names)s may do it", names=Row(", ", names)) if names else say("only nobody may do it")
        yield Obstacle("only", said)


def never(case: Case) -> Iterator[Obstacle]:
    """Not on the list of those who may not do it."""
    if case.worker.id in case.task.never:
        yield Obstacle("never", say("%(worker)s is excluded from it by name", worker=case.worker.id))


def pin(case: Case) -> Iterator[Obstacle]:
    """A pinned task belongs to the pinned worker."""
    if case.task.pin is not None and case.task.pin.worker != case.worker.id:
        yield Obstacle("pin", say("it is pinned to %(worker)s", worker=case.task.pin.worker))


def max_tasks(case: Case) -> Iterator[Obstacle]:
    """A worker who takes no tasks at all gets none (a full one is ruled out against the plan)."""
    if case.worker.max_tasks == 0:
        yield Obstacle("max_tasks", say("takes no tasks (at most 0)"))


def calendar(case: Case) -> Iterator[Obstacle]:
    """The work fits between the release and the end of the calendar, with nothing else to do."""
    task, needed = case.task, minutes_needed(case.task, case.worker)
    if task.pin is not None and task.pin.worker == case.worker.id and task.pin.start is not None:
        if task.pin.start < task.release:
            release = moment(case.problem, task.release)
            yield Obstacle("calendar", say("is pinned to start before its release %(release)s", release=release))
        elif not starts_on_time(case, task.pin.start):
            yield Obstacle(
                "calendar",
                say(
                    "cannot work %(hours)s from the pinned start %(start)s on",
                    hours=hours(needed),
                    start=moment(case.problem, task.pin.start),
                ),
            )
    elif alone(case, task.release) is None:
        free = case.clock.total - case.clock.to_u(task.release)
        facts = calendar_facts(case, free)
        yield Obstacle("calendar", say("needs %(hours)s; %(facts)s", hours=hours(needed), facts=facts))


def calendar_facts(case: Case, free_min: int) -> str:
    """What the calendar still offers, in words."""
    capped = case.worker.week_minutes is not None and free_min > 0
    free, most = hours(free_min), hours(case.worker.week_minutes or 0)
    if not case.task.release:
        if capped:
            return say("has %(hours)s of working time, at most %(most)s a week", hours=free, most=most)
        return say("has %(hours)s of working time", hours=free)
    since = moment(case.problem, case.task.release)
    if capped:
        return say(
            "has %(hours)s of working time from %(since)s, at most %(most)s a week", hours=free, since=since, most=most
        )
    return say("has %(hours)s of working time from %(since)s", hours=free, since=since)


def alone(case: Case, earliest: int) -> Run | None:
    """The task on an otherwise empty calendar, from minute `earliest` on."""
    needed = minutes_needed(case.task, case.worker)
    return case.clock.run(case.clock.to_u(earliest), needed, used=0, week_end=0)


def starts_on_time(case: Case, start: int) -> bool:
    """True when the worker can begin in exactly this minute and finish within the calendar."""
    run = alone(case, start)
    return run is not None and case.clock.works_at(start) and case.clock.start_minute(run.start) == start


RULES: tuple[Callable[[Case], Iterator[Obstacle]], ...] = (skill, only, never, pin, max_tasks, calendar)


def obstacles(case: Case) -> tuple[Obstacle, ...]:
    """Everything that rules this worker out; empty when the worker is eligible."""
    return tuple(obstacle for rule in RULES for obstacle in rule(case))


def alike(task: Task, worker: Worker) -> Hashable:
    """What the rules look at, where they say the same of everybody of whom it is equal: people without a calendar whom
    the task does not name. None where they may say something of this worker alone."""
    if worker.calendar is not None or task.pin or worker.id in task.never or worker.id in task.minutes:
        return None
    levels = tuple(worker.skills.get(name, 0) for name in task.needs)
    allowed = task.only is None or worker.id in task.only
    return levels, allowed, worker.max_tasks == 0, worker.week_minutes, worker.speed


def is_eligible(case: Case) -> bool:
    """True when no rule is in the way; stops at the first that is."""
    return not any(True for rule in RULES for _ in rule(case))
