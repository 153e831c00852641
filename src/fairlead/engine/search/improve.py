"""Ruin and recreate under simulated annealing; an iteration is kernel/c/search.h."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fairlead.engine.kernel.library import Array
from fairlead.engine.search.state import State
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

    def at(self, share: float) -> float:
        """After this share of the search. Rounded, since powers differ in the last bit from machine to machine."""
        return float(f"{self.hot * (self.cold / self.hot) ** share:.9g}")


LEAST_SHARE, MOST_SHARE = 0.0005, 0.002
"""The kernel is called for this share of the search at a time: news come often, and a wish to stop is heard soon."""


def improve(
    state: State,
    *,
    stop: Stop,
    on_progress: Callable[[Progress], None] | None = None,
    schedule: Schedule | None = None,
    iterations: int = 0,
    seeds: Array | None = None,
) -> int:
    """Search until the stop rule says so and leave the state at the best plan found; returns the iterations.

    Never ends worse than it began: the start is the first best. `iterations` were done before. Rounds start from
    `seeds`, or from any task.
    """
    state.begin()
    if seeds is None:
        state.choose_seeds()
    else:
        state.board.give("seeds", seeds)
    schedule, each = schedule or Schedule(), mean_cost(state)
    chunk = 16
    while not stop.done(iterations) and state.arrays["seeds"].size:
        share = stop.progress(iterations)
        chunk = min(chunk, stop.remaining(iterations))
        state.search(chunk, temperature=each * schedule.at(share))
        iterations += chunk
        done = stop.progress(iterations) - share
        chunk = chunk * 2 if done < LEAST_SHARE else max(1, chunk // 2) if done > MOST_SHARE else chunk
        if on_progress is not None:
            on_progress(news(state, iterations, share=share, seconds=stop.seconds()))
    state.take_best()
    return iterations


def mean_cost(state: State) -> float:
    """Points that a planned task costs on average."""
    placed = state.arrays["task_row"] >= 0
    points = state.board["cost"] - float(state.arrays["price"][~placed].sum())
    return max(points, 1e-6) / max(1, int(placed.sum()))


def news(state: State, iterations: int, *, share: float, seconds: float) -> Progress:
    """How it stands."""
    return Progress(iterations, state.board["best_cost"], int(state.board["pool_count"]), share, seconds=seconds)
