"""Linear assignment in rounds: the most urgent tasks, as many as there are workers, are matched to the workers at least
cost (scipy's linear_sum_assignment), then the next ones, each at the end of what the worker has.
"""

from __future__ import annotations

import numpy as np

from fairlead.bench.decode import Sequences
from fairlead.bench.order import due_and_weight, in_order
from fairlead.bench.peers.peer import Limits, Peer
from fairlead.bench.roster import Choice, Roster, sequences
from fairlead.engine import Problem, Task


def solve(problem: Problem, _limits: Limits) -> Sequences:
    """Orders of tasks for each lane. It ends by itself, when no further task is worth its cost."""
    roster, left = Roster(problem), in_order(problem, due_and_weight)
    while left:
        batch = first_ready(roster, left, at_most=len(problem.workers))
        placed = {task.id for task in match(roster, batch)}
        gone = placed or {task.id for task in batch}
        left = [task for task in left if task.id not in gone] if batch else []
    return sequences(roster)


def first_ready(roster: Roster, left: list[Task], *, at_most: int) -> list[Task]:
    """The first tasks that wait for nothing."""
    return [task for task in left if roster.earliest(task) is not None][:at_most]


def match(roster: Roster, batch: list[Task]) -> list[Task]:
    """Book one task at most for each worker, such that the points of all together are least; the booked tasks."""
    from scipy.optimize import linear_sum_assignment

    best = [cheapest_by_worker(roster, task) for task in batch]
    gain = np.zeros((len(batch), len(roster.desks)))
    for row, (task, found) in enumerate(zip(batch, best, strict=True)):
        for worker, choice in found.items():
            gain[row, worker] = min(0.0, choice.points - roster.price(task))
    booked = []
    for row, worker in zip(*linear_sum_assignment(gain), strict=True):
        if gain[row, worker] < 0:
            roster.book(batch[row], int(worker), best[row][int(worker)].fit)
            booked.append(batch[row])
    return booked


def cheapest_by_worker(roster: Roster, task: Task) -> dict[int, Choice]:
    """The best lane of each worker who may do the task."""
    found, earliest = {}, roster.earliest(task) or 0
    for worker in roster.able.workers(task):
        choices = list(roster.choices(task, worker, earliest=earliest))
        if choices:
            found[worker] = min(choices, key=lambda choice: choice.points)
    return found


PEER = Peer("lsa", "linear assignment in rounds (scipy)", solve, package="scipy")
