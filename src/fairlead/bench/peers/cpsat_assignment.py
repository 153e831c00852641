"""CP-SAT as an assignment: points of pairs, fairness, and room by weeks; the order in each seat is by due date.

For each seat, work that is due by the end of a week has to fit before it, and work that is released in or after a week
has to fit from its beginning on. A greedy plan is the hint, without which large models get no first solution.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fairlead.bench.peers.cpsat_parts import add_fairness, search, units
from fairlead.bench.peers.greedy import EDD_COST
from fairlead.bench.peers.peer import Limits
from fairlead.bench.table import Integers, Table

MOST_PAIRS = 24
"""Workers considered for each task: the cheapest."""


def solve(table: Table, limits: Limits) -> list[list[int]]:
    """Task numbers in order for each seat."""
    from ortools.sat.python import cp_model

    model, pairs = cp_model.CpModel(), table.pairs
    chosen = cheapest(table)
    ready, due = table.work_minutes(table.release), table.work_minutes(table.due)
    does = {int(pair): model.new_bool_var("") for pair in chosen}
    cost = [var * units(pairs.points[pair]) for pair, var in does.items()]
    cost += add_tasks(model, table, does)
    hinted = greedy_pairs(table, limits)
    for pair, var in does.items():
        model.add_hint(var, (int(table.task_of_pair[pair]), int(pairs.seat[pair])) in hinted)
    for seat in range(len(table.seats)):
        mine = chosen[pairs.seat[chosen] == seat]
        if len(mine):
            cost += add_seat(model, table, [does[pair] for pair in mine.tolist()], mine=mine, seat=seat)
            add_room(model, table, [does[pair] for pair in mine.tolist()], mine=mine, times=(ready, due))
    model.minimize(sum(cost))
    solver = search(model, limits)
    found: list[list[int]] = [[] for _ in table.seats]
    begin = np.maximum(ready, due - 2 * pairs.minutes)
    for pair in sorted((pair for pair, var in does.items() if solver.value(var)), key=lambda pair: int(begin[pair])):
        found[int(pairs.seat[pair])].append(int(table.task_of_pair[pair]))
    return found


def greedy_pairs(table: Table, limits: Limits) -> set[tuple[int, int]]:
    """Task and seat (numbers) of each assignment that the greedy rule makes."""
    problem = table.problem
    number = {(problem.workers[seat.position].id, seat.lane): i for i, seat in enumerate(table.seats)}
    lanes = EDD_COST.solve(problem, limits).items()
    orders = [(number[worker, lane], names) for worker, rows in lanes for lane, names in enumerate(rows)]
    return {(problem.task_index[name], seat) for seat, names in orders for name in names}


def cheapest(table: Table) -> Integers:
    """The pairs in the model, in order: those of each task with the fewest points."""
    order = np.lexsort((table.pairs.points, table.task_of_pair))
    place = np.arange(len(order)) - table.pairs.first[table.task_of_pair[order]]
    return np.sort(order[place < MOST_PAIRS])


def add_tasks(model: Any, table: Table, does: dict[int, Any]) -> list[Any]:
    """Each task is done once or left out, and left out with those it waits for; the price."""
    out = [model.new_bool_var("") for _ in table.due]
    for task, left_out in enumerate(out):
        mine = table.pairs.of(task)
        model.add_exactly_one([left_out, *(does[pair] for pair in range(mine.start, mine.stop) if pair in does)])
        for name in table.problem.tasks[task].after:
            model.add_implication(out[table.problem.task_index[name]], left_out)
    return [left_out * units(price) for left_out, price in zip(out, table.price, strict=True)]


def add_seat(model: Any, table: Table, does: list[Any], *, mine: Integers, seat: int) -> list[Any]:
    """Most tasks, and the cost of the load."""
    most, available = table.seats[seat], table.seats[seat].available
    model.add(sum(does) <= most.most_tasks)
    load = sum(var * minutes for var, minutes in zip(does, table.pairs.minutes[mine].tolist(), strict=True))
    model.add(load <= available)
    if table.problem.horizon is None:
        return []
    return [add_fairness(model, load, available=available, weight=table.problem.objective.fairness)]


def add_room(model: Any, table: Table, does: list[Any], *, mine: Integers, times: tuple[Integers, Integers]) -> None:
    """Room before and from each end of a week, under the weekly cap."""
    ready, due = times[0][mine], times[1][mine]
    minutes = table.pairs.minutes[mine]
    seat = table.seats[int(table.pairs.seat[mine[0]])]
    room = np.minimum(np.diff(seat.week_ends, prepend=0), seat.cap).cumsum()
    for week_end, before in zip(seat.week_ends.tolist(), room.tolist(), strict=True):
        early, late = np.flatnonzero(due <= week_end), np.flatnonzero(ready >= week_end)
        for rows, most in ((early, before), (late, int(room[-1]) - before)):
            if len(rows):
                model.add(sum(does[row] * int(minutes[row]) for row in rows) <= most)
