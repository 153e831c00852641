"""Take out tasks like the seed: same context, or needing the same skills at about the same time.

After P. Shaw, Using Constraint Programming and Local Search Methods to Solve Vehicle Routing Problems, CP 1998.
"""

from __future__ import annotations

from random import Random

from fairlead.engine.search.neighbourhoods.sample import how_many, placed_tasks
from fairlead.engine.search.state import State


def related(state: State, rng: Random) -> list[int]:
    """The seed and the placed tasks nearest to it by context, workers in common, and release."""
    placed = placed_tasks(state)
    if not placed:
        return []
    model, seed = state.model, rng.choice(placed)
    able, release = set(model.eligible(seed)), state.ready[seed]

    def distance(task: int) -> tuple[int, int]:
        same = model.context[task] == model.context[seed]
        shares = not able.isdisjoint(model.eligible(task))
        return (0 if same and shares else 1 if shares else 2), abs(state.ready[task] - release)

    return sorted(placed, key=distance)[: how_many(state, rng) + 1]
