"""Problems of plain assignment, solved to the end: who does what matters, when does not.

Where no rule and no term of the objective depends on time or order, a plan is a choice of workers, and any order of
each worker's tasks will do: generalised assignment (Martello and Toth, *Knapsack Problems*, 1990, chapter 7), or linear
assignment when everybody takes one task.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from fairlead.engine.arrays import FAR, NONE, Model
from fairlead.engine.kernel.library import Array
from fairlead.engine.plan import Assignment
from fairlead.engine.search.bound.axis import Axis, each_worker
from fairlead.engine.search.bound.program import Matrices, Program, can_prove
from fairlead.engine.search.bound.prove import left
from fairlead.engine.search.stop import Deadline

MOST_CELLS = 30_000_000
"""Cells of a cost matrix (240 MB) up to which the assignment algorithm is used."""

CORE_PER_TASK = 3
"""Columns for each task in the small program that finds a good answer first."""

CORE_SHARE = 0.4
"""Share of the time for that."""

WHOLE = 1e-6
"""How far from whole numbers costs may be by rounding."""


@dataclass(frozen=True)
class Exact:
    """No plan costs less than `points`; `owner` is the worker of each task (NONE: left out), if a plan was found."""

    points: float
    owner: Array | None


@dataclass(frozen=True)
class Choice:
    """One entry per pair: task, worker, minutes and points. `price` is by task, `room` and `most` are by worker."""

    task: Array
    worker: Array
    minutes: Array
    points: Array
    price: Array
    room: Array
    most: Array


def is_pure(model: Model) -> bool:
    """Whether neither time nor order matters: then a worker's tasks fit if their minutes do."""
    arrays, numbers = model.arrays, model.numbers
    pairs, at = arrays["pairs"], arrays["pair_ptr"]
    late_rate = np.repeat(arrays["late_rate"], np.diff(at))
    in_time = (late_rate == 0) | (pairs["due"] >= np.minimum(arrays["total"][pairs["worker"]], FAR))
    ordered = (numbers["switch_points"] or numbers["setup"]) and arrays["context_ptr"].size > 2
    return not (
        ordered
        or numbers["fairness"]
        or numbers["makespan"]
        or numbers["has_chains"]
        or np.any(arrays["cap"] < FAR)
        or np.any(arrays["buffer"])
        or np.any(np.diff(arrays["row_ptr"]) > 1)
        or np.any(pairs["ready"] > 0)
        or np.any(pairs["pin"] != NONE)
        or not np.all(in_time)
    )


def exact_answer(model: Model, *, best: float, seconds: float) -> Exact | None:
    """The best choice of workers, or the best within the time; None where it does not apply or scipy is missing."""
    if seconds <= 0 or not model.problem.tasks or not can_prove() or not is_pure(model):
        return None
    choice = choice_of(model)
    cells = choice.price.size * (choice.room.size + choice.price.size)
    if np.all(choice.most[choice.worker] == 1) and cells <= MOST_CELLS:
        return one_to_one(choice)
    return within_room(choice, best=best, deadline=Deadline(seconds, time.monotonic))


def choice_of(model: Model) -> Choice:
    """The problem without time."""
    arrays = model.arrays
    pairs, price = arrays["pairs"], arrays["price"].astype(float)
    task = np.repeat(np.arange(price.size), np.diff(arrays["pair_ptr"]))
    fits = pairs["minutes"] <= arrays["total"][pairs["worker"]]
    pairs, task = pairs[fits], task[fits]
    columns = (pairs["worker"].astype(np.int64), pairs["minutes"].astype(np.int64), pairs["points"].astype(float))
    return Choice(task, *columns, price, arrays["total"].astype(np.int64), arrays["most"].astype(np.int64))


def one_to_one(choice: Choice) -> Exact:
    """Linear assignment, after Crouse, IEEE Transactions on Aerospace and Electronic Systems 52 (2016).

    Beside the workers every task has a place of its own: being left out.
    """
    from scipy.optimize import linear_sum_assignment

    tasks, workers = choice.price.size, choice.room.size
    cost = np.full((tasks, workers + tasks), np.inf)
    cost[choice.task, choice.worker] = choice.points
    cost[np.arange(tasks), workers + np.arange(tasks)] = choice.price
    row, place = linear_sum_assignment(cost)
    points = cost[row, place]
    rounding = WHOLE * 1e-3 * float(np.abs(points).sum())
    return Exact(math.fsum(points) - rounding, np.where(place < workers, place, NONE))


