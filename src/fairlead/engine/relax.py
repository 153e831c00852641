"""Changes that would free a task: each clears all that is in one worker's way. Proposed here, tried in doctor.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from fairlead.engine.kernel.library import Array
from fairlead.engine.problem import Task, Worker
from fairlead.engine.saying import both, say
from fairlead.engine.standing import Named, Standing
from fairlead.engine.wording import count

ABOUT_TIME = ("room", "calendar")


@dataclass(frozen=True)
class Proposal:
    """A proposed change of the task, perhaps with one worker; not tried out yet."""

    code: str
    sentence: str
    task: Task
    changes: Mapping[str, Any]
    worker: Worker | None = None


@dataclass
class Draft:
    """A change of the task in the making, with one worker in mind."""

    task: Task
    worker: Worker
    parts: list[str] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    new_worker: Worker | None = None

    def note(self, sentence: str, path: str, *, value: Any) -> None:
        """Note one part of the change."""
        self.parts.append(sentence)
        self.changes[path] = value


def relax_skill(draft: Draft, skill: str) -> bool:
    """Ask for no more than the worker has."""
    level, needs = draft.worker.skills.get(skill, 0), dict(draft.task.needs)
    wanted = needs.pop(skill)
    if level:
        needs[skill] = level
    told = {"skill": skill, "wanted": wanted, "level": level}
    sentence = say("lower %(skill)s from %(wanted)s to %(level)s", **told)
    if not level:
        sentence = say("drop the need for %(skill)s", skill=skill)
    draft.note(sentence, f"needs.{skill}", value=level or None)
    draft.task = replace(draft.task, needs=needs)
    return True


def relax_only(draft: Draft, _: str) -> bool:
    """Put the worker on the list."""
    draft.task = replace(draft.task, only=(*(draft.task.only or ()), draft.worker.id))
    draft.note(say("also allow %(worker)s", worker=draft.worker.id), "only", value=draft.task.only)
    return True


def relax_never(draft: Draft, _: str) -> bool:
    """Take the worker off the list."""
    draft.task = replace(draft.task, never=tuple(name for name in draft.task.never if name != draft.worker.id))
    draft.note(say("no longer exclude %(worker)s", worker=draft.worker.id), "never", value=draft.task.never)
    return True


def relax_pin(draft: Draft, _: str) -> bool:
    """Unpin."""
    draft.task = replace(draft.task, pin=None)
    draft.note(say("unpin it"), "pin", value=None)
    return True


def relax_max_tasks(draft: Draft, _: str) -> bool:
    """One task more."""
    most = (draft.worker.max_tasks or 0) + 1
    draft.new_worker = replace(draft.worker, max_tasks=most)
    sentence = say("let %(worker)s take %(tasks)s", worker=draft.worker.id, tasks=count(most, "task"))
    draft.note(sentence, f"{draft.worker.id}.max_tasks", value=most)
    return True


def relax_after(draft: Draft, name: str) -> bool:
    """No longer wait."""
    draft.task = replace(draft.task, after=tuple(other for other in draft.task.after if other != name))
    draft.note(say("let it start without %(task)s", task=name), "after", value=draft.task.after)
    return True


def relax_start(draft: Draft, _: str) -> bool:
    """Keep the pinned worker, free the start."""
    if draft.task.pin is None or draft.task.pin.start is None:
        return False
    draft.task = replace(draft.task, pin=replace(draft.task.pin, start=None))
    draft.note(say("let it start at another time than the pinned one"), "pin.start", value=None)
    return True


def relax_due(draft: Draft, _: str) -> bool:
    """Where lateness makes it too dear: drop the due date."""
    if draft.task.due is None:
        return False
    draft.task = replace(draft.task, due=None)
    draft.note(say("drop its due date"), "due", value=None)
    return True


RELAX: dict[str, Callable[[Draft, str], bool]] = {
    "skill": relax_skill,
    "only": relax_only,
    "never": relax_never,
    "pin": relax_pin,
    "max_tasks": relax_max_tasks,
    "after": relax_after,
    "calendar": relax_start,
    "room": relax_start,
    "price": relax_due,
}
"""How each rule is given up for one worker; False where a change of the task does not do it."""


NAMES_THE_WORKER = ("only", "never", "max_tasks")
"""Rules whose change is about one worker; the others' is the same for all with the same rules and levels."""


def proposals(standing: Standing) -> Iterator[Proposal]:
    """Changes worth trying, the smallest first: each frees a worker from everything in her way."""
    bench = standing.bench
    task, workers, level = bench.problem.tasks[bench.task], bench.problem.workers, bench.model.skills.level
    skills = [bench.model.skills.column(name) for name in task.needs]
    seen: set[str] = set()
    known: set[tuple[int, bytes]] = set()
    for position in by_size(standing, task, levels=level[:, skills]):
        kind = int(standing.kind_of[position])
        alike = (kind, level[position, skills].tobytes())
        if alike in known:
            continue
        rules = standing.kinds[kind]
        if not any(rule.code in NAMES_THE_WORKER for rule in rules):
            known.add(alike)
        proposal = change_for(task, workers[position], rules=rules)
        if proposal is not None and proposal.sentence not in seen:
            seen.add(proposal.sentence)
            yield proposal


def by_size(standing: Standing, task: Task, *, levels: Array) -> list[int]:
    """Workers for whom a change of the task could do it: few rules first, then few skill levels to be given up."""
    wanted = np.array(list(task.needs.values()), np.int64)
    given_up = np.maximum(0, wanted - levels.astype(np.int64)).sum(axis=1)
    hopeful = [all(can_be_given_up(task, rule.code) for rule in rules) for rules in standing.kinds]
    rules = np.array([len(rules) for rules in standing.kinds])[standing.kind_of]
    order = np.lexsort((given_up, rules))
    return list(order[np.array(hopeful, bool)[standing.kind_of[order]]].tolist())


def can_be_given_up(task: Task, code: str) -> bool:
    """False where no change of the task gives the rule up."""
    if code in ABOUT_TIME:
        return task.pin is not None and task.pin.start is not None
    return code != "price" or task.due is not None


def change_for(task: Task, worker: Worker, *, rules: Iterable[Named]) -> Proposal | None:
    """The change that clears all these obstacles for this worker; None when no change of the task does."""
    draft, codes = Draft(task, worker), list[str]()
    for item in rules:
        codes.append(item.code)
        if not RELAX[item.code](draft, item.about):
            return None
    return Proposal("+".join(dict.fromkeys(codes)), both(draft.parts), draft.task, draft.changes, draft.new_worker)
