"""Orders of tasks in which nobody comes before a task that they wait for."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from fairlead.engine import Problem, Task

FAR_MIN = 1 << 40
"""Due date of a task that has none."""


def in_order(problem: Problem, key: Callable[[Task], float]) -> list[Task]:
    """All tasks, least key first as far as `after` allows; ties in the order of the problem."""
    waits = [len(task.after) for task in problem.tasks]
    following: list[list[int]] = [[] for _ in problem.tasks]
    for number, task in enumerate(problem.tasks):
        for name in task.after:
            following[problem.task_index[name]].append(number)
    heap = [(key(task), number) for number, task in enumerate(problem.tasks) if not waits[number]]
    heapq.heapify(heap)
    found = []
    while heap:
        _, number = heapq.heappop(heap)
        found.append(problem.tasks[number])
        for later in following[number]:
            waits[later] -= 1
            if not waits[later]:
                heapq.heappush(heap, (key(problem.tasks[later]), later))
    return found


def due(task: Task) -> float:
    """Earliest due first."""
    return FAR_MIN if task.due is None else task.due


def due_and_weight(task: Task) -> float:
    """Earliest due first, where each unit of weight counts like 3,000 minutes."""
    return due(task) - 3000 * task.weight


def weight_then_due(task: Task) -> float:
    """Heaviest first, then earliest due."""
    return due(task) - FAR_MIN * 2 * task.weight
