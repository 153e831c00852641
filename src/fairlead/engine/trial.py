"""Trying out what would have to be different for a named worker to be first for a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from fairlead.engine.arrays import NONE, Model
from fairlead.engine.match.rank import Bench, Ranker, Ranking
from fairlead.engine.plan import Plan, plain
from fairlead.engine.problem import Problem, Task, Worker
from fairlead.engine.saying import both
from fairlead.engine.search.improve import improve
from fairlead.engine.search.solve import fill_gaps, first_state
from fairlead.engine.search.state import State, points_of
from fairlead.engine.search.stop import Iterations

PROOF_TASKS, PROOF_ITERATIONS = 1_000, 2_000
"""A change is proven with the whole plan up to this size, with so many iterations; 0.1 s for each at 500 tasks."""

VERDICT = {
    True: "A new plan keeps it with {worker}.",
    False: "But a new plan then does not give it to {worker}.",
    None: "Not tried with a new plan.",
}
"""What a flip's `proven` means, in words."""


@dataclass(frozen=True)
class Flip:
    """A change that makes the worker first. `size` is relative: 0.1 is a tenth less rate or a tenth more time.

    `changes` maps what would have to be different (`dana.rate`, `minutes.dana`, `due`; `plan.t5` is who has t5) to its
    new value. `proven` says whether the worker has the task when the whole plan is searched again with the change; None
    when that was not tried.
    """

    sentence: str
    changes: Mapping[str, Any]
    size: float
    proven: bool | None = None

    def said(self, worker: str) -> str:
        """The change as it is put to people, and whether it holds in a new plan."""
        return f"{worker} would be first if {self.sentence}. {VERDICT[self.proven].format(worker=worker)}"

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return dict(plain(self))


@dataclass
class Bid:
    """The task and the worker as they would have to be, in the making; `handed` is who has other tasks of hers."""

    task: Task
    worker: Worker
    parts: list[str] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    size: float = 0.0
    handed: dict[str, str] = field(default_factory=dict)

    def with_more(
        self,
        sentence: str,
        path: str,
        *,
        value: Any,
        size: float,
        task: Task | None = None,
        worker: Worker | None = None,
        handed: dict[str, str] | None = None,
    ) -> Bid:
        """This bid with one change more."""
        parts, changes = [*self.parts, sentence], {**self.changes, path: value}
        size, handed = self.size + size, handed or self.handed
        return Bid(task or self.task, worker or self.worker, parts, changes, size, handed)

    def to_flip(self, *, proven: bool | None) -> Flip:
        """The finished change."""
        return Flip(both(self.parts) if self.parts else "", self.changes, self.size, proven)


class Trial:
    """Tries bids of one worker for one task against everybody else's standing."""

    def __init__(self, ranker: Ranker, ranking: Ranking, *, worker_id: str) -> None:
        self.ranker, self.ranking, self.worker_id = ranker, ranking, worker_id
        self.position = ranker.problem.worker_index[worker_id]
        index = ranker.problem.worker_index
        others = [item for item in ranking.candidates if item.worker != worker_id]
        self.keys = [(round(item.points, 9), item.finish, index[item.worker]) for item in others]

    def changed(self, bid: Bid) -> Problem:
        """The problem with the bid's task and worker."""
        return self.ranker.problem.with_task(bid.task).with_worker(bid.worker)

    def wins(self, bid: Bid) -> bool:
        """Quick: only her own place is computed; nobody else's depends on her."""
        with self.ranker.bench(bid.task.id) as bench, bench.trying(self.changed(bid)) as changed:
            return self.beats_others(changed, bid)

    def wins_anew(self, bid: Bid) -> bool:
        """For changes that move her other tasks: the plan is decoded again."""
        with Ranker(self.changed(bid), self.ranker.plan).bench(bid.task.id) as bench:
            return self.beats_others(bench, bid)

    def beats_others(self, bench: Bench, bid: Bid) -> bool:
        """Her place comes before everybody else's."""
        bench.pairs = bench.pairs[bench.pairs["worker"] == self.position]
        if not bench.pairs.size or bench.found["row"][0] == NONE:
            return False
        pinned = bid.task.pin is not None and bid.task.pin.worker == self.worker_id
        key = (round(bench.points(bench.delta(0)), 9), int(bench.found["finish"][0]), self.position)
        return pinned or all(key < other for other in self.keys)

    def wins_against_all(self, bid: Bid) -> bool:
        """For changes on which everybody's place depends: all are measured again."""
        with self.ranker.bench(bid.task.id) as bench, bench.trying(self.changed(bid)) as changed:
            return first_of(changed) == self.position

    def is_first(self, bid: Bid) -> bool:
        """The check: everybody ranked again on the changed problem."""
        problem = self.changed(bid)
        plan = handed_over(problem, self.ranker.plan or Plan(), bid.handed)
        best = Ranker(problem, plan).top(bid.task.id, k=1)
        return bool(best) and best[0].worker == self.worker_id

    def proof(self, bid: Bid) -> bool | None:
        """Whether the worker still has the task after a search from the plan in which she does it, with the change.

        None where the problem is large or there is no plan to search from. What is handed over may not come back.
        """
        problem, plan = self.changed(bid), self.ranker.plan
        if plan is None or not plan.assignments or len(problem.tasks) > PROOF_TASKS:
            return None
        start = handed_over(problem, plan, {**bid.handed, bid.task.id: self.worker_id})
        for name in bid.handed:
            task = problem.task(name)
            problem = problem.with_task(replace(task, never=(*task.never, self.worker_id)))
        stop = Iterations(PROOF_ITERATIONS)
        state = first_state(Model(problem), start, seed=0, stop=stop)
        improve(state, stop=stop)
        fill_gaps(state)
        return state.worker_of(problem.task_index[bid.task.id]) == self.position


def first_of(bench: Bench) -> int | None:
    """The worker who is first for the task now; None when nobody can do it."""
    found = bench.state.measure(bench.task, bench.pairs, bench.followers)
    points = points_of(found, bench.credit).round(9)
    order = np.lexsort((bench.pairs["worker"], found["finish"], points))
    able = order[found["row"][order] != NONE]
    return int(bench.pairs["worker"][able[0]]) if able.size else None


def handed_over(problem: Problem, plan: Plan, handed: Mapping[str, str]) -> Plan:
    """The plan with these tasks given to these workers, each at its best place."""
    if not handed:
        return plan
    state = Ranker(problem, plan).state
    for name, worker in handed.items():
        hand_over(state, problem.task_index[name], to=[problem.worker_index[worker]])
    return Plan(state.assignments())


def hand_over(state: State, task: int, *, to: list[int]) -> int | None:
    """Give a task to the one of these workers with whom it costs least, what waits for it stays; who that is.

    None when it, or what waits for it, finds no place; the caller undoes.
    """
    removed = state.remove(task) if state.worker_of(task) is not None else []
    pairs = state.model.pairs(task)
    pairs = pairs[np.isin(pairs["worker"], to)]
    if removed is None or not pairs.size:
        return None
    topology = state.model.topology
    followers = sorted((row for row in removed if row[0] != task), key=lambda row: topology[row[0]])
    points = points_of(state.measure(task, pairs, followers), 0.0)
    best = int(points.argmin())
    if points[best] == np.inf:
        return None
    state.place(task, pairs[best : best + 1], followers)
    lost = any(state.worker_of(follower) is None for follower, _ in followers)
    return None if lost else int(pairs["worker"][best])
