"""Where everybody stands with one task: which rules keep whom from it, for thousands of workers at a time.

Rules are found for all workers at once and put into words only when they are shown (`obstacles_of`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

import numpy as np

from fairlead.engine.arrays import NONE
from fairlead.engine.kernel.library import Array
from fairlead.engine.match.eligibility import Obstacle, calendar
from fairlead.engine.match.rank import Bench, cost_sentence
from fairlead.engine.saying import say
from fairlead.engine.wording import amount

Key = tuple[str, str]
"""A rule of one task: code, and what it is about (the skill's name)."""

CLOSE = 1e-6
"""Points this near to the price are added up once more, term by term."""


class Named(Protocol):
    """What has the code of a rule, and what it is about."""

    @property
    def code(self) -> str: ...
    @property
    def about(self) -> str: ...


class Rule(NamedTuple):
    """A rule in the way, not in words."""

    code: str
    about: str = ""


Rules = tuple[Rule, ...]


class Standing(Mapping[str, Rules]):
    """By worker id: the rules that keep her from the task; empty when nothing does.

    Workers with the same rules share a kind: `kinds[kind_of[w]]` are the rules of the worker at position w.
    """

    def __init__(self, bench: Bench, columns: list[tuple[Rule, Array]]) -> None:
        workers = bench.problem.workers
        self.bench, self.names = bench, [worker.id for worker in workers]
        bits = np.zeros(len(workers), np.uint64)
        for place, (_, holds) in enumerate(columns):
            bits |= holds.astype(np.uint64) << np.uint64(place)
        found, self.kind_of = np.unique(bits, return_inverse=True)
        self.kinds: list[Rules] = [
            tuple(rule for place, (rule, _) in enumerate(columns) if int(one) >> place & 1) for one in found
        ]

    def __getitem__(self, worker: str) -> Rules:
        return self.kinds[int(self.kind_of[self.bench.problem.worker_index[worker]])]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def where(self, code: str) -> list[int]:
        """Positions of the workers with a rule of this code in the way."""
        return self.of_kinds([any(rule.code == code for rule in rules) for rules in self.kinds])

    def free(self) -> list[int]:
        """Positions of the workers with nothing in the way."""
        return self.of_kinds([not rules for rules in self.kinds])

    def of_kinds(self, chosen: list[bool]) -> list[int]:
        """Positions of the workers of these kinds."""
        if not any(chosen):
            return []
        return np.flatnonzero(np.array(chosen)[self.kind_of]).tolist()


def keys_of(rules: Iterable[Named]) -> set[Key]:
    """Rules and obstacles by code and what they are about."""
    return {(rule.code, rule.about) for rule in rules}


def everybody(bench: Bench) -> Standing:
    """What keeps each worker from the task in this plan, the price of leaving it out included."""
    able = np.zeros(len(bench.problem.workers), bool)
    able[bench.pairs["worker"]] = True
    missing = [(Rule(item.code, item.about), np.ones(able.size, bool)) for item in bench.missing()]
    by_itself = [(rule, holds & ~able) for rule, holds in rules_of_the_task(bench)]
    return Standing(bench, missing + by_itself + ([] if missing else rules_of_the_plan(bench, able, by_itself)))


def rules_of_the_task(bench: Bench) -> Iterator[tuple[Rule, Array]]:
    """The rules of match/eligibility.py, in their order, for all workers."""
    task, model, index = bench.problem.tasks[bench.task], bench.model, bench.problem.worker_index
    workers = bench.problem.workers
    for name, level in task.needs.items():
        yield Rule("skill", name), model.skills.level[:, model.skills.column(name)] < level
    named = {"only": (task.only, False), "never": (task.never or None, True)}
    if task.pin is not None:
        named["pin"] = ((task.pin.worker,), False)
    for code, (names, those) in named.items():
        if names is not None:
            holds = np.full(len(workers), not those)
            holds[[index[name] for name in names]] = those
            yield Rule(code), holds
    yield Rule("max_tasks"), np.array([worker.max_tasks == 0 for worker in workers], bool)
    no_time = ~model.fits(task)
    if task.pin is not None:
        pinned = index[task.pin.worker]
        no_time[pinned] = any(True for _ in calendar(model.case(task, pinned)))
    yield Rule("calendar"), no_time


def rules_of_the_plan(bench: Bench, able: Array, by_itself: list[tuple[Rule, Array]]) -> list[tuple[Rule, Array]]:
    """What keeps those whom no rule of the task does: no place beside the rest of the plan, or the price."""
    places = {code: np.zeros(able.size, bool) for code in ("max_tasks", "room", "price")}
    worker, nowhere = bench.pairs["worker"], bench.found["row"] == NONE
    places["room"][worker] = nowhere
    places["price"][worker] = ~nowhere & too_dear(bench)
    strange = ~able & ~np.logical_or.reduce([holds for _, holds in by_itself])
    places["room"] |= strange
    full = bench.state.arrays["held"] >= bench.model.arrays["most"]
    places["max_tasks"] = places["room"] & full
    places["room"] &= ~full
    return [(Rule(code), holds) for code, holds in places.items()]


def too_dear(bench: Bench) -> Array:
    """Pairs that cost more than leaving the task out."""
    points = bench.points_of_all
    dear = points > bench.price
    for pair in np.flatnonzero(np.abs(points - bench.price) < CLOSE).tolist():
        dear[pair] = bench.points(bench.delta(pair)) > bench.price
    return dear


def obstacles_of(bench: Bench, worker: int) -> tuple[Obstacle, ...]:
    """What keeps one worker from the task, in words."""
    missing = bench.missing()
    pairs = np.flatnonzero(bench.pairs["worker"] == worker).tolist()
    if not pairs:
        return missing + bench.obstacles(worker, missing)
    if missing:
        return missing
    if bench.found["row"][pairs[0]] == NONE:
        return (bench.room_obstacle(worker),)
    delta = bench.delta(pairs[0])
    if bench.points(delta) <= bench.price:
        return ()
    cost = cost_sentence(bench.doing(delta))
    sentence = say("%(cost)s; leaving the task out costs %(price)s", cost=cost, price=amount(bench.price))
    return (Obstacle("price", sentence),)
