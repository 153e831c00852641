"""Columns: a task, done by a worker, with its end in an interval of that worker's work minutes."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from fairlead.engine.arrays import Model
from fairlead.engine.kernel.library import Array
from fairlead.engine.search.bound.axis import Axis, each_worker
from fairlead.engine.search.bound.pairs import Pairs


@dataclass(frozen=True)
class Columns:
    """One entry per column. `low` and `high` are the first and last work minute in which the task may end.

    `since`: from there until its end the work is not interrupted, wherever in the interval it ends.
    """

    pair: Array
    task: Array
    worker: Array
    minutes: Array
    ready: Array
    low: Array
    high: Array
    since: Array
    points: Array

    @property
    def size(self) -> int:
        """How many columns."""
        return int(self.pair.size)

    def take(self, chosen: Array) -> Columns:
        """Some of the columns."""
        return Columns(*(getattr(self, item.name)[chosen] for item in fields(self)))

    def overlap(self, start: Array, end: Array) -> Array:
        """Minutes of each column (down) that surely lie between each `start` and `end` (across).

        Work is done in [max(end - minutes, since), end]; what of it lies in a window first grows, then falls with its
        end, so it is least at one end of the column's interval. Nothing is done before `ready` or after `high`.
        """
        least = np.full((self.size, start.size), np.iinfo(np.int64).max)
        for ends in (self.low, self.high):
            begins = np.maximum(ends - self.minutes, self.since)
            inside = np.minimum(ends[:, None], end) - np.maximum(begins[:, None], start)
            np.minimum(least, np.maximum(inside, 0), out=least)
        whole = (self.ready[:, None] >= start) & (self.high[:, None] <= end)
        return np.where(whole, self.minutes[:, None], least)


def join(parts: list[Columns]) -> Columns:
    """All columns of several lists."""
    if not parts:
        return Columns(*(np.zeros(0, float if item.name == "points" else np.int64) for item in fields(Columns)))
    return Columns(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Columns)))


def first_columns(model: Model, axes: list[Axis], pairs: Pairs, *, pieces: int) -> Columns:
    """Every able pair in every piece of its worker's axis that it can end in; about so many pieces."""
    parts = []
    for who, everybody in each_worker(pairs.worker):
        mine = everybody[pairs.able[everybody]]
        if mine.size:
            parts.append(columns_of(pairs, mine, borders(axes[who], pairs, mine, pieces)))
    return priced(model, axes, pairs, join(parts))


def borders(axis: Axis, pairs: Pairs, mine: Array, pieces: int) -> Array:
    """The calendar cut evenly and at the ends of weeks; an endless one as far as the worker could be busy."""
    busy = int(pairs.end[mine].max() + pairs.minutes[mine].sum())
    last = min(axis.known, busy)
    even = np.linspace(0, last, pieces + 1).astype(np.int64)
    weeks = axis.weeks[axis.weeks < last] if axis.is_capped else np.zeros(0, np.int64)
    return np.unique(np.concatenate((even, weeks, [axis.total])))


def columns_of(pairs: Pairs, mine: Array, edges: Array) -> Columns:
    """These pairs of one worker, still without `since` and lateness."""
    low = np.maximum(edges[None, :-1] + 1, pairs.end[mine][:, None])
    high = np.minimum(edges[None, 1:], pairs.latest[mine][:, None])
    row, piece = np.nonzero(low <= high)
    pair, low, high = mine[row], low[row, piece], high[row, piece]
    of_pair = (pairs.task[pair], pairs.worker[pair], pairs.minutes[pair], pairs.ready[pair])
    return Columns(pair, *of_pair, low, high, np.zeros_like(low), pairs.points[pair])


def halves(model: Model, axes: list[Axis], pairs: Pairs, columns: Columns, *, shortest: int) -> Columns:
    """Every column of more than `shortest` minutes in two."""
    long = columns.high - columns.low >= shortest
    rest, cut = columns.take(np.flatnonzero(~long)), columns.take(np.flatnonzero(long))
    middle = (cut.low + cut.high) // 2
    both = [rest, replace(cut, high=middle), replace(cut, low=middle + 1)]
    return priced(model, axes, pairs, join(both))


def priced(model: Model, axes: list[Axis], pairs: Pairs, columns: Columns) -> Columns:
    """Fill in `points`, the pair's and the lateness of the earliest end; and `since`.

    In the week of its end work goes on without a break: only a used-up cap interrupts it, and then it goes on in the
    next week. Where an interval spans more than one week nothing is sure.
    """
    since, points = np.zeros(columns.size, np.int64), pairs.points[columns.pair]
    due, rate = (model.arrays[name][columns.task] for name in ("due", "late_rate"))
    for who, mine in each_worker(columns.worker):
        axis, low, high = axes[who], columns.low[mine], columns.high[mine]
        if axis.is_capped:
            week = axis.week_start(low)
            one_week = (week == axis.week_start(high)) & (high <= axis.known)
            since[mine] = np.where(one_week, week, high)
        points[mine] += np.maximum(axis.wall(low) - due[mine], 0) * rate[mine]
    return replace(columns, since=since, points=points)
