"""Why nobody does a task: the smallest set of rules in conflict, and changes that would free it, each tried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from fairlead.engine.arrays import NONE
from fairlead.engine.match.eligibility import Obstacle
from fairlead.engine.match.rank import Bench, Ranker, cost_sentence
from fairlead.engine.plan import Plan, Unassigned, plain
from fairlead.engine.problem import WEEK_MIN, Problem, Task, Worker
from fairlead.engine.wording import amount, count, listing, moment

Key = tuple[str, str]
"""A rule of one task: code, and what it is about (the skill's name)."""

WEAKEST_FIRST = ("price", "room", "max_tasks", "calendar", "never", "only", "pin", "skill", "after")
"""Order in which rules are dropped from a conflict while it stays one: what remains is what people can change."""

MOST_FIXES = 4
MOST_TRIED = 12
"""Fixes shown and changes tried for one task: the smallest come first, and more than a few help nobody choose."""

MOST_WEEKS = 4
MOST_EXTRA_HOURS = 12
"""How much more time is offered."""


@dataclass(frozen=True)
class Fix:
    """A change that was tried out and lets somebody do the task.

    `changes` maps what to change (`needs.scala`, `only`, `dana.max_tasks`) to its new value; `workers` could then.
    """

    code: str
    sentence: str
    changes: Mapping[str, Any]
    workers: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return dict(plain(self))


@dataclass(frozen=True)
class Diagnosis:
    """Why a task has no worker. `conflict` is minimal: without any one of its rules somebody could do the task."""

    task: str
    reason: str
    conflict: tuple[Obstacle, ...]
    fixes: tuple[Fix, ...]

    @property
    def blocked_by(self) -> tuple[str, ...]:
        """Codes of the rules in conflict, each once."""
        return tuple(dict.fromkeys(obstacle.code for obstacle in self.conflict))

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return {**plain(self), "blocked_by": list(self.blocked_by)}


@dataclass(frozen=True)
class Change:
    """A proposed change of the task, perhaps with one worker; not tried out yet."""

    code: str
    sentence: str
    task: Task
    changes: Mapping[str, Any]
    worker: Worker | None = None


def left_out_reasons(problem: Problem, plan: Plan) -> tuple[Unassigned, ...]:
    """An entry for every task that the plan does not assign, in the problem's order."""
    held = {item.task for item in plan.assignments}
    left_out = [task for task in problem.tasks if task.id not in held]
    if not left_out:
        return ()
    ranker = Ranker(problem, plan)
    found = []
    for task in left_out:
        diagnosis = diagnose(ranker, task.id)
        blocked_by = diagnosis.blocked_by
        if task.pin is not None and "pin" not in blocked_by:
            blocked_by = ("pin", *blocked_by)
        found.append(Unassigned(task.id, diagnosis.reason, blocked_by, tuple(fix.sentence for fix in diagnosis.fixes)))
    return tuple(found)


def diagnose(ranker: Ranker, task_id: str) -> Diagnosis:
    """Why this task has no worker in the ranker's plan, and what would free it."""
    task = ranker.problem.task(task_id)
    with ranker.bench(task_id) as bench:
        standing = everybody(bench)
        if any(not obstacles for obstacles in standing.values()):
            free = [name for name, obstacles in standing.items() if not obstacles]
            return Diagnosis(task_id, f"nothing is in the way: {listing(free)} could do it", (), ())
        keys = minimal_conflict(standing)
        conflict = tuple(View(ranker.problem, task, *key, standing).said() for key in keys)
        fixes = tuple(tried_out(ranker, bench, proposals(ranker.problem, task, standing=standing)))
        return Diagnosis(task_id, reason_sentence(task, conflict, standing=standing), conflict, fixes)


Standing = dict[str, tuple[Obstacle, ...]]
"""By worker id: what keeps her from the task; empty when nothing does."""


def everybody(bench: Bench) -> Standing:
    """What keeps each worker from the task in this plan, the price of leaving it out included."""
    missing = bench.missing()
    pairs = {worker: pair for pair, worker in enumerate(bench.pairs["worker"].tolist())}
    return {
        worker.id: missing + (in_the_plan(bench, pairs[position]) if position in pairs else bench.obstacles(position))
        for position, worker in enumerate(bench.problem.workers)
    }


def in_the_plan(bench: Bench, pair: int) -> tuple[Obstacle, ...]:
    """What keeps an eligible worker from it beside the rest of the plan."""
    if bench.missing():
        return ()
    if bench.found["row"][pair] == NONE:
        return (bench.room_obstacle(int(bench.pairs["worker"][pair])),)
    delta = bench.delta(pair)
    if bench.points(delta) <= bench.price:
        return ()
    return (
        Obstacle("price", f"{cost_sentence(bench.doing(delta))}; leaving the task out costs {amount(bench.price)}"),
    )


def keys_of(obstacles: Iterable[Obstacle]) -> set[Key]:
    """The rules behind obstacles."""
    return {(obstacle.code, obstacle.about) for obstacle in obstacles}


def minimal_conflict(standing: Standing) -> list[Key]:
    """Rules such that every worker breaks at least one, and none can be spared."""
    broken = [keys_of(obstacles) for obstacles in standing.values()]
    every = sorted(set().union(*broken), key=lambda key: (WEAKEST_FIRST.index(key[0]), key[1]))
    kept = list(every)
    for key in every:
        rest = [other for other in kept if other != key]
        if all(not broken_rules.isdisjoint(rest) for broken_rules in broken):
            kept = rest
    return list(reversed(kept))


@dataclass(frozen=True, slots=True)
class View:
    """One rule of one task, with everybody's standing: what is put into words."""

    problem: Problem
    task: Task
    code: str
    about: str
    standing: Standing

    def said(self) -> Obstacle:
        """The rule as it is put to people, with the facts about everybody."""
        return Obstacle(self.code, SAY[self.code](self), self.about)


def say_skill(view: View) -> str:
    """The needed level, and the highest there is when that is less."""
    skill, level = view.about, view.task.needs[view.about]
    best = max((worker.skills.get(skill, 0) for worker in view.problem.workers), default=0)
    if best >= level:
        return f"needs {skill} ≥ {level}"
    return f"needs {skill} ≥ {level}; " + (f"the highest here is {best}" if best else "nobody here has it")


def say_only(view: View) -> str:
    """Who may."""
    return f"only {listing(view.task.only or ()) or 'nobody'} may do it"


def say_never(view: View) -> str:
    """Who may not."""
    return f"{listing(view.task.never)} may not do it"


def say_pin(view: View) -> str:
    """Who must."""
    return f"it is pinned to {view.task.pin.worker}" if view.task.pin else "it is pinned"


def say_after(view: View) -> str:
    """What it waits for."""
    return f"waits for {view.about}, which nobody does"


def say_facts(view: View) -> str:
    """What stops the first worker, and whom else."""
    facts = [(name, rule.sentence) for name, rules in view.standing.items() for rule in rules if rule.code == view.code]
    others = [name for name, _ in facts[1:]]
    return " ".join(facts[0]) + (f" ({listing(others)} likewise)" if others else "")


SAY: dict[str, Callable[[View], str]] = {
    "skill": say_skill,
    "only": say_only,
    "never": say_never,
    "pin": say_pin,
    "after": say_after,
    "max_tasks": say_facts,
    "calendar": say_facts,
    "room": say_facts,
    "price": say_facts,
}


def reason_sentence(task: Task, conflict: tuple[Obstacle, ...], *, standing: Standing) -> str:
    """The conflict in one sentence; a pinned task says what stands against its pin."""
    if not standing:
        return "there is nobody in this plan"
    if task.pin is not None:
        against = "; ".join(item.sentence for item in standing[task.pin.worker])
        return f"it is pinned to {task.pin.worker}, who cannot do it: {against}"
    rules = [item.sentence for item in conflict if item.code in ABOUT_THE_TASK]
    facts = [item.sentence for item in conflict if item.code not in ABOUT_THE_TASK]
    if not facts:
        return rules[0] if len(rules) == 1 else " and ".join(rules) + ": nobody meets all of this"
    return " and ".join(rules) + ("; of the others, " if rules else "") + "; ".join(facts)


ABOUT_TIME = ("room", "calendar")
ABOUT_THE_TASK = ("skill", "only", "never", "pin", "after")
"""Rules that stand in the task itself; the others are about how the workers' time is filled."""


def proposals(problem: Problem, task: Task, *, standing: Standing) -> Iterator[Change]:
    """Changes worth trying, the smallest first: each frees a worker from everything in her way."""
    order = sorted(standing.items(), key=lambda row: (len(row[1]), effort_of_change(problem, task, row=row)))
    seen: set[str] = set()
    for name, obstacles in order:
        change = change_for(task, problem.worker(name), obstacles=obstacles)
        if change is not None and change.sentence not in seen:
            seen.add(change.sentence)
            yield change


def effort_of_change(problem: Problem, task: Task, *, row: tuple[str, tuple[Obstacle, ...]]) -> int:
    """Skill levels that would have to be given up for this worker."""
    skills = problem.worker(row[0]).skills
    return sum(task.needs[item.about] - skills.get(item.about, 0) for item in row[1] if item.code == "skill")


@dataclass
class Draft:
    """A change of the task in the making, with one worker in mind."""

    task: Task
    worker: Worker
    parts: list[str] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    new_worker: Worker | None = None

    def say(self, sentence: str, path: str, *, value: Any) -> None:
        """Note one part of the change."""
        self.parts.append(sentence)
        self.changes[path] = value


def relax_skill(draft: Draft, skill: str) -> bool:
    """Ask for no more than the worker has."""
    level, needs = draft.worker.skills.get(skill, 0), dict(draft.task.needs)
    wanted = needs.pop(skill)
    if level:
        needs[skill] = level
    sentence = f"lower {skill} from {wanted} to {level}" if level else f"drop the need for {skill}"
    draft.say(sentence, f"needs.{skill}", value=level or None)
    draft.task = replace(draft.task, needs=needs)
    return True


def relax_only(draft: Draft, _: str) -> bool:
    """Put the worker on the list."""
    draft.task = replace(draft.task, only=(*(draft.task.only or ()), draft.worker.id))
    draft.say(f"also allow {draft.worker.id}", "only", value=draft.task.only)
    return True


def relax_never(draft: Draft, _: str) -> bool:
    """Take the worker off the list."""
    draft.task = replace(draft.task, never=tuple(name for name in draft.task.never if name != draft.worker.id))
    draft.say(f"no longer exclude {draft.worker.id}", "never", value=draft.task.never)
    return True


def relax_pin(draft: Draft, _: str) -> bool:
    """Unpin."""
    draft.task = replace(draft.task, pin=None)
    draft.say("unpin it", "pin", value=None)
    return True


def relax_max_tasks(draft: Draft, _: str) -> bool:
    """One task more."""
    most = (draft.worker.max_tasks or 0) + 1
    draft.new_worker = replace(draft.worker, max_tasks=most)
    draft.say(f"let {draft.worker.id} take {count(most, 'task')}", f"{draft.worker.id}.max_tasks", value=most)
    return True


def relax_after(draft: Draft, name: str) -> bool:
    """No longer wait."""
    draft.task = replace(draft.task, after=tuple(other for other in draft.task.after if other != name))
    draft.say(f"let it start without {name}", "after", value=draft.task.after)
    return True


def relax_start(draft: Draft, _: str) -> bool:
    """Keep the pinned worker, free the start."""
    if draft.task.pin is None or draft.task.pin.start is None:
        return False
    draft.task = replace(draft.task, pin=replace(draft.task.pin, start=None))
    draft.say("let it start at another time than the pinned one", "pin.start", value=None)
    return True


def relax_due(draft: Draft, _: str) -> bool:
    """Where lateness makes it too dear: drop the due date."""
    if draft.task.due is None:
        return False
    draft.task = replace(draft.task, due=None)
    draft.say("drop its due date", "due", value=None)
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


def change_for(task: Task, worker: Worker, *, obstacles: Iterable[Obstacle]) -> Change | None:
    """The change that clears all these obstacles for this worker; None when no change of the task does."""
    draft, codes = Draft(task, worker), list[str]()
    for item in obstacles:
        codes.append(item.code)
        if not RELAX[item.code](draft, item.about):
            return None
    sentence = " and ".join(draft.parts)
    return Change("+".join(dict.fromkeys(codes)), sentence, draft.task, draft.changes, draft.new_worker)


def tried_out(ranker: Ranker, bench: Bench, changes: Iterable[Change]) -> Iterator[Fix]:
    """The first few changes that really let somebody do the task, with who that is."""
    found = 0
    fewest = None
    for change in islice(changes, MOST_TRIED):
        size = len(change.changes)
        if found >= MOST_FIXES or (fewest is not None and size > fewest):
            return
        workers = willing_if(ranker, bench, change)
        if workers:
            fewest = size if fewest is None else fewest
            found += 1
            yield Fix(change.code, f"{change.sentence}: {listing(workers)} could do it", change.changes, workers)


def willing_if(ranker: Ranker, bench: Bench, change: Change) -> tuple[str, ...]:
    """Who would do the task after the change."""
    problem = ranker.problem.with_task(change.task)
    if change.worker is not None:
        problem = problem.with_worker(change.worker)
    if change.task.after == ranker.problem.task(change.task.id).after:
        with bench.trying(problem) as changed:
            return changed.willing()
    with Ranker(problem, ranker.plan).bench(change.task.id) as anew:
        return anew.willing()


def time_fixes(ranker: Ranker, task_id: str) -> tuple[Fix, ...]:
    """Changes of time for those whom only time keeps from the task: a later end of the plan, more hours.

    Each decodes the plan again, so this is for one task at a time.
    """
    with ranker.bench(task_id) as bench:
        standing = everybody(bench)
    short = [name for name, rules in standing.items() if rules and all(rule.code in ABOUT_TIME for rule in rules)]
    hours_found = (extra_hours(ranker, task_id, worker_id=name) for name in short[:MOST_FIXES])
    return tuple(fix for fix in (later_end(ranker, task_id, standing=standing), *hours_found) if fix is not None)


def later_end(ranker: Ranker, task_id: str, *, standing: Standing) -> Fix | None:
    """The fewest weeks by which the plan would have to be longer."""
    codes = {rule.code for rules in standing.values() for rule in rules}
    horizon = ranker.problem.horizon
    if horizon is None or codes.isdisjoint(ABOUT_TIME):
        return None
    for weeks in range(1, MOST_WEEKS + 1):
        later = replace(ranker.problem, horizon=horizon + weeks * WEEK_MIN)
        workers = Ranker(later, ranker.plan).able(task_id)
        if workers:
            sentence = f"let the plan end {count(weeks, 'week')} later: {listing(workers)} could do it"
            return Fix("horizon", sentence, {"horizon": later.horizon}, workers)
    return None


def extra_hours(ranker: Ranker, task_id: str, *, worker_id: str) -> Fix | None:
    """The fewest extra hours, from the task's release on, with which this worker has room."""
    problem, task = ranker.problem, ranker.problem.task(task_id)
    for extra in range(1, MOST_EXTRA_HOURS + 1):
        worker = more_hours(problem, problem.worker(worker_id), earliest=task.release, minutes=extra * 60)
        if worker is None:
            return None
        workers = Ranker(problem.with_worker(worker), ranker.plan).able(task_id)
        if worker_id in workers:
            since = moment(problem, task.release)
            sentence = f"give {worker_id} {extra} h more from {since} on: {listing(workers)} could do it"
            return Fix("hours", sentence, {f"{worker_id}.calendar": worker.calendar}, workers)
    return None


def more_hours(problem: Problem, worker: Worker, *, earliest: int, minutes: int) -> Worker | None:
    """The worker with `minutes` more of working time, in the first gaps of the calendar from `earliest` on.

    None when she always works or no gap is left before the horizon.
    """
    if worker.calendar is None:
        return None
    left, at, added = minutes, earliest, list[tuple[int, int]]()
    for start, end in (*worker.calendar, (1 << 60, 1 << 60)):
        until = start if problem.horizon is None else min(start, problem.horizon)
        if at < until and left > 0:
            added.append((at, min(until, at + left)))
            left -= added[-1][1] - added[-1][0]
        at = max(at, end)
    if left > 0:
        return None
    cap = None if worker.week_minutes is None else worker.week_minutes + minutes
    return replace(worker, calendar=joined([*worker.calendar, *added]), week_minutes=cap)


def joined(intervals: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Intervals in order; those that touch become one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)
