"""Who can do what, with the starts that chains allow at the earliest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairlead.engine.arrays import FAR, NONE, Model
from fairlead.engine.kernel.library import Array
from fairlead.engine.search.bound.axis import Axis, each_worker

NEVER = 2 * FAR
"""A minute for what cannot be done at all."""


@dataclass(frozen=True)
class Pairs:
    """One entry per pair. `ready`, `end`: earliest start and end on an otherwise empty calendar; `latest`: latest end.

    Work minutes of the pair's worker. Pairs that are not `able` are in no plan.
    """

    task: Array
    worker: Array
    minutes: Array
    points: Array
    ready: Array
    end: Array
    latest: Array
    able: Array


def find_pairs(model: Model, axes: list[Axis]) -> Pairs:
    """All pairs of the model."""
    pairs, at = model.arrays["pairs"], model.arrays["pair_ptr"]
    task = np.repeat(np.arange(at.size - 1), np.diff(at))
    worker, minutes, ready, pin = (pairs[name].astype(np.int64) for name in ("worker", "minutes", "ready", "pin"))
    ready, end = np.maximum(ready, pin), np.zeros_like(ready)
    for who, mine in each_worker(worker):
        end[mine] = axes[who].earliest_end(ready[mine], minutes[mine])
    if model.numbers["has_chains"]:
        follow_chains(model, axes, ready, end)
    total = np.array([axis.total for axis in axes], np.int64)[worker]
    is_capped = np.array([axis.is_capped for axis in axes], bool)[worker]
    able = (end <= total) & ((pin == NONE) | (ready <= pin))
    latest = np.where((pin != NONE) & ~is_capped, np.minimum(end, total), total)
    return Pairs(task, worker, minutes, pairs["points"].astype(float), ready, end, latest, able)


def follow_chains(model: Model, axes: list[Axis], ready: Array, end: Array) -> None:
    """Move `ready` and `end` of tasks that wait for others, done no earlier than by the quickest; in place."""
    at, pairs = model.arrays["pair_ptr"], model.arrays["pairs"]
    done = np.zeros(at.size - 1, np.int64)
    for task in np.argsort(model.topology).tolist():
        start = max((int(done[before]) for before in model.before(task)), default=0)
        mine = np.arange(int(at[task]), int(at[task + 1]))
        finishes = [NEVER]
        for pair, who, minutes, pin in zip(mine, *(pairs[mine][k] for k in ("worker", "minutes", "pin")), strict=True):
            axis = axes[who]
            if start > 0:
                ready[pair] = max(ready[pair], axis.work_minutes(np.array([min(start, FAR)]))[0])
                end[pair] = axis.earliest_end(ready[pair : pair + 1], np.array([minutes], np.int64))[0]
            if start < NEVER and end[pair] <= axis.total and (pin == NONE or ready[pair] <= pin):
                finishes.append(int(axis.wall(end[pair : pair + 1])[0]))
        done[task] = min(finishes)
        if start >= NEVER:
            end[mine] = NEVER
