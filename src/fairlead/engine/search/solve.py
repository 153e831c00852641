"""Solve: from a problem to a plan. Read this first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fairlead.engine.arrays import Model
from fairlead.engine.check import check
from fairlead.engine.doctor import left_out_reasons
from fairlead.engine.objective.total import cost_of
from fairlead.engine.plan import Assignment, Cost, Plan, Unassigned
from fairlead.engine.problem import Problem
from fairlead.engine.search.bound import Bound, lower_bound, proven_bound
from fairlead.engine.search.bound.prove import named
from fairlead.engine.search.construct import CHAIN_ORDERS, ORDERS, construct, load_plan
from fairlead.engine.search.exact import exact_answer, one_after_the_other
from fairlead.engine.search.improve import Progress, improve
from fairlead.engine.search.parallel import improve_in_parts
from fairlead.engine.search.state import State, points_of
from fairlead.engine.search.stop import CONSTRUCT_ONLY, Stop

TIE = 1e-9
"""Points below which two costs count as equal."""


def solve(
    problem: Problem,
    *,
    stop: Stop = CONSTRUCT_ONLY,
    seed: int = 0,
    threads: int = 1,
    warm_start: Plan | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    prove: float = 0.0,
    hold: bool = False,
) -> Plan:
    """The best plan found before `stop` says so. Same problem, seed, threads and iterations: same plan, byte for byte.

    Never worse than greedy construction, and never worse than a warm start that respects every rule. Without a
    stop rule the greedy plan is returned. More than one thread pays from some hundred tasks on.

    `prove` gives so many seconds after the search to a better bound, with scipy; a problem of plain assignment is then
    solved exactly, and its plan is taken where it is cheaper.

    `hold`: whoever has a task, by its pin or by `now`, has it whatever the plan says, so the search leaves none of
    these out for the sake of what is free, even where the prices would have it so.
    """
    model = Model(problem)
    state = first_state(model.keeping_held() if hold else model, warm_start, seed=seed, stop=stop)
    bound = lower_bound(model)
    search = partial(improve_in_parts, threads=threads, seed=seed) if threads > 1 else improve
    iterations = search(state, stop=stop, on_progress=with_bound(on_progress, bound))
    fill_gaps(state)
    assignments = better_of(problem, state.assignments(), warm_start)
    assignments, cost, proof = proven(model, assignments, alone=bound, seconds=prove)
    return Plan(
        assignments=assignments,
        unassigned=left_out_reasons(problem, Plan(assignments), model=model),
        cost=cost,
        bound=proof.points,
        bound_by=proof.how,
        seconds=stop.seconds(),
        iterations=iterations,
        seed=seed,
        stopped_by=stop.name,
    )


def proven(
    model: Model, assignments: tuple[Assignment, ...], *, alone: float, seconds: float
) -> tuple[tuple[Assignment, ...], Cost, Bound]:
    """The assignments, or the exact answer where it is cheaper; their cost; and what no plan undercuts."""
    cost = cost_of(model.problem, assignments)
    exact = exact_answer(model, best=cost.total, seconds=seconds)
    if exact is None:
        return assignments, cost, proven_bound(model, best=cost.total, seconds=seconds, alone=alone)
    if exact.owner is not None:
        assignments = better_of(model.problem, assignments, Plan(one_after_the_other(model, exact.owner)))
        cost = cost_of(model.problem, assignments)
    bound = named(min(exact.points, cost.total), "whole", int(model.arrays["pairs"].size), cost.total)
    return assignments, cost, bound


def with_bound(tell: Callable[[Progress], None] | None, bound: float) -> Callable[[Progress], None] | None:
    """The same listener, who hears of the bound as well."""
    return None if tell is None else lambda news: tell(replace(news, bound=bound))


def first_state(model: Model, warm_start: Plan | None, *, seed: int, stop: Stop) -> State:
    """The cheaper of the greedy plan and the warm start with its gaps filled.

    Without time to improve, one greedy order has to do.
    """
    model.find_tails()
    orders = CHAIN_ORDERS if model.numbers["has_chains"] else ORDERS
    state = construct(model, seed=seed, orders=orders[:1] if stop.done(0) else orders)
    if warm_start is not None:
        warm = load_plan(model, warm_start, seed=seed)
        fill_gaps(warm)
        state = min(warm, state, key=State.total)
    return state


def fill_gaps(state: State) -> None:
    """Put in whatever still finds a place at no more than its price; what others wait for first.

    Thorough: every place of every worker is measured exactly, which the search does not do for each trial.
    """
    model = state.model
    for task in sorted(state.left_out(), key=model.topology.__getitem__):
        if all(state.worker_of(before) is not None for before in model.before(task)):
            place_cheapest(state, task)


def place_cheapest(state: State, task: int) -> None:
    """Put one task where it costs least, unless leaving it out is cheaper."""
    pairs = state.model.pairs(task)
    price = float(state.model.arrays["price"][task])
    points = points_of(state.measure(task, pairs, ()), price)
    if points.size and points.min() <= price:
        best = int(points.argmin())
        state.place(task, pairs[best : best + 1])
        state.commit()


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
