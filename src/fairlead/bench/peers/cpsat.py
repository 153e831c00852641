"""OR-Tools CP-SAT. Up to `MOST_EXACT` tasks a model of everything (`cpsat_exact`), beyond that of who does what
(`cpsat_assignment`), where each worker then goes by due date.
"""

from __future__ import annotations

from fairlead.bench.decode import Sequences
from fairlead.bench.peers import cpsat_assignment, cpsat_exact
from fairlead.bench.peers.peer import CannotSolve, Limits, Peer
from fairlead.bench.table import Table
from fairlead.engine import Problem

MOST_EXACT, MOST = 60, 20_000


def solve(problem: Problem, limits: Limits) -> Sequences:
    """Orders of tasks for each seat."""
    if len(problem.tasks) > MOST:
        raise CannotSolve("Its model would not be solved in reasonable time.")
    if len(problem.tasks) <= MOST_EXACT:
        return cpsat_exact.solve(problem, limits)
    table = Table(problem)
    return table.orders(cpsat_assignment.solve(table, limits))


PEER = Peer("cpsat", "OR-Tools CP-SAT", solve, package="ortools")
