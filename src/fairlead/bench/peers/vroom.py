"""VROOM through pyvroom: one vehicle for each seat, skills and time windows.

Its time windows are hard, so due dates are; what does not fit is left out and repaired later. Points of a pair are in
a cost matrix for each vehicle while those fit into memory; beyond that only the contexts are places.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from fairlead.bench.decode import Sequences
from fairlead.bench.peers.fluid import Fluid
from fairlead.bench.peers.peer import Limits, Peer
from fairlead.bench.table import Table
from fairlead.engine import Problem

POINTS, FAR = 10, 1_000_000
"""Units of cost in one point, and of a pair that is not allowed; larger ones are refused as overflowing."""

MOST_CELLS = 250_000_000
"""Most cells in all cost matrices: two of 4 bytes each."""

EXPLORATION = 5
"""The most thorough level."""

PRIORITY_PER_WEIGHT, MOST_PRIORITY = 12, 100


def solve(problem: Problem, limits: Limits) -> Sequences:
    """Orders of tasks for each seat."""
    import vroom

    fluid = Fluid(Table(problem))
    seats, tasks = len(fluid.table.seats), len(problem.tasks)
    has_costs = seats * (tasks + 1) ** 2 <= MOST_CELLS
    model = vroom.Input()
    if has_costs:
        add_costs(model, fluid)
    else:
        add_contexts(model, fluid)
    model.add_vehicle(vehicles(fluid, has_costs))
    model.add_job(jobs(fluid, has_costs))
    timeout = timedelta(seconds=max(1.0, limits.seconds))
    routes = model.solve(exploration_level=EXPLORATION, nb_threads=limits.threads, timeout=timeout).routes
    found: list[list[int]] = [[] for _ in range(seats)]
    for seat, kind, task in zip(routes["vehicle_id"], routes["type"], routes["id"], strict=True):
        if kind == "job":
            found[int(seat)].append(int(task))
    return fluid.table.orders(found)


def add_costs(model: Any, fluid: Fluid) -> None:
    """For each vehicle the minutes of set-ups, and the points of its pairs and of switches."""
    table = fluid.table
    differ = np.zeros((len(table.due) + 1,) * 2, np.uint32)
    differ[1:, 1:] = table.differ()
    switch = round(POINTS * table.problem.objective.switch)
    for seat, mine in enumerate(fluid.pairs_by_seat()):
        points = np.full(len(table.due) + 1, FAR)
        points[0] = 0
        points[table.task_of_pair[mine] + 1] = np.round(POINTS * table.pairs.points[mine])
        cost = (points[None, :] + switch * differ).astype(np.uint32)
        np.fill_diagonal(cost, 0)
        setup = round(table.problem.setup * float(fluid.stretch[seat]))
        model.set_durations_matrix(str(seat), (setup * differ).astype(np.uint32))
        model.set_costs_matrix(str(seat), cost)


def add_contexts(model: Any, fluid: Fluid) -> None:
    """Places are the contexts, and the last one is the start and "none": minutes of set-ups only."""
    places = int(fluid.table.context.max(initial=-1)) + 2
    minutes = np.full((places, places), fluid.table.problem.setup, np.uint32)
    np.fill_diagonal(minutes, 0)
    minutes[-1], minutes[:, -1] = 0, 0
    model.set_durations_matrix("all", minutes)


def vehicles(fluid: Fluid, has_costs: bool) -> list[Any]:
    """One for each seat; it has a skill for each task that it may do."""
    import vroom

    table = fluid.table
    start = 0 if has_costs else int(table.context.max(initial=-1)) + 1
    window = vroom.TimeWindow(0, table.span)
    return [
        vroom.Vehicle(
            seat,
            start=start,
            profile=str(seat) if has_costs else "all",
            type=str(seat),
            skills=set(table.task_of_pair[mine].tolist()),
            time_window=window,
            max_tasks=table.seats[seat].most_tasks,
        )
        for seat, mine in enumerate(fluid.pairs_by_seat())
    ]


def jobs(fluid: Fluid, has_costs: bool) -> list[Any]:
    """One for each task that somebody may do."""
    import vroom

    table, found = fluid.table, []
    start = int(table.context.max(initial=-1)) + 1
    for task, item in enumerate(table.problem.tasks):
        mine = table.pairs.of(task)
        minutes = zip(table.pairs.seat[mine].tolist(), fluid.minutes[mine].tolist(), strict=True)
        context = int(table.context[task])
        if mine.start < mine.stop:
            found.append(
                vroom.Job(
                    task,
                    location=task + 1 if has_costs else (context if context >= 0 else start),
                    default_service=int(fluid.typical[task]),
                    service_per_type={str(seat): needed for seat, needed in minutes},
                    skills={task},
                    priority=min(MOST_PRIORITY, round(PRIORITY_PER_WEIGHT * item.weight)),
                    time_windows=[vroom.TimeWindow(int(table.release[task]), int(fluid.latest_start[task]))],
                )
            )
    return found


PEER = Peer("vroom", "VROOM (pyvroom)", solve, package="pyvroom")
