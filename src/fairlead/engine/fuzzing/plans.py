"""Plans of one problem, made in every way that there is."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np

from fairlead.engine.arrays import Model
from fairlead.engine.plan import Plan
from fairlead.engine.problem import Problem
from fairlead.engine.search.construct import construct, load_plan
from fairlead.engine.search.improve import improve
from fairlead.engine.search.parallel import improve_in_parts
from fairlead.engine.search.state import State
from fairlead.engine.search.stop import Iterations


def plans(of: Problem, seed: int) -> Iterator[tuple[str, State]]:
    """How it was made, and the plan."""
    rng, model = Random(seed), Model(of)  # noqa: S311 - reproducible on purpose
    model.find_tails()
    yield "constructed", construct(model, seed=seed)
    state = State(model, seed=seed)
    state.insert_all(model.chain_order(np.array([rng.random() for _ in of.tasks])))
    yield "in random order", state
    shuffle(state, rng)
    yield "shuffled", state
    improve(state, stop=Iterations(rng.choice((1, 50, 400))))
    yield "improved", state
    shuffle(state, rng)
    yield "shuffled again", state
    yield "read in again", load_plan(model, Plan(state.assignments()))
    if len(of.tasks) > 20 and rng.random() < 0.1:
        improve_in_parts(state, threads=2, stop=Iterations(6000), seed=seed)
        yield "in parts", state


def shuffle(state: State, rng: Random) -> None:
    """Take tasks out and put them back anywhere, some of it undone."""
    tasks = state.arrays["task_row"].size
    for _ in range(30 if tasks else 0):
        mark = state.mark()
        task = rng.randrange(tasks)
        if state.worker_of(task) is not None:
            state.remove(task)
        for left in rng.sample(state.left_out(), min(3, len(state.left_out()))):
            put_anywhere(state, left, rng)
        if rng.random() < 0.4:
            state.undo(mark)
        else:
            state.commit()


def put_anywhere(state: State, task: int, rng: Random) -> None:
    """Put a task that is left out with some worker: at the end, at her cheapest place, or in the middle of a row."""
    model = state.model
    pairs = model.pairs(task)
    if not pairs.size or any(state.worker_of(before) is None for before in model.before(task)):
        return
    at = rng.randrange(pairs.size)
    pair = pairs[at : at + 1]
    row = rng.choice(state.rows_of(int(pair["worker"][0])))
    length = len(state.slots(row))
    how = rng.random()
    if how < 0.4:
        state.put(task, pair, row=row, place=length)
    elif how < 0.8:
        state.place(task, pair)
    else:
        state.put(task, pair, row=row, place=rng.randint(0, length))
