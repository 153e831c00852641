"""Ranked candidates for one task against a plan: every cost part, every factor, and who is ruled out by what."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import InitVar, dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from fairlead.engine.arrays import NONE, Model, task_arrays, worker_limits
from fairlead.engine.effort import minutes_needed
from fairlead.engine.kernel.library import Array
from fairlead.engine.match.eligibility import Obstacle, alike, obstacles
from fairlead.engine.match.features import Factor, Sight, factors
from fairlead.engine.objective import cost, fit, stability
from fairlead.engine.plan import Cost, Plan, plain
from fairlead.engine.problem import Problem
from fairlead.engine.saying import Row, pattern, say
from fairlead.engine.search.construct import load_plan
from fairlead.engine.search.state import State, points_of
from fairlead.engine.wording import SHOWN_POINTS, amount, count, hours, moment

TIE = 1e-9
"""Points below which two costs count as equal."""

Signals = Mapping[str, Mapping[str, float]]
"""By worker id: factors measured outside the engine, from 0 to 1."""

YARDSTICK: Final = (100.0, 200.0)
"""Points, base and per weight, at which a candidate is shown as half as good as one who costs nothing. The same as the
default price of leaving a task out, but fixed: shown scores stay comparable whatever a problem asks for that."""


def score_of(weight: float, points: float) -> float:
    """How good a candidate for a task of this weight is, from 0 to 1: 1 when it costs nothing, 1/2 at the yardstick."""
    half = YARDSTICK[0] + YARDSTICK[1] * weight
    return half / (half + max(0.0, points))


@dataclass(frozen=True)
class Candidate:
    """One worker's best place for the task.

    `delta` holds the points the plan gains or loses by term (`unassigned` is negative: the task is no longer
    left out, nor are those that wait for it); `cost` is the same without that credit, and `points` its total: what
    doing the task costs. `score` shows the same from 0 to
    1 (1 = costs nothing), and `reason` says it in words. Times are minutes since the problem's start.
    """

    worker: str
    rank: int
    points: float
    cost: Cost
    delta: Cost
    score: float
    reason: str
    lane: int
    position: int
    start: int
    finish: int
    factors: tuple[Factor, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return dict(plain(self))


@dataclass(frozen=True)
class RuledOut:
    """A worker who cannot do the task in this plan, with every rule in the way."""

    worker: str
    obstacles: tuple[Obstacle, ...]

    @property
    def sentence(self) -> str:
        """All obstacles in one sentence."""
        return Row("; ", [obstacle.sentence for obstacle in self.obstacles])

    @property
    def why(self) -> dict[str, Any]:
        """Obstacles and their sentence."""
        return {"obstacles": [obstacle.to_dict() for obstacle in self.obstacles], "sentence": self.sentence}


@dataclass(frozen=True)
class Ranking:
    """Everybody's standing for one task, best first. `current` is who has it in the plan.

    `eligible` counts all candidates, also those beyond the first k.
    """

    task: str
    candidates: tuple[Candidate, ...]
    ruled_out: tuple[RuledOut, ...]
    eligible: int
    current: str | None = None

    @property
    def best(self) -> Candidate | None:
        """The cheapest candidate."""
        return self.candidates[0] if self.candidates else None

    def candidate(self, worker_id: str) -> Candidate | None:
        """This worker's standing; None when ruled out or beyond the first k."""
        return next((item for item in self.candidates if item.worker == worker_id), None)

    @property
    def reasons(self) -> list[RuledOut]:
        """One of the ruled out for each set of obstacles that they have: thousands may be in each other's place."""
        return list({id(item.obstacles): item for item in self.ruled_out}.values())

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON. Those who are ruled out by the same share what says so."""
        why = {id(item.obstacles): item.why for item in self.reasons}
        return {
            "task": self.task,
            "candidates": [item.to_dict() for item in self.candidates],
            "ruled_out": [{"worker": item.worker, **why[id(item.obstacles)]} for item in self.ruled_out],
            "eligible": self.eligible,
            "current": self.current,
        }


def rank(
    problem: Problem, plan: Plan | None, *, task_id: str, k: int | None = None, signals: Signals | None = None
) -> Ranking:
    """Candidates for one task against this plan, best first; see Ranker for many tasks against one plan."""
    return Ranker(problem, plan).rank(task_id, k=k, signals=signals)


@dataclass
class Ranker:
    """Ranks tasks of one problem against one plan, which is decoded once.

    The plan's order of tasks counts; gaps that no rule asks for are closed. A task that is in the plan is ranked
    as if it were taken out; those that wait for it keep their worker and follow it. Deltas are exact: total with
    the task at the candidate minus total without it and without those that wait for it.
    """

    problem: Problem
    plan: Plan | None = None
    known: InitVar[Model | None] = None
    """The problem's model, where the caller has it."""
    model: Model = field(init=False)
    state: State = field(init=False)

    def __post_init__(self, known: Model | None) -> None:
        self.model = known or Model(self.problem)
        self.state = load_plan(self.model, self.plan or Plan())

    def rank(self, task_id: str, *, k: int | None = None, signals: Signals | None = None) -> Ranking:
        """Everybody's standing for one task, the first k candidates of them; KeyError for an unknown task."""
        with self.bench(task_id) as bench:
            candidates, eligible = bench.candidates(k=k, signals=signals or {})
            return Ranking(task_id, candidates, bench.ruled_out(), eligible, bench.current)

    def top(self, task_id: str, *, k: int, signals: Signals | None = None) -> tuple[Candidate, ...]:
        """Only the best k candidates: quick beside thousands of workers, since nobody else's obstacles are told."""
        with self.bench(task_id) as bench:
            return bench.candidates(k=k, signals=signals or {})[0]

    def willing(self, task_id: str) -> tuple[str, ...]:
        """Workers with room for this task at no more than the price of leaving it out, in the problem's order."""
        with self.bench(task_id) as bench:
            return bench.willing()

    @contextmanager
    def bench(self, task_id: str) -> Iterator[Bench]:
        """The task taken out of the plan to be tried with each worker; put back at the end."""
        bench = Bench(self.model, self.state, task=self.problem.task_index[task_id])
        try:
            yield bench
        finally:
            bench.close()


