"""Ruin and recreate under simulated annealing; an iteration is kernel/c/search.h."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fairlead.engine.kernel.library import Array
from fairlead.engine.search.state import State, positions
from fairlead.engine.search.stop import Stop


@dataclass(frozen=True, slots=True)
class Progress:
    """News of a running search; `total` and `left_out` are of the best plan so far, `bound` what none can beat."""

    iterations: int
    total: float
    left_out: int
    share: float
    bound: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """Temperatures, in shares of what a planned task costs on average."""

    hot: float = 0.3
    cold: float = 0.003


LEAST_SHARE, MOST_SHARE = 0.0005, 0.002
"""The kernel is called for this share of the search at a time: news come often, and a wish to stop is heard soon."""


def improve(
    state: State,
    *,
    stop: Stop,
    on_progress: Callable[[Progress], None] | None,
    schedule: Schedule,
    seeds: Array | None = None,
) -> int:
    """Search until the stop rule says so and leave the state at the best plan found; returns the iterations.

    Never ends worse than it began: the start is the first best. Rounds start from `seeds`, or from any task.
    """
    state.begin()
    if seeds is None:
        choose_seeds(state)
    else:
        state.board.give("seeds", seeds)
    hot, cold = temperatures(state, schedule)
    iterations, chunk = 0, 16
    while not stop.done(iterations) and state.arrays["seeds"].size:
        share = stop.progress(iterations)
        chunk = min(chunk, stop.remaining(iterations))
        state.search(chunk, hot=hot * (cold / hot) ** share, cold=hot * (cold / hot) ** share)
        iterations += chunk
        done = stop.progress(iterations) - share
        chunk = chunk * 2 if done < LEAST_SHARE else max(1, chunk // 2) if done > MOST_SHARE else chunk
        if on_progress is not None:
            on_progress(news(state, iterations, share=share, seconds=stop.seconds()))
    state.take_best()
    return iterations


def choose_seeds(state: State) -> None:
    """Every task that somebody could do, and that may be taken out."""
    able = np.diff(state.arrays["pair_ptr"]) > 0
    state.board.give("seeds", positions(np.flatnonzero(able & (state.arrays["locked"] == 0))))


def temperatures(state: State, schedule: Schedule) -> tuple[float, float]:
    """Hottest and coldest, in points: from what the planned tasks cost on average."""
    placed = state.arrays["task_row"] >= 0
    points = state.board["cost"] - float(state.arrays["price"][~placed].sum())
    each = max(points, 1e-6) / max(1, int(placed.sum()))
    return schedule.hot * each, schedule.cold * each


def news(state: State, iterations: int, *, share: float, seconds: float) -> Progress:
    """How it stands."""
    return Progress(iterations, state.board["best_cost"], int(state.board["pool_count"]), share, seconds=seconds)
