"""Misfit: how badly a worker suits a task, in points; 0 is perfect.

A predicted misfit in the task wins. The default looks at skills only: one point for each level above what is
needed, averaged over the needed skills. Somebody just skilled enough fits best, so that rare experts stay
free for what only they can do. A task without needs fits everybody perfectly. Preferences reach the engine
through predicted misfits.
"""

from __future__ import annotations

from fairlead.engine.objective.schedule import Schedule
from fairlead.engine.problem import Objective, Task, Worker

SURPLUS_POINTS = 1.0
"""Points for each level above the needed one; at the default weights as much as ten units of money."""


def misfit(task: Task, worker: Worker) -> float:
    """Predicted points of this pair, else the average surplus of levels. A missing level counts as surplus 0."""
    predicted = task.misfit.get(worker.id)
    if predicted is not None:
        return predicted
    if not task.needs:
        return 0.0
    surplus = sum(max(0, worker.skills.get(name, 0) - level) for name, level in task.needs.items())
    return SURPLUS_POINTS * surplus / len(task.needs)


def pair_points(task: Task, worker: Worker, *, objective: Objective) -> float:
    """Points for giving this task to this worker."""
    return objective.misfit * misfit(task, worker)


def points(schedule: Schedule) -> float:
    """Sum over all placements."""
    objective = schedule.problem.objective
    return sum(pair_points(item.task, item.worker, objective=objective) for item in schedule.placed)
