"""What holds for every problem: checked on random tiny ones whose best plan is found by trying everything."""

from __future__ import annotations

from dataclasses import fields, replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.optimum import optimum
from engine.small import TWO_WEEKS
from fairlead.engine import Iterations, Objective, Pin, Problem, Task, Worker, check, solve
from fairlead.engine.arrays import Model
from fairlead.engine.fuzzing import odd_problem
from fairlead.engine.testing import START

quick = settings(derandomize=True, max_examples=25, database=None)
seeds = st.integers(0, 1 << 32)


def tiny_problem(seed: int) -> Problem:
    """Two or three workers with one lane, three or four tasks, and every rule now and then."""
    rng = Random(seed)
    names = ["dana", "bob", "eve"][: rng.choice((2, 2, 3))]
    count = 4 if len(names) == 2 else 3
    return Problem(
        start=START,
        workers=tuple(tiny_worker(rng, name) for name in names),
        tasks=tuple(tiny_task(rng, number, names) for number in range(count)),
        horizon=rng.choice((None, 2460, 20160)),
        setup=rng.choice((0, 0, 30)),
        objective=Objective(
            unassigned=rng.choice(((100.0, 200.0), (5.0, 10.0))),
            fairness=rng.choice((0.0, 100.0)),
            makespan=rng.choice((0.0, 0.0, 0.05)),
        ),
    )


def tiny_worker(rng: Random, name: str) -> Worker:
    return Worker(
        name,
        skills={"sql": rng.randint(1, 5)},
        calendar=rng.choice((TWO_WEEKS, TWO_WEEKS[:2], None)),
        week_minutes=rng.choice((None, None, 400)),
        max_tasks=rng.choice((None, None, 1, 2)),
        rate=float(rng.randrange(20, 120)),
        speed=rng.choice((0.5, 1.0, 1.3)),
        buffer=rng.choice((0, 0, 30)),
    )


def tiny_task(rng: Random, number: int, names: list[str]) -> Task:
    pin = Pin(rng.choice(names), rng.choice((None, 540, 700))) if rng.random() < 0.15 else None
    return Task(
        f"t{number}",
        effort=rng.randrange(30, 400),
        needs=rng.choice(({}, {"sql": 3})),
        release=rng.choice((0, 0, 600, 1000)),
        due=rng.choice((None, 700, 1000, 2000)),
        weight=rng.choice((0.5, 1.0, 4.0)),
        after=(f"t{rng.randrange(number)}",) if number and rng.random() < 0.25 else (),
        context=rng.choice((None, "web", "shop")),
        never=(rng.choice(names),) if rng.random() < 0.1 else (),
        now=rng.choice((None, *names)),
        pin=pin,
    )


@quick
@given(seeds)
def test_one_worker_more_never_makes_the_best_plan_worse(seed: int) -> None:
    of = tiny_problem(seed)
    fewer = [worker for worker in of.workers if worker.id != "eve"]
    if len(fewer) == len(of.workers):
        fewer = fewer[:1]
    gone = {worker.id for worker in of.workers} - {worker.id for worker in fewer}
    tasks = [
        replace(
            task,
            never=tuple(name for name in task.never if name not in gone),
            now=None if task.now in gone else task.now,
            pin=None if task.pin and task.pin.worker in gone else task.pin,
        )
        for task in of.tasks
    ]
    of = replace(of, tasks=tuple(tasks))
    assert optimum(of) <= optimum(replace(of, workers=tuple(fewer))) + 1e-9


@quick
@given(seeds)
def test_names_and_order_change_neither_the_best_plan_nor_who_is_able(seed: int) -> None:
    of, rng = tiny_problem(seed), Random(seed)
    other = renamed(of, rng)
    assert abs(optimum(of) - optimum(other)) < 1e-6
    assert pairs_by_name(of, "") == pairs_by_name(other, "x")


def renamed(of: Problem, rng: Random) -> Problem:
    """The same problem with an x before every name, in another order."""
    tasks = [
        replace(
            task,
            id=f"x{task.id}",
            after=tuple(f"x{name}" for name in task.after),
            never=tuple(f"x{name}" for name in task.never),
            now=task.now and f"x{task.now}",
            pin=task.pin and replace(task.pin, worker=f"x{task.pin.worker}"),
            context=task.context and f"x{task.context}",
        )
        for task in of.tasks
    ]
    workers = [replace(worker, id=f"x{worker.id}") for worker in of.workers]
    return replace(of, tasks=tuple(rng.sample(tasks, len(tasks))), workers=tuple(rng.sample(workers, len(workers))))


def pairs_by_name(of: Problem, prefix: str) -> set[tuple[str, str, float]]:
    """Who is able to do what, and the points that do not depend on the place."""
    model = Model(of)
    return {
        (task.id.removeprefix(prefix), of.workers[worker].id.removeprefix(prefix), round(points, 9))
        for number, task in enumerate(of.tasks)
        for worker, points in zip(
            model.pairs(number)["worker"].tolist(), model.pairs(number)["points"].tolist(), strict=True
        )
    }


@quick
@given(seeds)
def test_a_pin_is_kept_or_the_task_is_left_out_for_a_reason_that_names_it(seed: int) -> None:
    of = odd_problem(seed)
    plan = solve(of, stop=Iterations(20), seed=seed)
    placed = {item.task: item for item in plan.assignments}
    left_out = {item.task: item for item in plan.unassigned}
    for task in of.tasks:
        if task.pin is None:
            continue
        if task.id in placed:
            assert placed[task.id].worker == task.pin.worker
            assert task.pin.start in (None, placed[task.id].start)
        else:
            assert left_out[task.id].reason
            assert "pin" in left_out[task.id].blocked_by


@quick
@given(seeds)
def test_twice_the_weights_cost_twice_as_much(seed: int) -> None:
    of = odd_problem(seed)
    plan = solve(of, seed=seed)
    once = check(of, plan).cost
    weights = {item.name: getattr(of.objective, item.name) for item in fields(Objective)}
    twice = Objective(
        **{
            name: tuple(2 * each for each in value) if isinstance(value, tuple) else 2 * value
            for name, value in weights.items()
        }
    )
    doubled = check(replace(of, objective=twice), replace(plan, cost=None)).cost
    for name, points in once.parts.items():
        assert abs(doubled.parts[name] - 2 * points) <= 1e-9 * max(1.0, abs(points))


def test_the_search_finds_the_best_plan_of_tiny_problems() -> None:
    missed = {}
    for seed in range(60):
        of = tiny_problem(seed)
        best, plan = optimum(of), solve(of, stop=Iterations(2000), seed=seed)
        assert plan.cost is not None
        assert plan.cost.total >= best - 1e-6, f"seed {seed}: cheaper than everything that was tried"
        assert plan.bound is not None
        assert plan.bound <= best + 1e-6, f"seed {seed}: the bound is wrong"
        if plan.cost.total > best + 1e-6:
            missed[seed] = plan.cost.total - best
    assert len(missed) <= 1, missed
