"""Ranked candidates for one task against a plan: every cost part, every factor, and who is ruled out by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from fairlead.engine.arrays import Model
from fairlead.engine.effort import minutes_needed
from fairlead.engine.match.eligibility import Obstacle, obstacles
from fairlead.engine.match.features import Factor, Sight, factors
from fairlead.engine.objective import cost, fit, stability
from fairlead.engine.plan import Cost, Plan, plain
from fairlead.engine.problem import Problem
from fairlead.engine.search.construct import load_plan
from fairlead.engine.search.insertion import spot_with
from fairlead.engine.search.state import LEFT_OUT, LOAD, SOFT, State
from fairlead.engine.wording import amount, count, hours, moment

Signals = Mapping[str, Mapping[str, float]]
"""By worker id: factors measured outside the engine, from 0 to 1."""

Look = Callable[[int], tuple[Factor, ...]]
"""Factors of the task where it stands, given its finish."""


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
        return "; ".join(obstacle.sentence for obstacle in self.obstacles)

    def to_dict(self) -> dict[str, Any]:
        """Worker, obstacles and their sentence."""
        return {**plain(self), "sentence": self.sentence}


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

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        ruled_out = [item.to_dict() for item in self.ruled_out]
        return {**plain(self), "ruled_out": ruled_out}


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
    model: Model = field(init=False)
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.model = Model(self.problem)
        self.state = load_plan(self.model, self.plan or Plan())

    def rank(self, task_id: str, *, k: int | None = None, signals: Signals | None = None) -> Ranking:
        """Candidates for one task, the first k of them; KeyError for an unknown task."""
        task = self.problem.task_index[task_id]
        place = self.state.where[task]
        current = None if place is None else self.problem.workers[place[0]].id
        bench = Bench(self.model, self.state, task=task)
        try:
            return bench.ranking(current, k=k, signals=signals or {})
        finally:
            bench.close()

    def able(self, task_id: str) -> tuple[str, ...]:
        """Workers with room for this task in the plan, in the problem's order; not ranked."""
        bench = Bench(self.model, self.state, task=self.problem.task_index[task_id])
        try:
            found = [worker for worker in self.model.eligible(bench.task) if bench.measure(worker) is not None]
        finally:
            bench.close()
        return tuple(self.problem.workers[worker].id for worker in found)


@dataclass(frozen=True, slots=True)
class Measured:
    """The task at a worker's best place: what it changes, where and when, and the factors when asked for."""

    delta: Cost
    lane: int
    position: int
    start: int
    finish: int
    factors: tuple[Factor, ...]


