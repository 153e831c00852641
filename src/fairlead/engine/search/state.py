"""A plan while it is searched: rows of tasks in order, one for each lane of each worker, decoded by the kernel.

Tasks, workers and rows are positions. Every change can be undone to a mark. The kernel allocates nothing: when it
runs out of room it comes back early, says what it needs, and is called again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from fairlead.engine.arrays import FAR, NONE, Arrays, Model
from fairlead.engine.kernel.library import FOUND, SLOT, Array, Board, dtypes
from fairlead.engine.plan import Assignment
from fairlead.engine.problem import WEEK_MIN

NEED_NOTHING, NEED_ROW, NEED_SNAPS = range(3)
LEAST_ROOM = 8
"""Slots that a row starts with, at least."""

ROOM_SHARE = 2
"""Slots that a row starts with, in shares of an equal distribution of the tasks."""

LEAST_SNAPS = 256
MOST_TAKEN = 200
"""An iteration that would take out more tasks than this is given up: chains of thousands would stop the search."""

MEAN_RUIN, LONGEST_STRING = 6, 6
"""Tasks that an iteration takes out: docs/engine/search.md has the comparison."""

RANDOM_STEP = 0x9E3779B97F4A7C15
"""Odd constant that spreads seeds over all 64 bits (Steele, Lea and Flood, OOPSLA 2014)."""


class Rows:
    """The rows of tasks over some arrays of a problem, or of a part of one; empty at first."""

    def __init__(self, arrays: Arrays, numbers: Mapping[str, float], *, seed: int) -> None:
        tasks, workers, rows = arrays["release"].size, arrays["cap"].size, arrays["row_worker"].size
        own = plan_arrays(arrays, tasks, workers, rows, makespan=numbers["makespan"] > 0)
        self.board = Board(arrays | own | scratch_arrays(arrays, tasks, rows), numbers)
        self.board.give("random", np.array([random_start(seed)], np.uint64))
        self.board["most_moved"] = tasks
        self.board["most_taken"] = min(tasks, MOST_TAKEN)
        self.board["mean_ruin"], self.board["longest_string"] = MEAN_RUIN, LONGEST_STRING
        self.board["stamp"] = 1
        self.used = int(self.arrays["row_room"].sum())

    @property
    def arrays(self) -> dict[str, Array]:
        """The arrays by name, as in kernel/c/fields.h."""
        return self.board.arrays

    # -- room -----------------------------------------------------------------------------------------------------

    def make_room(self) -> bool:
        """Give the kernel what it came back for; False when it needs nothing."""
        need = self.board["need"]
        if need == NEED_ROW:
            self._enlarge_row(int(self.board["need_row"]))
        elif need == NEED_SNAPS:
            for name in ("snaps", "snap_slots"):
                old = self.arrays[name]
                self.board.give(name, np.concatenate((old, np.zeros_like(old))))
        self.board["need"] = NEED_NOTHING
        return bool(need != NEED_NOTHING)

    def _enlarge_row(self, row: int) -> None:
        """Move the row to the end of the slots, with twice the room."""
        at, room = self.arrays["row_at"], self.arrays["row_room"]
        wanted = max(LEAST_ROOM, 2 * int(room[row]))
        if self.used + wanted > self.arrays["slots"].size:
            for name in ("slots", "best_slots"):
                old = self.arrays[name]
                self.board.give(name, np.concatenate((old, np.zeros(old.size + wanted, SLOT))))
        first, last = int(at[row]), int(at[row] + room[row])
        for name in ("slots", "best_slots"):
            self.arrays[name][self.used : self.used + last - first] = self.arrays[name][first:last]
        at[row], room[row] = self.used, wanted
        self.used += wanted

    def until_done(self, call: str) -> None:
        """Call a function that goes through `order`, making room as often as it asks for it."""
        done, size = 0, self.arrays["order"].size
        while done < size:
            done = self.board.call(call, done)
            if not self.make_room():
                return

    # -- filling --------------------------------------------------------------------------------------------------

    def insert_all(self, order: Array) -> None:
        """Put each task where it costs least, in this order; what costs more than leaving it out stays out."""
        self.board.give("order", np.ascontiguousarray(order, np.int32))
        self.until_done("fl_construct")

    def append_all(self, order: Sequence[int], rows: Sequence[int]) -> None:
        """Put each task at the end of a row, in this order; what does not fit stays out."""
        self.board.give("order", np.array(order, np.int32))
        self.board.give("order_row", np.array(rows, np.int32))
        self.until_done("fl_append")

    # -- searching ------------------------------------------------------------------------------------------------

    def begin(self) -> float:
        """Take the plan as the best so far; its cost."""
        return float(self.board.call("fl_begin"))

    def choose_seeds(self) -> None:
        """Let the search start from every task that somebody could do and that may be taken out."""
        able = np.diff(self.arrays["pair_ptr"]) > 0
        self.board.give("seeds", positions(np.flatnonzero(able & (self.arrays["locked"] == 0))))

    def search(self, iterations: int, *, temperature: float) -> None:
        """So many rounds at this temperature."""
        done = 0
        while done < iterations:
            done += self.board.call("fl_search", iterations - done, temperature)
            self.make_room()

    def take_best(self) -> None:
        """Come back to the best plan found since `begin`."""
        self.board.call("fl_take_best")

    def splice(self, rows: Array, lengths: Array, slots: Array) -> bool:
        """Give the rows these slots, which were decoded elsewhere; False, and no change, when others cannot follow."""
        while True:
            mark = self.mark()
            given = rows.ctypes.data, lengths.ctypes.data, slots.ctypes.data
            if self.board.call("fl_splice", *given, rows.size):
                return True
            self.undo(mark)
            if not self.make_room():
                return False

    # -- trying ---------------------------------------------------------------------------------------------------

    def mark(self) -> int:
        """A point to come back to."""
        return int(self.board.call("fl_mark"))

    def undo(self, mark: int) -> None:
        """Undo everything since the mark."""
        self.board.call("fl_undo", mark)

    def commit(self) -> None:
        """Forget how to undo."""
        self.board.call("fl_commit")

    def remove(self, task: int) -> list[tuple[int, int]] | None:
        """Take out a task and all that waits for it: each with its worker.

        None, and no change, when the rest cannot be decoded without them: a set-up that appears in the gap may make a
        pinned start too early.
        """
        mark = self.mark()
        self.board["most_taken"] = self.arrays["taken"].size - 8
        try:
            while (count := self.board.call("fl_remove", task)) == NONE:
                self.undo(mark)
                if not self.make_room():
                    return None
        finally:
            self.board["most_taken"] = min(self.arrays["task_row"].size, MOST_TAKEN)
        pairs = zip(self.arrays["taken"][:count].tolist(), self.arrays["taken_from"][:count].tolist(), strict=True)
        return list(pairs)

    def least_points(self, task: int, pairs: Array) -> Array:
        """Points of each pair's cheapest place, as far as the worker's own rows show them; inf without one."""
        points = np.zeros(pairs.size)
        self.board.call("fl_least_points", task, pairs.ctypes.data, pairs.size, points.ctypes.data)
        return points

    def measure(self, task: int, pairs: Array, followers: Sequence[tuple[int, int]]) -> Array:
        """What each pair would change, exactly; followers are placed with their workers after it."""
        return self._with_room("fl_measure", task, pairs, followers)

    def place(self, task: int, pair: Array, followers: Sequence[tuple[int, int]] = ()) -> Array:
        """Put the task at the pair's cheapest place, and its followers; what changed. The caller undoes or commits."""
        return self._with_room("fl_place", task, pair, followers)

    def put(self, task: int, pair: Array, *, row: int, place: int) -> bool:
        """Put the task at exactly this place of a row; False, and no change, when the rules forbid it."""
        while True:
            mark = self.mark()
            if self.board.call("fl_put", task, pair.ctypes.data, row, place):
                return True
            self.undo(mark)
            if not self.make_room():
                return False

    def reorder(self, row: int, tasks: Array) -> float:
        """Give the row's tasks this order; what that changes, or inf, and no change, when the rules forbid it.

        The caller undoes or commits.
        """
        while True:
            mark = self.mark()
            points = float(self.board.call("fl_reorder", row, tasks.ctypes.data))
            if points < np.inf:
                return points
            self.undo(mark)
            if not self.make_room():
                return points

    def hold(self, task: int, minute: int) -> bool:
        """Let a task start no earlier than this minute; False, and no change, where that costs or shifts anything."""
        release = int(self.arrays["release"][task])
        self.arrays["release"][task] = max(release, minute)
        while True:
            mark = self.mark()
            if self.board.call("fl_hold", task, minute):
                self.commit()
                return True
            self.undo(mark)
            if not self.make_room():
                self.arrays["release"][task] = release
                return False

    def _with_room(self, call: str, task: int, pairs: Array, followers: Sequence[tuple[int, int]]) -> Array:
        found = np.zeros(pairs.size, FOUND)
        self.board.give("order", np.array([item for item, _ in followers], np.int32))
        self.board.give("order_row", np.array([worker for _, worker in followers], np.int32))
        size: tuple[int, ...] = (pairs.size,) if call == "fl_measure" else ()
        while True:
            mark = self.mark()
            self.board.call(call, task, pairs.ctypes.data, *size, len(followers), found.ctypes.data)
            if not self.board["need"]:
                return found
            self.undo(mark)
            self.make_room()

    # -- reading --------------------------------------------------------------------------------------------------

    def total(self) -> float:
        """Points of the plan."""
        return float(self.board.call("fl_full_cost"))

    def worker_of(self, task: int) -> int | None:
        """Who has the task."""
        row = int(self.arrays["task_row"][task])
        return None if row == NONE else int(self.arrays["row_worker"][row])

    def left_out(self) -> list[int]:
        """Tasks that nobody has."""
        return np.flatnonzero(self.arrays["task_row"] == NONE).tolist()

    def slots(self, row: int) -> Array:
        """The row's slots in order."""
        at = int(self.arrays["row_at"][row])
        return self.arrays["slots"][at : at + int(self.arrays["row_len"][row])]

    def rows_of(self, worker: int) -> range:
        """The rows of a worker, one for each lane."""
        at = self.arrays["row_ptr"]
        return range(int(at[worker]), int(at[worker + 1]))

    def planned(self, worker: int) -> int:
        """Minutes of work that the worker has."""
        return int(self.arrays["planned"][worker])

    def held(self, worker: int) -> int:
        """Tasks that the worker has."""
        return int(self.arrays["held"][worker])

    def ready_minute(self, task: int) -> int:
        """Earliest start of a task after its release and all that it waits for, as far as those have a place."""
        first, last = self.arrays["pred_ptr"][task : task + 2]
        finishes = [self.finish_of(int(before)) for before in self.arrays["pred"][first:last]]
        return max(int(self.arrays["release"][task]), *finishes, 0)

    def finish_of(self, task: int) -> int:
        """Wall clock minute at which the task is done; 0 when it has no place."""
        row = int(self.arrays["task_row"][task])
        if row == NONE:
            return 0
        slot = self.slots(row)[self.arrays["task_place"][task]]
        return int(self.wall(int(self.arrays["row_worker"][row]), slot["end"]))

    def placed(self) -> Iterator[tuple[int, int, int, int, int]]:
        """Task, worker, lane, start and finish (wall clock minutes) of everything in the plan."""
        for row, worker in enumerate(self.arrays["row_worker"].tolist()):
            slots = self.slots(row)
            if not slots.size:
                continue
            lane = row - int(self.arrays["row_ptr"][worker])
            starts = self.wall(worker, slots["start"] + 1) - 1
            finishes = self.wall(worker, slots["end"])
            for task, start, finish in zip(slots["task"].tolist(), starts.tolist(), finishes.tolist(), strict=True):
                yield task, worker, lane, start, finish

    def wall(self, worker: int, work_minutes: Array) -> Array:
        """Wall clock minutes at which the first so many work minutes are over (at least one)."""
        first, last = self.arrays["gap_ptr"][worker : worker + 2]
        before = self.arrays["before_min"][first:last]
        place = np.searchsorted(before, work_minutes, side="left") - 1
        return np.asarray(self.arrays["from_min"][first:last][place] + work_minutes - before[place])


