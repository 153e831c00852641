"""Decode: from an order of tasks in each lane to start and finish, as early as the rules allow.

Everything is in work minutes of the worker (see clock.py), so a task is one interval [start, start + minutes).
A lane remembers the state after each of its tasks; a change in the middle decodes only what follows it.
"""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.engine.arrays import NO_CONTEXT, NO_PIN, WAITS, Model

Cursor = tuple[int, int, int, int]
"""State of a lane: work minute reached, minutes used in the week of the cap, end of that week, context."""

Step = tuple[int, int, int, int, float]
"""One task done: start, end, used, week end, soft points (lateness and switch)."""

FRESH: Cursor = (0, 0, 0, NO_CONTEXT)


class Lane:
    """Tasks of one lane in order, with the state after each. Treated as frozen once it is in a state.

    `soft[i]` and `switches[i]` count the first i tasks.
    """

    __slots__ = ("ends", "soft", "starts", "switches", "tasks", "used", "week_ends")

    def __init__(self, source: Lane | None = None, keep: int = 0) -> None:
        self.tasks: list[int] = source.tasks[:keep] if source else []
        self.starts: list[int] = source.starts[:keep] if source else []
        self.ends: list[int] = source.ends[:keep] if source else []
        self.used: list[int] = source.used[:keep] if source else []
        self.week_ends: list[int] = source.week_ends[:keep] if source else []
        self.soft: list[float] = source.soft[: keep + 1] if source else [0.0]
        self.switches: list[int] = source.switches[: keep + 1] if source else [0]

    def add(self, task: int, *, step: Step, switched: bool) -> None:
        """Append a decoded task."""
        start, end, used, week_end, soft = step
        self.tasks.append(task)
        self.starts.append(start)
        self.ends.append(end)
        self.used.append(used)
        self.week_ends.append(week_end)
        self.soft.append(self.soft[-1] + soft)
        self.switches.append(self.switches[-1] + switched)


class Track:
    """Decoder of one worker. `ready` is the state's list of earliest starts (minutes) of tasks that wait."""

    __slots__ = (
        "capped",
        "clock",
        "context",
        "due",
        "late",
        "pairs",
        "ready",
        "setup",
        "switch_points",
        "total",
    )

    def __init__(self, model: Model, worker: int, *, ready: list[int]) -> None:
        self.clock = model.clocks[worker]
        self.capped = self.clock.cap is not None
        self.total = self.clock.total
        self.pairs = model.pairs[worker]
        self.context, self.due, self.late = model.context, model.due, model.late
        self.setup, self.switch_points = model.setup, model.switch_points
        self.ready = ready

    def step(self, cursor: Cursor, task: int) -> Step | None:
        """Do one task next in a lane that stands at the cursor; None when that cannot be."""
        u, used, week_end, before = cursor
        minutes, ready, due, pin, _ = self.pairs[task]
        soft = 0.0
        if before >= 0 and before != self.context[task] >= 0:
            soft = self.switch_points
            if not self.capped:
                u += self.setup
            elif self.setup:
                run = self.clock.run(u, self.setup, used=used, week_end=week_end)
                if run is None:
                    return None
                _, u, used, week_end = run
        if ready == WAITS:
            ready = self.clock.to_u(self.ready[task])
        start = ready if ready > u else u
        if pin != NO_PIN:
            if start > pin:
                return None
            start = pin
        if self.capped:
            run = self.clock.run(start, minutes, used=used, week_end=week_end)
            if run is None or pin not in (NO_PIN, run.start):
                return None
            start, end, used, week_end = run
        else:
            end = start + minutes
            if end > self.total:
                return None
        if end > due:
            soft += (self.clock.end_minute(end) - self.due[task]) * self.late[task]
        return start, end, used, week_end, soft

    def cursor(self, lane: Lane, position: int) -> Cursor:
        """State before the task at this position."""
        if position == 0:
            return FRESH
        last = position - 1
        return lane.ends[last], lane.used[last], lane.week_ends[last], self.context[lane.tasks[last]]

    def switches(self, before: int, after: int) -> bool:
        """True when these two contexts differ."""
        return 0 <= before != after >= 0

    def redo(self, lane: Lane, keep: int, *, tasks: Sequence[int]) -> Lane | None:
        """A new lane: the first `keep` tasks as they are, then these tasks; None when they cannot be done."""
        new = Lane(lane, keep)
        cursor = self.cursor(lane, keep)
        for task in tasks:
            step = self.step(cursor, task)
            if step is None:
                return None
            context = self.context[task]
            new.add(task, step=step, switched=self.switches(cursor[3], context))
            cursor = (step[1], step[2], step[3], context)
        return new
