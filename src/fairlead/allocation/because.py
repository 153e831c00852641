"""Why a plan gives a task to somebody else, in words: what this move buys, the most telling first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from fairlead import engine
from fairlead.allocation.affinity import Evidence
from fairlead.allocation.snapshot import worker_number
from fairlead.engine.effort import minutes_needed
from fairlead.engine.saying import Number, Row, say
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
    return Row("; ", found) if found else say("makes room for other work of %(worker)s", worker=move.before.worker)


def _reasons(move: Move) -> Iterator[str]:
    yield from _time(move)
    yield from _person(move)
    yield from _money(move)
    before, after = (move.loads.get(worker_number(item.worker), 0) for item in (move.before, move.after))
    if before - after >= LEAST_MIN:
        yield say(
            "%(before)s has %(much)s of work in four weeks, %(after)s %(less)s",
            before=move.before.worker, much=hours(before), after=move.after.worker, less=hours(after),
        )  # fmt: skip


def _time(move: Move) -> Iterator[str]:
    """Less late, else earlier."""
    due = move.problem.task(move.after.task).due
    late = [0 if due is None else max(0, item.finish - due) for item in (move.before, move.after)]
    if late[0] - late[1] >= LEAST_MIN:
        told = {"after": move.after.worker, "before": move.before.worker, "late": hours(late[0])}
        if late[1]:
            less = hours(late[0] - late[1])
            yield say("%(after)s does it %(less)s less late, %(before)s %(late)s late", **told, less=less)
        else:
            yield say("%(after)s does it on time, %(before)s %(late)s late", **told)
    elif move.before.finish - move.after.finish >= LEAST_MIN:
        earlier = hours(move.before.finish - move.after.finish)
        yield say("%(worker)s is %(hours)s earlier", worker=move.after.worker, hours=earlier)


def _person(move: Move) -> Iterator[str]:
    before, after = move.knows_before, move.knows_after
    if after.wants and not before.wants:
        yield say("%(worker)s likes to do %(kinds)s", worker=move.after.worker, kinds=", ".join(after.wants))
    if before.avoids and not after.avoids:
        kinds = ", ".join(before.avoids)
        yield say("%(worker)s would rather not do %(kinds)s", worker=move.before.worker, kinds=kinds)
    if after.done_here > before.done_here:
        yield say("%(worker)s knows the project (%(n)s done)", worker=move.after.worker, n=after.done_here)
    elif after.done_alike > before.done_alike:
        yield say("%(worker)s has done work like it (%(n)s done)", worker=move.after.worker, n=after.done_alike)


def _money(move: Move) -> Iterator[str]:
    task, costs = move.problem.task(move.after.task), []
    for item in (move.before, move.after):
        worker = move.problem.worker(item.worker)
        costs.append(worker.rate * minutes_needed(task, worker) / 60)
    if costs[0] - costs[1] >= LEAST_MONEY:
        yield say("costs %(money)s less", money=Number(f"{costs[0] - costs[1]:.2f}"))
