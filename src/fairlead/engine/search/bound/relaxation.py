"""A problem made easier: parts of tasks, ends in intervals, and only those rules that the rows state."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fairlead.engine.arrays import Model
from fairlead.engine.kernel.library import Array
from fairlead.engine.search.bound.alone import lower_bound
from fairlead.engine.search.bound.axis import Axis
from fairlead.engine.search.bound.columns import Columns, first_columns, halves
from fairlead.engine.search.bound.draft import Draft
from fairlead.engine.search.bound.pairs import find_pairs
from fairlead.engine.search.bound.program import Matrices, Solved
from fairlead.engine.search.bound.rows import build
from fairlead.engine.search.bound.windows import first_windows, overfilled, together

SHORTEST_MIN = 8
"""Intervals of fewer minutes are not cut: lateness in them is small change."""

TIE = 1e-6
"""Share of the points by which a column must be too dear before it is dropped."""


@dataclass(frozen=True)
class Answer:
    """How much of each task ends as each column says."""

    columns: Columns
    shares: Array


class Relaxation:
    """The program and what is known from it. `points`: no plan that costs less than `best` costs less than this."""

    def __init__(self, model: Model, *, best: float, pieces: int) -> None:
        self.model, self.best = model, best
        self.axes = [Axis(model, worker) for worker in range(len(model.problem.workers))]
        self.pairs = find_pairs(model, self.axes)
        self.columns = first_columns(model, self.axes, self.pairs, pieces=pieces)
        self.windows = first_windows(self.axes, self.columns)
        self.points = lower_bound(model)
        self.answer: Answer | None = None

    @property
    def kept(self) -> int:
        """Pairs that a plan better than `best` may use."""
        return int(np.unique(self.columns.pair).size)

    def solve(self, *, seconds: float) -> bool:
        """Solve it in fractions and drop what is too dear; False when the time was not enough."""
        draft, matrices = self.matrices()
        solved = matrices.solve(seconds=seconds)
        if solved is None or solved.reduced is None:
            return False
        self.learn(solved, draft)
        fits = solved.reduced[draft.ending] <= self.best - solved.points + TIE * (1.0 + abs(solved.points))
        self.columns = self.columns.take(np.flatnonzero(fits))
        return True

    def solve_whole(self, **limits: float) -> None:
        """Solve it with every task whole: given to one worker, and ending in one interval."""
        draft, matrices = self.matrices()
        whole = np.zeros(matrices.cost.size, bool)
        for variables in (draft.ending, draft.given, draft.left_out):
            whole[variables] = True
        self.learn(matrices.solve_whole(whole, **limits), draft)

    def matrices(self) -> tuple[Draft, Matrices]:
        """The program as it stands."""
        draft = Draft(self.model, self.axes, self.pairs, self.columns, self.windows)
        return draft, build(draft).arrays()

    def learn(self, solved: Solved, draft: Draft) -> None:
        """Take over a bound and a solution."""
        if math.isfinite(solved.points):
            self.points = max(self.points, min(self.best, solved.points))
        if solved.x is not None:
            self.answer = Answer(draft.columns, solved.x[draft.ending])

    def refine(self) -> None:
        """Add the windows that the solution overfills, and cut all intervals in two."""
        if self.answer is not None:
            new = overfilled(self.axes, self.answer.columns, self.answer.shares)
            self.windows = together(self.windows, new)
        self.columns = halves(self.model, self.axes, self.pairs, self.columns, shortest=SHORTEST_MIN)
