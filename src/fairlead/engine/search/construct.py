"""The first plan: tasks one after the other, each where it costs least at that moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from fairlead.engine.arrays import Model
from fairlead.engine.match.eligibility import is_eligible
from fairlead.engine.plan import Plan
from fairlead.engine.search.insertion import best_spot
from fairlead.engine.search.state import State

Urgency = Callable[[Model, int], tuple[float, ...]]
"""Sorting key of a task; the smallest goes first."""


def by_due(model: Model, task: int) -> tuple[float, ...]:
    """Earliest due first, the heavier of two that are due together."""
    item = model.problem.tasks[task]
    return float(model.due[task]), -item.weight, float(item.release)


def by_weight(model: Model, task: int) -> tuple[float, ...]:
    """Heaviest first, the one due earlier among equals."""
    item = model.problem.tasks[task]
    return -item.weight, float(model.due[task]), float(item.release)


ORDERS: tuple[Urgency, ...] = (by_due, by_weight)


def construct(model: Model, *, orders: Sequence[Urgency] = ORDERS) -> State:
    """The cheapest of the greedy plans, one for each order."""
    states = []
    for urgency in orders:
        state = State(model)
        insert_all(state, construction_order(model, urgency))
        states.append(state)
    return min(states, key=State.total)


def construction_order(model: Model, urgency: Urgency) -> list[int]:
    """Pinned starts first, then pinned workers, then by urgency. What others wait for is as urgent as they are."""
    tasks = model.problem.tasks
    keys: list[tuple[float, ...]] = []
    for position, task in enumerate(tasks):
        rank = 2.0 if task.pin is None else 1.0 if task.pin.start is None else 0.0
        keys.append((rank, *urgency(model, position)))
    if model.has_chains:
        for position in reversed(chain_order(model)):
            for following in model.following[position]:
                keys[position] = min(keys[position], keys[following])
    order = sorted(range(len(tasks)), key=lambda position: keys[position])
    return State(model).in_chain_order(order)


def chain_order(model: Model) -> list[int]:
    """All tasks, each after those that it waits for."""
    return State(model).in_chain_order(range(len(model.problem.tasks)))


def insert_all(state: State, tasks: Iterable[int], *, thorough: bool = False) -> list[int]:
    """Put each task where it costs least; returns those that found no place."""
    return [task for task in tasks if not insert(state, task, thorough=thorough)]


def insert(state: State, task: int, *, thorough: bool = False) -> bool:
    """Put one task where it costs least, but only where that is cheaper than leaving it out."""
    workers: Sequence[int] = state.model.eligible(task)
    while workers:
        spot = best_spot(state, task, workers=workers, thorough=thorough)
        if spot is None or spot.points > state.model.price[task]:
            return False
        if state.place(task, spot.worker, lane=spot.lane, position=spot.position):
            return True
        workers = [worker for worker in workers if worker != spot.worker]
    return False


def load_plan(model: Model, plan: Plan) -> State:
    """The plan's orders, decoded as early as possible; what no longer fits is left out.

    Tasks are appended in order of start, and none before one that it waits for.
    """
    state, problem = State(model), model.problem
    homes: dict[int, tuple[int, int]] = {}
    for item in sorted(plan.assignments, key=lambda row: (row.start, row.finish)):
        task, worker = problem.task_index.get(item.task), problem.worker_index.get(item.worker)
        if task is None or worker is None or not is_eligible(model.case(task, worker)):
            continue
        if 0 <= item.lane < len(state.lanes[worker]):
            homes.setdefault(task, (worker, item.lane))
    for task in state.in_chain_order(list(homes)):
        worker, lane = homes[task]
        state.append(task, worker, lane=lane)
    state.commit()
    return state