class Bench:
    """One task taken out of the state and tried with each worker; `close` puts everything back."""

    def __init__(self, model: Model, state: State, *, task: int) -> None:
        self.model, self.state, self.task = model, state, task
        self.opened = state.mark()
        self.homes = {item: state.place_of(item)[0] for item in state.dependants([task])}
        self.following = [item for item in self.homes if item != task]
        if self.homes and not state.remove([task]):
            self.state = self._reloaded()
        self.base = self._terms()
        self.credit = sum(model.price[item] for item in (task, *self.following))

    def close(self) -> None:
        """Put the state back as it was."""
        self.state.rollback(self.opened)

    def _reloaded(self) -> State:
        """A state of its own for the rare plan that cannot be decoded once the task is taken out."""
        kept = tuple(
            item for item in self.state.assignments() if self.model.problem.task_index[item.task] not in self.homes
        )
        self.opened = 0
        return load_plan(self.model, Plan(kept))

    def _terms(self) -> tuple[float, float, float, float, float]:
        state, model = self.state, self.model
        switches = sum(lane.switches[-1] for lanes in state.lanes for lane in lanes) * model.switch_points
        makespan = model.makespan * state.latest_finish() if model.makespan else 0.0
        return state.sums[LEFT_OUT], state.sums[LOAD], state.sums[SOFT], switches, makespan

    def willing(self) -> tuple[str, ...]:
        """Workers with whom doing the task costs no more than leaving it out."""
        able = self.model.eligible(self.task)
        return tuple(self.model.problem.workers[worker].id for worker in able if self.is_willing(worker))

    def is_willing(self, worker: int) -> bool:
        """Quickly where the first good spot will do, thoroughly where it will not."""
        price, mark = self.model.price[self.task], self.state.mark()
        spot = spot_with(self.state, self.task, worker=worker, limit=price)
        if spot is not None and spot.points <= price and not self.following:
            placed = self.state.place(self.task, worker, lane=spot.lane, position=spot.position)
            self.state.rollback(mark)
            if placed:
                return True
        measured = self.measure(worker)
        return measured is not None and self.points(measured.delta) <= price

    def ranking(self, current: str | None, *, k: int | None, signals: Signals) -> Ranking:
        """Try everybody and sort."""
        problem, able = self.model.problem, self.model.eligible(self.task)
        task = problem.tasks[self.task]
        prices = [cost.money(problem.workers[w], minutes_needed(task, problem.workers[w])) for w in able]
        found: list[tuple[float, int, int, Candidate]] = []
        ruled_out: list[RuledOut] = []
        for worker, somebody in enumerate(problem.workers):
            candidate = None
            if worker in able:
                candidate = self.candidate(worker, cheapest=min(prices), signals=signals.get(somebody.id, {}))
            if candidate is not None:
                found.append((round(candidate.points, 9), candidate.finish, worker, candidate))
            else:
                ruled_out.append(RuledOut(somebody.id, self.obstacles(worker)))
        found.sort(key=lambda row: row[:3])
        ranked = tuple(
            self.with_rank(row[3], rank=place, of=len(found)) for place, row in enumerate(found[:k], start=1)
        )
        return Ranking(task.id, ranked, tuple(ruled_out), len(found), current)

    def candidate(self, worker: int, *, cheapest: float, signals: Mapping[str, float]) -> Candidate | None:
        """The worker's best place with its factors; None when there is none."""

        def look(finish: int) -> tuple[Factor, ...]:
            return factors(Sight(self.state, self.task, worker, finish, cheapest), signals)

        measured = self.measure(worker, look=look)
        if measured is None:
            return None
        points = self.points(measured.delta)
        return Candidate(
            worker=self.model.problem.workers[worker].id,
            rank=0,
            points=points,
            cost=self.doing(measured.delta),
            delta=measured.delta,
            score=self.score(points),
            reason="",
            lane=measured.lane,
            position=measured.position,
            start=measured.start,
            finish=measured.finish,
            factors=measured.factors,
        )

    def measure(self, worker: int, *, look: Look | None = None) -> Measured | None:
        """Put the task at the worker's best place, bring back those that wait for it, measure, undo."""
        state, mark = self.state, self.state.mark()
        spot = self.put(worker)
        if spot is None:
            return None
        start, finish = state.times(self.task)
        shown = look(finish) if look is not None else ()
        for item in self.following:
            follower = spot_with(state, item, worker=self.homes[item], thorough=True)
            if follower is not None:
                state.place(item, self.homes[item], lane=follower.lane, position=follower.position)
        delta = self.delta()
        state.rollback(mark)
        return Measured(delta, *spot, start, finish, shown)

    def put(self, worker: int) -> tuple[int, int] | None:
        """Place the task at its cheapest spot with this worker; lane and position, or None."""
        spot = spot_with(self.state, self.task, worker=worker, thorough=True)
        if spot is None:
            return None
        if self.state.place(self.task, worker, lane=spot.lane, position=spot.position):
            return spot.lane, spot.position
        return self.put_anywhere(worker)

    def put_anywhere(self, worker: int) -> tuple[int, int] | None:
        """The first place that works, for when delay at other workers forbids the cheapest one."""
        chain = self.model.clocks[worker].to_u(self.state.chain_ready(self.task))
        for number, lane in enumerate(self.state.lanes[worker]):
            for position in range(len(lane.tasks), -1, -1):
                if position and lane.ends[position - 1] <= chain and position < len(lane.tasks):
                    break
                if self.state.place(self.task, worker, lane=number, position=position):
                    return number, position
        return None

    def delta(self) -> Cost:
        """What changed since the task was taken out, by term."""
        left_out, load, soft, switches, makespan = (
            new - old for new, old in zip(self._terms(), self.base, strict=True)
        )
        labour = misfit = moved = 0.0
        problem, objective = self.model.problem, self.model.problem.objective
        for item in (self.task, *self.following):
            place = self.state.where[item]
            if place is None:
                continue
            task, worker = problem.tasks[item], problem.workers[place[0]]
            labour += cost.pair_points(worker, minutes_needed(task, worker), objective=objective)
            misfit += fit.pair_points(task, worker, objective=objective)
            moved += stability.pair_points(task, worker, objective=objective)
        return Cost(
            unassigned=left_out,
            lateness=soft - switches,
            labour=labour,
            misfit=misfit,
            switch=switches,
            fairness=load,
            moved=moved,
            makespan=makespan,
        )

    def doing(self, delta: Cost) -> Cost:
        """What doing the task costs: `unassigned` is only what tasks that wait for it would be left out for."""
        return replace(delta, unassigned=delta.unassigned + self.credit)

    def points(self, delta: Cost) -> float:
        """Points of doing the task; above the price of leaving it out it is better left out."""
        return self.doing(delta).total

    def score(self, points: float) -> float:
        """See `score_of`."""
        return score_of(self.model.problem.tasks[self.task].weight, points)

    def with_rank(self, candidate: Candidate, *, rank: int, of: int) -> Candidate:
        """The candidate with its place in the order and the sentence that says it."""
        problem, due = self.model.problem, self.model.problem.tasks[self.task].due
        when = f"finishes {moment(problem, candidate.finish)}"
        if due is not None:
            slack = due - candidate.finish
            when += f", {hours(abs(slack))} {'before' if slack >= 0 else 'after'} it is due"
        reason = f"{rank} of {of}: {when}; {cost_sentence(candidate.cost)}"
        return replace(candidate, rank=rank, reason=reason)

    def obstacles(self, worker: int) -> tuple[Obstacle, ...]:
        """What keeps this worker from the task in this plan."""
        static = obstacles(self.model.case(self.task, worker))
        return static or self.missing() or (self.room_obstacle(worker),)

    def missing(self) -> tuple[Obstacle, ...]:
        """Predecessors without a place; nobody can do the task then."""
        tasks = self.model.problem.tasks
        names = [tasks[before].id for before in self.model.before[self.task] if self.state.where[before] is None]
        return tuple(Obstacle("after", f"waits for {name}, which nobody does", name) for name in names)

    def room_obstacle(self, worker: int) -> Obstacle:
        """Why an eligible worker has no place for it in this plan."""
        state, problem = self.state, self.model.problem
        most = self.model.most_tasks[worker]
        if state.count[worker] >= most:
            return Obstacle("max_tasks", f"already has {count(state.count[worker], 'task')} (at most {most})")
        needed = minutes_needed(problem.tasks[self.task], problem.workers[worker])
        planned = hours(state.planned[worker])
        return Obstacle("room", f"has no room for {hours(needed)} beside the {planned} already planned")


def cost_sentence(cost: Cost) -> str:
    """ "costs 31.2 points: 26 labour, 5.2 misfit", the largest first."""
    parts = [(points, name) for name, points in cost.parts.items() if abs(points) >= SHOWN_POINTS]
    parts.sort(key=lambda part: -abs(part[0]))
    if not parts:
        return "costs nothing"
    return f"costs {amount(cost.total)} points: " + ", ".join(f"{amount(points)} {name}" for points, name in parts)


SHOWN_POINTS = 0.05
"""Smaller terms would read as 0."""
