"""The question that a plan was the answer to, from what was kept of it: asked again it gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from fairlead import engine
from fairlead.allocation import snapshot
from fairlead.allocation.models import Plan
from fairlead.allocation.solver import Question, answer


def question_of(plan: Plan, problem: engine.Problem) -> Question:
    """What the engine is asked for this plan. A plan of held tasks starts from the present distribution."""
    common: dict[str, Any] = {
        "iterations": plan.iterations, "seed": plan.seed, "threads": plan.threads, "stopped_at": plan.stopped_at,
    }  # fmt: skip
    if plan.scope == Plan.Scope.REPAIR:
        basis, budget = snapshot.plan_of(plan.basis), engine.Budget(**plan.budget)
        return Question(problem, basis=basis, changes=changes_of(problem, plan.changes), budget=budget, **common)
    warm = at_present(problem) if plan.scope == Plan.Scope.ALL else None
    return Question(problem, warm_start=warm, **common)


def at_present(problem: engine.Problem) -> engine.Plan:
    """What would be done when if nothing were decided anew."""
    return engine.Plan(snapshot.decode(problem, snapshot.standing(problem)))


def changes_of(problem: engine.Problem, kept: Iterable[Sequence[Any]]) -> tuple[engine.Change, ...]:
    """The events of a repair: ["away", worker, start, finish], ["task", id] and ["worker", id].

    The problem already knows what has happened, so that task and worker are there as they are now.
    """
    return tuple(_change(problem, *words) for words in kept)


def _change(problem: engine.Problem, kind: str, name: str, *minutes: int) -> engine.Change:
    if kind == "away":
        return engine.WorkerAway(name, *minutes)
    if kind == "task":
        return engine.TaskChanged(problem.task(name))
    return engine.WorkerChanged(problem.worker(name))


def is_same(plan: Plan, problem: engine.Problem) -> bool:
    """Whether the engine, asked again, gives the plan to the byte."""
    return snapshot.plan_content(answer(question_of(plan, problem)).plan) == bytes(plan.result)
