"""Make room for a task that was left out, where somebody could do it."""

from __future__ import annotations

from random import Random

from fairlead.engine.search.neighbourhoods.sample import how_many
from fairlead.engine.search.state import State


def left_out(state: State, rng: Random) -> list[int]:
    """Consecutive tasks of one worker who could do some task that has no place."""
    waiting = [task for task, place in enumerate(state.where) if place is None and state.model.eligible(task)]
    if not waiting:
        return []
    worker = rng.choice(state.model.eligible(rng.choice(waiting)))
    lane = rng.choice(state.lanes[worker])
    if not lane.tasks:
        return []
    first = rng.randrange(len(lane.tasks))
    return lane.tasks[first : first + how_many(state, rng)]
