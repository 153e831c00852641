"""Random problems for tests and benchmarks: every rule of the format occurs, many of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from fairlead.engine.problem import WEEK_MIN, WORKER_KINDS, Objective, Pin, Problem, Task, Worker

START = datetime(2026, 11, 23, tzinfo=UTC)
"""A Monday."""

DAY_MIN = 1440
SKILLS = ("python", "sql", "scala", "figma", "german", "rust")
CONTEXTS = ("web", "shop", "data")


@dataclass(frozen=True)
class Shape:
    """How large and how awkward the random problems are."""

    workers: int = 5
    tasks: int = 14
    weeks: int = 2
    longest_effort: int = 600
    chains: float = 0.3
    pins: float = 0.15
    lanes: float = 0.3
    caps: float = 0.5
    buffers: float = 0.0
    horizon: float = 0.8


def random_problem(seed: int, shape: Shape | None = None) -> Problem:
    """A sound problem; the same seed and shape give the same one. Not every task can be done."""
    shape = shape or Shape()
    rng = Random(seed)  # noqa: S311 - reproducible on purpose
    workers = tuple(random_worker(rng, shape, number=number) for number in range(shape.workers))
    tasks: list[Task] = []
    for _ in range(shape.tasks):
        tasks.append(random_task(rng, shape, workers=workers, earlier=tasks))
    objective = Objective(makespan=rng.choice((0.0, 0.0, 0.01)), fairness=rng.choice((0.0, 100.0)))
    return Problem(
        start=START,
        workers=workers,
        tasks=tuple(tasks),
        horizon=shape.weeks * WEEK_MIN if rng.random() < shape.horizon else None,
        objective=objective,
        setup=rng.choice((0, 15, 45)),
    )


def random_calendar(rng: Random, weeks: int) -> tuple[tuple[int, int], ...] | None:
    """Working days with lunch holes and days off; sometimes none at all, sometimes always."""
    if rng.random() < 0.1:
        return None
    days = []
    opens = rng.randrange(0, 14 * 60, 30)
    for day in range(weeks * 7):
        if day % 7 >= 5 or rng.random() < 0.15:
            continue
        begin = day * DAY_MIN + opens
        lunch = begin + rng.randrange(60, 300)
        days.append((begin, lunch))
        if rng.random() < 0.8:
            days.append((lunch + rng.choice((0, 30, 45)), lunch + rng.randrange(60, 300)))
    return tuple(days)


def random_worker(rng: Random, shape: Shape, *, number: int) -> Worker:
    """One worker with some skills, perhaps a weekly cap, a queue limit and several lanes."""
    return Worker(
        id=f"w{number}",
        kind=rng.choice(WORKER_KINDS),
        skills={name: rng.randint(1, 5) for name in SKILLS if rng.random() < 0.6},
        calendar=random_calendar(rng, shape.weeks),
        week_minutes=rng.choice((300, 600, 1200, 2400)) if rng.random() < shape.caps else None,
        max_tasks=rng.randint(0, 8) if rng.random() < 0.2 else None,
        lanes=rng.randint(2, 3) if rng.random() < shape.lanes else 1,
        rate=float(rng.randrange(0, 120)),
        speed=rng.choice((0.5, 0.7, 1.0, 1.0, 1.3)),
        buffer=rng.choice((5, 15, 45, 90)) if shape.buffers and rng.random() < shape.buffers else 0,
    )


def random_task(rng: Random, shape: Shape, *, workers: tuple[Worker, ...], earlier: list[Task]) -> Task:
    """One task; it may wait for earlier ones, be pinned, restricted, or held by somebody."""
    names = [worker.id for worker in workers]
    release = 0 if rng.random() < 0.5 else rng.randrange(0, shape.weeks * WEEK_MIN * 2 // 3)
    effort = rng.randint(15, shape.longest_effort)
    after = rng.sample([task.id for task in earlier], min(len(earlier), rng.randint(1, 2)))
    return Task(
        id=f"t{len(earlier)}",
        effort=effort,
        needs={name: rng.randint(1, 3) for name in rng.sample(SKILLS, rng.choice((0, 1, 1, 2)))},
        release=release,
        due=release + effort + rng.randrange(0, WEEK_MIN) if rng.random() < 0.7 else None,
        weight=rng.choice((0.5, 1.0, 2.0, 4.0)),
        after=tuple(after) if rng.random() < shape.chains else (),
        context=rng.choice((None, *CONTEXTS)),
        only=tuple(rng.sample(names, min(len(names), 3))) if rng.random() < 0.1 else None,
        never=(rng.choice(names),) if rng.random() < 0.1 else (),
        pin=random_pin(rng, workers) if rng.random() < shape.pins else None,
        now=rng.choice(names) if rng.random() < 0.25 else None,
        minutes={rng.choice(names): rng.randint(10, shape.longest_effort)} if rng.random() < 0.15 else {},
        misfit={rng.choice(names): rng.randrange(0, 100) / 10} if rng.random() < 0.2 else {},
    )


def random_pin(rng: Random, workers: tuple[Worker, ...]) -> Pin:
    """A pinned worker, half of the time with a start inside the calendar."""
    worker = rng.choice(workers)
    if rng.random() < 0.5 or not worker.calendar:
        return Pin(worker.id)
    begin, end = rng.choice(worker.calendar)
    return Pin(worker.id, rng.randrange(begin, end))
