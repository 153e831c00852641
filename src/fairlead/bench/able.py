"""Who may do a task: the positions of the workers whom no rule excludes by skill or by name."""

from __future__ import annotations

from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fairlead.engine import Problem, Task, Worker

Mask: TypeAlias = NDArray[np.bool_]


class Able:
    """Looks up eligible workers by skill and level; one column of truth values for each that occurs."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.columns: dict[tuple[str, int], Mask] = {}

    @cached_property
    def willing(self) -> Mask:
        """Workers who take any task at all."""
        return np.array([worker.max_tasks != 0 for worker in self.problem.workers], dtype=np.bool_)

    def column(self, skill: str, level: int) -> Mask:
        """Workers who have the skill at least at this level."""
        found = self.columns.get((skill, level))
        if found is None:
            levels = (worker.skills.get(skill, 0) for worker in self.problem.workers)
            found = np.fromiter((has >= level for has in levels), np.bool_, len(self.problem.workers))
            self.columns[skill, level] = found
        return found

    def workers(self, task: Task) -> list[int]:
        """Positions of the workers who may do the task, in order."""
        mask = np.logical_and.reduce([self.willing, *(self.column(*need) for need in task.needs.items())])
        index = self.problem.worker_index
        never = {index[name] for name in task.never}
        found = [worker for worker in np.flatnonzero(mask).tolist() if worker not in never]
        if task.only is not None:
            only = {index[name] for name in task.only}
            found = [worker for worker in found if worker in only]
        if task.pin is not None:
            found = [worker for worker in found if worker == index[task.pin.worker]]
        return found


def may_do(task: Task, worker: Worker) -> bool:
    """The same for one pair."""
    if worker.id in task.never or (task.only is not None and worker.id not in task.only):
        return False
    if task.pin is not None and task.pin.worker != worker.id:
        return False
    return all(worker.skills.get(skill, 0) >= level for skill, level in task.needs.items())
