"""Switches: points each time consecutive tasks of a lane belong to different contexts."""

from __future__ import annotations

from itertools import pairwise

from fairlead.engine.objective.schedule import Schedule


def differs(before: str | None, after: str | None) -> bool:
    """True when both tasks have a context and the contexts differ; a task without context differs from none."""
    return before is not None and after is not None and before != after


def points(schedule: Schedule) -> float:
    """Number of switches × points per switch."""
    switches = sum(
        differs(before.task.context, after.task.context) for lane in schedule.lanes for before, after in pairwise(lane)
    )
    return schedule.problem.objective.switch * switches
