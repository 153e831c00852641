"""How far from the best: a bound as high as can be proven in some seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass

from fairlead.engine.arrays import Model
from fairlead.engine.search.bound.alone import lower_bound
from fairlead.engine.search.bound.program import can_prove
from fairlead.engine.search.bound.relaxation import Relaxation
from fairlead.engine.search.stop import Deadline

OPTIMAL = 2e-6
"""Share of a plan's points within which a bound counts as reached: twice what whole numbers are lowered by."""

FIRST_COLUMNS = 12_000
"""About as many as are solved in a second or two."""

MOST_PIECES = 24
"""Intervals of a worker's axis at first: more cost time before the dear pairs are dropped."""

MOST_ROUNDS = 4
WORTH = 5e-4
"""A finer program that raised the bound by less than this share is not made finer again."""

GROWTH = 4.0
"""A program with twice the columns takes about so much longer."""

MOST_WHOLE = 60_000
"""Columns above which whole numbers raise the bound too slowly to be worth it."""


@dataclass(frozen=True, slots=True)
class Bound:
    """No plan costs less than `points`.

    `how`: "alone" (each task alone in the world), "linear" (parts of tasks), "whole" (whole tasks), "optimal" (the plan
    that was given costs no more). `pairs`: pairs that a better plan may use.
    """

    points: float
    how: str
    pairs: int


def proven_bound(model: Model, *, best: float, seconds: float, alone: float | None = None) -> Bound:
    """A lower bound on the cost of every plan, when a plan that costs `best` is known (or best = inf).

    Without scipy, or without time, what each task costs alone; `alone` is that where the caller knows it. `seconds` are
    limits for the solver, roughly kept.
    """
    cheap, pairs = lower_bound(model) if alone is None else alone, int(model.arrays["pairs"].size)
    if is_reached(cheap, best) or seconds <= 0 or not can_prove() or not model.problem.tasks:
        return named(min(cheap, best), "alone", pairs, best)
    deadline = Deadline(seconds, time.monotonic)
    pieces = max(1, min(MOST_PIECES, FIRST_COLUMNS // max(1, pairs)))
    relaxation = Relaxation(model, best=best, pieces=pieces)
    if not by_fractions(relaxation, deadline):
        return named(relaxation.points, "alone", pairs, best)
    linear = relaxation.points
    if not is_reached(linear, best):
        in_whole_numbers(relaxation, deadline)
    how = "whole" if relaxation.points > linear else "linear"
    return named(relaxation.points, how, relaxation.kept, best)


def by_fractions(relaxation: Relaxation, deadline: Deadline) -> bool:
    """Finer and finer programs while that pays; whether one was solved at all."""
    solved = False
    for _ in range(MOST_ROUNDS):
        before, began = relaxation.points, deadline.seconds()
        if not relaxation.solve(seconds=left(deadline)):
            return solved
        took = deadline.seconds() - began
        done = is_reached(relaxation.points, relaxation.best) or took * GROWTH > left(deadline) / 2
        if done or (solved and relaxation.points - before < WORTH * relaxation.points):
            return True
        solved = True
        relaxation.refine()
    return solved


def in_whole_numbers(relaxation: Relaxation, deadline: Deadline) -> None:
    """Whole tasks, with the time that is left."""
    if relaxation.columns.size <= MOST_WHOLE and left(deadline) > 1.0:
        relaxation.solve_whole(time_limit=left(deadline))


def left(deadline: Deadline) -> float:
    """Seconds that are left; never 0, which the solver takes as no limit."""
    return max(0.05, deadline.limit_seconds - deadline.seconds())


def is_reached(bound: float, best: float) -> bool:
    """Whether no plan can be cheaper than `best`, up to rounding."""
    return bound >= best - OPTIMAL * abs(best)


def named(points: float, how: str, pairs: int, best: float) -> Bound:
    """The bound, called optimal when it is reached; then it is the plan's cost."""
    return Bound(best, "optimal", pairs) if is_reached(points, best) else Bound(points, how, pairs)
