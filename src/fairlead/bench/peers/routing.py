"""OR-Tools routing: one vehicle for each seat, due dates as soft upper bounds, guided local search."""

from __future__ import annotations

from typing import Any

from fairlead.bench.decode import Sequences
from fairlead.bench.peers.fluid import POINTS, Fluid
from fairlead.bench.peers.peer import CannotSolve, Limits, Peer
from fairlead.bench.table import Table
from fairlead.engine import Problem

MOST_CELLS = 20_000_000
"""Most cells in all matrices: they are handed over as Python lists."""

SLACK_MIN, MANY_TASKS = 1440, 100
"""With many tasks each may start at most a day too late: guided local search gets lost otherwise (500 tasks)."""

NOT_DONE = -1
"""The vehicle of a task that is left out."""


def solve(problem: Problem, limits: Limits) -> Sequences:
    """Orders of tasks for each seat."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    fluid = Fluid(Table(problem))
    seats, places = len(fluid.table.seats), len(problem.tasks) + 1
    if seats * places**2 > MOST_CELLS:
        raise CannotSolve("Its matrices would be too large to hand over.")
    manager = pywrapcp.RoutingIndexManager(places, seats, 0)
    routing = pywrapcp.RoutingModel(manager)
    time = add_vehicles(routing, fluid)
    add_most_tasks(routing, manager, fluid)
    add_tasks(routing, manager, time=time, fluid=fluid)
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_COST_INSERTION
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(round(1000 * limits.seconds))
    solution = routing.SolveWithParameters(search)
    if solution is None:
        raise CannotSolve("It found no solution in time.")
    return fluid.table.orders([route(routing, manager, solution, seat=seat) for seat in range(seats)])


def add_vehicles(routing: Any, fluid: Fluid) -> Any:
    """Costs and minutes of each vehicle; returns the dimension of time."""
    transits = []
    for seat, mine in enumerate(fluid.pairs_by_seat()):
        cost, minutes = fluid.arcs(seat, mine, far_minutes=2 * fluid.table.span)
        routing.SetArcCostEvaluatorOfVehicle(routing.RegisterTransitMatrix(cost.tolist()), seat)
        transits.append(routing.RegisterTransitMatrix(minutes.tolist()))
    routing.AddDimensionWithVehicleTransits(transits, fluid.table.span, fluid.table.span, False, "time")
    return routing.GetDimensionOrDie("time")


def add_most_tasks(routing: Any, manager: Any, fluid: Fluid) -> None:
    """No more tasks for a vehicle than its seat takes."""
    one_each = routing.RegisterUnaryTransitCallback(lambda index: int(manager.IndexToNode(index) > 0))
    most = [min(seat.most_tasks, len(fluid.table.due)) for seat in fluid.table.seats]
    routing.AddDimensionWithVehicleCapacity(one_each, 0, most, True, "tasks")


def add_tasks(routing: Any, manager: Any, *, time: Any, fluid: Fluid) -> None:
    """Who may do each task, from when, by when, at what price it is left out."""
    table = fluid.table
    for task in range(len(table.due)):
        index = manager.NodeToIndex(task + 1)
        routing.AddDisjunction([index], round(POINTS * float(table.price[task])))
        routing.VehicleVar(index).SetValues([NOT_DONE, *table.pairs.seat[table.pairs.of(task)].tolist()])
        time.CumulVar(index).SetMin(min(int(table.release[task]), table.span))
        latest = int(fluid.latest_start[task])
        if len(table.due) > MANY_TASKS:
            time.CumulVar(index).SetMax(min(latest + SLACK_MIN, table.span))
        late = max(1, round(POINTS * float(table.late_per_min[task])))
        time.SetCumulVarSoftUpperBound(index, min(latest, table.span), late)


def route(routing: Any, manager: Any, solution: Any, *, seat: int) -> list[int]:
    """The tasks of one vehicle in order."""
    found, index = [], solution.Value(routing.NextVar(routing.Start(seat)))
    while not routing.IsEnd(index):
        found.append(manager.IndexToNode(index) - 1)
        index = solution.Value(routing.NextVar(index))
    return found


PEER = Peer("routing", "OR-Tools routing", solve, package="ortools")
