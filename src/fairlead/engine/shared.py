"""Decode of a worker whose lanes share a weekly cap that can bind.

The cap is used in order of start, ties by lane: at each step the lane whose next item (a set-up or a task)
can start first does it, and takes its minutes from the cap. Since the cap only gets fuller, an item never
starts before one that was done earlier, so the order is well defined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fairlead.engine.arrays import NO_CONTEXT, NO_PIN, Model
from fairlead.engine.clock import FAR_MIN
from fairlead.engine.simulate import Lane

Ready = Callable[[int, dict[int, int]], int | None]
"""Earliest start (minute) of a task, given the finishes decoded so far; None while it must still wait."""


class Pool:
    """The weekly cap of one worker, and what is used of it in each week (by the week's end in work minutes)."""

    def __init__(self, model: Model, worker: int) -> None:
        self.clock = model.clocks[worker]
        self.cap = self.clock.cap if self.clock.cap is not None else FAR_MIN
        self.used: dict[int, int] = {}

    def first_free(self, u: int) -> int | None:
        """First work minute from u on in a week with room."""
        while u < self.clock.total:
            week_end = self.clock.week_end(u)
            if self.used.get(week_end, 0) < self.cap:
                return u
            u = week_end
        return None

    def work(self, u: int, minutes: int) -> int | None:
        """Do `minutes` of work from u on; the end, or None when the calendar ends before."""
        while minutes:
            free = self.first_free(u)
            if free is None:
                return None
            week_end = self.clock.week_end(free)
            used = self.used.get(week_end, 0)
            step = min(minutes, week_end - free, self.cap - used)
            self.used[week_end] = used + step
            u, minutes = free + step, minutes - step
        return u


class SharedLanes:
    """One decode of all lanes of one worker."""

    def __init__(self, model: Model, worker: int, *, orders: Sequence[Sequence[int]], ready: Ready) -> None:
        self.model, self.pairs, self.clock = model, model.pairs[worker], model.clocks[worker]
        self.orders, self.ready = orders, ready
        self.pool = Pool(model, worker)
        self.lanes = [Lane() for _ in orders]
        self.reached = [0] * len(orders)
        self.is_set_up = [False] * len(orders)
        self.finish: dict[int, int] = {}

    def decode(self) -> list[Lane] | None:
        """All lanes, or None when some task cannot be done in this order."""
        while True:
            open_lanes = [lane for lane, order in enumerate(self.orders) if len(self.lanes[lane].tasks) < len(order)]
            if not open_lanes:
                return self.lanes
            starts = [(start, lane) for lane in open_lanes if (start := self.next_start(lane)) is not None]
            if not starts:
                return None
            start, lane = min(starts)
            if start >= FAR_MIN or not self.do_next(lane, start):
                return None

    def needs_set_up(self, lane: int) -> bool:
        """True when a set-up comes before the lane's next task."""
        done = self.lanes[lane].tasks
        before = self.model.context[done[-1]] if done else NO_CONTEXT
        after = self.model.context[self.orders[lane][len(done)]]
        return 0 <= before != after >= 0

    def next_start(self, lane: int) -> int | None:
        """When the lane's next item can start; None while it waits for a task not decoded yet, FAR_MIN for never."""
        task = self.orders[lane][len(self.lanes[lane].tasks)]
        u = self.reached[lane]
        if not (self.model.setup and self.needs_set_up(lane) and not self.is_set_up[lane]):
            earliest = self.ready(task, self.finish)
            if earliest is None:
                return None
            u = max(u, self.clock.to_u(earliest))
            pin = self.pairs[task].pin
            if pin != NO_PIN:
                return pin if u <= pin and self.pool.first_free(pin) == pin else FAR_MIN
        free = self.pool.first_free(u)
        return FAR_MIN if free is None else free

    def do_next(self, lane: int, start: int) -> bool:
        """Do the lane's next item from `start` on; False when the calendar ends before it is done."""
        task = self.orders[lane][len(self.lanes[lane].tasks)]
        switched = self.needs_set_up(lane)
        if self.model.setup and switched and not self.is_set_up[lane]:
            end = self.pool.work(start, self.model.setup)
            self.reached[lane], self.is_set_up[lane] = end or 0, True
            return end is not None
        pair = self.pairs[task]
        end = self.pool.work(start, pair.minutes)
        if end is None:
            return False
        soft = self.model.switch_points if switched else 0.0
        finish = self.clock.end_minute(end)
        if end > pair.due:
            soft += (finish - self.model.due[task]) * self.model.late[task]
        self.lanes[lane].add(task, step=(start, end, 0, 0, soft), switched=switched)
        self.reached[lane], self.is_set_up[lane], self.finish[task] = end, False, finish
        return True
