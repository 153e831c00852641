"""After a repair's search: whatever changed without need goes back to how it was.

Each step is measured exactly and kept only where it costs nothing, or too little to be worth a change.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from fairlead.engine.arrays import NONE
from fairlead.engine.kernel.library import Array
from fairlead.engine.search.carry import Carried

TIE = 1e-9
"""Points below which two costs count as equal."""


@dataclass
class Gains:
    """Points that each change which was kept saves, exactly: the plan without it minus the plan with it.

    All by task. `moved` is None where the task's old worker has no place for it any more beside what is held; `order`
    is for those that were put out of their worker's old order, inf where the rules forbid that one.
    """

    moved: dict[int, float | None] = field(default_factory=dict)
    placed: dict[int, float] = field(default_factory=dict)
    order: dict[int, float] = field(default_factory=dict)


def calm_down(carried: Carried) -> Gains:
    """Undo moves, new orders and earlier starts that buy nothing; what the others buy."""
    gains = Gains()
    while straighten(carried):
        pass
    while send_back(carried, gains):
        pass
    for task in np.flatnonzero((carried.home == NONE) & (carried.state.arrays["task_row"] != NONE)).tolist():
        gains.placed[task] = worth_of_placing(carried, task)
    gains.order = worth_of_orders(carried)
    hold_back(carried)
    return gains


def send_back(carried: Carried, gains: Gains) -> bool:
    """Give each task back to its old worker where that costs no more; True when one went."""
    state, went = carried.state, False
    gains.moved.clear()
    for task in moved_tasks(carried).tolist():
        before, told, mark = state.total(), told_total(carried), state.mark()
        gain = None
        if give_home(carried, task):
            if state.total() - before <= TIE:
                state.commit()
                went = True
                continue
            gain = told_total(carried) - told
        state.undo(mark)
        gains.moved[task] = gain if gain is None or gain > TIE else None
    return went


def told_total(carried: Carried) -> float:
    """Points of the plan by the prices alone, without what a search adds to those of held tasks."""
    left_out = carried.state.arrays["task_row"] == NONE
    return carried.state.total() - float(carried.model.extra[left_out].sum())


def moved_tasks(carried: Carried) -> Array:
    """Tasks that are not with their old worker."""
    row = carried.state.arrays["task_row"]
    placed = row != NONE
    worker = np.full(len(row), NONE)
    worker[placed] = carried.state.arrays["row_worker"][row[placed]]
    return np.flatnonzero((carried.home != NONE) & (worker != carried.home))


def give_home(carried: Carried, task: int) -> bool:
    """Take the task out and put it to its old worker, what waits for it to theirs; False when one finds no place."""
    state, model = carried.state, carried.model
    pairs = model.pairs(task)
    pair = pairs[pairs["worker"] == carried.home[task]]
    if not pair.size or carried.waits(task):
        return False
    removed = state.remove(task) if state.worker_of(task) is not None else []
    if removed is None:
        return False
    followers = sorted((row for row in removed if row[0] != task), key=lambda row: model.topology[row[0]])
    found = state.place(task, pair, followers)
    return found["row"][0] != NONE and all(state.worker_of(follower) is not None for follower, _ in followers)


def worth_of_placing(carried: Carried, task: int) -> float:
    """Points that a task which nobody had saves by being done, with what waits for it."""
    state = carried.state
    with_it, mark = told_total(carried), state.mark()
    removed = state.remove(task)
    without_it = told_total(carried) if removed is not None else with_it
    state.undo(mark)
    return without_it - with_it


def straighten(carried: Carried) -> bool:
    """Put the tasks that stay with a worker back into their old order where that costs little; True when one went.

    Little is up to what the objective asks for giving a task to somebody else; all in all no more than the search has
    saved.
    """
    left, went = carried.total - carried.state.total(), False
    for row in range(carried.state.arrays["row_worker"].size):
        for task in displaced(carried, row):
            points = try_order(carried, row, back_in_line(carried, row, task), most=left)
            if points is not None:
                left, went = left - points, True
    return went


def try_order(carried: Carried, row: int, tasks: Array, *, most: float) -> float | None:
    """Give the row this order if that costs little, and say what it costs; None, and no change, otherwise."""
    state = carried.state
    mark = state.mark()
    points = state.reorder(row, tasks)
    if points <= min(most, carried.problem.objective.moved) + TIE:
        state.commit()
        return points
    state.undo(mark)
    return None


def worth_of_orders(carried: Carried) -> dict[int, float]:
    """For each task that is out of its worker's old order: what it would cost to put it back; inf when it cannot be."""
    state, worth = carried.state, dict[int, float]()
    for row in range(state.arrays["row_worker"].size):
        for task in displaced(carried, row):
            mark = state.mark()
            worth[task] = state.reorder(row, back_in_line(carried, row, task))
            state.undo(mark)
    return worth


def back_in_line(carried: Carried, row: int, task: int) -> Array:
    """The row's tasks with this one after the last that started before it and is in line itself."""
    tasks = np.array(carried.state.slots(row)["task"])
    stays = carried.home[tasks] == carried.state.arrays["row_worker"][row]
    in_line = stays & ~np.isin(tasks, displaced(carried, row))
    earlier = (in_line & (carried.starts[tasks] <= carried.starts[task]))[tasks != task]
    return np.insert(tasks[tasks != task], int(np.flatnonzero(earlier).max(initial=-1)) + 1, task)


def displaced(carried: Carried, row: int) -> list[int]:
    """The fewest tasks without which those that stay are in their old order: all but a longest ascending run."""
    tasks = np.array(carried.state.slots(row)["task"])
    tasks = tasks[carried.home[tasks] == carried.state.arrays["row_worker"][row]]
    starts = carried.starts[tasks].tolist()
    ends: list[int] = []
    before = [NONE] * len(starts)
    for place, start in enumerate(starts):
        run = bisect_right(ends, start, key=lambda at: starts[at])
        before[place] = ends[run - 1] if run else NONE
        ends[run : run + 1] = [place]
    at = ends[-1] if ends else NONE
    kept = set()
    while at != NONE:
        kept.add(at)
        at = before[at]
    return [task for place, task in enumerate(tasks.tolist()) if place not in kept]


def hold_back(carried: Carried) -> None:
    """Let tasks that stay start no earlier than before where that costs nothing: the last ones first."""
    state, last = carried.state, []
    for task, worker, _, start, _ in state.placed():
        if worker == carried.home[task] and start < carried.starts[task]:
            last.append((start, task))
    for _, task in sorted(last, reverse=True):
        state.hold(task, int(carried.starts[task]))
