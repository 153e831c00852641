"""Take out neighbours in time from several workers who could swap them.

After J. Christiaens and G. Vanden Berghe, Slack Induction by String Removals for Vehicle Routing Problems,
Transportation Science 54 (2020), section 4: strings of consecutive tasks near a seed.
"""

from __future__ import annotations

from random import Random

from fairlead.engine.search.neighbourhoods.sample import how_many, placed_tasks, workers_near
from fairlead.engine.search.state import State

LONGEST_STRING = 4


def strings(state: State, rng: Random) -> list[int]:
    """Short strings around the seed's start, one from each of some workers able to do the seed."""
    placed = placed_tasks(state)
    if not placed:
        return []
    seed = rng.choice(placed)
    start, _ = state.times(seed)
    workers, wanted = workers_near(state, seed), how_many(state, rng)
    rng.shuffle(workers)
    taken = [seed]
    for worker in [state.place_of(seed)[0], *workers]:
        lane = rng.choice(state.lanes[worker])
        if not lane.tasks:
            continue
        length = rng.randint(1, LONGEST_STRING)
        u = state.model.clocks[worker].to_u(start)
        centre = min(range(len(lane.tasks)), key=lambda index: abs(lane.starts[index] - u))
        first = max(0, centre - rng.randrange(length))
        taken.extend(task for task in lane.tasks[first : first + length] if task not in taken)
        if len(taken) >= wanted:
            break
    return taken
