"""Small problems in few words, for worked examples. Time 0 is Monday, 23 November 2026, 00:00 UTC."""

from __future__ import annotations

from typing import Any

from fairlead.engine import Assignment, Objective, Plan, Problem, Task, Unassigned, Worker, check, solve
from fairlead.engine.testing import START

TWO_DAYS = ((540, 1020), (1980, 2460))
"""Monday and Tuesday from 9 to 17."""

TWO_WEEKS = (*TWO_DAYS, (10620, 11100), (12060, 12540))
"""The same in the next week too."""

FREE = Objective(
    unassigned=(1_000_000.0, 0.0), lateness=0.0, labour=0.0, misfit=0.0, switch=0.0, fairness=0.0, moved=0.0
)
"""Only leaving a task out costs anything; tests of one soft rule switch that one on."""


def problem(workers: list[Worker], tasks: list[Task], **more: Any) -> Problem:
    """A problem; without an objective only leaving a task out costs anything."""
    return Problem(start=START, workers=tuple(workers), tasks=tuple(tasks), **{"objective": FREE, **more})


def times(of: Problem) -> dict[str, tuple[str, int, int]]:
    """Worker, start and finish of each task in the solved plan, which the judge accepts."""
    plan = solve(of)
    assert check(of, plan).violations == ()
    return {item.task: (item.worker, item.start, item.finish) for item in plan.assignments}


def plan_of(of: Problem, *rows: tuple[str, str, int, int, int]) -> Plan:
    """A plan by hand from (task, worker, lane, start, finish); all other tasks are left out."""
    held = {row[0] for row in rows}
    rest = tuple(Unassigned(task.id, "left out by hand") for task in of.tasks if task.id not in held)
    return Plan(tuple(Assignment(*row) for row in rows), rest)


def codes(of: Problem, *rows: tuple[str, str, int, int, int]) -> list[str]:
    """Codes of the violations in a plan by hand."""
    return [violation.code for violation in check(of, plan_of(of, *rows)).violations]
