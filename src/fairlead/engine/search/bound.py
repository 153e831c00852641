"""A proven lower bound: no plan can cost less than every task at its cheapest, alone in the world."""

from __future__ import annotations

from fairlead.engine.arrays import Model


def lower_bound(model: Model) -> float:
    """Points that every plan costs at least.

    Each task either stays out, at its price, or is done by some eligible worker, who is paid, fits as well as
    she fits, and cannot finish earlier than on an empty calendar. All other terms are at least 0.
    """
    return sum(cheapest(model, task) for task in range(len(model.problem.tasks)))


def cheapest(model: Model, task: int) -> float:
    """Points of one task at its cheapest."""
    best = model.price[task]
    for worker in model.eligible(task):
        pair, clock = model.pairs[worker][task], model.clocks[worker]
        if pair.points >= best:
            continue
        start = max(clock.to_u(model.problem.tasks[task].release), pair.pin)
        end = start + pair.minutes
        late = clock.end_minute(end) - model.due[task] if pair.due < end <= clock.total else 0
        best = min(best, pair.points + late * model.late[task])
    return best
