"""What a plan buys, in numbers that people know: the engine's own parts without their weights, and the load of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from fairlead import engine
from fairlead.allocation.queries.fairness import evenness
from fairlead.allocation.queries.loads import planned
from fairlead.allocation.snapshot import WEEK_MIN, worker_number
from fairlead.engine.objective.total import cost_of

WEEKS: Final = 4
"""Weeks over which loads are compared."""
UNIT: Final = engine.Objective(
    unassigned=(1.0, 0.0), lateness=1.0, labour=1.0, misfit=1.0, switch=1.0, fairness=0.0, moved=1.0
)
"""One point for each task left out, unit of money, switch and moved task."""


def figures(problem: engine.Problem, assignments: Sequence[engine.Assignment]) -> dict[str, Any]:
    """{late_min, late_tasks, labour_cents, fairness (0 to 1, None without work), switches, moved, open}.

    Fairness is Jain's index of the people's loads in the coming weeks, as on the fairness page.
    """
    cost = cost_of(unweighted(problem), tuple(assignments))
    due = {task.id: task.due for task in problem.tasks if task.due is not None}
    late = [late_min for item in assignments if (late_min := item.finish - due.get(item.task, item.finish)) > 0]
    used = soon(problem, assignments)
    people = [worker for worker in problem.workers if worker.kind != "agent"]
    loads = [used.get(worker_number(worker.id), 0) / space for worker in people if (space := room(worker))]
    even = evenness(loads)
    return {
        "late_min": sum(late),
        "late_tasks": len(late),
        "labour_cents": round(cost.labour * 100),
        "fairness": None if even is None else round(even, 4),
        "switches": round(cost.switch),
        "moved": round(cost.moved),
        "open": round(cost.unassigned),
    }


def unweighted(problem: engine.Problem) -> engine.Problem:
    """The same problem, in which each rule counts as itself."""
    return engine.Problem.of_checked(
        start=problem.start, workers=problem.workers, tasks=problem.tasks, horizon=problem.horizon, objective=UNIT,
        setup=problem.setup,
    )  # fmt: skip


def soon(problem: engine.Problem, assignments: Iterable[engine.Assignment]) -> dict[int, int]:
    """{worker id: minutes of work in the coming weeks}."""
    by_week = planned(problem, assignments)
    return {pk: sum(minutes for week, minutes in weeks.items() if week < WEEKS) for pk, weeks in by_week.items()}


def room(worker: engine.Worker) -> int:
    """Minutes that the worker can work in the coming weeks: calendar or weekly cap, whichever is less."""
    found = 0
    for week in range(WEEKS):
        low, high = week * WEEK_MIN, (week + 1) * WEEK_MIN
        minutes = sum(max(0, min(b, high) - max(a, low)) for a, b in worker.calendar or () if a < WEEKS * WEEK_MIN)
        found += min(minutes * worker.lanes, worker.week_minutes if worker.week_minutes is not None else WEEK_MIN)
    return found
