"""What both CP-SAT models have in common."""

from __future__ import annotations

from typing import Any

from fairlead.bench.peers.peer import CannotSolve, Limits

POINTS = 600
"""Units of the objective in one point."""

WORKERS = 8
"""Search workers whatever the number of cores: its authors advise at least 8, for the whole portfolio of strategies."""

LARGE = 20_000
"""Variables from which only one round of presolve is made: the whole of it takes more than a minute for 80,000."""

TANGENTS = 11
"""Lines below the parabola of fairness, at loads of 0, 0.1, ... 1."""

PRECISION = 10_000
"""The slopes of these lines are whole numbers of 1 / PRECISION."""


def units(points: float) -> int:
    """Points in units of the objective."""
    return round(POINTS * float(points))


def add_fairness(model: Any, load: Any, *, available: int, weight: float) -> Any:
    """Units of at least weight x (load / available) squared, from below by tangents; load in minutes."""
    cost = model.new_int_var(0, 4 * units(weight) + 1, "")
    for step in range(TANGENTS):
        share = step / (TANGENTS - 1)
        slope = int(2 * share * units(weight) / available * PRECISION)
        model.add(PRECISION * cost >= slope * load - int(share**2 * units(weight) * PRECISION))
    return cost


def fairness_hint(minutes: int, *, available: int, weight: float) -> int:
    """The least value of `add_fairness` for a known load."""
    lines = []
    for step in range(TANGENTS):
        share = step / (TANGENTS - 1)
        slope = int(2 * share * units(weight) / available * PRECISION)
        lines.append(-(-(slope * minutes - int(share**2 * units(weight) * PRECISION)) // PRECISION))
    return max(0, *lines)


def search(model: Any, limits: Limits) -> Any:
    """The solver with a solution; CannotSolve when it found none."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limits.seconds
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = limits.seed
    if len(model.proto.variables) > LARGE:
        solver.parameters.max_presolve_iterations = 1
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise CannotSolve(f"It found no plan in time ({solver.status_name(status)}).")
    return solver
