"""How long a task takes a worker."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from fairlead.engine.problem import Task, Worker


@lru_cache(maxsize=4096)
def exact(speed: float) -> Fraction:
    """The decimal number that was written, so that 21 minutes at speed 0.7 are 30 and not 31."""
    return Fraction(repr(speed))


def minutes_needed(task: Task, worker: Worker) -> int:
    """Predicted minutes for this worker, else effort / speed rounded up."""
    predicted = task.minutes.get(worker.id)
    if predicted is not None:
        return predicted
    if worker.speed == 1:
        return task.effort
    speed = exact(float(worker.speed))
    return -(-task.effort * speed.denominator // speed.numerator)
