"""Take out tasks at random: reaches what every other move overlooks."""

from __future__ import annotations

from random import Random

from fairlead.engine.search.neighbourhoods.sample import how_many, placed_tasks
from fairlead.engine.search.state import State


def anywhere(state: State, rng: Random) -> list[int]:
    """A random sample of placed tasks."""
    placed = placed_tasks(state)
    return rng.sample(placed, min(len(placed), how_many(state, rng)))
