"""Changes of a plan: undone they leave no trace, and what the kernel says that they cost is the judge's difference."""

from __future__ import annotations

from random import Random

from fairlead.engine.arrays import NONE
from fairlead.engine.fuzzing.faults import by_kind, differences, judged
from fairlead.engine.problem import Problem
from fairlead.engine.search.state import State

SCRATCH = frozenset(
    (
        *("snaps", "snap_slots", "row_stamp", "queue", "taken", "taken_from", "taken_key", "taken_stamp", "lanes"),
        *("order", "order_row", "slots", "best_slots", "task_place", "row_at", "row_room"),
    )
)
"""What a change may leave behind. Slots and places in use are compared apart."""


def books(state: State) -> dict[str, bytes]:
    """Everything that undoing has to bring back, bit by bit."""
    kept = {name: array.tobytes() for name, array in state.arrays.items() if name not in SCRATCH}
    rows = range(state.arrays["row_len"].size)
    kept["task_place"] = state.arrays["task_place"][state.arrays["task_row"] >= 0].tobytes()
    return kept | {"slots": b"".join(state.slots(row).tobytes() for row in rows)}


def changed_books(before: dict[str, bytes], state: State) -> list[str]:
    """What differs from the books as they were."""
    return [f"{name} was not undone" for name, kept in books(state).items() if kept != before[name]]


def faults_of_changes(of: Problem, state: State, rng: Random, *, changes: int = 3) -> list[str]:
    """Take some tasks out, measure every worker for each, place it with some; all of it is undone."""
    found: list[str] = []
    tasks = range(len(of.tasks))
    state.commit()
    for task in rng.sample(tasks, min(changes, len(tasks))):
        before, mark = books(state), state.mark()
        taken = state.remove(task) if state.worker_of(task) is not None else []
        if taken is None:
            found += changed_books(before, state)
            continue
        found += faults_of_placing(of, state, task, followers=taken[1:], rng=rng)
        state.undo(mark)
        found += changed_books(before, state)
    return found


def faults_of_placing(
    of: Problem, state: State, task: int, *, followers: list[tuple[int, int]], rng: Random
) -> list[str]:
    """The task is out: what placing it with any worker changes is what the judge finds."""
    pairs, found = state.model.pairs(task), list[str]()
    if any(state.worker_of(before) is None for before in state.model.before(task)):
        return found
    followers = sorted(followers, key=lambda row: int(state.model.topology[row[0]]))
    before, cost = books(state), by_kind(judged(of, state).cost)
    measured = state.measure(task, pairs, followers)
    found += changed_books(before, state)
    for at in rng.sample(range(pairs.size), min(2, pairs.size)):
        mark = state.mark()
        placed = state.place(task, pairs[at : at + 1], followers)[0]
        if placed.tobytes() != measured[at].tobytes():
            found.append(f"task {task}: measured {measured[at]}, placed {placed}")
        if placed["row"] != NONE:
            after = by_kind(judged(of, state).cost)
            change = {kind: after[kind] - value for kind, value in cost.items()}
            scale = max(map(abs, [*after.values(), *cost.values()]))
            found += differences({kind: float(placed[kind]) for kind in change}, change, scale=scale)
        state.undo(mark)
        found += changed_books(before, state)
    return found
