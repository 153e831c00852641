"""From orders of tasks to a plan: the same for every solver but our own, so that only the orders differ.

1. `decode`: every task and set-up begins as early as its lane, release, predecessors, pin, calendar and weekly cap
   allow. Events are taken in order of start over all workers; since a task starts after those it waits for, and a cap
   only gets fuller, no later event can start before an earlier one. Tasks that do not fit are dropped.
2. `repair`: what is missing is put at the end of a lane where it costs least, heaviest and most urgent first.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from fairlead.bench.able import may_do
from fairlead.bench.desk import Fit, Stint
from fairlead.bench.order import in_order, weight_then_due
from fairlead.bench.roster import Roster, append_all
from fairlead.engine import Plan, Problem, Task

Sequences: TypeAlias = Mapping[str, Sequence[Sequence[str]]]
"""By worker id: for each lane the ids of its tasks in order."""

Place: TypeAlias = tuple[int, int]
"""Position of a worker, and lane."""


def plan_from(problem: Problem, orders: Sequences) -> Plan:
    """The plan that these orders mean, with the missing tasks appended."""
    roster = decode(problem, orders)
    repair(roster)
    return roster.plan()


def repair(roster: Roster) -> None:
    """Append every missing task where it costs least, unless leaving it out costs less."""
    append_all(roster, in_order(roster.problem, weight_then_due), choose=Roster.cheapest)


def decode(problem: Problem, orders: Sequences) -> Roster:
    """Book the tasks in their orders. A task may be named once; unknown names are a KeyError."""
    barred: set[str] = set()
    while (run := Decoder(problem, orders, barred=barred)).run() is not None:
        barred.add(run.spoiled)
    return run.roster


class Decoder:
    """One pass. `spoiled` names a task whose set-up used up a cap in vain that lanes share: without it, once more."""

    def __init__(self, problem: Problem, orders: Sequences, *, barred: set[str]) -> None:
        self.problem, self.roster = problem, Roster(problem)
        self.queues: dict[Place, list[Task]] = {}
        named: set[str] = set()
        for worker, lanes in orders.items():
            for lane, names in enumerate(lanes):
                fresh = [name for name in names if name not in named and name not in barred]
                named.update(fresh)
                place = (problem.worker_index[worker], lane)
                self.queues[place] = [problem.task(name) for name in reversed(dict.fromkeys(fresh))]
        self.dropped = {task.id for task in problem.tasks if task.id not in named}
        self.waiting: dict[str, list[Place]] = {}
        self.blocked: dict[Place, str] = {}
        self.skipped: set[Place] = set()
        self.events: list[tuple[int, int, int]] = []
        self.to_offer = sorted(self.queues, reverse=True)
        self.spoiled = ""

    def run(self) -> str | None:
        """Book everything; the spoiled task's name when it has to be done again without it."""
        while not self.spoiled:
            if self.to_offer:
                self.offer(self.to_offer.pop())
            elif self.events:
                start, worker, lane = heapq.heappop(self.events)
                self.do((worker, lane), start)
            elif self.blocked:  # orders that wait for each other in a circle
                self.drop(min(self.blocked))
            else:
                return None
        return self.spoiled

    def offer(self, place: Place) -> None:
        """Put the next event of a lane on the list, dropping the tasks that cannot be done."""
        if not self.queues[place]:
            return
        task = self.queues[place][-1]
        stint = None if self.is_hopeless(place, task) else self.next_stint(place, task)
        if stint is not None:
            heapq.heappush(self.events, (stint.start, *place))
        elif place not in self.blocked:
            self.drop(place)

    def is_hopeless(self, place: Place, task: Task) -> bool:
        """No rule of time is needed to see that this worker cannot do it."""
        desk = self.roster.desks[place[0]]
        return desk.is_full or not may_do(task, desk.worker) or any(name in self.dropped for name in task.after)

    def next_stint(self, place: Place, task: Task) -> Stint | None:
        """The lane's next set-up or task; None when it does not fit, or has to wait (then the lane is blocked)."""
        desk, lane = self.roster.desks[place[0]], self.roster.desks[place[0]].lanes[place[1]]
        if desk.needs_setup(lane, task):
            is_late = place in self.skipped and desk.is_too_late_for_setup(place[1])
            return None if is_late else desk.work(lane.free, self.problem.setup)
        earliest = self.roster.earliest(task)
        if earliest is None:
            self.blocked[place] = first = next(name for name in task.after if name not in self.roster.finish)
            self.waiting.setdefault(first, []).append(place)
            return None
        return desk.start_work(lane, task, earliest=max(earliest, desk.in_turn(place[1])))

    def do(self, place: Place, start: int) -> None:
        """Book the lane's next set-up or task, if it can still start then."""
        desk, lane = self.roster.desks[place[0]], self.roster.desks[place[0]].lanes[place[1]]
        task = self.queues[place][-1]
        stint = None if self.is_hopeless(place, task) else self.next_stint(place, task)
        if stint is None or stint.start != start:
            self.offer(place)
        elif desk.needs_setup(lane, task):
            desk.take(stint)
            lane.setup, desk.newest = stint, max(desk.newest, (stint.start, place[1]))
            self.offer(place)
        else:
            self.queues[place].pop()
            self.skipped.discard(place)
            self.roster.book(task, place[0], Fit(place[1], None, stint))
            self.look_again(task, place)

    def drop(self, place: Place) -> None:
        """Leave out the lane's next task and go on with the one behind it."""
        desk, lane = self.roster.desks[place[0]], self.roster.desks[place[0]].lanes[place[1]]
        task = self.queues[place].pop()
        self.dropped.add(task.id)
        if lane.setup is not None:
            desk.give_back(lane.setup)
            lane.setup = None
            self.spoiled = task.id if desk.shares_cap else self.spoiled
        self.blocked.pop(place, None)
        self.skipped.add(place)
        self.look_again(task, place)

    def look_again(self, task: Task, place: Place) -> None:
        """The task is booked or dropped: its lane goes on, and so do those that waited for it."""
        self.to_offer.append(place)
        for other in self.waiting.pop(task.id, ()):
            if self.blocked.get(other) == task.id:
                del self.blocked[other]
                self.to_offer.append(other)
