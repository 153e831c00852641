"""A part of a plan: some workers with their tasks, as a problem of its own.

A part is plain arrays, so it can be pickled and searched anywhere; `search_part` needs nothing else. What waits for
tasks outside the part cannot start before those are done; what outside waits for tasks of the part is looked at when
the part is merged (parallel.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from fairlead.engine.arrays import FAR, NONE, Arrays
from fairlead.engine.kernel.library import SLOT, Array
from fairlead.engine.search.state import Rows, positions

AWAITED_PRICE = 1000.0
"""What others wait for is not left out: it would cost this many times the dearest task of the part."""

SCALARS = ("cap", "total", "most", "buffer", "available", "filled", "shares")
TASK_COLUMNS = ("release", "due", "late_rate", "price", "worth", "tail")


@dataclass(frozen=True)
class Part:
    """One part: arrays over its own positions, and which rows and tasks of the whole these are."""

    arrays: Arrays
    numbers: Mapping[str, float]
    rows: Array
    tasks: Array
    lengths: Array
    slots: Array
    seed: int


@dataclass(frozen=True)
class Searched:
    """What became of a part: slots of each of its rows, with the tasks' positions in the whole."""

    lengths: Array
    slots: Array
    iterations: int


def lists(pointers: Array, chosen: Array) -> tuple[Array, Array]:
    """Some of many lists that lie one after the other: pointers into what is chosen, and where it is taken from."""
    counts = pointers[chosen + 1] - pointers[chosen]
    own = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return own, np.repeat(pointers[chosen] - own[:-1], counts) + np.arange(own[-1])


def renumbered(chosen: Array, size: int) -> Array:
    """New number of each old one; NONE for those that are not chosen."""
    new = np.full(size, NONE, np.int32)
    new[chosen] = np.arange(chosen.size, dtype=np.int32)
    return new


def kept(pointers: Array, values: Array, inside: Array) -> tuple[Array, Array]:
    """Lists without the values that are not inside."""
    return np.concatenate(([0], np.cumsum(inside)))[pointers].astype(np.int64), np.ascontiguousarray(values[inside])


@dataclass(frozen=True)
class Links:
    """Chains that run from part to part: the earliest start of each task (FAR: what it waits for is left out), its
    latest finish, and whether something planned elsewhere waits for it.

    Parts that keep to these never disturb each other.
    """

    release: Array
    deadline: Array
    awaited: Array

    @classmethod
    def between(cls, state: Rows, home: Array, share: float) -> Links:
        """The links of the plan as it stands, when `home` is the part of each task.

        Between the end of a task and the start of one that waits for it lies a gap; both may use it up to a point, at
        this share of the gap.
        """
        arrays, tasks = state.arrays, home.size
        start, finish = np.zeros(tasks, np.int64), np.full(tasks, FAR, np.int64)
        for task, _, _, begin, end in state.placed():
            start[task], finish[task] = begin, end
        waiting = np.repeat(np.arange(tasks), np.diff(arrays["pred_ptr"]))
        across = home[waiting] != home[arrays["pred"]]
        before, after = arrays["pred"][across], waiting[across]
        planned = finish[after] < FAR
        point = np.where(planned, finish[before] + share * (start[after] - finish[before]), finish[before])
        release, deadline, awaited = np.zeros(tasks, np.int64), np.full(tasks, FAR, np.int64), np.zeros(tasks, bool)
        np.maximum.at(release, after, point.astype(np.int64))
        np.minimum.at(deadline, before[planned], point[planned].astype(np.int64))
        awaited[before[planned]] = True
        return cls(release, deadline, awaited)


