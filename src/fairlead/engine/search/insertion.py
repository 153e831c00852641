"""Where a task costs least: every position in every lane of a worker, tried without changing the plan.

Trials see the lane they change. Delay that runs through chains to other workers shows when the task is placed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from fairlead.engine.search.state import State
from fairlead.engine.simulate import Cursor, Lane, Track

TIE = 1e-9
"""Points below which two costs count as equal."""


class Spot(NamedTuple):
    """A place for a task: points it adds (without the price of leaving it out), worker, lane, position, times in u."""

    points: float
    worker: int
    lane: int
    position: int
    start: int
    end: int


class Fit(NamedTuple):
    """A trial: soft points added, start and end of the task, whether others move, last end of the lane."""

    points: float
    start: int
    end: int
    pushes: bool
    last: int


def best_spot(state: State, task: int, *, workers: Iterable[int], thorough: bool = False) -> Spot | None:
    """The cheapest spot among these workers; equal points go to the earlier finish, then the earlier worker."""
    model = state.model
    bounds = sorted((pair_points(state, task, worker=worker), worker) for worker in workers)
    may_gain = model.context_gain and model.context[task] < 0
    best: Spot | None = None
    best_key = (float("inf"), 0)
    for least, worker in bounds:
        if best is not None and least > best_key[0] + TIE and not may_gain:
            break
        limit = best_key[0] if best is not None else float("inf")
        spot = spot_with(state, task, worker=worker, limit=limit, thorough=thorough)
        if spot is None:
            continue
        key = (spot.points, model.clocks[worker].end_minute(spot.end))
        if best is None or key[0] < best_key[0] - TIE or (key[0] < best_key[0] + TIE and key[1] < best_key[1]):
            best, best_key = spot, key
    return best


def pair_points(state: State, task: int, *, worker: int) -> float:
    """Points that do not depend on the position: labour, misfit, moved, and the worker's load."""
    model, pair = state.model, state.model.pairs[worker][task]
    planned = state.planned[worker]
    load = model.fairness_points(worker, planned + pair.minutes) - model.fairness_points(worker, planned)
    return pair.points + load


def spot_with(
    state: State, task: int, *, worker: int, limit: float = float("inf"), thorough: bool = False
) -> Spot | None:
    """The cheapest spot with one worker, at most `limit` points; None when there is none.

    A quick search skips positions before tasks that end by this task's release: they are rarely better.
    """
    model = state.model
    if state.count[worker] >= model.most_tasks[worker]:
        return None
    ready = state.make_ready(task)
    if ready is None:
        return None
    fixed = pair_points(state, task, worker=worker)
    clock = model.clocks[worker]
    chain = clock.to_u(ready if not thorough else state.chain_ready(task))
    latest = state.latest_finish() if model.makespan else 0
    best: Spot | None = None
    tried_empty = False
    for number, lane in enumerate(state.lanes[worker]):
        if not lane.tasks and tried_empty:
            continue
        tried_empty = tried_empty or not lane.tasks
        first = bisect_right(lane.ends, chain)
        room = (best.points if best is not None else limit + 2 * TIE) - fixed
        if model.shared_cap[worker]:
            found = best_in_shared(state, task, worker=worker, lane=number, first=first)
        else:
            found = best_in_lane(state.tracks[worker], lane, task=task, first=first, limit=room)
        if found is None:
            continue
        fit, position = found
        points = fixed + fit.points
        if model.makespan:
            points += model.makespan * max(0, clock.end_minute(fit.last) - latest)
        if best is None or points < best.points - TIE or (points < best.points + TIE and fit.end < best.end):
            best = Spot(points, worker, number, position, fit.start, fit.end)
    return best


def best_in_lane(track: Track, lane: Lane, *, task: int, first: int, limit: float) -> tuple[Fit, int] | None:
    """The cheapest position from `first` on, from the last to the first; ties go to a gap where nobody moves."""
    best: Fit | None = None
    best_position = 0
    for position in range(len(lane.tasks), first - 1, -1):
        fit = try_at(track, lane, task=task, position=position, limit=best.points if best else limit)
        if fit is None:
            continue
        if (
            best is None
            or fit.points < best.points - TIE
            or (fit.points < best.points + TIE and not fit.pushes and fit.end < best.end)
        ):
            best, best_position = fit, position
    return None if best is None else (best, best_position)


def try_at(track: Track, lane: Lane, *, task: int, position: int, limit: float) -> Fit | None:
    """Insert at one position and follow the lane until nothing moves any more.

    None when it cannot be done, or when it moves others and surely costs no less than `limit`: delay only adds up.
    """
    step = track.step(track.cursor(lane, position), task)
    if step is None:
        return None
    start, end, used, week_end, extra = step
    cursor: Cursor = (end, used, week_end, track.context[task])
    tasks, ends, soft = lane.tasks, lane.ends, lane.soft
    before = soft[position]
    for index in range(position, len(tasks)):
        moved = track.step(cursor, tasks[index])
        if moved is None:
            return None
        extra += moved[4]
        points = extra - (soft[index + 1] - before)
        if moved[1] == ends[index] and moved[2] == lane.used[index] and moved[3] == lane.week_ends[index]:
            return Fit(points, start, end, index > position, ends[-1])
        if moved[1] >= ends[index] and points > limit - TIE:
            return None
        cursor = (moved[1], moved[2], moved[3], track.context[tasks[index]])
    return Fit(extra - (soft[-1] - before), start, end, position < len(tasks), cursor[0])


def best_in_shared(state: State, task: int, *, worker: int, lane: int, first: int) -> tuple[Fit, int] | None:
    """The cheapest position in one lane of a worker whose lanes share a cap: each trial decodes the worker anew."""
    lanes = state.lanes[worker]
    before = sum(row.soft[-1] for row in lanes)
    best: tuple[Fit, int] | None = None
    order = lanes[lane].tasks
    for position in range(len(order), first - 1, -1):
        orders = [row.tasks for row in lanes]
        orders[lane] = [*order[:position], task, *order[position:]]
        decoded = state.decode_shared(worker, orders)
        if decoded is None:
            continue
        new = decoded[lane]
        points = sum(row.soft[-1] for row in decoded) - before
        last = max(row.ends[-1] for row in decoded if row.ends)
        fit = Fit(points, new.starts[position], new.ends[position], position < len(order), last)
        if best is None or points < best[0].points - TIE:
            best = fit, position
    return best
