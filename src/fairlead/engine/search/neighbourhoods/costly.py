"""Take out the tasks that cost most where they are: late ones and bad fits."""

from __future__ import annotations

from random import Random

from fairlead.engine.search.neighbourhoods.sample import how_many
from fairlead.engine.search.state import State


def costly(state: State, rng: Random) -> list[int]:
    """A sample biased to the dearest: the rank is drawn with the cube of a uniform number."""
    costs = []
    for worker, lanes in enumerate(state.lanes):
        pairs = state.model.pairs[worker]
        for lane in lanes:
            for index, task in enumerate(lane.tasks):
                costs.append((lane.soft[index] - lane.soft[index + 1] - pairs[task].points, task))
    costs.sort()
    wanted = min(len(costs), how_many(state, rng))
    taken: dict[int, None] = {}
    for _ in range(wanted):
        taken[costs[int(len(costs) * rng.random() ** 3)][1]] = None
    return list(taken)
