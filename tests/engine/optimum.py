"""The best plan of a tiny problem, one lane a worker, by trying everything: slow and obvious, priced by the judge."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product

from engine.small import plan_of
from fairlead.engine import Assignment, Plan, Problem, check
from fairlead.engine.check import Judge, Replay, minutes_of, true_cost

Row = tuple[str, str, int, int, int]


def optimum(of: Problem) -> float:
    """Points of the best plan."""
    best_cost, best = min(((true_cost(of, rows).total, rows) for rows in schedules(of)), key=lambda each: each[0])
    verdict = check(of, plan_of(of, *map(as_row, best)))
    assert [str(violation) for violation in verdict.violations] == []
    assert verdict.cost.total == best_cost
    return best_cost


def as_row(item: Assignment) -> Row:
    return item.task, item.worker, item.lane, item.start, item.finish


def schedules(of: Problem) -> Iterator[list[Assignment]]:
    """Every choice of workers, and every order of each worker's tasks, done as early as the rules allow."""
    seen = set()
    for order in permutations(range(len(of.tasks))):
        for who in product((None, *range(len(of.workers))), repeat=len(of.tasks)):
            orders = tuple(tuple(task for task in order if who[task] == worker) for worker in range(len(of.workers)))
            if (key := (order if any(task.after for task in of.tasks) else None, orders)) in seen:
                continue
            seen.add(key)
            rows = timed(of, [task for task in order if who[task] is not None], who)
            if rows is not None:
                yield rows


def timed(of: Problem, order: list[int], who: tuple[int | None, ...]) -> list[Assignment] | None:
    """The tasks one after the other, each as early as possible; None when a rule forbids that."""
    judge = Judge(of, Plan(()))
    replays = [Replay(judge, worker, []) for worker in of.workers]
    free, last = [0] * len(of.workers), [None] * len(of.workers)
    done: dict[str, int] = {}
    rows = []
    for number in order:
        task, at = of.tasks[number], who[number]
        assert at is not None
        worker, replay = of.workers[at], replays[at]
        if any(before not in done for before in task.after):
            return None
        before = last[at]
        if before is not None and task.context is not None and before != task.context and of.setup:
            set_up = replay.work(free[at], of.setup)
            if set_up is None:
                return None
            replay.book(set_up[2])
            free[at] = set_up[1]
        pinned = None if task.pin is None else task.pin.start
        earliest = max(free[at], task.release, *(done[name] for name in task.after), 0)
        if pinned is not None and earliest > pinned:
            return None
        work = replay.work(earliest if pinned is None else pinned, minutes_of(task, worker))
        if work is None or (pinned is not None and work[0] != pinned):
            return None
        replay.book(work[2])
        free[at], last[at], done[task.id] = work[1] + worker.buffer, task.context, work[1]
        rows.append(Assignment(task.id, worker.id, 0, work[0], work[1]))
    judge.known = rows
    judge.eligibility()
    return None if judge.found else rows