class Bench:
    """One task taken out of the state and tried with each able worker; `close` puts everything back."""

    def __init__(self, model: Model, state: State, *, task: int) -> None:
        self.model, self.state, self.task = model, state, task
        worker = state.worker_of(task)
        self.current = None if worker is None else model.problem.workers[worker].id
        self.opened = state.mark()
        removed = state.remove(task) if worker is not None else []
        if removed is None:
            removed = self._reload_without(task)
        self.followers = sorted((row for row in removed if row[0] != task), key=lambda row: model.topology[row[0]])
        price = model.arrays["price"]
        self.credit = float(price[task]) + math.fsum(float(price[item]) for item, _ in self.followers)
        self.pairs = model.pairs(task)
        self.told: dict[Hashable, tuple[Obstacle, ...]] = {}

    def close(self) -> None:
        """Put the state back as it was."""
        self.state.undo(self.opened)

    def _reload_without(self, task: int) -> list[tuple[int, int]]:
        """For the rare plan that cannot be decoded once the task is taken out: a state that is read in without it."""
        gone, waiting = [task], [task]
        following = (self.model.arrays["succ_ptr"], self.model.arrays["succ"])
        while waiting:
            first, last = following[0][waiting[-1]], following[0][waiting.pop() + 1]
            new = [item for item in following[1][first:last].tolist() if item not in gone]
            gone += new
            waiting += new
        ids = {self.model.problem.tasks[item].id for item in gone}
        removed = [(item, worker) for item in gone if (worker := self.state.worker_of(item)) is not None]
        kept = tuple(item for item in self.state.assignments() if item.task not in ids)
        self.state = load_plan(self.model, Plan(kept))
        self.opened = self.state.mark()
        return removed

    @cached_property
    def found(self) -> Array:
        """What placing the task with each of `pairs` changes."""
        return self.state.measure(self.task, self.pairs, self.followers)

    @property
    def points_of_all(self) -> Array:
        """Points of doing the task, by pair; inf without a place."""
        return points_of(self.found, self.credit)

    def names(self, chosen: Array) -> tuple[str, ...]:
        """Ids of the workers of these pairs, in the problem's order."""
        return tuple(self.model.problem.workers[worker].id for worker in sorted(self.pairs["worker"][chosen].tolist()))

    def willing(self) -> tuple[str, ...]:
        """Workers with whom doing the task costs no more than leaving it out."""
        return self.names(self.points_of_all <= self.price)

    @property
    def price(self) -> float:
        """Points of leaving the task out."""
        return float(self.state.arrays["price"][self.task])

    @contextmanager
    def trying(self, problem: Problem) -> Iterator[Bench]:
        """What if the task, and one worker, were as in `problem`?

        They may differ in everything that leaves all other tasks where they are, so not in hours. The task may wait for
        fewer others.
        """
        task = problem.tasks[self.task]
        other = copy(self)
        other.__dict__.pop("found", None)
        other.pairs = self.model.pairs_if(problem, task)
        other.problem = problem
        other.told = {}
        changed = self.arrays_if(problem)
        old = {name: self.state.arrays[name] for name in changed}
        try:
            for name, array in changed.items():
                self.state.board.give(name, array)
            other.credit = self.credit - self.price + other.price
            yield other
        finally:
            for name, array in old.items():
                self.state.board.give(name, array)

    def arrays_if(self, problem: Problem) -> dict[str, Array]:
        """The kernel's arrays that are different in `problem`; the model's stay as they are."""
        task, was, arrays = problem.tasks[self.task], self.problem.tasks[self.task], self.state.arrays
        one = task_arrays(problem, (task,), self.model.skills, self.model.odd)
        names = [name for name in ("due", "late_rate", "price") if arrays[name][self.task] != one[name][0]]
        changed = {name: arrays[name].copy() for name in names}
        for name in names:
            changed[name][self.task] = one[name][0]
        if problem.workers is not self.problem.workers:
            changed["most"] = worker_limits(problem)
        if task.after != was.after:
            first, last = arrays["pred_ptr"][self.task : self.task + 2]
            kept = [self.model.problem.task_index[name] for name in task.after]
            before, after = arrays["pred"][:first], arrays["pred"][last:]
            changed["pred"] = np.concatenate((before, np.array(kept, np.int32), after))
            changed["pred_ptr"] = arrays["pred_ptr"].copy()
            changed["pred_ptr"][self.task + 1 :] -= last - first - len(kept)
        return changed

    @cached_property
    def problem(self) -> Problem:
        """What the task and the workers are taken from."""
        return self.model.problem

    def candidates(self, *, k: int | None, signals: Signals) -> tuple[tuple[Candidate, ...], int]:
        """The best k candidates, and how many there are."""
        points, found = self.points_of_all, self.found
        able = np.flatnonzero(found["row"] != NONE)
        order = np.lexsort((self.pairs["worker"][able], found["finish"][able], points[able].round(9)))
        chosen = able[order][:k]
        workers = self.problem.workers
        cheapest = min(
            (cost.money(workers[w], minutes) for w, minutes in self.pairs[["worker", "minutes"]].tolist()), default=0.0
        )
        ranked = tuple(
            self.candidate(int(pair), rank=place, of=able.size, cheapest=cheapest, signals=signals)
            for place, pair in enumerate(chosen, start=1)
        )
        return ranked, int(able.size)

    def candidate(self, pair: int, *, rank: int, of: int, cheapest: float, signals: Signals) -> Candidate:
        """One candidate with her factors and the sentence that says her place."""
        found, worker = self.found[pair], int(self.pairs["worker"][pair])
        somebody = self.problem.workers[worker]
        delta = self.delta(pair)
        points = self.points(delta)
        finish = int(found["finish"])
        first = int(self.model.arrays["row_ptr"][worker])
        return Candidate(
            worker=somebody.id,
            rank=rank,
            points=points,
            cost=self.doing(delta),
            delta=delta,
            score=score_of(self.problem.tasks[self.task].weight, points),
            reason=f"{rank} of {of}: {self.when(finish)}; {cost_sentence(self.doing(delta))}",
            lane=int(found["row"]) - first,
            position=int(found["place"]),
            start=int(found["start"]),
            finish=finish,
            factors=self.factors(pair, finish, cheapest=cheapest, signals=signals.get(somebody.id, {})),
        )

    def when(self, finish: int) -> str:
        """ "finishes Tue 24 Nov 09:00, 2 h before it is due"."""
        due = self.problem.tasks[self.task].due
        said = f"finishes {moment(self.problem, finish)}"
        if due is None:
            return said
        return f"{said}, {hours(abs(due - finish))} {'before' if due >= finish else 'after'} it is due"

    def factors(self, pair: int, finish: int, *, cheapest: float, signals: Mapping[str, float]) -> tuple[Factor, ...]:
        """How the candidate looks with the task in her hands."""
        mark = self.state.mark()
        self.state.place(self.task, self.pairs[pair : pair + 1])
        sight = Sight(self.state, self.task, int(self.pairs["worker"][pair]), finish, cheapest)
        shown = factors(sight, signals)
        self.state.undo(mark)
        return shown

    def delta(self, pair: int) -> Cost:
        """What placing the task with this pair changes, by term."""
        found, worker = self.found[pair], self.problem.workers[int(self.pairs["worker"][pair])]
        task = self.problem.tasks[self.task]
        rows = [(task, worker, int(self.pairs["minutes"][pair]))]
        for item, home in self.placed_followers(pair):
            follower, somebody = self.problem.tasks[item], self.problem.workers[home]
            rows.append((follower, somebody, minutes_needed(follower, somebody)))
        objective = self.problem.objective
        return Cost(
            unassigned=float(found["left_out"]),
            lateness=float(found["late"]),
            labour=math.fsum(cost.pair_points(w, minutes, objective=objective) for _, w, minutes in rows),
            misfit=math.fsum(fit.pair_points(t, w, objective=objective) for t, w, _ in rows),
            switch=float(found["neighbour"]),
            fairness=float(found["load"]),
            moved=math.fsum(stability.pair_points(t, w, objective=objective) for t, w, _ in rows),
            makespan=float(found["plan"]),
        )

    def placed_followers(self, pair: int) -> list[tuple[int, int]]:
        """Those of the followers that find a place with their worker after the task."""
        if not self.followers or abs(float(self.found["left_out"][pair]) + self.credit) < TIE:
            return self.followers
        mark = self.state.mark()
        self.state.place(self.task, self.pairs[pair : pair + 1], self.followers)
        placed = [row for row in self.followers if self.state.worker_of(row[0]) is not None]
        self.state.undo(mark)
        return placed

    def doing(self, delta: Cost) -> Cost:
        """What doing the task costs: `unassigned` is only what tasks that wait for it would be left out for."""
        return replace(delta, unassigned=delta.unassigned + self.credit)

    def points(self, delta: Cost) -> float:
        """Points of doing the task; above the price of leaving it out it is better left out."""
        return self.doing(delta).total

    def ruled_out(self) -> tuple[RuledOut, ...]:
        """Everybody who has no place for it, with what is in the way."""
        placed = set(self.pairs["worker"][self.found["row"] != NONE].tolist())
        workers, missing = self.problem.workers, self.missing()
        return tuple(RuledOut(w.id, self.obstacles(i, missing)) for i, w in enumerate(workers) if i not in placed)

    def obstacles(self, worker: int, missing: tuple[Obstacle, ...]) -> tuple[Obstacle, ...]:
        """What keeps this worker from the task in this plan; `missing` keeps everybody from it."""
        return self.static(worker) or missing or (self.room_obstacle(worker),)

    def static(self, worker: int) -> tuple[Obstacle, ...]:
        """What keeps this worker from the task in any plan; told once for all who are alike in it."""
        task = self.problem.tasks[self.task]
        key = alike(task, self.problem.workers[worker])
        if key is not None and key in self.told:
            return self.told[key]
        found = obstacles(self.model.case(task, worker))
        if key is not None:
            self.told[key] = found
        return found

    def missing(self) -> tuple[Obstacle, ...]:
        """Predecessors without a place; nobody can do the task then."""
        index, place = self.model.problem.task_index, self.state.worker_of
        names = [name for name in self.problem.tasks[self.task].after if place(index[name]) is None]
        return tuple(Obstacle("after", say("waits for %(task)s, which nobody does", task=name), name) for name in names)

    def room_obstacle(self, worker: int) -> Obstacle:
        """Why an eligible worker has no place for it in this plan."""
        held, most = self.state.held(worker), int(self.model.arrays["most"][worker])
        if held >= most:
            return Obstacle(
                "max_tasks", say("already has %(tasks)s (at most %(most)s)", tasks=count(held, "task"), most=most)
            )
        somebody = self.problem.workers[worker]
        needed = minutes_needed(self.problem.tasks[self.task], somebody)
        told = {"needed": hours(needed), "planned": hours(self.state.planned(worker)), "gap": hours(somebody.buffer)}
        if not somebody.buffer:
            return Obstacle("room", say("has no room for %(needed)s beside the %(planned)s already planned", **told))
        return Obstacle(
            "room",
            say(
                "has no room for %(needed)s beside the %(planned)s already planned and %(gap)s between two tasks",
                **told,
            ),
        )


TERMS: Final = {
    "unassigned": pattern("%(n)s unassigned"),
    "lateness": pattern("%(n)s lateness"),
    "labour": pattern("%(n)s labour"),
    "misfit": pattern("%(n)s misfit"),
    "switch": pattern("%(n)s switch"),
    "fairness": pattern("%(n)s fairness"),
    "moved": pattern("%(n)s moved"),
    "makespan": pattern("%(n)s makespan"),
}
"""Points of each term of the objective."""


def cost_sentence(cost: Cost) -> str:
    """ "costs 31.2 points: 26 labour, 5.2 misfit", the largest first."""
    parts = [(points, name) for name, points in cost.parts.items() if abs(points) >= SHOWN_POINTS]
    parts.sort(key=lambda part: -abs(part[0]))
    if not parts:
        return say("costs nothing")
    told = Row(", ", [say(TERMS[name], n=amount(points)) for points, name in parts])
    return say("costs %(points)s points: %(parts)s", points=amount(cost.total), parts=told)
