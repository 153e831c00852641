"""The rows of the linear program: one function for each kind, in the list `KINDS`. Each is true of every plan."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fairlead.engine.arrays import FAR, NONE
from fairlead.engine.kernel.library import Array
from fairlead.engine.search.bound.axis import each_worker
from fairlead.engine.search.bound.draft import Draft
from fairlead.engine.search.bound.program import Program

TANGENTS = np.linspace(0.0, 1.2, 25)
"""Shares of the available minutes at which fairness gets a tangent; nobody can have much more than all."""

MOMENTS = 12
"""Most moments at which two tasks of a chain are compared."""


def build(draft: Draft) -> Program:
    """The whole program."""
    for add in KINDS:
        add(draft)
    return draft.program


def one_place(draft: Draft) -> None:
    """A pair gets as much as its columns; a task is given to somebody or left out."""
    block, kept, tasks = draft.program.exactly, draft.kept.size, draft.left_out.size
    value = np.concatenate((np.ones(draft.columns.size), -np.ones(kept)))
    row = np.concatenate((draft.kept_of, np.arange(kept)))
    block.add(row, np.concatenate((draft.ending, draft.given)), value, np.zeros(kept))
    row = np.concatenate((draft.task, np.arange(tasks)))
    block.add(row, np.concatenate((draft.given, draft.left_out)), np.ones(row.size), np.ones(tasks))


def capacity(draft: Draft) -> None:
    """What surely lies in a window fits into it.

    Energetic reasoning as in Baptiste, Le Pape and Nuijten, Annals of Operations Research 92 (1999), section 3, on
    time-indexed variables with long intervals, as in Boland, Clement and Waterer, INFORMS J. on Computing 28 (2016).
    """
    for who, mine in each_worker(draft.columns.worker):
        start, end = draft.windows[who].T
        overlap = draft.columns.take(mine).overlap(start, end)
        column, row = np.nonzero(overlap)
        room = draft.axes[who].room(start, end)
        draft.program.at_most.add(row, draft.ending[mine[column]], overlap[column, row], room)


def most_tasks(draft: Draft) -> None:
    """No worker has more tasks than allowed."""
    most = draft.model.arrays["most"]
    for who, mine in each_worker(draft.worker):
        if most[who] < mine.size:
            draft.program.at_most.add(np.zeros_like(mine), draft.given[mine], np.ones(mine.size), most[who : who + 1])


def fairness(draft: Draft) -> None:
    """Points for each worker's load: the square lies above its tangents; what was filled lately adds in proportion."""
    weight = draft.model.numbers["fairness"]
    for who, mine in each_worker(draft.worker) if weight else ():
        share = draft.minutes[mine] / float(draft.model.arrays["available"][who])
        most = float(share.sum())
        touched = np.append(TANGENTS[most > TANGENTS], most)
        load, square = draft.program.variables(
            np.array([2.0 * weight * float(draft.model.arrays["filled"][who]), weight]), np.array([most, most * most])
        )
        column, value = np.append(draft.given[mine], load), np.append(share, -1.0)
        draft.program.exactly.add(np.zeros_like(column), column, value, np.zeros(1))
        row = np.repeat(np.arange(touched.size), 2)
        value = np.column_stack((2 * touched, -np.ones(touched.size))).ravel()
        draft.program.at_most.add(row, np.tile([load, square], touched.size), value, touched * touched)


