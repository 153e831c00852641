"""Hundreds of random events on random plans: whatever happens, a repair keeps its promises."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from fairlead.engine import (
    Assignment,
    Budget,
    Change,
    EarlyFinish,
    Iterations,
    NewTask,
    Overrun,
    Plan,
    Problem,
    ProblemErrors,
    Repair,
    Task,
    TaskChanged,
    TaskGone,
    Worker,
    WorkerAway,
    WorkerChanged,
    changed_problem,
    check,
    repair,
    solve,
)
from fairlead.engine.testing import Shape, random_problem, random_task

CASES = 300
SHARES = 6


def random_change(rng: Random, of: Problem, plan: Plan, *, name: str) -> Change:
    """Any kind of event; not every one of them can be."""
    task, worker = rng.choice(of.tasks), rng.choice(of.workers)
    home = rng.choice(plan.assignments)
    start = rng.randrange(of.horizon or 20160)
    kinds: tuple[Change, ...] = (
        NewTask(replace(random_task(rng, Shape(), workers=of.workers, earlier=list(of.tasks)), id=name)),
        TaskGone(task.id),
        WorkerAway(worker.id, start, start + rng.choice((120, 480, 1440, 5000))),
        Overrun(home.task, rng.randint(1, 600)),
        EarlyFinish(home.task, rng.randint(home.start, home.finish)),
        TaskChanged(changed_task(rng, task)),
        WorkerChanged(changed_worker(rng, worker)),
    )
    return rng.choice(kinds)


def changed_task(rng: Random, task: Task) -> Task:
    """Another effort, due date, weight, need or release."""
    return replace(
        task,
        effort=rng.randint(15, 600),
        due=rng.choice((None, task.release + 600)),
        weight=rng.choice((0.5, 4.0)),
        needs=rng.choice((task.needs, {"sql": 2})),
        release=rng.choice((task.release, 0, 5000)),
    )


def changed_worker(rng: Random, worker: Worker) -> Worker:
    """Fewer skills, another rate, fewer lanes, a weekly cap."""
    return replace(
        worker,
        skills={name: level for name, level in worker.skills.items() if rng.random() < 0.7},
        rate=rng.choice((worker.rate, 5.0)),
        lanes=rng.choice((worker.lanes, 1)),
        week_minutes=rng.choice((worker.week_minutes, 600)),
    )


def random_changes(rng: Random, of: Problem, plan: Plan, *, step: int) -> list[Change]:
    """One to three events that go together."""
    found: list[Change] = []
    for number in range(rng.choice((1, 1, 2, 3))):
        change = random_change(rng, of, plan, name=f"new{step}{number}")
        try:
            changed_problem(of, plan, [*found, change])
        except ProblemErrors:
            continue
        found.append(change)
    return found


@pytest.mark.parametrize("share", range(SHARES))
def test_every_promise_holds_for_any_event(share: int) -> None:
    changed = 0
    for seed in range(share, CASES, SHARES):
        rng, of = Random(seed), random_problem(seed)
        plan, now = solve(of, stop=Iterations(30), seed=seed), 0
        for step in range(2):
            if not plan.assignments:
                continue
            now += rng.choice((0, 0, 600, 2000, 5000))
            budget = Budget(now, now + rng.choice((0, 0, 300, 1440)), rng.choice((0, 0, 1, 2, 5)))
            changes, stop = random_changes(rng, of, plan, step=step), Iterations(rng.choice((0, 150)))
            found = repair(of, plan, change=changes, budget=budget, stop=stop, seed=seed)
            assert check(found.problem, found.plan).violations == (), seed
            assert found.cost.total <= found.cost_before.total + 1e-6, seed
            budget_is_kept(found, plan, budget=budget)
            moves_tell_all(found, plan)
            changed += bool(found.moves)
            of, plan = found.problem, found.plan
    assert changed > CASES / SHARES


def budget_is_kept(found: Repair, plan: Plan, *, budget: Budget) -> None:
    """What has begun and what is frozen stays or is forced; no more of the rest is moved than allowed; nothing new
    starts in the past."""
    after = {item.task: item for item in found.plan.assignments}
    moves = {move.task: move for move in found.moves}
    lost = 0
    for task in found.problem.tasks:
        home, item, move = homes(plan).get(task.id), after.get(task.id), moves.get(task.id)
        if home is None or item is None or (home.worker, home.start) != (item.worker, item.start):
            pinned = task.pin is not None and item is not None and task.pin.start == item.start
            assert item is None or pinned or item.start >= budget.now
        if home is None or move is None or move.kind == "forced":
            continue
        assert move.counted == ((item is None and move.counted) or (item is not None and item.worker != home.worker))
        lost += move.counted
        if home.start < budget.closed_until(home.worker) and item is not None:
            assert (item.worker, item.start) == (home.worker, home.start)
        elif item is not None and (item.worker, item.start) != (home.worker, home.start):
            assert item.start >= budget.closed_until(home.worker)
    assert lost == found.counted <= budget.most_moved


def moves_tell_all(found: Repair, plan: Plan) -> None:
    """Exactly the tasks that changed have a move, each one and with a reason."""
    after = {item.task: item for item in found.plan.assignments}
    assert len({move.task for move in found.moves}) == len(found.moves)
    told = {move.task for move in found.moves if move.reason.strip()}
    for task in found.problem.tasks:
        home, item = homes(plan).get(task.id), after.get(task.id)
        if home is not None or item is not None:
            assert (task.id in told) == (as_planned(home) != as_planned(item)), task.id


def homes(plan: Plan) -> dict[str, Assignment]:
    """The old plan by task."""
    return {item.task: item for item in plan.assignments}


def as_planned(item: Assignment | None) -> tuple[str, int, int] | None:
    """Who, from when to when."""
    return None if item is None else (item.worker, item.start, item.finish)


@pytest.mark.parametrize("most_moved", [0, 3])
def test_without_an_event_and_without_time_to_search_a_plan_stays_as_it_is(most_moved: int) -> None:
    for seed in range(60):
        of = random_problem(seed)
        plan = solve(of, stop=Iterations(30), seed=seed)
        found = repair(of, plan, change=(), budget=Budget(most_moved=most_moved))
        assert found.moves == ()
        assert {as_planned(item) for item in found.plan.assignments} == {as_planned(item) for item in plan.assignments}
