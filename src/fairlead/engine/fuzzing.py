"""Random plans, made in every way that there is, and what the judge says about them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np

from fairlead.engine.arrays import Model
from fairlead.engine.check import check
from fairlead.engine.plan import Assignment, Plan, Unassigned
from fairlead.engine.problem import Problem
from fairlead.engine.search.construct import construct, load_plan
from fairlead.engine.search.improve import improve
from fairlead.engine.search.parallel import improve_in_parts
from fairlead.engine.search.state import State
from fairlead.engine.search.stop import Iterations
from fairlead.engine.testing import Shape, random_problem

SHAPES = (
    Shape(),
    Shape(workers=3, tasks=16, weeks=1, longest_effort=400, lanes=0.6, caps=0.8, chains=0.4, pins=0.2),
    Shape(workers=2, tasks=24, weeks=1, longest_effort=200, lanes=1.0, caps=1.0, chains=0.1),
    Shape(workers=6, tasks=30, weeks=3, chains=0.9, pins=0.05),
    Shape(workers=8, tasks=40, weeks=2, horizon=0.0, caps=0.9),
    Shape(workers=1, tasks=10, weeks=1, longest_effort=3000, pins=0.4),
    Shape(workers=4, tasks=0),
)
ODD_SPEEDS = (0.3333333333333333, 1e-9, 7.7, 123456.789, 1.0000000000000002)


def odd_problem(seed: int) -> Problem:
    """A random problem; now and then with odd speeds, huge efforts or another objective."""
    rng = Random(seed)  # noqa: S311 - reproducible on purpose
    of = random_problem(seed, SHAPES[seed % len(SHAPES)])
    if rng.random() < 0.3:
        of = replace(of, workers=tuple(replace(worker, speed=rng.choice(ODD_SPEEDS)) for worker in of.workers))
    if rng.random() < 0.1:
        tasks = [replace(task, effort=rng.choice((1, 53_000_000, task.effort)), minutes={}) for task in of.tasks]
        of = replace(of, tasks=tuple(tasks))
    if rng.random() < 0.2:
        of = replace(of, objective=replace(of.objective, makespan=1.0, switch=rng.choice((0.0, 50.0)), moved=0.0))
    return of


def plans(of: Problem, seed: int) -> Iterator[tuple[str, State]]:
    """Plans of one problem, made in every way that there is."""
    rng, model = Random(seed), Model(of)  # noqa: S311 - reproducible on purpose
    model.find_tails()
    yield "constructed", construct(model, seed=seed)
    state = State(model, seed=seed)
    state.insert_all(model.chain_order(np.array([rng.random() for _ in of.tasks])))
    yield "in random order", state
    improve(state, stop=Iterations(rng.choice((1, 50, 400))))
    yield "improved", state
    shuffle(state, rng)
    yield "shuffled", state
    yield "read in again", load_plan(model, Plan(state.assignments()))
    if len(of.tasks) > 20:
        improve_in_parts(state, threads=2, stop=Iterations(9000), seed=seed)
        yield "in parts", state


def shuffle(state: State, rng: Random) -> None:
    """Take tasks out and put them back anywhere, some of it undone."""
    for _ in range(30):
        mark = state.mark()
        task = rng.randrange(max(1, state.arrays["task_row"].size))
        if task < state.arrays["task_row"].size and state.worker_of(task) is not None:
            state.remove(task)
        for left in rng.sample(state.left_out(), min(3, len(state.left_out()))):
            pairs = state.model.pairs(left)
            if pairs.size and all(state.worker_of(before) is not None for before in state.model.before(left)):
                pair = pairs[(at := rng.randrange(pairs.size)) : at + 1]
                row = rng.choice(list(state.rows_of(int(pair["worker"][0]))))
                if rng.random() < 0.5:
                    state.put(left, pair, row=row, place=len(state.slots(row)))
                else:
                    state.place(left, pair)
        if rng.random() < 0.4:
            state.undo(mark)
        else:
            state.commit()


def faults(of: Problem, state: State) -> list[str]:
    """What the judge says against a plan, and where the kernel's figures differ from the judge's."""
    made = state.assignments()
    held = {item.task for item in made}
    rest = tuple(Unassigned(task.id, "left out") for task in of.tasks if task.id not in held)
    verdict = check(of, Plan(made, rest))
    found = [str(violation) for violation in verdict.violations]
    if not math.isclose(state.total(), verdict.cost.total, rel_tol=1e-6, abs_tol=1e-6):
        found.append(f"costs {verdict.cost.total}, the kernel says {state.total()}")
    late, switches = float(state.arrays["row_late"].sum()), int(state.arrays["row_switches"].sum())
    for name, kernel in (
        ("lateness", late),
        ("switch", switches * of.objective.switch),
        ("fairness", float(state.arrays["load_points"].sum())),
    ):
        if not math.isclose(kernel, verdict.cost.parts[name], rel_tol=1e-6, abs_tol=1e-6):
            found.append(f"{name} is {verdict.cost.parts[name]}, the kernel says {kernel}")
    return found + misplaced(state, made)


def misplaced(state: State, made: tuple[Assignment, ...]) -> list[str]:
    """Where the kernel's books about tasks and rows do not agree."""
    counted = int(state.arrays["held"].sum()), int((state.arrays["task_row"] >= 0).sum()), len(made)
    return [] if len(set(counted)) == 1 else [f"the books differ: {counted}"]
