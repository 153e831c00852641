"""A linear program in the making: the variables that every kind of rows uses, by number."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fairlead.engine.arrays import Model
from fairlead.engine.kernel.library import Array
from fairlead.engine.search.bound.axis import Axis, each_worker
from fairlead.engine.search.bound.columns import Columns
from fairlead.engine.search.bound.pairs import Pairs
from fairlead.engine.search.bound.program import Program

Windows = dict[int, Array]
"""By worker: windows of work minutes in which capacity counts, one row (start, end) each."""


@dataclass
class Draft:
    """`ending`: how much of a task ends as each column says; `given`: how much each pair gets; `left_out`: each task.

    `kept` are the pairs that have columns; `task`, `worker`, `minutes` and `context` belong to them.
    """

    model: Model
    axes: list[Axis]
    pairs: Pairs
    columns: Columns
    windows: Windows
    program: Program = field(default_factory=Program)

    def __post_init__(self) -> None:
        """Number the variables."""
        self.kept, self.kept_of = np.unique(self.columns.pair, return_inverse=True)
        self.ending = self.program.variables(self.columns.points, 1.0)
        self.given = self.program.variables(np.zeros(self.kept.size), 1.0)
        self.left_out = self.program.variables(self.model.arrays["price"], 1.0)
        self.task, self.worker = self.pairs.task[self.kept], self.pairs.worker[self.kept]
        self.minutes = self.pairs.minutes[self.kept]
        self.context = self.model.arrays["context"][self.task]

    def finish(self) -> Array:
        """Wall clock minute at which the task of each column ends at the earliest."""
        return self._wall(self.columns.low)

    def start(self) -> Array:
        """Wall clock minute at which it starts at the latest."""
        return self._wall(np.maximum(self.columns.high - self.columns.minutes, 0) + 1) - 1

    def _wall(self, minute: Array) -> Array:
        found = np.zeros(self.columns.size, np.int64)
        for who, mine in each_worker(self.columns.worker):
            found[mine] = self.axes[who].wall(minute[mine])
        return found
