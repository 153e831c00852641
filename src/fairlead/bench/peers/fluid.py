"""The clock of the peers that plan routes: they know one time window per vehicle and no holes in it.

Each seat works all the time, but slower: minutes are stretched by span / available minutes of the seat, so that the
work that fits in all is right and due dates are met on average. Tasks are places to visit; the time needed and the
points of a pair are on the way there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fairlead.bench.table import Integers, Numbers, Table

POINTS = 600
"""Units of cost in one point; these solvers count in whole numbers, and a minute late costs a sixtieth of a point."""

FAR = 60_000_000
"""Units of cost of a pair that is not allowed."""


@dataclass(frozen=True)
class Fluid:
    """A table in stretched minutes."""

    table: Table

    @cached_property
    def stretch(self) -> Numbers:
        """Minutes of the clock for one minute of work, by seat."""
        return np.array([self.table.span / seat.available for seat in self.table.seats])

    @cached_property
    def minutes(self) -> Integers:
        """Stretched minutes of each pair, at least 1."""
        pairs = self.table.pairs
        stretched: Integers = np.floor(pairs.minutes * self.stretch[pairs.seat]).astype(np.int64)
        return stretched.clip(1)

    @cached_property
    def typical(self) -> Integers:
        """Stretched minutes of each task with its median seat; 1 for a task that nobody can do."""
        pairs = self.table.pairs
        rows = (self.minutes[pairs.of(task)] for task in range(len(self.table.due)))
        return np.array([int(np.median(row)) if len(row) else 1 for row in rows], np.int64)

    @cached_property
    def latest_start(self) -> Integers:
        """When each task has to start to be finished when due; not before its release."""
        latest: Integers = np.maximum(self.table.release + 1, self.table.due - self.typical)
        return latest

    def pairs_by_seat(self) -> list[Integers]:
        """Positions of the pairs of each seat."""
        order = np.argsort(self.table.pairs.seat, kind="stable")
        edges = np.searchsorted(self.table.pairs.seat[order], np.arange(1, len(self.table.seats)))
        return np.split(order, edges)

    def arcs(self, seat: int, mine: Integers, *, far_minutes: int) -> tuple[Integers, Integers]:
        """Cost and minutes from each place to each other for one seat; place 0 is the start, task i is place i + 1.

        The minutes of a task are on the way out of it, its points and the switch on the way in.
        """
        table, places = self.table, len(self.table.due) + 1
        tasks = table.task_of_pair[mine]
        points = np.full(places - 1, FAR)
        points[tasks] = np.round(POINTS * table.pairs.points[mine])
        needed = np.full(places - 1, far_minutes)
        needed[tasks] = self.minutes[mine]
        differ = table.differ()
        cost, minutes = np.zeros((places, places), np.int64), np.zeros((places, places), np.int64)
        cost[0, 1:] = points
        cost[1:, 1:] = points[None, :] + round(POINTS * table.problem.objective.switch) * differ
        minutes[1:, 1:] = needed[:, None] + round(table.problem.setup * self.stretch[seat]) * differ
        minutes[1:, 0] = needed
        np.fill_diagonal(cost, 0)
        np.fill_diagonal(minutes, 0)
        return cost, minutes
