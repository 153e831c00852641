"""Search on several threads: the plan is cut into parts that are searched at the same time, merged, and cut anew.

Each epoch draws other cuts, so that every pair of workers meets in one part sooner or later. Costs stay exact: a part
is merged only when the whole plan, with everything that waits in other parts, does not become worse than the search
would have accepted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from fairlead.engine.kernel.library import SLOT, Array
from fairlead.engine.search.improve import Progress, Schedule, improve, mean_cost
from fairlead.engine.search.part import Links, Part, Searched, make_part, search_part
from fairlead.engine.search.state import State
from fairlead.engine.search.stop import Stop

EPOCHS = 40
"""Cuts of a search with a limit: often enough that parts meet, seldom enough that cutting costs little."""

LEAST_ITERATIONS = 2000
"""Iterations of one part between two cuts, at least."""

SHARE_IN_PARTS = 0.9
SMOOTHING = 2


def improve_in_parts(
    state: State, *, threads: int, stop: Stop, seed: int, on_progress: Callable[[Progress], None] | None = None
) -> int:
    """Search on so many threads until the stop rule says so and leave the state at the best plan found.

    The last share of the search sees the whole plan again, on one thread: it mends what the cuts kept apart. The same
    seed, threads and iterations give the same plan. Returns the iterations of all threads together.
    """
    state.begin()
    state.choose_seeds()
    schedule, each = Schedule(), mean_cost(state)
    rng = np.random.default_rng(seed)
    best, saved, iterations, epoch = state.total(), save(state), 0, LEAST_ITERATIONS * threads
    with ThreadPoolExecutor(threads) as pool:
        while state.arrays["seeds"].size and not stop.done(iterations):
            if (share := stop.progress(iterations)) >= SHARE_IN_PARTS:
                break
            epoch = min(epoch, stop.remaining(iterations))
            temperature = each * schedule.at(share)
            done = search_all(state, cut(state, threads, rng), epoch, temperature, stop=stop, pool=pool)
            if not done:
                break  # no part has anything to search, for what is left waits for tasks that are left out
            iterations += done
            epoch = next_epoch(epoch, stop.progress(iterations) - share)
            if state.total() < best:
                best, saved = state.total(), save(state)
            if on_progress is not None:
                on_progress(Progress(iterations, best, len(state.left_out()), share, seconds=stop.seconds()))
    restore(state, saved)
    return improve(state, stop=stop, on_progress=on_progress, iterations=iterations)


def next_epoch(epoch: int, share: float) -> int:
    """Iterations until the next cut, when these took so large a share of the search."""
    if share < 0.5 / EPOCHS:
        return epoch * 2
    return max(LEAST_ITERATIONS, epoch // 2) if share > 2 / EPOCHS else epoch


def cut(state: State, count: int, rng: np.random.Generator) -> list[Part]:
    """Cut the plan into parts of about as many tasks each, such that workers with the same tasks stay together.

    Every task draws a number; a worker gets the mean of her tasks, a task the mean of its workers, and so on: those who
    could swap work come to lie close together, in another order each time.
    """
    arrays = state.arrays
    worker, task = arrays["pairs"]["worker"], np.repeat(np.arange(arrays["release"].size), np.diff(arrays["pair_ptr"]))
    number = rng.random(arrays["release"].size)
    for _ in range(SMOOTHING):
        place = mean(worker, number[task], arrays["cap"].size)
        number = mean(task, place[worker], number.size)
    place = mean(worker, number[task], arrays["cap"].size)
    order = np.argsort(place, kind="stable")
    load = np.cumsum(arrays["held"][order] + 1)
    part_of = np.empty(order.size, np.int64)
    part_of[order] = np.minimum((load - 1) * count // load[-1], count - 1)
    return make_parts(state, part_of, count, rng)


def mean(owner: Array, values: Array, size: int) -> Array:
    """The mean of each owner's values; 0 without any."""
    return np.bincount(owner, values, size) / np.maximum(1, np.bincount(owner, minlength=size))


def make_parts(state: State, part_of: Array, count: int, rng: np.random.Generator) -> list[Part]:
    """The parts with their tasks; a task that is left out goes where most of those are who could do it."""
    arrays = state.arrays
    row = arrays["task_row"]
    home = part_of[arrays["row_worker"][np.maximum(row, 0)]]
    out = np.flatnonzero(row < 0)
    for task in out:
        able = state.model.pairs(int(task))["worker"]
        home[task] = np.bincount(part_of[able], minlength=count).argmax() if able.size else 0
    links = Links.between(state, home, float(rng.random())) if state.model.numbers["has_chains"] else None
    seeds = rng.integers(1, 1 << 62, count)
    return [
        make_part(
            state,
            np.flatnonzero(part_of == number),
            np.flatnonzero(home == number),
            links=links,
            seed=int(seeds[number]),
        )
        for number in range(count)
    ]


def search_all(
    state: State, parts: list[Part], iterations: int, temperature: float, *, stop: Stop, pool: ThreadPoolExecutor
) -> int:
    """Search all parts at once, each for its share of the iterations, and merge them; how many were done."""
    weights = [part.tasks.size for part in parts]
    each = [max(1, iterations * weight // max(1, sum(weights))) for weight in weights]

    def search(part: Part, most: int) -> Searched:
        return search_part(part, most, temperature=temperature, ends=lambda: stop.done(0))

    results = list(pool.map(search, parts, each))
    for part, result in zip(parts, results, strict=True):
        merge(state, part, result, slack=temperature * math.log(max(2.0, part.tasks.size)))
    return sum(result.iterations for result in results)


def merge(state: State, part: Part, result: Searched, *, slack: float) -> None:
    """Take over what was found for a part, unless what waits for it elsewhere makes it worse by more than the slack."""
    before = state.total()
    mark = state.mark()
    taken = state.splice(part.rows.astype(np.int32), result.lengths, result.slots) and no_gap_in_chains(state)
    if taken and (not state.model.numbers["has_chains"] or state.total() <= before + slack):
        state.commit()
    else:
        state.undo(mark)


def no_gap_in_chains(state: State) -> bool:
    """True when everything planned has all that it waits for."""
    row, pointers = state.arrays["task_row"], state.arrays["pred_ptr"]
    waiting = np.repeat(np.arange(row.size), np.diff(pointers))
    return not np.any((row[waiting] >= 0) & (row[state.arrays["pred"]] < 0))


def save(state: State) -> tuple[Array, Array]:
    """The plan, to come back to."""
    rows = range(state.arrays["row_len"].size)
    return state.arrays["row_len"].copy(), np.concatenate([np.zeros(0, SLOT), *map(state.slots, rows)])


def restore(state: State, saved: tuple[Array, Array]) -> None:
    """Come back to a saved plan."""
    lengths, slots = saved
    state.splice(np.arange(lengths.size, dtype=np.int32), lengths, slots)
    state.commit()