def switching(draft: Draft) -> None:
    """Changes of context of each worker, and room for their set-ups.

    Tasks without context cut a lane into pieces; a piece with d contexts has at least d - 1 changes. So there are at
    least as many changes as contexts, less the lanes, less the tasks without context.
    """
    points, setup = draft.model.numbers["switch_points"], draft.model.numbers["setup"]
    for who, mine in each_worker(draft.worker) if points or setup else ():
        plain, mixed = mine[draft.context[mine] == NONE], mine[draft.context[mine] != NONE]
        contexts, of = np.unique(draft.context[mixed], return_inverse=True)
        fewest = contexts.size - draft.axes[who].lanes
        if fewest <= 0:
            continue
        used = draft.program.variables(np.zeros(contexts.size), 1.0)
        changes = draft.program.variables(np.array([points]), float(fewest))
        both = np.column_stack((draft.given[mixed], used[of])).ravel()
        value = np.tile([1.0, -1.0], mixed.size)
        draft.program.at_most.add(np.repeat(np.arange(mixed.size), 2), both, value, np.zeros(mixed.size))
        column = np.concatenate((used, draft.given[plain], changes))
        value = np.concatenate((np.ones(used.size), -np.ones(plain.size + 1)))
        draft.program.at_most.add(np.zeros_like(column), column, value, np.array([float(draft.axes[who].lanes)]))
        if setup and draft.axes[who].total < FAR:
            room_for_setups(draft, who, mine, changes)


def room_for_setups(draft: Draft, who: int, mine: Array, changes: Array) -> None:
    """All work and all set-ups fit into the whole calendar."""
    room = draft.axes[who].room(np.array([0]), np.array([draft.axes[who].total]))
    column, value = np.append(draft.given[mine], changes), np.append(draft.minutes[mine], draft.model.numbers["setup"])
    draft.program.at_most.add(np.zeros_like(column), column, value, room)


def chains(draft: Draft) -> None:
    """What waits for a task that is left out is left out too; what starts early needs its predecessor done by then."""
    pred, at = draft.model.arrays["pred"].astype(np.int64), draft.model.arrays["pred_ptr"]
    if not pred.size:
        return
    after = np.repeat(np.arange(at.size - 1), np.diff(at))
    column = np.column_stack((draft.left_out[pred], draft.left_out[after])).ravel()
    row, value = np.repeat(np.arange(pred.size), 2), np.tile([1.0, -1.0], pred.size)
    draft.program.at_most.add(row, column, value, np.zeros(pred.size))
    finish, start = draft.finish(), draft.start()
    by_task = np.argsort(draft.columns.task, kind="stable")
    first = np.searchsorted(draft.columns.task[by_task], np.arange(at.size))
    for before, later in zip(pred.tolist(), after.tolist(), strict=True):
        one, two = (by_task[first[task] : first[task + 1]] for task in (before, later))
        in_order(draft, one, two, finish[one], start[two])


def in_order(draft: Draft, one: Array, two: Array, finish: Array, start: Array) -> None:
    """No more of `two` starts by a moment than of `one` is done by then, for some moments."""
    moments = np.unique(start[start < finish.max(initial=-1)])
    moments = moments[np.linspace(0, moments.size - 1, min(moments.size, MOMENTS)).astype(int)]
    row_two, begun = np.nonzero(start <= moments[:, None])
    row_one, done = np.nonzero(finish <= moments[:, None])
    column = np.concatenate((draft.ending[two[begun]], draft.ending[one[done]]))
    value = np.concatenate((np.ones(begun.size), -np.ones(done.size)))
    draft.program.at_most.add(np.concatenate((row_two, row_one)), column, value, np.zeros(moments.size))


def makespan(draft: Draft) -> None:
    """The plan ends no earlier than any task."""
    weight, tasks = draft.model.numbers["makespan"], draft.left_out.size
    if not weight or not draft.columns.size:
        return
    finish = draft.finish().astype(float)
    last = draft.program.variables(np.array([weight]), finish.max())
    row = np.concatenate((draft.columns.task, np.arange(tasks)))
    column = np.concatenate((draft.ending, np.repeat(last, tasks)))
    draft.program.at_most.add(row, column, np.concatenate((finish, -np.ones(tasks))), np.zeros(tasks))


KINDS: tuple[Callable[[Draft], None], ...] = (
    one_place,
    capacity,
    most_tasks,
    fairness,
    switching,
    chains,
    makespan,
)