class State(Rows):
    """One plan of a model, empty at first."""

    def __init__(self, model: Model, *, seed: int = 0) -> None:
        super().__init__(model.arrays, model.numbers, seed=seed)
        self.model = model

    def assignments(self) -> tuple[Assignment, ...]:
        """The plan in the problem's order of tasks."""
        tasks, workers = self.model.problem.tasks, self.model.problem.workers
        rows = sorted(self.placed())
        return tuple(
            Assignment(tasks[task].id, workers[worker].id, lane, start, finish)
            for task, worker, lane, start, finish in rows
        )


def plan_arrays(arrays: Arrays, tasks: int, workers: int, rows: int, *, makespan: bool) -> Arrays:
    """An empty plan."""
    most = arrays["most"][arrays["row_worker"]]
    room = np.minimum(most, max(LEAST_ROOM, ROOM_SHARE * tasks // max(1, rows))).astype(np.int32)
    size = 2 * int(room.sum()) + LEAST_ROOM
    tree = 2 << rows.bit_length() if makespan else 0
    return {
        "row_at": np.concatenate(([0], np.cumsum(room)))[:-1].astype(np.int64),
        "row_room": room,
        "row_len": np.zeros(rows, np.int32),
        "row_points": np.zeros(rows),
        "row_late": np.zeros(rows),
        "row_switches": np.zeros(rows, np.int32),
        "slots": np.zeros(size, SLOT),
        "best_slots": np.zeros(size, SLOT),
        "best_len": np.zeros(rows, np.int32),
        "stale": np.zeros(rows, np.uint8),
        "stale_rows": np.zeros(rows, np.int32),
        "task_row": np.full(tasks, NONE, np.int32),
        "task_place": np.zeros(tasks, np.int32),
        "planned": np.zeros(workers, np.int64),
        "held": np.zeros(workers, np.int32),
        "load_points": np.zeros(workers),
        "latest": np.zeros(tree, np.int32),
        "pool": np.zeros(tasks, np.int32),
        "pool_place": np.full(tasks, NONE, np.int32),
    }


def scratch_arrays(arrays: Arrays, tasks: int, rows: int) -> Arrays:
    """What the kernel needs to work with."""
    lanes = int(np.diff(arrays["row_ptr"]).max(initial=0))
    weeks = FAR // WEEK_MIN + 2 if arrays["shares"].any() else 1
    return {
        "locked": np.zeros(tasks, np.uint8),
        "home": np.full(tasks, NONE, np.int32),
        "seeds": np.zeros(0, np.int32),
        "order": np.zeros(0, np.int32),
        "order_row": np.zeros(0, np.int32),
        "snaps": np.zeros(LEAST_SNAPS, dtypes()["Snap"]),
        "snap_slots": np.zeros(16 * LEAST_SNAPS, SLOT),
        "row_stamp": np.zeros(rows, np.int64),
        "queue": np.zeros(tasks + 1, np.int32),
        "queued": np.zeros(tasks, np.uint8),
        "taken": np.zeros(tasks + 16, np.int32),
        "taken_from": np.zeros(tasks + 16, np.int32),
        "taken_key": np.zeros(tasks + 16),
        "taken_stamp": np.zeros(tasks, np.int64),
        "week_used": np.zeros(weeks, np.int32),
        "lanes": np.zeros(max(1, lanes), dtypes()["Lane"]),
    }


def random_start(seed: int) -> int:
    """The first state of the random numbers; never 0."""
    return (seed * RANDOM_STEP + RANDOM_STEP) % (1 << 64) or 1


def points_of(found: Array, credit: float) -> Array:
    """Points of doing a task, for each measurement: all that changes, without the credit of not leaving it out."""
    parts = ("pair", "late", "neighbour", "load", "plan", "left_out")
    return np.where(found["row"] == NONE, np.inf, sum(found[name] for name in parts) + credit)


def positions(of: Iterable[int]) -> Array:
    """Positions as the kernel wants them."""
    return np.fromiter(of, np.int32)
