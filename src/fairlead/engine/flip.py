"""What would make a named worker the first choice: the smallest change of each kind, each tried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fairlead.engine.arrays import NONE
from fairlead.engine.effort import minutes_needed
from fairlead.engine.match.eligibility import Obstacle
from fairlead.engine.match.rank import Bench, Ranker, Ranking
from fairlead.engine.more_time import MOST_EXTRA_HOURS, more_hours
from fairlead.engine.plan import plain
from fairlead.engine.problem import Problem, Task, Worker
from fairlead.engine.relax import ABOUT_TIME, RELAX, Draft
from fairlead.engine.wording import hours, moment


@dataclass(frozen=True)
class Flip:
    """A change that makes the worker first. `size` is relative: 0.1 is a tenth less rate or a tenth more time."""

    sentence: str
    changes: Mapping[str, Any]
    size: float

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return dict(plain(self))


@dataclass
class Bid:
    """The task and the worker as they would have to be, in the making."""

    task: Task
    worker: Worker
    parts: list[str] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    size: float = 0.0

    def with_more(
        self,
        sentence: str,
        path: str,
        *,
        value: Any,
        size: float,
        task: Task | None = None,
        worker: Worker | None = None,
    ) -> Bid:
        """This bid with one change more."""
        parts, changes = [*self.parts, sentence], {**self.changes, path: value}
        return Bid(task or self.task, worker or self.worker, parts, changes, self.size + size)

    def to_flip(self) -> Flip:
        """The finished change."""
        return Flip(" and ".join(self.parts), self.changes, self.size)


def flips(ranker: Ranker, ranking: Ranking, *, worker_id: str) -> tuple[Flip, ...]:
    """The smallest change of each kind that makes this worker first for the task, the smallest first.

    Empty when she is first already, or when no change of rate, speed, hours or rules alone would do it.
    """
    best = ranking.best
    if best is not None and best.worker == worker_id:
        return ()
    problem = ranker.problem
    out = next((item for item in ranking.ruled_out if item.worker == worker_id), None)
    obstacles = out.obstacles if out is not None else ()
    bid = cleared(Bid(problem.task(ranking.task), problem.worker(worker_id)), obstacles)
    if bid is None:
        return ()
    trial = Trial(ranker, ranking, worker_id=worker_id)
    needs_time = any(item.code in ABOUT_TIME for item in obstacles)
    found = [bid] if bid.changes and not needs_time and trial.wins(bid) else []
    if not found:
        levers = LEVERS[-1:] if needs_time else LEVERS
        found = [better for lever in levers if (better := lever(trial, bid)) is not None]
    checked = [item for item in found if trial.is_first(item)]
    return tuple(item.to_flip() for item in sorted(checked, key=lambda item: item.size))


def cleared(bid: Bid, obstacles: Iterable[Obstacle]) -> Bid | None:
    """The bid with every rule out of the way that is not about time; None when one cannot be cleared."""
    for item in obstacles:
        if item.code in ABOUT_TIME:
            continue
        if item.code == "skill":
            bid = with_skill(bid, item.about)
        elif item.code == "pin":
            pin = replace(bid.task.pin, worker=bid.worker.id, start=None) if bid.task.pin else None
            task = replace(bid.task, pin=pin)
            name = bid.worker.id
            bid = bid.with_more(f"the task were pinned to {name}", "pin.worker", value=name, size=1, task=task)
        elif item.code in ("only", "never", "max_tasks"):
            draft = Draft(bid.task, bid.worker)
            RELAX[item.code](draft, item.about)
            path, value = next(iter(draft.changes.items()))
            sentence = CLEARED[item.code].format(worker=bid.worker.id, value=value)
            bid = bid.with_more(sentence, path, value=value, size=1, task=draft.task, worker=draft.new_worker)
        else:
            return None
    return bid


CLEARED = {
    "only": "{worker} were among those allowed",
    "never": "{worker} were not excluded",
    "max_tasks": "{worker} could take {value} tasks",
}


def with_skill(bid: Bid, skill: str) -> Bid:
    """The worker with the needed level."""
    wanted, has = bid.task.needs[skill], bid.worker.skills.get(skill, 0)
    worker = replace(bid.worker, skills={**bid.worker.skills, skill: wanted})
    sentence = f"{worker.id} had {skill} {wanted} instead of {has or 'none'}"
    path = f"{worker.id}.skills.{skill}"
    return bid.with_more(sentence, path, value=wanted, size=float(wanted - has), worker=worker)


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

    def is_first(self, bid: Bid) -> bool:
        """The proof: everybody ranked again on the changed problem."""
        best = Ranker(self.changed(bid), self.ranker.plan).rank(bid.task.id, k=1).best
        return best is not None and best.worker == self.worker_id


def lower_rate(trial: Trial, bid: Bid) -> Bid | None:
    """The highest rate, in cents, at which she wins."""
    cents = round(bid.worker.rate * 100)

    def at(rate_cents: int) -> Bid:
        worker = replace(bid.worker, rate=rate_cents / 100)
        sentence = f"{worker.id} cost {rate_cents / 100:.2f} an hour instead of {bid.worker.rate:.2f}"
        size = (cents - rate_cents) / cents
        return bid.with_more(sentence, f"{worker.id}.rate", value=rate_cents / 100, size=size, worker=worker)

    return None if cents == 0 else largest_winning(cents - 1, at=at, wins=trial.wins, least=0)


def fewer_minutes(trial: Trial, bid: Bid) -> Bid | None:
    """The longest time for the task in which she wins."""
    minutes = minutes_needed(bid.task, bid.worker)

    def at(fewer: int) -> Bid:
        task = replace(bid.task, minutes={**bid.task.minutes, bid.worker.id: fewer})
        sentence = f"{bid.worker.id} needed {hours(fewer)} instead of {hours(minutes)}"
        size = (minutes - fewer) / minutes
        return bid.with_more(sentence, f"minutes.{bid.worker.id}", value=fewer, size=size, task=task)

    return largest_winning(minutes - 1, at=at, wins=trial.wins, least=1)


def largest_winning(most: int, *, at: Callable[[int], Bid], wins: Callable[[Bid], bool], least: int) -> Bid | None:
    """The bid with the largest value that wins, by halving; None when even the least loses."""
    if most < least or not wins(at(least)):
        return None
    low, high = least, most + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wins(at(middle)) else (low, middle)
    return at(low)


def more_time(trial: Trial, bid: Bid) -> Bid | None:
    """The fewest more hours of working time, from the task's release on, with which she wins."""
    problem = trial.ranker.problem
    needed = minutes_needed(bid.task, bid.worker)
    for extra in range(1, MOST_EXTRA_HOURS + 1):
        worker = more_hours(problem, bid.worker, earliest=bid.task.release, minutes=extra * 60)
        if worker is None:
            return None
        sentence = f"{worker.id} had {extra} h more working time from {moment(problem, bid.task.release)} on"
        path = f"{worker.id}.calendar"
        longer = bid.with_more(sentence, path, value=worker.calendar, size=extra * 60 / needed, worker=worker)
        if trial.wins_anew(longer):
            return longer
    return None


LEVERS = (lower_rate, fewer_minutes, more_time)
