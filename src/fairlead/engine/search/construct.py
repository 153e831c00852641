"""The first plan: tasks one after the other, each where it costs least at that moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fairlead.engine.arrays import Model
from fairlead.engine.kernel.library import Array
from fairlead.engine.plan import Plan
from fairlead.engine.search.state import State

Urgency = Callable[[Model], Array]
"""Sorting key of every task; the smallest goes first."""

WEIGHT_MIN = 3000.0
"""A unit of weight counts as much as being due so many minutes (about two days) earlier; 1,000 to 5,000 are alike."""


def by_due_and_weight(model: Model) -> Array:
    """Due early and heavy first."""
    return model.arrays["due"] - WEIGHT_MIN * weights(model)


def by_due(model: Model) -> Array:
    """Earliest due first, then released first."""
    return model.arrays["due"] + model.arrays["release"] / (1 << 30)


def by_weight(model: Model) -> Array:
    """Heaviest first, the one due earlier among equals."""
    return model.arrays["due"] / (1 << 30) - weights(model)


def by_tail(model: Model) -> Array:
    """What most has to follow goes first."""
    return -model.arrays["tail"].astype(float)


ORDERS: tuple[Urgency, ...] = (by_due_and_weight, by_due, by_weight)
CHAIN_ORDERS: tuple[Urgency, ...] = (*ORDERS, by_tail)


def weights(model: Model) -> Array:
    """Importance of each task."""
    return np.array([task.weight for task in model.problem.tasks])


def construct(model: Model, *, seed: int = 0, orders: Sequence[Urgency] = ORDERS) -> State:
    """The cheapest of the greedy plans, one for each order."""
    states = []
    for urgency in orders:
        state = State(model, seed=seed)
        state.insert_all(construction_order(model, urgency))
        states.append(state)
    return min(states, key=State.total)


def construction_order(model: Model, urgency: Urgency) -> Array:
    """Pinned starts first, then pinned workers, then by urgency. What others wait for is as urgent as they are."""
    pins = [task.pin for task in model.problem.tasks]
    group = np.array([2 if pin is None else 1 if pin.start is None else 0 for pin in pins])
    rank = np.empty(len(pins))
    rank[np.lexsort((urgency(model), group))] = np.arange(len(pins))
    return model.chain_order(rank)


def load_plan(model: Model, plan: Plan, *, seed: int = 0) -> State:
    """The plan's orders, decoded as early as possible; what no longer fits is left out.

    Tasks are appended in order of start, and none before one that it waits for.
    """
    state, problem = State(model, seed=seed), model.problem
    starts = np.full(len(problem.tasks), np.inf)
    rows, first = dict[int, int](), model.arrays["row_ptr"]
    for item in sorted(plan.assignments, key=lambda row: (row.start, row.finish), reverse=True):
        task, worker = problem.task_index.get(item.task), problem.worker_index.get(item.worker)
        if task is None or worker is None or not 0 <= item.lane < problem.workers[worker].lanes:
            continue
        rows[task] = int(first[worker]) + item.lane
        starts[task] = item.start + item.finish / (1 << 30)
    order = [task for task in model.chain_order(starts).tolist() if task in rows]
    state.append_all(order, [rows[task] for task in order])
    return state