def make_part(state: Rows, workers: Array, tasks: Array, *, links: Links | None, seed: int) -> Part:
    """The part of these workers and tasks, as they stand now."""
    arrays = state.arrays
    if links is not None:
        tasks = tasks[links.release[tasks] < FAR]
    row_ptr, rows = lists(arrays["row_ptr"], workers)
    new_worker, new_task = renumbered(workers, arrays["cap"].size), renumbered(tasks, arrays["release"].size)
    lengths = arrays["row_len"][rows]
    at = np.concatenate(([0], np.cumsum(lengths)))
    taken = np.repeat(arrays["row_at"][rows] - at[:-1], lengths) + np.arange(at[-1])
    slots = arrays["slots"][taken]
    slots["task"] = new_task[slots["task"]]
    own = {name: np.ascontiguousarray(arrays[name][workers]) for name in SCALARS}
    own |= {name: np.ascontiguousarray(arrays[name][tasks]) for name in TASK_COLUMNS}
    own |= {"row_ptr": row_ptr, "row_worker": np.repeat(positions(range(workers.size)), np.diff(row_ptr))}
    own |= calendars(arrays, workers) | chains(arrays, tasks, new_task)
    own |= contexts(arrays["context"][tasks], arrays["context_ptr"].size - 1)
    own |= able(arrays, tasks, new_worker)
    if links is not None:
        own["release"] = np.maximum(own["release"], links.release[tasks]).astype(np.int32)
        own["deadline"] = links.deadline[tasks].astype(np.int32)
        own["price"] = own["price"] + links.awaited[tasks] * AWAITED_PRICE * max(
            1.0, float(own["price"].max(initial=0))
        )
    return Part(own, dict(state_numbers(state)), rows, tasks, lengths.astype(np.int32), slots, seed)


def state_numbers(state: Rows) -> Mapping[str, float]:
    """Weights of the objective and the sizes of moves."""
    names = ("switch_points", "fairness", "makespan", "setup", "has_chains", "has_contexts")
    return {name: state.board[name] for name in names}


def calendars(arrays: Arrays, workers: Array) -> Arrays:
    """Intervals and weeks of these workers."""
    gap_ptr, gaps = lists(arrays["gap_ptr"], workers)
    week_ptr, weeks = lists(arrays["week_ptr"], workers)
    found = {name: arrays[name][gaps] for name in ("from_min", "until_min", "before_min")}
    return found | {"gap_ptr": gap_ptr, "week_ptr": week_ptr, "week_end": arrays["week_end"][weeks]}


def contexts(context: Array, count: int) -> Arrays:
    """The tasks of each context; contexts keep their numbers, which the slots have too."""
    order = np.argsort(context, kind="stable").astype(np.int32)
    missing = int(np.count_nonzero(context == NONE))
    pointers = np.searchsorted(context[order], np.arange(count + 1)) - missing
    task = np.ascontiguousarray(order[missing:])
    return {"context": context, "context_ptr": pointers.astype(np.int64), "context_task": task}


def chains(arrays: Arrays, tasks: Array, new_task: Array) -> Arrays:
    """What waits for what inside the part."""
    found: Arrays = {}
    for name in ("pred", "succ"):
        pointers, taken = lists(arrays[f"{name}_ptr"], tasks)
        others = new_task[arrays[name][taken]]
        found[f"{name}_ptr"], found[name] = kept(pointers, others, others != NONE)
    return found


def able(arrays: Arrays, tasks: Array, new_worker: Array) -> Arrays:
    """Pairs of the part's tasks and workers."""
    pointers, taken = lists(arrays["pair_ptr"], tasks)
    pairs = arrays["pairs"][taken]
    worker = new_worker[pairs["worker"]]
    pairs["worker"] = worker
    own, left = kept(pointers, pairs, worker != NONE)
    return {"pair_ptr": own, "pairs": left}


def search_part(
    part: Part, iterations: int, *, temperature: float, ends: Callable[[], bool] = lambda: False
) -> Searched:
    """Search a part for so many iterations, or until it ends; a pure function otherwise."""
    rows = Rows(part.arrays, part.numbers, seed=part.seed)
    everything = positions(range(part.rows.size))
    if not rows.splice(everything, part.lengths, part.slots):
        return Searched(part.lengths, with_tasks_of(part, part.slots), 0)
    rows.commit()
    if "deadline" in part.arrays:
        rows.board.call("fl_take_over_limits")
    rows.begin()
    rows.choose_seeds()
    done, step = 0, max(1, iterations // 20)
    while done < iterations and rows.arrays["seeds"].size and not ends():
        chunk = min(step, iterations - done)
        rows.search(chunk, temperature=temperature)
        done += chunk
    lengths = rows.arrays["row_len"].copy()
    slots = np.concatenate([rows.slots(row) for row in range(part.rows.size)]) if lengths.sum() else np.zeros(0, SLOT)
    return Searched(lengths, with_tasks_of(part, slots), done)


def with_tasks_of(part: Part, slots: Array) -> Array:
    """Slots as the whole plan has them."""
    whole = slots.copy()
    whole["deadline"] = FAR
    whole["task"] = part.tasks[slots["task"]]
    return whole
