"""A plan while it is searched: orders in lanes, decoded, with every change undoable.

All writes go through `_set`, which logs the old value; `rollback` to a mark restores exactly what was there.
A change that cannot be decoded (end of the calendar, a missed pinned start) is refused and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from fairlead.engine.arrays import Model
from fairlead.engine.plan import Assignment
from fairlead.engine.shared import SharedLanes
from fairlead.engine.simulate import Lane, Track

PAIRS, LOAD, LEFT_OUT, SOFT = range(4)
"""Entries of `State.sums`: static pair points, fairness, unassigned, lateness with switches."""

SETTLE_ROUNDS = 50
"""Most decodes per task while a change runs through chains of tasks; far above what plans need."""


class State:
    """Who does what in which order. Tasks and workers are positions in the problem."""

    def __init__(self, model: Model) -> None:
        tasks, workers = model.problem.tasks, model.problem.workers
        self.model = model
        self.ready = [task.release for task in tasks]
        self.finish = [0] * len(tasks)
        self.where: list[tuple[int, int] | None] = [None] * len(tasks)
        self.lanes = [[Lane() for _ in range(worker.lanes)] for worker in workers]
        self.tracks = [Track(model, worker, ready=self.ready) for worker in range(len(workers))]
        self.planned = [0] * len(workers)
        self.count = [0] * len(workers)
        self.sums = [0.0, 0.0, sum(model.price), 0.0]
        self._log: list[tuple[Any, int, Any]] = []
        self._stale: list[int] = []

    # -- undo ---------------------------------------------------------------------------------------------

    def _set(self, store: list[Any], key: int, *, to: Any) -> None:
        self._log.append((store, key, store[key]))
        store[key] = to

    def mark(self) -> int:
        """A point to roll back to."""
        return len(self._log)

    def rollback(self, mark: int) -> None:
        """Undo every change since the mark."""
        log = self._log
        while len(log) > mark:
            store, key, old = log.pop()
            store[key] = old
        self._stale.clear()

    def commit(self) -> None:
        """Forget how to undo; marks made before are void."""
        self._log.clear()

    # -- reading ------------------------------------------------------------------------------------------

    def total(self) -> float:
        """Points of the plan."""
        points = self.sums[PAIRS] + self.sums[LOAD] + self.sums[LEFT_OUT] + self.sums[SOFT]
        if self.model.makespan:
            points += self.model.makespan * self.latest_finish()
        return points

    def latest_finish(self) -> int:
        """Minute at which the last task ends; 0 when there is none."""
        clocks = self.model.clocks
        return max(
            (
                clock.end_minute(lane.ends[-1])
                for clock, lanes in zip(clocks, self.lanes, strict=True)
                for lane in lanes
                if lane.ends
            ),
            default=0,
        )

    def ready_for(self, task: int) -> int | None:
        """Earliest start (minute) after the release and all predecessors; None when one has no place."""
        earliest = self.model.problem.tasks[task].release
        for before in self.model.before[task]:
            if self.where[before] is None:
                return None
            earliest = max(earliest, self.finish[before])
        return earliest

    def make_ready(self, task: int) -> int | None:
        """Write down the earliest start of a task without a place, which decoding reads; None when it must wait.

        Logged like every change: a roll-back may give the task its old place, and that needs the old value.
        """
        ready = self.ready_for(task)
        if ready is not None and ready != self.ready[task]:
            self._set(self.ready, task, to=ready)
        return ready

    def chain_ready(self, task: int) -> int:
        """Latest finish of the (placed) predecessors; 0 without them."""
        return max((self.finish[before] for before in self.model.before[task]), default=0)

    def times(self, task: int) -> tuple[int, int]:
        """Start and finish (minutes) of a placed task."""
        worker, lane_number = self.place_of(task)
        lane = self.lanes[worker][lane_number]
        position, clock = lane.tasks.index(task), self.model.clocks[worker]
        return clock.start_minute(lane.starts[position]), clock.end_minute(lane.ends[position])

    def place_of(self, task: int) -> tuple[int, int]:
        """Worker and lane of a placed task."""
        place = self.where[task]
        if place is None:
            raise LookupError(f"task {self.model.problem.tasks[task].id} has no place in this plan")
        return place

    def assignments(self) -> tuple[Assignment, ...]:
        """The plan in the problem's order of tasks."""
        problem, rows = self.model.problem, []
        for worker, lanes in enumerate(self.lanes):
            clock = self.model.clocks[worker]
            for number, lane in enumerate(lanes):
                for task, start, end in zip(lane.tasks, lane.starts, lane.ends, strict=True):
                    rows.append((task, worker, number, clock.start_minute(start), clock.end_minute(end)))
        rows.sort()
        return tuple(
            Assignment(problem.tasks[task].id, problem.workers[worker].id, number, start, finish)
            for task, worker, number, start, finish in rows
        )

    def dependants(self, tasks: Iterable[int]) -> list[int]:
        """The placed tasks among these and all that wait for them, each once, predecessors first."""
        found: dict[int, None] = {}
        stack = list(tasks)
        while stack:
            task = stack.pop()
            if task not in found and self.where[task] is not None:
                found[task] = None
                stack.extend(self.model.following[task])
        return self.in_chain_order(list(found))

    def in_chain_order(self, tasks: Sequence[int]) -> list[int]:
        """Stable order in which every task comes after those of these tasks that it waits for."""
        if not self.model.has_chains:
            return list(tasks)
        inside, done, order = set(tasks), set[int](), list[int]()
        stack = list(reversed(tasks))
        while stack:
            task = stack[-1]
            open_before = [q for q in self.model.before[task] if q in inside and q not in done]
            if open_before and task not in done:
                stack.extend(open_before)
                continue
            stack.pop()
            if task not in done:
                done.add(task)
                order.append(task)
        return order

    # -- changing -----------------------------------------------------------------------------------------

    def place(self, task: int, worker: int, *, lane: int, position: int) -> bool:
        """Put a task that has no place into a lane; False, and no change, when the rules forbid it."""
        mark = self.mark()
        if self.make_ready(task) is None or self.count[worker] >= self.model.most_tasks[worker]:
            return False
        self._set(self.where, task, to=(worker, lane))
        order = self.lanes[worker][lane].tasks
        if not self._reorder(worker, lane, order=[*order[:position], task, *order[position:]], keep=position):
            self.rollback(mark)
            return False
        if not self._settle():
            self.rollback(mark)
            return False
        self._account(task, worker, sign=1)
        return True

    def append(self, task: int, worker: int, *, lane: int) -> bool:
        """Put a task at the end of a lane while a plan is read in; nothing that waits for it may have a place yet.

        Not undoable and much quicker than `place`: the lane, which nobody else has seen yet, grows in place.
        """
        row, track = self.lanes[worker][lane], self.tracks[worker]
        if self.model.shared_cap[worker]:
            return self.place(task, worker, lane=lane, position=len(row.tasks))
        if self.make_ready(task) is None or self.count[worker] >= self.model.most_tasks[worker]:
            return False
        cursor = track.cursor(row, len(row.tasks))
        step = track.step(cursor, task)
        if step is None:
            return False
        row.add(task, step=step, switched=track.switches(cursor[3], self.model.context[task]))
        self.where[task] = (worker, lane)
        self.finish[task] = track.clock.end_minute(step[1])
        self.sums[SOFT] += step[4]
        self._account(task, worker, sign=1)
        return True

    def remove(self, tasks: Iterable[int]) -> bool:
        """Take tasks, and all that wait for them, out of the plan; False, and no change, when that cannot be.

        It cannot be when a set-up that appears in the gap makes a pinned start or the calendar's end too early.
        """
        mark = self.mark()
        gone = set(self.dependants(tasks))
        touched: dict[tuple[int, int], None] = {}
        for task in sorted(gone):
            touched[self.place_of(task)] = None
            self._account(task, self.place_of(task)[0], sign=-1)
            self._set(self.where, task, to=None)
        for worker, lane in touched:
            order = self.lanes[worker][lane].tasks
            keep = next((i for i, task in enumerate(order) if task in gone), len(order))
            if not self._reorder(worker, lane, order=[task for task in order if task not in gone], keep=keep):
                self.rollback(mark)
                return False
        if not self._settle():
            self.rollback(mark)
            return False
        return True

    def _account(self, task: int, worker: int, *, sign: int) -> None:
        model, pair = self.model, self.model.pairs[worker][task]
        before = self.planned[worker]
        after = before + sign * pair.minutes
        load = model.fairness_points(worker, after) - model.fairness_points(worker, before)
        self._set(self.planned, worker, to=after)
        self._set(self.count, worker, to=self.count[worker] + sign)
        self._set(self.sums, PAIRS, to=self.sums[PAIRS] + sign * pair.points)
        self._set(self.sums, LOAD, to=self.sums[LOAD] + load)
        self._set(self.sums, LEFT_OUT, to=self.sums[LEFT_OUT] - sign * model.price[task])

    def _reorder(self, worker: int, lane: int, *, order: list[int], keep: int) -> bool:
        if self.model.shared_cap[worker]:
            orders = [order if number == lane else row.tasks for number, row in enumerate(self.lanes[worker])]
            decoded = self.decode_shared(worker, orders)
            if decoded is None:
                return False
            for number, new in enumerate(decoded):
                self._put(worker, number, new=new)
            return True
        changed = self.tracks[worker].redo(self.lanes[worker][lane], keep, tasks=order[keep:])
        if changed is None:
            return False
        self._put(worker, lane, new=changed)
        return True

    def decode_shared(self, worker: int, orders: Sequence[Sequence[int]]) -> list[Lane] | None:
        """Decode all lanes of a worker who shares a weekly cap among them."""
        return SharedLanes(self.model, worker, orders=orders, ready=self._ready_within(orders)).decode()

    def _ready_within(self, orders: Sequence[Sequence[int]]) -> Callable[[int, dict[int, int]], int | None]:
        """Predecessors in the same decode count with the finish found there; the others with theirs in the plan."""
        inside = {task for order in orders for task in order}

        def ready(task: int, finish: dict[int, int]) -> int | None:
            earliest = self.model.problem.tasks[task].release
            for before in self.model.before[task]:
                if before in inside and before not in finish:
                    return None
                earliest = max(earliest, finish.get(before, self.finish[before]))
            return earliest

        return ready

    def _put(self, worker: int, lane: int, *, new: Lane) -> None:
        old = self.lanes[worker][lane]
        self._set(self.lanes[worker], lane, to=new)
        self._set(self.sums, SOFT, to=self.sums[SOFT] + new.soft[-1] - old.soft[-1])
        if not self.model.has_chains:
            return
        clock, following = self.model.clocks[worker], self.model.following
        for task, end in zip(new.tasks, new.ends, strict=True):
            if following[task]:
                finish = clock.end_minute(end)
                if finish != self.finish[task]:
                    self._set(self.finish, task, to=finish)
                    self._stale.extend(following[task])

    def _settle(self) -> bool:
        """Move everything that waits for tasks whose finish changed, until nothing changes any more."""
        rounds = SETTLE_ROUNDS * (len(self.where) + 1)
        while self._stale:
            task = self._stale.pop()
            place, ready = self.where[task], self.ready_for(task)
            if place is None or ready is None or ready == self.ready[task]:
                continue
            self._set(self.ready, task, to=ready)
            order = self.lanes[place[0]][place[1]].tasks
            rounds -= 1
            if not rounds or not self._reorder(*place, order=order, keep=order.index(task)):
                return False
        return True

    # -- keeping the best -------------------------------------------------------------------------------------

    def snapshot(self) -> tuple[list[Any], ...]:
        """A copy to come back to; lanes are never changed in place, so copying the references is enough."""
        stores = (self.ready, self.finish, self.where, self.planned, self.count, self.sums)
        return (*(list(store) for store in stores), [list(lanes) for lanes in self.lanes])

    def restore(self, snapshot: tuple[list[Any], ...]) -> None:
        """Come back to a snapshot."""
        stores: tuple[list[Any], ...] = (self.ready, self.finish, self.where, self.planned, self.count, self.sums)
        for store, saved in zip(stores, snapshot, strict=False):
            store[:] = saved
        self.lanes[:] = [list(lanes) for lanes in snapshot[-1]]
        self.commit()
