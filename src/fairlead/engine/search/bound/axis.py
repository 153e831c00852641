"""A worker's work minutes as an axis: where weeks end on it, how much work fits between two points of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from fairlead.engine.arrays import FAR, Model
from fairlead.engine.kernel.library import Array
from fairlead.engine.problem import WEEK_MIN

MOST_WEEKS = 260
"""Weeks of an endless calendar that are looked at: five years."""


class Axis:
    """One worker. All arguments and answers are arrays of work minutes; minute u is the u-th one of work."""

    def __init__(self, model: Model, worker: int) -> None:
        arrays = model.arrays
        self.worker = worker
        self.total, self.cap = int(arrays["total"][worker]), int(arrays["cap"][worker])
        self.lanes = int(arrays["row_ptr"][worker + 1] - arrays["row_ptr"][worker])
        first, last = arrays["week_ptr"][worker : worker + 2]
        self.week_ends = arrays["week_end"][first:last].astype(np.int64)
        gaps = slice(int(arrays["gap_ptr"][worker]), int(arrays["gap_ptr"][worker + 1]))
        self.opens, self.shuts = arrays["from_min"][gaps].astype(np.int64), arrays["until_min"][gaps].astype(np.int64)
        self.before = arrays["before_min"][gaps].astype(np.int64)

    @property
    def is_capped(self) -> bool:
        """Whether the weekly cap can bind."""
        return self.cap < FAR

    @cached_property
    def weeks(self) -> Array:
        """0 and the ends of the weeks; without a cap one endless week. After the last border nothing is known."""
        if not self.is_capped:
            return np.array([0, self.total])
        if not self.week_ends.size:
            return np.arange(MOST_WEEKS + 1, dtype=np.int64) * WEEK_MIN
        return np.unique(np.concatenate(([0], self.week_ends)))

    @property
    def known(self) -> int:
        """The last work minute up to which `room` is true."""
        return min(self.total, int(self.weeks[-1]))

    def week_start(self, minute: Array) -> Array:
        """Where the week begins in which each work minute (1 is the first) is done."""
        return self.weeks[np.searchsorted(self.weeks, minute, side="left") - 1]

    def room(self, start: Array, end: Array) -> Array:
        """Most minutes of work between two points, all lanes together."""
        if not self.is_capped:
            return self.lanes * (end - start)
        begin, until = self.weeks[:-1], self.weeks[1:]
        inside = np.minimum(end[:, None], until) - np.maximum(start[:, None], begin)
        return np.asarray(np.minimum(self.cap, self.lanes * np.maximum(inside, 0)).sum(axis=1))

    def earliest_end(self, ready: Array, minutes: Array) -> Array:
        """When work alone in its lane is done at the earliest; beyond `total` when it does not fit at all."""
        plain = ready + minutes
        if not self.is_capped or not self.week_ends.size:
            return plain
        begin, until = self.weeks[:-1], self.weeks[1:]
        offered = np.concatenate(([0], np.cumsum(np.minimum(self.cap, until - begin))))
        week = np.minimum(np.searchsorted(until, ready, side="right"), until.size - 1)
        here = np.minimum(self.cap, until[week] - ready)
        needed = offered[week + 1] + minutes - here
        last = np.searchsorted(offered, needed, side="left") - 1
        fits = last < begin.size
        last = np.minimum(last, begin.size - 1)
        later = np.where(fits, begin[last] + needed - offered[last], self.total + minutes)
        return np.where(minutes <= here, plain, later)

    def work_minutes(self, wall: Array) -> Array:
        """Work minutes before each wall clock minute."""
        if not self.opens.size:
            return np.zeros_like(wall)
        at = np.searchsorted(self.opens, wall, side="right") - 1
        inside = np.minimum(wall, self.shuts[at]) - self.opens[at]
        return np.where(at < 0, 0, self.before[at] + inside)

    def wall(self, minute: Array) -> Array:
        """Wall clock minute at which each work minute (1 is the first) is over."""
        at = np.searchsorted(self.before, minute, side="left") - 1
        return np.asarray(self.opens[at] + minute - self.before[at])


def each_worker(worker: Array) -> Iterator[tuple[int, Array]]:
    """Everybody who occurs, with the positions where; in order."""
    order = np.argsort(worker, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(worker[order])) + 1):
        if mine.size:
            yield int(worker[mine[0]]), mine
