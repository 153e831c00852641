"""Ruin and recreate: take a few tasks out, put them back where they cost least, keep what is good enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from fairlead.engine.arrays import Model
from fairlead.engine.clock import FAR_MIN
from fairlead.engine.search.accept import record_to_record
from fairlead.engine.search.construct import insert_all
from fairlead.engine.search.insertion import TIE
from fairlead.engine.search.neighbourhoods import NEIGHBOURHOODS
from fairlead.engine.search.state import State
from fairlead.engine.search.stop import Stop


@dataclass(frozen=True, slots=True)
class Progress:
    """News of a running search, once an iteration; `total` and `left_out` are of the best plan so far."""

    iterations: int
    total: float
    left_out: int
    share: float


MOST_RETRIED = 8
"""Left-out tasks that each iteration tries again."""


def improve(state: State, rng: Random, *, stop: Stop, on_progress: Callable[[Progress], None] | None) -> int:
    """Search until the stop rule says so and leave the state at the best plan found; returns the iterations.

    Never ends worse than it began: the start is the first best.
    """
    state.commit()
    current = best = state.total()
    saved, saved_out = state.snapshot(), state.where.count(None)
    iterations = 0
    while not stop.done(iterations):
        progress = stop.progress(iterations)
        iterations += 1
        if on_progress is not None:
            on_progress(Progress(iterations, best, saved_out, progress))
        if not change(state, rng):
            state.rollback(0)
            continue
        new = state.total()
        if new < best - TIE:
            best, saved, saved_out = new, state.snapshot(), state.where.count(None)
        if new < current - TIE or record_to_record(new, best, progress=progress):
            current = new
            state.commit()
        else:
            state.rollback(0)
    state.restore(saved)
    return iterations


def change(state: State, rng: Random) -> bool:
    """One ruin and recreate; False when nothing could be taken out."""
    taken = state.dependants(rng.choice(NEIGHBOURHOODS)(state, rng))
    waiting = [task for task, place in enumerate(state.where) if place is None and state.model.eligible(task)]
    if not taken and not waiting:
        return False
    if not state.remove(taken):
        return False
    again = taken + rng.sample(waiting, min(len(waiting), MOST_RETRIED))
    rng.shuffle(again)
    key = rng.choice(RECREATE_ORDERS)
    insert_all(state, state.in_chain_order(sorted(again, key=lambda task: key(state.model, task))))
    return True


def at_random(_model: Model, _task: int) -> float:
    """As shuffled."""
    return 0.0


def most_urgent(model: Model, task: int) -> float:
    """Earliest due first."""
    return model.due[task]


def hardest(model: Model, task: int) -> float:
    """Fewest able workers first, the longer of two alike."""
    return len(model.eligible(task)) - model.problem.tasks[task].effort / FAR_MIN


def heaviest(model: Model, task: int) -> float:
    """Most important first."""
    return -model.price[task]


RECREATE_ORDERS: tuple[Callable[[Model, int], float], ...] = (at_random, most_urgent, hardest, heaviest)
"""Orders in which tasks are put back; ties stay shuffled."""
