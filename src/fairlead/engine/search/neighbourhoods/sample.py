"""What the moves share: how much to take out, and a starting point."""

from __future__ import annotations

from random import Random

from fairlead.engine.search.state import State

MOST_TAKEN = 12
"""Most tasks that one move takes out by itself: small moves are quick, and many small ones beat a few large."""


def placed_tasks(state: State) -> list[int]:
    """Tasks with a place, in order."""
    return [task for task, place in enumerate(state.where) if place is not None]


def how_many(state: State, rng: Random) -> int:
    """How many tasks to take out."""
    return rng.randint(1, min(MOST_TAKEN, max(1, len(state.where) // 2)))


def workers_near(state: State, task: int) -> list[int]:
    """Workers who could do this task."""
    return list(state.model.eligible(task))
