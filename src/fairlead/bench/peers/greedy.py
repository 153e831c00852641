"""Greedy rules: tasks one after the other, each to the end of a lane. What a careful person does by hand."""

from __future__ import annotations

from collections.abc import Callable

from fairlead.bench.decode import Sequences
from fairlead.bench.order import due, due_and_weight, in_order
from fairlead.bench.peers.peer import Limits, Peer, Solve
from fairlead.bench.roster import Choice, Roster, append_all, sequences
from fairlead.engine import Problem, Task


def rule(key: Callable[[Task], float], choose: Callable[[Roster, Task], Choice | None]) -> Solve:
    """The rule that takes tasks in this order and puts each where `choose` says."""

    def solve(problem: Problem, _limits: Limits) -> Sequences:
        roster = Roster(problem)
        append_all(roster, in_order(problem, key), choose=choose)
        return sequences(roster)

    return solve


EDD_FINISH = Peer("edd-finish", "earliest due date first, to whoever finishes first", rule(due, Roster.soonest))
EDD_COST = Peer("edd-cost", "earliest due date first, to whoever costs least", rule(due, Roster.cheapest))
URGENT_COST = Peer(
    "urgent-cost", "due - 3000 x weight first, to whoever costs least", rule(due_and_weight, Roster.cheapest)
)
