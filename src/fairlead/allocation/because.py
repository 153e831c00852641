"""Why a plan gives a task to somebody else, in words: what this move buys, the most telling first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from fairlead import engine
from fairlead.allocation.affinity import Evidence
from fairlead.allocation.snapshot import worker_number
from fairlead.engine.effort import minutes_needed
from fairlead.engine.wording import hours

LEAST_MIN: Final = 30
"""Differences below are not worth a word."""
LEAST_MONEY: Final = 1.0
MOST_WORDS: Final = 2


@dataclass(frozen=True)
class Move:
    """One task that goes from `before` to `after`. `loads`: minutes of the coming weeks by worker, without the plan."""

    problem: engine.Problem
    before: engine.Assignment
    after: engine.Assignment
    knows_before: Evidence
    knows_after: Evidence
    loads: Mapping[int, int]


def why(move: Move) -> str:
    """A sentence with the engine's ids, to be shown with names."""
    found = list(_reasons(move))[:MOST_WORDS]
    return "; ".join(found) or f"makes room for other work of {move.before.worker}"


def _reasons(move: Move) -> Iterator[str]:
    yield from _time(move)
    yield from _person(move)
    yield from _money(move)
    before, after = (move.loads.get(worker_number(item.worker), 0) for item in (move.before, move.after))
    if before - after >= LEAST_MIN:
        yield f"{move.before.worker} has {hours(before)} of work in four weeks, {move.after.worker} {hours(after)}"


def _time(move: Move) -> Iterator[str]:
    """Less late, else earlier."""
    due = move.problem.task(move.after.task).due
    late = [0 if due is None else max(0, item.finish - due) for item in (move.before, move.after)]
    if late[0] - late[1] >= LEAST_MIN:
        rest = "on time" if not late[1] else f"{hours(late[0] - late[1])} less late"
        yield f"{move.after.worker} does it {rest}, {move.before.worker} {hours(late[0])} late"
    elif move.before.finish - move.after.finish >= LEAST_MIN:
        yield f"{move.after.worker} is {hours(move.before.finish - move.after.finish)} earlier"


def _person(move: Move) -> Iterator[str]:
    before, after = move.knows_before, move.knows_after
    if after.wants and not before.wants:
        yield f"{move.after.worker} likes to do {', '.join(after.wants)}"
    if before.avoids and not after.avoids:
        yield f"{move.before.worker} would rather not do {', '.join(before.avoids)}"
    if after.done_here > before.done_here:
        yield f"{move.after.worker} knows the project ({after.done_here} done)"
    elif after.done_alike > before.done_alike:
        yield f"{move.after.worker} has done work like it ({after.done_alike} done)"


def _money(move: Move) -> Iterator[str]:
    task, costs = move.problem.task(move.after.task), []
    for item in (move.before, move.after):
        worker = move.problem.worker(item.worker)
        costs.append(worker.rate * minutes_needed(task, worker) / 60)
    if costs[0] - costs[1] >= LEAST_MONEY:
        yield f"costs {costs[0] - costs[1]:.2f} less"
