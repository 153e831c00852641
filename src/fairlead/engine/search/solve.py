"""Solve: from a problem to a plan. Read this first."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from fairlead.engine.arrays import Model
from fairlead.engine.check import check
from fairlead.engine.doctor import left_out_reasons
from fairlead.engine.objective.total import cost_of
from fairlead.engine.plan import Assignment, Plan, Unassigned
from fairlead.engine.problem import Problem
from fairlead.engine.search.bound import lower_bound
from fairlead.engine.search.construct import ORDERS, construct, insert_all, load_plan
from fairlead.engine.search.improve import Progress, improve
from fairlead.engine.search.insertion import TIE
from fairlead.engine.search.state import State
from fairlead.engine.search.stop import CONSTRUCT_ONLY, Stop


def solve(
    problem: Problem,
    *,
    stop: Stop = CONSTRUCT_ONLY,
    seed: int = 0,
    warm_start: Plan | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """The best plan found before `stop` says so. Same problem, seed and iterations: same plan, byte for byte.

    Never worse than greedy construction, and never worse than a warm start that respects every rule. Without a
    stop rule the greedy plan is returned.
    """
    model = Model(problem)
    state = first_state(model, warm_start, stop=stop)
    rng = Random(seed)  # noqa: S311 - reproducible on purpose, nothing secret depends on it
    iterations = improve(state, rng, stop=stop, on_progress=on_progress)
    insert_all(state, state.in_chain_order(waiting_in(state)), thorough=True)
    assignments = better_of(problem, state.assignments(), warm_start)
    return Plan(
        assignments=assignments,
        unassigned=left_out_reasons(problem, Plan(assignments)),
        cost=cost_of(problem, assignments),
        bound=lower_bound(model),
        seconds=stop.seconds(),
        iterations=iterations,
        seed=seed,
        stopped_by=stop.name,
    )


def first_state(model: Model, warm_start: Plan | None, *, stop: Stop) -> State:
    """The cheaper of the greedy plan and the warm start with its gaps filled.

    Without time to improve, one greedy order has to do.
    """
    state = construct(model, orders=ORDERS[:1] if stop.done(0) else ORDERS)
    if warm_start is not None:
        warm = load_plan(model, warm_start)
        insert_all(warm, warm.in_chain_order(waiting_in(warm)))
        state = min(warm, state, key=State.total)
    return state


def waiting_in(state: State) -> list[int]:
    """Tasks without a place."""
    return [task for task, place in enumerate(state.where) if place is None]


def better_of(problem: Problem, found: tuple[Assignment, ...], warm_start: Plan | None) -> tuple[Assignment, ...]:
    """The found plan, unless the warm start is feasible as it stands (with its own waits) and cheaper."""
    if warm_start is None:
        return found
    held = {item.task for item in warm_start.assignments}
    rest = tuple(Unassigned(task.id, "not in the warm start") for task in problem.tasks if task.id not in held)
    judged = check(problem, Plan(warm_start.assignments, rest))
    if judged.feasible and judged.cost.total < cost_of(problem, found).total - TIE:
        return tuple(sorted(warm_start.assignments, key=lambda item: problem.task_index[item.task]))
    return found
