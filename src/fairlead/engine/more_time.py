"""Changes of time that would free a task: a later end of the plan, more hours for one worker."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fairlead.engine.diagnosis import Fix
from fairlead.engine.match.rank import Ranker
from fairlead.engine.problem import WEEK_MIN, Problem, Worker
from fairlead.engine.relax import ABOUT_TIME
from fairlead.engine.saying import say
from fairlead.engine.standing import Standing, everybody
from fairlead.engine.wording import count, listing, moment

MOST_WEEKS = 4
MOST_EXTRA_HOURS = 12
"""How much more time is offered."""

MOST_WORKERS = 4
"""Workers for whom more hours are tried."""


def time_fixes(ranker: Ranker, task_id: str) -> tuple[Fix, ...]:
    """Changes of time for those whom only time keeps from the task: a later end of the plan, more hours.

    Each decodes the plan again, so this is for one task at a time.
    """
    with ranker.bench(task_id) as bench:
        standing = everybody(bench)
    short = [name for name, rules in standing.items() if rules and all(rule.code in ABOUT_TIME for rule in rules)]
    hours_found = (extra_hours(ranker, task_id, worker_id=name) for name in short[:MOST_WORKERS])
    return tuple(fix for fix in (later_end(ranker, task_id, standing=standing), *hours_found) if fix is not None)


def later_end(ranker: Ranker, task_id: str, *, standing: Standing) -> Fix | None:
    """The fewest weeks by which the plan would have to be longer."""
    codes = {rule.code for rules in standing.values() for rule in rules}
    horizon = ranker.problem.horizon
    if horizon is None or codes.isdisjoint(ABOUT_TIME):
        return None
    for weeks in range(1, MOST_WEEKS + 1):
        later = replace(ranker.problem, horizon=horizon + weeks * WEEK_MIN)
        workers = Ranker(later, ranker.plan).willing(task_id)
        if workers:
            sentence = say(
                "let the plan end %(weeks)s later: %(names)s could do it",
                weeks=count(weeks, "week"),
                names=listing(workers),
            )
            return Fix("horizon", sentence, {"horizon": later.horizon}, workers)
    return None


def extra_hours(ranker: Ranker, task_id: str, *, worker_id: str) -> Fix | None:
    """The fewest extra hours, from the task's release on, with which this worker has room."""
    problem, task = ranker.problem, ranker.problem.task(task_id)
    for extra in range(1, MOST_EXTRA_HOURS + 1):
        worker = more_hours(problem, problem.worker(worker_id), earliest=task.release, minutes=extra * 60)
        if worker is None:
            return None
        workers = Ranker(problem.with_worker(worker), ranker.plan).willing(task_id)
        if worker_id in workers:
            since = moment(problem, task.release)
            sentence = say(
                "give %(worker)s %(n)s h more from %(since)s on: %(names)s could do it",
                worker=worker_id,
                n=extra,
                since=since,
                names=listing(workers),
            )
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
