"""PyVRP: one vehicle type for each seat with a matrix of costs and one of minutes; tasks are optional clients.

Prizes stand for the price of leaving a task out, time windows end when the task is due (its windows are hard).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairlead.bench.decode import Sequences
from fairlead.bench.peers.fluid import POINTS, Fluid
from fairlead.bench.peers.peer import CannotSolve, Limits, Peer
from fairlead.bench.table import Table
from fairlead.engine import Problem

MOST_CELLS = 300_000_000
"""Most cells in all matrices: two of 8 bytes each, held twice while the model is made."""


def solve(problem: Problem, limits: Limits) -> Sequences:
    """Orders of tasks for each seat."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    fluid = Fluid(Table(problem))
    cells = len(fluid.table.seats) * (len(problem.tasks) + 1) ** 2
    if cells > MOST_CELLS:
        raise CannotSolve(f"Its matrices would need {cells * 16 / 1e9:.0f} GB.")
    result = pyvrp.solve(model(fluid), stop=MaxRuntime(limits.seconds), seed=limits.seed, display=False)
    found: list[list[int]] = [[] for _ in fluid.table.seats]
    for route in result.best.routes():
        found[route.vehicle_type()] += [stop.idx for stop in route if stop.is_client()]
    return fluid.table.orders(found)


def model(fluid: Fluid) -> Any:
    """The problem as PyVRP's."""
    import pyvrp

    table = fluid.table
    arcs = [fluid.arcs(seat, mine, far_minutes=2 * table.span) for seat, mine in enumerate(fluid.pairs_by_seat())]
    types = [
        pyvrp.VehicleType(profile=number, tw_early=0, tw_late=table.span, capacity=[seat.most_tasks])
        for number, seat in enumerate(table.seats)
    ]
    prizes = np.round(POINTS * table.price).astype(np.int64).tolist()
    clients = [
        pyvrp.Client(i + 1, delivery=[1], tw_early=early, tw_late=late, prize=prize, required=False)
        for i, (early, late, prize) in enumerate(
            zip(table.release.tolist(), fluid.latest_start.tolist(), prizes, strict=True)
        )
    ]
    places = [pyvrp.Location(0, 0) for _ in range(len(clients) + 1)]
    costs, minutes = [cost for cost, _ in arcs], [minute for _, minute in arcs]
    return pyvrp.ProblemData(places, clients, [pyvrp.Depot(0)], types, costs, minutes)


PEER = Peer("pyvrp", "PyVRP", solve, package="pyvrp")
