"""A linear program under construction, and a bound from its dual that does not trust the solver's arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np

from fairlead.engine.kernel.library import Array

ROUNDING = 1e-9
"""Share of the sizes added up by which a bound is lowered: far above 2^-53 times the number of terms."""

WHOLE_ROUNDING = 1e-6
"""The same for programs in whole numbers: the solver's own tolerance."""

DUAL_TOLERANCE = 1e-7
"""By how much the solver lets reduced costs be negative: what each unit of a variable wider than 1 may gain by that."""


def can_prove() -> bool:
    """Whether scipy is installed (the optional extra `bounds`)."""
    try:
        return find_spec("scipy") is not None
    except ValueError:
        return False


@dataclass
class Rows:
    """Rows of one kind: entries by (row, column, value), and a limit for each row."""

    entries: list[tuple[Array, Array, Array]] = field(default_factory=list)
    limits: list[Array] = field(default_factory=list)
    count: int = 0

    def add(self, row: Array, column: Array, value: Array, limit: Array) -> None:
        """Add rows; `row` counts from 0 within this call."""
        self.entries.append((row + self.count, column, value.astype(float)))
        self.limits.append(limit.astype(float))
        self.count += limit.size

    def matrix(self, columns: int) -> tuple[Any, Array]:
        """The rows as a sparse matrix, and their limits."""
        from scipy.sparse import csr_array

        row, column, value = (np.concatenate(parts) for parts in zip(*self.entries, strict=True))
        return csr_array((value, (row, column)), shape=(self.count, columns)), np.concatenate(self.limits)


@dataclass
class Program:
    """Least cost under rows that are at most, or exactly, their limits. Every variable lies between 0 and `upper`."""

    costs: list[Array] = field(default_factory=list)
    uppers: list[Array] = field(default_factory=list)
    at_most: Rows = field(default_factory=Rows)
    exactly: Rows = field(default_factory=Rows)
    size: int = 0

    def variables(self, cost: Array, upper: Array | float) -> Array:
        """New variables; their numbers."""
        self.costs.append(cost)
        self.uppers.append(np.broadcast_to(np.asarray(upper, float), cost.shape))
        self.size += cost.size
        return np.arange(self.size - cost.size, self.size)

    def arrays(self) -> Matrices:
        """The program as matrices."""
        empty = np.zeros(0, np.int64)
        for rows in (self.at_most, self.exactly):
            rows.add(empty, empty, np.zeros(0), np.zeros(0))
        sides = (*self.at_most.matrix(self.size), *self.exactly.matrix(self.size))
        return Matrices(np.concatenate(self.costs), np.concatenate(self.uppers), *sides)


@dataclass(frozen=True)
class Solved:
    """A bound in points, the solution it belongs to, and for linear programs what using each variable would add."""

    points: float
    x: Array | None
    reduced: Array | None = None


@dataclass(frozen=True)
class Matrices:
    """cost · x is least under most @ x <= limits, same @ x == values, 0 <= x <= upper."""

    cost: Array
    upper: Array
    most: Any
    limits: Array
    same: Any
    values: Array

    def solve(self, *, seconds: float) -> Solved | None:
        """The optimum in fractions; None when the time was not enough."""
        from scipy.optimize import linprog

        box = np.column_stack((np.zeros(self.cost.size), self.upper))
        found = linprog(
            self.cost, self.most, self.limits, self.same, self.values, box, "highs-ds", options={"time_limit": seconds}
        )
        if found.x is None or found.ineqlin.marginals is None:
            return None
        points, reduced = self.safe_bound(found.ineqlin.marginals, found.eqlin.marginals)
        return Solved(points, found.x, reduced)

    def safe_bound(self, at_most: Array, exactly: Array) -> tuple[float, Array]:
        """A lower bound, and reduced costs, from any multipliers.

        The solver's multipliers are right to about 1e-7; whatever they are, this sum is below the optimum (Neumaier and
        Shcherbina, Mathematical Programming 99, 2004).
        """
        at_most = np.minimum(at_most, 0.0)
        reduced = self.cost - self.most.T @ at_most - self.same.T @ exactly
        parts = (self.limits * at_most, self.values * exactly, np.minimum(reduced, 0.0) * self.upper)
        rounding = ROUNDING * sum(float(np.abs(part).sum()) for part in parts)
        return math.fsum(float(part.sum()) for part in parts) - rounding, reduced

    def solve_whole(self, whole: Array, *, gap: float = 0.0, **limits: float) -> Solved:
        """Bound and best solution with some variables in whole numbers; `limits` are `time_limit` or `node_limit`."""
        from scipy.optimize import LinearConstraint, milp

        rows = [LinearConstraint(self.same, self.values, self.values)]
        if self.limits.size:
            rows.append(LinearConstraint(self.most, -np.inf, self.limits))
        box = np.column_stack((np.zeros(self.cost.size), self.upper))
        found = milp(
            self.cost,
            integrality=whole.astype(np.uint8),
            bounds=(box[:, 0], box[:, 1]),
            constraints=rows,
            options={"mip_rel_gap": gap, **limits},
        )
        points = -math.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
        slack = WHOLE_ROUNDING * abs(points) + DUAL_TOLERANCE * float(np.maximum(self.upper - 1.0, 0.0).sum())
        return Solved(points - slack if math.isfinite(points) else -math.inf, found.x)