def within_room(choice: Choice, *, best: float, deadline: Deadline) -> Exact | None:
    """Generalised assignment: in fractions, then the most promising pairs, then all that a better plan may use.

    What a pair costs more than in fractions (its reduced cost) says which are promising, and which are too dear.
    """
    matrices, pairs, step = program_of(choice), choice.task.size, smallest_step(choice)
    solved = matrices.solve(seconds=left(deadline))
    if solved is None or solved.reduced is None or not pairs:
        return None
    points, extra, owner = rounded_up(solved.points, step), solved.reduced[:pairs], None
    place = min(pairs - 1, CORE_PER_TASK * choice.price.size)
    if points < best - WHOLE * abs(best):
        core = only(matrices, extra <= np.partition(extra, place)[place])
        x = core.solve_whole(np.ones(core.upper.size), time_limit=CORE_SHARE * left(deadline)).x
        best, owner = better(choice, matrices, x, best, owner)
    if points < best - WHOLE * abs(best):
        rest = only(matrices, extra <= best - step - solved.points + WHOLE * (1.0 + abs(best)))
        found = rest.solve_whole(np.ones(rest.upper.size), time_limit=left(deadline))
        points = max(points, rounded_up(found.points, step))
        best, owner = better(choice, matrices, found.x, best, owner)
    return Exact(min(points, best), owner)


def program_of(choice: Choice) -> Matrices:
    """A task is given to one worker or left out; minutes and tasks of each worker have room."""
    program = Program()
    given, left_out = program.variables(choice.points, 1.0), program.variables(choice.price, 1.0)
    row = np.concatenate((choice.task, np.arange(left_out.size)))
    program.exactly.add(row, np.concatenate((given, left_out)), np.ones(row.size), np.ones(left_out.size))
    for size, limit in ((choice.minutes, choice.room), (np.ones(given.size), choice.most)):
        program.at_most.add(choice.worker, given, size, limit)
    return program.arrays()


def only(matrices: Matrices, use: Array) -> Matrices:
    """The same program with these pairs alone."""
    upper = matrices.upper.copy()
    upper[: use.size][~use] = 0.0
    return replace(matrices, upper=upper)


def better(
    choice: Choice, matrices: Matrices, x: Array | None, best: float, owner: Array | None
) -> tuple[float, Array | None]:
    """The cheaper of a solution and what was known."""
    if x is None or (points := float(matrices.cost @ np.round(x))) >= best:
        return best, owner
    found = np.full(choice.price.size, NONE)
    chosen = np.flatnonzero(x[: choice.task.size] > 0.5)
    found[choice.task[chosen]] = choice.worker[chosen]
    return points, found


def smallest_step(choice: Choice) -> float:
    """1 when all costs are whole numbers, so that a better plan is better by a point; otherwise 0."""
    costs = np.concatenate((choice.points, choice.price))
    return float(np.all(costs == np.round(costs)))


def rounded_up(points: float, step: float) -> float:
    """A bound on costs that are whole numbers is the next whole number."""
    return float(math.ceil(points - WHOLE * (1.0 + abs(points)))) if step and math.isfinite(points) else points


def one_after_the_other(model: Model, owner: Array) -> tuple[Assignment, ...]:
    """Each worker's tasks without a pause, in the problem's order."""
    rows, pairs = {}, model.arrays["pairs"]
    problem, at = model.problem, model.arrays["pair_ptr"]
    given = np.flatnonzero(owner != NONE)
    for who, mine in each_worker(owner[given]):
        axis, done = Axis(model, who), 0
        for task in given[mine].tolist():
            some = pairs[at[task] : at[task + 1]]
            minutes = int(some["minutes"][some["worker"] == who][0])
            start, finish = axis.wall(np.array([done + 1, done + minutes]))
            rows[task] = Assignment(problem.tasks[task].id, problem.workers[who].id, 0, int(start) - 1, int(finish))
            done += minutes
    return tuple(rows[task] for task in sorted(rows))
