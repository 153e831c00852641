"""Why nobody does a task: the smallest set of rules in conflict, and changes that would free it, each tried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from fairlead.engine.arrays import Model
from fairlead.engine.diagnosis import Diagnosis, Fix
from fairlead.engine.match.eligibility import Obstacle
from fairlead.engine.match.rank import Bench, Ranker
from fairlead.engine.plan import Plan, Unassigned
from fairlead.engine.problem import Problem, Task
from fairlead.engine.relax import Proposal, proposals
from fairlead.engine.saying import Row, both, say
from fairlead.engine.standing import Key, Standing, everybody, keys_of, obstacles_of
from fairlead.engine.wording import listing

__all__ = ["Diagnosis", "Fix", "diagnose", "everybody", "keys_of", "left_out_reasons"]

WEAKEST_FIRST = ("price", "room", "max_tasks", "calendar", "never", "only", "pin", "skill", "after")
"""Order in which rules are dropped from a conflict while it stays one: what remains is what people can change."""

MOST_FIXES = 4
MOST_TRIED = 12
"""Fixes shown and changes tried for one task: the smallest come first, and more than a few help nobody choose."""

ABOUT_THE_TASK = ("skill", "only", "never", "pin", "after")
"""Rules that stand in the task itself; the others are about how the workers' time is filled."""


def left_out_reasons(problem: Problem, plan: Plan, *, model: Model | None = None) -> tuple[Unassigned, ...]:
    """An entry for every task that the plan does not assign, in the problem's order. Equal tasks are looked at once.

    `model`: the problem's, where the caller has it.
    """
    held = {item.task for item in plan.assignments}
    left_out = [task for task in problem.tasks if task.id not in held]
    if not left_out:
        return ()
    ranker = Ranker(problem, plan, model)
    known: dict[str, Diagnosis] = {}
    found = []
    for task in left_out:
        alike = repr(replace(task, id=""))
        if alike not in known:
            known[alike] = diagnose(ranker, task.id)
        diagnosis = known[alike]
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
        free = standing.free()
        if free:
            names = [standing.names[worker] for worker in free]
            return Diagnosis(task_id, say("nothing is in the way: %(names)s could do it", names=listing(names)), (), ())
        conflict = tuple(View(ranker.problem, task, *key, standing).said() for key in minimal_conflict(standing))
        fixes = tuple(tried_out(ranker, bench, proposals(standing)))
        return Diagnosis(task_id, reason_sentence(task, conflict, standing=standing), conflict, fixes)


def minimal_conflict(standing: Standing) -> list[Key]:
    """Rules such that every worker breaks at least one, and none can be spared."""
    broken = [keys_of(rules) for rules in standing.kinds]
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
    skills = view.standing.bench.model.skills
    best = int(skills.level[:, skills.column(skill)].max(initial=0))
    if best >= level:
        return say("needs %(skill)s ≥ %(level)s", skill=skill, level=level)
    if best:
        return say("needs %(skill)s ≥ %(level)s; the highest here is %(best)s", skill=skill, level=level, best=best)
    return say("needs %(skill)s ≥ %(level)s; nobody here has it", skill=skill, level=level)


def say_only(view: View) -> str:
    """Who may."""
    only = view.task.only
    return say("only %(names)s may do it", names=listing(only)) if only else say("only nobody may do it")


def say_never(view: View) -> str:
    """Who may not."""
    return say("%(names)s may not do it", names=listing(view.task.never))


def say_pin(view: View) -> str:
    """Who must."""
    pin = view.task.pin
    return say("it is pinned to %(worker)s", worker=pin.worker) if pin else say("it is pinned")


def say_after(view: View) -> str:
    """What it waits for."""
    return say("waits for %(task)s, which nobody does", task=view.about)


def say_facts(view: View) -> str:
    """What stops the first worker, and whom else."""
    standing = view.standing
    first, *others = standing.where(view.code)
    fact = next(item.sentence for item in obstacles_of(standing.bench, first) if item.code == view.code)
    names = [standing.names[worker] for worker in others]
    told = {"worker": standing.names[first], "fact": fact}
    if not names:
        return say("%(worker)s %(fact)s", **told)
    return say("%(worker)s %(fact)s (%(others)s likewise)", **told, others=listing(names))


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
        return say("there is nobody in this plan")
    if task.pin is not None:
        pinned = standing.bench.problem.worker_index[task.pin.worker]
        against = Row("; ", [item.sentence for item in obstacles_of(standing.bench, pinned)])
        return say("it is pinned to %(worker)s, who cannot do it: %(why)s", worker=task.pin.worker, why=against)
    rules = [item.sentence for item in conflict if item.code in ABOUT_THE_TASK]
    facts = [item.sentence for item in conflict if item.code not in ABOUT_THE_TASK]
    if not facts:
        return rules[0] if len(rules) == 1 else say("%(rules)s: nobody meets all of this", rules=both(rules))
    if not rules:
        return Row("; ", facts)
    return say("%(rules)s; of the others, %(facts)s", rules=both(rules), facts=Row("; ", facts))


def tried_out(ranker: Ranker, bench: Bench, changes: Iterable[Proposal]) -> Iterator[Fix]:
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
            said = say("%(change)s: %(names)s could do it", change=change.sentence, names=listing(workers))
            yield Fix(change.code, said, change.changes, workers)


def willing_if(ranker: Ranker, bench: Bench, change: Proposal) -> tuple[str, ...]:
    """Who would do the task after the change."""
    problem = ranker.problem.with_task(change.task)
    if change.worker is not None:
        problem = problem.with_worker(change.worker)
    with bench.trying(problem) as changed:
        return changed.willing()
