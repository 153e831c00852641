"""What could be different for a worker to be first for a task: one function for each, the least of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from fairlead.engine.effort import minutes_needed
from fairlead.engine.match.rank import Bench
from fairlead.engine.more_time import MOST_EXTRA_HOURS, more_hours
from fairlead.engine.saying import Number, say
from fairlead.engine.trial import Bid, Trial, first_of, hand_over
from fairlead.engine.validation import LATEST_MIN
from fairlead.engine.wording import hours, listing, moment

MOST_LATER_HOURS = 24 * 28
"""How much later a due date may be offered."""

MOST_HANDED, MOST_SINGLES = 12, 6
"""Tasks that she might hand over together, and single ones that are tried exactly."""


def lower_rate(trial: Trial, bid: Bid) -> Bid | None:
    """The highest rate, in cents, at which she wins."""
    cents = round(bid.worker.rate * 100)

    def at(rate_cents: int) -> Bid:
        worker = replace(bid.worker, rate=rate_cents / 100)
        rates = {"rate": Number(f"{rate_cents / 100:.2f}"), "now": Number(f"{bid.worker.rate:.2f}")}
        sentence = say("%(worker)s cost %(rate)s an hour instead of %(now)s", worker=worker.id, **rates)
        size = (cents - rate_cents) / cents
        return bid.with_more(sentence, f"{worker.id}.rate", value=rate_cents / 100, size=size, worker=worker)

    return None if cents == 0 else largest_winning(cents - 1, at=at, wins=trial.wins, least=0)


def fewer_minutes(trial: Trial, bid: Bid) -> Bid | None:
    """The longest time for the task in which she wins."""
    minutes = minutes_needed(bid.task, bid.worker)

    def at(fewer: int) -> Bid:
        task = replace(bid.task, minutes={**bid.task.minutes, bid.worker.id: fewer})
        times = {"hours": hours(fewer), "now": hours(minutes)}
        sentence = say("%(worker)s needed %(hours)s instead of %(now)s", worker=bid.worker.id, **times)
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
        sentence = say("%(worker)s had %(n)s h more working time", worker=worker.id, n=extra)
        if bid.task.release:
            since = moment(problem, bid.task.release)
            sentence = say(
                "%(worker)s had %(n)s h more working time from %(since)s on", worker=worker.id, n=extra, since=since
            )
        path = f"{worker.id}.calendar"
        longer = bid.with_more(sentence, path, value=worker.calendar, size=extra * 60 / needed, worker=worker)
        if trial.wins_anew(longer):
            return longer
    return None


def later_due(trial: Trial, bid: Bid) -> Bid | None:
    """The fewest hours by which the task could be due later for her to win."""
    due = bid.task.due
    if due is None:
        return None
    needed, most = minutes_needed(bid.task, bid.worker), min(MOST_LATER_HOURS, (LATEST_MIN - due) // 60)

    def at(hours_less: int) -> Bid:
        later = most - hours_less
        task = replace(bid.task, due=due + later * 60)
        said = say("it were due %(n)s h later", n=later)
        return bid.with_more(said, "due", value=task.due, size=later * 60 / needed, task=task)

    return largest_winning(most - 1, at=at, wins=trial.wins_against_all, least=0)


def lower_load(trial: Trial, bid: Bid) -> Bid | None:
    """The fewest of her other tasks that would have to be with somebody else: one when one will do, else the latest."""
    with trial.ranker.bench(bid.task.id) as bench, bench.trying(trial.changed(bid)) as changed:
        load = Load(changed, trial.position)
        chosen = load.single() or load.latest()
        given = load.given_away(chosen) if chosen else None
    if not given:
        return None
    problem = trial.ranker.problem
    handed = {problem.tasks[task].id: problem.workers[worker].id for task, worker in given.items()}
    minutes = sum(minutes_needed(problem.task(name), bid.worker) for name in handed)
    said = listing([say("%(task)s were with %(worker)s", task=name, worker=worker) for name, worker in handed.items()])
    size = minutes / minutes_needed(bid.task, bid.worker)
    (path, value), *more = ((f"plan.{name}", worker) for name, worker in handed.items())
    found = bid.with_more(said, path, value=value, size=size, handed=handed)
    found.changes.update(more)
    return found


class Load:
    """A worker's other tasks, the latest first, and what happens when some of them are with somebody else."""

    def __init__(self, bench: Bench, worker: int) -> None:
        self.bench, self.state, self.worker = bench, bench.state, worker
        tasks = bench.problem.tasks
        held = [(slot["start"], slot["task"]) for row in self.state.rows_of(worker) for slot in self.state.slots(row)]
        self.tasks = [int(task) for _, task in sorted(held, reverse=True) if tasks[task].pin is None]
        self.others = [other for other in range(len(bench.problem.workers)) if other != worker]

    def given_away(self, tasks: list[int]) -> dict[int, int] | None:
        """Who has these tasks when she is first without them; None when she is not, or one finds nobody."""
        mark, given = self.state.mark(), dict[int, int]()
        for task in tasks:
            other = hand_over(self.state, task, to=self.others)
            if other is None:
                break
            given[task] = other
        wins = len(given) == len(tasks) and first_of(self.bench) == self.worker
        self.state.undo(mark)
        return given if wins else None

    def single(self) -> list[int]:
        """One task that will do: those without which she is cheapest are tried first."""
        points = sorted((self.points_without(task), place, task) for place, task in enumerate(self.tasks))
        tried = (task for least, _, task in points[:MOST_SINGLES] if least < np.inf)
        return next(([task] for task in tried if self.given_away([task])), [])

    def points_without(self, task: int) -> float:
        """Points of the task with her when this one were away."""
        mine = self.bench.pairs[self.bench.pairs["worker"] == self.worker]
        mark = self.state.mark()
        gone = self.state.remove(task) is not None and mine.size
        points = float(self.state.least_points(self.bench.task, mine)[0]) if gone else np.inf
        self.state.undo(mark)
        return points

    def latest(self) -> list[int]:
        """The fewest of her latest tasks, and of those only the ones that are needed."""
        chosen = next((self.tasks[:k] for k in range(2, MOST_HANDED + 1) if self.given_away(self.tasks[:k])), [])
        for task in list(chosen):
            rest = [other for other in chosen if other != task]
            if self.given_away(rest):
                chosen = rest
        return chosen


LEVERS = (lower_rate, fewer_minutes, more_time, lower_load, later_due)
LEVERS_OF_TIME = (more_time, lower_load)
"""Those that help where she has no time for the task at all."""
