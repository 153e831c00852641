"""Generalised assignment: each job goes to one agent with room for it, at least cost.

A file holds numbers: agents m, jobs n, m rows of n costs, m rows of n uses, m capacities. As a problem: an agent's
calendar is [0, capacity), a job's use is its minutes there, its cost the misfit; nothing else costs anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairlead.bench import Unusable
from fairlead.bench.sets.dense import START, dense_objective
from fairlead.bench.sets.published import BadPlan, PublicSet, owners
from fairlead.engine import Plan, Problem, Task, Worker

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Gap:
    """`cost` and `use` by agent (row) and job (column); `capacity` by agent."""

    cost: Integers
    use: Integers
    capacity: Integers


def parse(path: Path) -> Gap:
    """Read a file; Unusable when it holds too few or too many numbers."""
    numbers = np.array(path.read_text().split(), dtype=np.int64)
    agents, jobs = numbers[:2].tolist() if len(numbers) > 1 else (0, 0)
    cells = agents * jobs
    if len(numbers) != 2 + 2 * cells + agents or not cells:
        raise Unusable(f"{path} is no instance of generalised assignment.")
    cost, use, capacity = np.split(numbers[2:], [cells, 2 * cells])
    return Gap(cost.reshape(agents, jobs), use.reshape(agents, jobs), capacity)


def read(path: Path) -> Problem:
    """The instance as a problem."""
    gap = parse(path)
    names = [f"a{agent}" for agent in range(len(gap.capacity))]
    workers = tuple(
        Worker(name, calendar=((0, room),) if room else ())
        for name, room in zip(names, gap.capacity.tolist(), strict=True)
    )
    tasks = tuple(
        Task(
            f"j{job}",
            effort=max(1, min(use)),
            minutes=dict(zip(names, [max(1, minutes) for minutes in use], strict=True)),
            misfit=dict(zip(names, map(float, cost), strict=True)),
        )
        for job, (use, cost) in enumerate(zip(gap.use.T.tolist(), gap.cost.T.tolist(), strict=True))
    )
    return Problem(START, workers, tasks, horizon=int(gap.capacity.max()), objective=dense_objective(gap.cost))


def score(path: Path, plan: Plan) -> float:
    """Total cost; BadPlan when a job is left out or an agent has too much."""
    gap, load, total = parse(path), dict[int, int](), 0
    for job, agent in owners(plan).items():
        row, column = int(agent[1:]), int(job[1:])
        load[row] = load.get(row, 0) + int(gap.use[row, column])
        total += int(gap.cost[row, column])
    for row, used in load.items():
        if used > gap.capacity[row]:
            raise BadPlan(f"agent {row} has {used}, at most {gap.capacity[row]}")
    return float(total)


def is_instance(path: Path) -> bool:
    """Files of numbers; their names have no ending."""
    return not path.suffix and path.name[0].isalpha()


SET = PublicSet(
    "gap", "generalised assignment (OR-Library, Cattrysse, Yagiura)", read, score, is_instance, "best_known_cost"
)
