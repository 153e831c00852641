"""Linear assignment: n items to n places, one to one, at least cost (OR-Library, Beasley).

A file holds n and then n rows of n costs. As a problem: places are workers who take one task, items are tasks of one
minute, cost is misfit.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairlead.bench import Unusable
from fairlead.bench.sets.dense import START, dense_objective
from fairlead.bench.sets.published import BadPlan, PublicSet, owners
from fairlead.engine import Plan, Problem, Task, Worker


def parse(path: Path) -> NDArray[np.int64]:
    """Cost by item (row) and place (column); Unusable when the file holds too few or too many numbers."""
    numbers = np.array(path.read_text().split(), dtype=np.float64).astype(np.int64)
    size = int(numbers[0]) if len(numbers) else 0
    if not size or len(numbers) != 1 + size * size:
        raise Unusable(f"{path} is no assignment instance.")
    return numbers[1:].reshape(size, size)


def read(path: Path) -> Problem:
    """The instance as a problem."""
    cost = parse(path)
    names = [f"p{place}" for place in range(len(cost))]
    workers = tuple(Worker(name, calendar=((0, 1),), max_tasks=1) for name in names)
    rows = cost.astype(np.float64).tolist()
    tasks = tuple(Task(f"i{item}", 1, misfit=dict(zip(names, row, strict=True))) for item, row in enumerate(rows))
    return Problem(START, workers, tasks, horizon=1, objective=dense_objective(cost))


def score(path: Path, plan: Plan) -> float:
    """Total cost; BadPlan when an item is left out or a place is taken twice."""
    cost, places = parse(path), owners(plan)
    if len(set(places.values())) != len(cost):
        raise BadPlan("a place is taken twice")
    return float(sum(int(cost[int(item[1:]), int(place[1:])]) for item, place in places.items()))


def is_instance(path: Path) -> bool:
    """assign100.txt and the like."""
    return path.suffix == ".txt" and path.name.startswith("assign")


SET = PublicSet("assign", "linear assignment (OR-Library)", read, score, is_instance, "optimum")
