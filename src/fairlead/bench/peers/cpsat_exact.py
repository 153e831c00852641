"""CP-SAT with everything in it: who, when in work minutes, lateness by pieces of the calendar, set-ups as a circuit.

The weekly cap is the one thing it does not know: calendars are cut so that no week offers more than the cap. The best
greedy plan is its hint, complete with every variable.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise, permutations
from typing import Any

import numpy as np

from fairlead.bench.decode import Sequences, plan_from
from fairlead.bench.desk import Hours
from fairlead.bench.peers import greedy
from fairlead.bench.peers.cpsat_parts import add_fairness, fairness_hint, search, units
from fairlead.bench.peers.peer import Limits
from fairlead.bench.table import Seat, Table
from fairlead.engine import WEEK_MIN, Plan, Problem, Worker, check


def solve(problem: Problem, limits: Limits) -> Sequences:
    """Orders of tasks for each seat."""
    cut = replace(problem, workers=tuple(without_cap(worker, problem.horizon) for worker in problem.workers))
    exact = Exact(Table(cut), best_greedy(cut, limits))
    exact.build()
    solver = search(exact.model, limits)
    orders: list[list[tuple[int, int]]] = [[] for _ in exact.table.seats]
    for visit in exact.visits:
        if solver.value(visit.does):
            orders[visit.seat].append((solver.value(visit.start), visit.task))
    return exact.table.orders([[task for _, task in sorted(order)] for order in orders])


def without_cap(worker: Worker, horizon: int | None) -> Worker:
    """The worker with a calendar in which no week has more than the cap: the later hours are cut off."""
    if worker.week_minutes is None or (worker.calendar is None and horizon is None):
        return worker
    left: dict[int, int] = {}
    calendar = []
    for start, end in Hours(worker, horizon).since(0):
        room = left.setdefault(start // WEEK_MIN, worker.week_minutes // worker.lanes)
        if (step := min(room, end - start)) > 0:
            calendar.append((start, start + step))
            left[start // WEEK_MIN] -= step
    return replace(worker, calendar=tuple(calendar), week_minutes=None)


def best_greedy(problem: Problem, limits: Limits) -> Plan:
    """The cheapest of the greedy plans."""
    rules = (greedy.EDD_FINISH, greedy.EDD_COST, greedy.URGENT_COST)
    plans = [plan_from(problem, rule.solve(problem, limits)) for rule in rules]
    return min(plans, key=lambda plan: check(problem, plan).cost.total)


@dataclass(frozen=True)
class Visit:
    """A task in a seat: whether it is done there, and in which work minutes. `known` is its start in the hint."""

    task: int
    seat: int
    minutes: int
    does: Any
    start: Any
    known: int | None


class Exact:
    """The model under construction. Every variable gets its value in the hint, a plan for the same problem."""

    def __init__(self, table: Table, hint: Plan) -> None:
        from ortools.sat.python import cp_model

        self.model = cp_model.CpModel()
        self.table, self.tasks = table, table.problem.tasks
        self.hint = {row.task: row for row in hint.assignments}
        self.visits: list[Visit] = []
        self.cost: list[Any] = []
        self.out = [self.boolean(task.id not in self.hint) for task in self.tasks]
        finishes = [self.hint[task.id].finish if task.id in self.hint else 0 for task in self.tasks]
        self.finish = [self.integer(0, table.span, known=finish) for finish in finishes]
        self.is_awaited = {name for task in self.tasks for name in task.after}

    def build(self) -> None:
        """All rules and costs."""
        ready = self.table.work_minutes(self.table.release)
        for number in range(len(self.tasks)):
            mine = self.table.pairs.of(number)
            visits = [visit for pair in range(mine.start, mine.stop) if (visit := self.visit(pair, int(ready[pair])))]
            self.model.add_exactly_one([self.out[number], *(visit.does for visit in visits)])
            self.cost.append(self.out[number] * units(self.table.price[number]))
            self.add_lateness(number, visits)
            self.add_waits(number, visits)
            self.visits += visits
        for number, seat in enumerate(self.table.seats):
            mine_here = [visit for visit in self.visits if visit.seat == number]
            self.add_seat(seat, mine_here)
            self.add_circuit(mine_here)
        self.model.minimize(sum(self.cost))

    def boolean(self, known: bool) -> Any:
        """A truth value with its hint."""
        made = self.model.new_bool_var("")
        self.model.add_hint(made, known)
        return made

    def integer(self, low: int, high: int, *, known: int) -> Any:
        """A whole number with its hint."""
        made = self.model.new_int_var(low, high, "")
        self.model.add_hint(made, min(max(known, low), high))
        return made

    def visit(self, pair: int, ready: int) -> Visit | None:
        """The variables of one pair; None when the task does not fit there at all."""
        pairs, task, number = self.table.pairs, int(self.table.task_of_pair[pair]), int(self.table.pairs.seat[pair])
        seat, minutes = self.table.seats[number], int(pairs.minutes[pair])
        first, last, pin = ready, seat.total - minutes, self.tasks[task].pin
        if pin is not None and pin.start is not None:
            pinned = work_minute(seat, pin.start)
            first, last = max(first, pinned), min(last, pinned)
        if first > last:
            return None
        row, name = self.hint.get(self.tasks[task].id), self.table.problem.workers[seat.position].id
        is_here = row is not None and (row.worker, row.lane) == (name, seat.lane)
        known = work_minute(seat, row.start) if row is not None and is_here else None
        does = self.boolean(is_here)
        self.cost.append(does * units(pairs.points[pair]))
        return Visit(task, number, minutes, does, self.integer(first, last, known=known or first), known)

    def add_lateness(self, number: int, visits: list[Visit]) -> None:
        """The finish is at least what the calendar says for the last work minute; lateness costs."""
        due, rate = int(self.table.due[number]), units(self.table.late_per_min[number])
        is_awaited = self.tasks[number].id in self.is_awaited
        for visit in visits:
            self.add_finish(visit, after=0 if is_awaited else due)
        if rate and due < self.table.span:
            row = self.hint.get(self.tasks[number].id)
            late = self.integer(0, self.table.span - due, known=row.finish - due if row is not None else 0)
            self.model.add(late >= self.finish[number] - due)
            self.cost.append(late * rate)

    def add_finish(self, visit: Visit, *, after: int) -> None:
        """Work that goes on into an interval of the calendar (one that ends after this minute) ends in it or later."""
        seat, end = self.table.seats[visit.seat], visit.start + visit.minutes
        known = None if visit.known is None else visit.known + visit.minutes
        for before, start, until in zip(seat.before.tolist(), seat.starts.tolist(), seat.ends.tolist(), strict=True):
            if until > after:
                goes_on = self.boolean(known is not None and known > before)
                self.model.add(end <= before).only_enforce_if(~goes_on, visit.does)
                self.model.add(self.finish[visit.task] >= end + start - before).only_enforce_if(goes_on, visit.does)

    def add_waits(self, number: int, visits: list[Visit]) -> None:
        """A task starts after those it waits for have finished, and is left out with them."""
        for name in self.tasks[number].after:
            first = self.table.problem.task_index[name]
            self.model.add_implication(self.out[first], self.out[number])
            for visit in visits:
                self.add_wait(visit, self.finish[first])

    def add_wait(self, visit: Visit, finish: Any) -> None:
        """The work minute in which it starts is, by the interval of the calendar it lies in, at or after a minute."""
        seat = self.table.seats[visit.seat]
        for before, start, until in zip(seat.before.tolist(), seat.starts.tolist(), seat.ends.tolist(), strict=True):
            by_then = self.boolean(visit.known is not None and visit.known < before + until - start)
            self.model.add(visit.start >= before + until - start).only_enforce_if(~by_then, visit.does)
            self.model.add(visit.start + start - before >= finish).only_enforce_if(by_then, visit.does)

    def add_seat(self, seat: Seat, mine: list[Visit]) -> None:
        """One task at a time, most tasks, fairness."""
        fixed = [self.model.new_optional_fixed_size_interval_var(it.start, it.minutes, it.does, "") for it in mine]
        self.model.add_no_overlap(fixed)
        self.model.add(sum(visit.does for visit in mine) <= seat.most_tasks)
        weight = self.table.problem.objective.fairness
        if self.table.problem.horizon is None or not mine or not weight:
            return
        load = sum(visit.does * visit.minutes for visit in mine)
        planned = sum(visit.minutes for visit in mine if visit.known is not None)
        cost = add_fairness(self.model, load, available=seat.available, weight=weight)
        self.model.add_hint(cost, fairness_hint(planned, available=seat.available, weight=weight))
        self.cost.append(cost)

    def add_circuit(self, mine: list[Visit]) -> None:
        """The order of the tasks in a seat, for set-ups and switches. Node 0 is before the first and after the last."""
        known = [i for i, visit in enumerate(mine, start=1) if visit.known is not None]
        known.sort(key=lambda i: mine[i - 1].known or 0)
        follows = set(pairwise([0, *known, 0]))
        arcs = [(0, 0, self.boolean((0, 0) in follows))]
        arcs += [(i, i, ~visit.does) for i, visit in enumerate(mine, start=1)]
        for a, b in permutations(range(len(mine) + 1), 2):
            arc = self.boolean((a, b) in follows)
            arcs.append((a, b, arc))
            if a and b:
                self.add_follow(mine[a - 1], mine[b - 1], arc)
        self.model.add_circuit(arcs)

    def add_follow(self, first: Visit, second: Visit, arc: Any) -> None:
        """The second comes right after the first, after a set-up when their contexts differ."""
        contexts = self.table.context[[first.task, second.task]]
        switches = bool(contexts.min() >= 0 and contexts[0] != contexts[1])
        gap = first.minutes + switches * self.table.problem.setup
        self.model.add(second.start >= first.start + gap).only_enforce_if(arc)
        if switches:
            self.cost.append(arc * units(self.table.problem.objective.switch))


def work_minute(seat: Seat, minute: int) -> int:
    """Work minutes of the seat before this minute."""
    return int(seat.to_work(np.array([minute]))[0])
