"""A proven lower bound: no plan can cost less than every task at its cheapest, alone in the world."""

from __future__ import annotations

import numpy as np

from fairlead.engine.arrays import FAR, Model
from fairlead.engine.kernel.library import Array


def lower_bound(model: Model) -> float:
    """Points that every plan costs at least.

    Each task either stays out, at its price, or is done by some eligible worker, who is paid, fits as well as
    she fits, and cannot finish earlier than on an empty calendar. All other terms are at least 0.
    """
    best = model.arrays["price"].copy()
    pairs = model.arrays["pairs"]
    task = np.repeat(np.arange(best.size), np.diff(model.arrays["pair_ptr"]))
    np.minimum.at(best, task, pairs["points"] + unavoidable_lateness(model, task, pairs))
    return float(best.sum())


def unavoidable_lateness(model: Model, task: Array, pairs: Array) -> Array:
    """Points of lateness of each pair on an otherwise empty calendar without a weekly cap."""
    end = np.maximum(pairs["ready"], pairs["pin"]) + pairs["minutes"]
    points = np.zeros(pairs.size)
    late = np.flatnonzero((end > pairs["due"]) & (pairs["due"] < FAR))
    order = late[np.argsort(pairs["worker"][late], kind="stable")]
    for mine in np.split(order, np.flatnonzero(np.diff(pairs["worker"][order])) + 1) if order.size else ():
        finish = wall(model, int(pairs["worker"][mine[0]]), end[mine])
        points[mine] = (finish - model.arrays["due"][task[mine]]) * model.arrays["late_rate"][task[mine]]
    return points


def wall(model: Model, worker: int, work_minutes: Array) -> Array:
    """Wall clock minutes at which the first so many work minutes of a worker are over (at least one)."""
    first, last = model.arrays["gap_ptr"][worker : worker + 2]
    before = model.arrays["before_min"][first:last]
    place = np.searchsorted(before, work_minutes, side="left") - 1
    return np.asarray(model.arrays["from_min"][first:last][place] + work_minutes - before[place])
