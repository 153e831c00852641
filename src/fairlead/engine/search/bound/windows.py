"""Windows of a worker's work minutes in which capacity counts: a first set, and those that a solution overfills."""

from __future__ import annotations

import numpy as np

from fairlead.engine.kernel.library import Array
from fairlead.engine.search.bound.axis import Axis, each_worker
from fairlead.engine.search.bound.columns import Columns
from fairlead.engine.search.bound.draft import Windows

RELEASES = 4
"""Starts of windows besides the earliest, at first."""

MOST_POINTS = 120
"""Starts, and ends, that are looked at when windows are sought: their pairs are counted one by one."""

MOST_ADDED = 20
"""Windows that are added for one worker at a time."""

OVERFILLED_MIN = 0.5
"""Minutes above the room that make a window worth a row."""


def first_windows(axes: list[Axis], columns: Columns) -> Windows:
    """From the calendar's start and from some releases to each border; and between neighbouring borders."""
    windows = {}
    for who, mine in each_worker(columns.worker):
        ends = np.unique(columns.high[mine])
        ends = ends[ends <= axes[who].known]
        releases = np.quantile(columns.ready[mine], np.linspace(0.0, 0.9, RELEASES + 1)).astype(np.int64)
        found = [np.column_stack((np.full(ends.size, start), ends)) for start in np.unique(np.append(releases, 0))]
        found.append(np.column_stack((ends[:-1], ends[1:])))
        windows[who] = sound(np.concatenate(found))
    return windows


def sound(windows: Array) -> Array:
    """Those that start before they end, each once."""
    return np.unique(windows[windows[:, 0] < windows[:, 1]], axis=0)


def overfilled(axes: list[Axis], columns: Columns, shares: Array) -> Windows:
    """The windows into which this solution puts most above what fits: of each start, and of each end, one at most."""
    windows = {}
    used = np.flatnonzero(shares > 1e-6)
    for who, mine in each_worker(columns.worker[used]):
        some = columns.take(used[mine])
        start, end = candidates(axes[who], some)
        over = shares[used[mine]] @ some.overlap(start, end) - axes[who].room(start, end)
        order = np.argsort(-over, kind="stable")
        order = order[over[order] > OVERFILLED_MIN]
        _, first = np.unique(start[order], return_index=True)
        order = order[np.sort(first)]
        _, first = np.unique(end[order], return_index=True)
        order = order[np.sort(first)][:MOST_ADDED]
        if order.size:
            windows[who] = np.column_stack((start[order], end[order]))
    return windows


def candidates(axis: Axis, columns: Columns) -> tuple[Array, Array]:
    """Starts and ends of windows: only where tasks may start or end does the overfill peak."""
    begins = np.concatenate((columns.low - columns.minutes, columns.high - columns.minutes))
    starts = np.unique(np.concatenate(([0], columns.ready, columns.low, begins)))
    ends = np.unique(np.concatenate((columns.low, columns.high)))
    both = np.meshgrid(thin(starts[starts >= 0]), thin(ends[ends <= axis.known]), indexing="ij")
    found = sound(np.column_stack([each.ravel() for each in both]))
    return found[:, 0], found[:, 1]


def thin(points: Array) -> Array:
    """At most MOST_POINTS of them, evenly."""
    return np.asarray(points[np.linspace(0, points.size - 1, min(points.size, MOST_POINTS)).astype(int)])


def together(old: Windows, new: Windows) -> Windows:
    """Both."""
    return {who: np.concatenate((mine, new[who])) if who in new else mine for who, mine in old.items()}
