"""Random problems that are odd in one or two ways: a twist is a function and a line in the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from fairlead.engine.problem import WEEK_MIN, Objective, Pin, Problem, Task, Worker
from fairlead.engine.testing import Shape, random_problem
from fairlead.engine.validation.values import LATEST_MIN

SHAPES = (
    Shape(),
    Shape(workers=3, tasks=16, weeks=1, longest_effort=400, lanes=0.6, caps=0.8, chains=0.4, pins=0.2),
    Shape(workers=2, tasks=24, weeks=1, longest_effort=200, lanes=1.0, caps=1.0, chains=0.1),
    Shape(workers=6, tasks=30, weeks=3, chains=0.9, pins=0.05),
    Shape(workers=8, tasks=40, weeks=2, horizon=0.0, caps=0.9),
    Shape(workers=1, tasks=10, weeks=1, longest_effort=3000, pins=0.4),
    Shape(workers=4, tasks=0),
    Shape(workers=3, tasks=12, weeks=1, pins=0.9, longest_effort=120),
)
ODD_SPEEDS = (0.3333333333333333, 1e-9, 7.7, 123456.789, 1.0000000000000002, 1e-30, 1e22, 0.1 + 0.2)
ODD_CAPS = (1, 7, 59, WEEK_MIN - 1, WEEK_MIN, WEEK_MIN + 1, 3 * WEEK_MIN, LATEST_MIN, 1 << 40)
LARGE = 1e9

Twist = Callable[[Problem, Random], Problem]


def workers_of(of: Problem, change: Callable[[Worker], Worker]) -> Problem:
    """The problem with every worker changed."""
    return replace(of, workers=tuple(map(change, of.workers)))


def tasks_of(of: Problem, change: Callable[[Task], Task]) -> Problem:
    """The problem with every task changed."""
    return replace(of, tasks=tuple(map(change, of.tasks)))


def speeds(of: Problem, rng: Random) -> Problem:
    """Speeds that are no round numbers."""
    return workers_of(of, lambda worker: replace(worker, speed=rng.choice(ODD_SPEEDS)))


def efforts(of: Problem, rng: Random) -> Problem:
    """The smallest and the largest efforts that there are."""
    return tasks_of(of, lambda task: replace(task, effort=rng.choice((1, 1, LATEST_MIN, task.effort)), minutes={}))


def ends_of_plan(of: Problem, rng: Random) -> Problem:
    """The end of the plan and switches count, shares do not."""
    return replace(of, objective=Objective(makespan=1.0, switch=rng.choice((0.0, 50.0)), moved=0.0, fairness=0.0))


def caps(of: Problem, rng: Random) -> Problem:
    """Weekly caps of a minute, of just a week, and of more than a week has."""
    return workers_of(of, lambda worker: replace(worker, week_minutes=rng.choice(ODD_CAPS)))


def lanes(of: Problem, rng: Random) -> Problem:
    """Many lanes, most of them with a common cap."""
    return workers_of(
        of, lambda worker: replace(worker, lanes=rng.randint(1, 9), week_minutes=rng.choice((None, 300, 900)))
    )


def shreds(of: Problem, rng: Random) -> Problem:
    """Calendars of a few minutes here and there, some of them side by side."""

    def shredded(worker: Worker) -> Worker:
        at, intervals = 0, []
        for _ in range(rng.randint(0, 60)):
            begin = at + rng.choice((0, 0, 1, 7, 300, 9000))
            at = begin + rng.choice((1, 2, 30, 400))
            intervals.append((begin, at))
        return replace(worker, calendar=tuple(intervals))

    short = tasks_of(of, lambda task: replace(task, effort=rng.randint(1, 90), minutes={}, pin=None))
    return workers_of(short, shredded)


def centuries(of: Problem, rng: Random) -> Problem:
    """Everything happens a hundred years from the start, or has no end."""
    away = LATEST_MIN - 4 * WEEK_MIN
    calendar = rng.choice((None, ((away, LATEST_MIN),), ((0, 60), (away, away + 600), (LATEST_MIN - 1, LATEST_MIN))))
    late = tasks_of(
        of,
        lambda task: replace(
            task,
            release=rng.choice((0, away, LATEST_MIN)),
            due=rng.choice((None, 0, away, LATEST_MIN)),
            pin=task.pin and Pin(task.pin.worker, rng.choice((None, away, LATEST_MIN - 1))),
        ),
    )
    return replace(workers_of(late, lambda worker: replace(worker, calendar=calendar)), horizon=None)


def horizons(of: Problem, rng: Random) -> Problem:
    """A horizon before, in and long after the work."""
    return replace(of, horizon=rng.choice((0, 1, 541, 3 * 1440, LATEST_MIN)))


def contexts(of: Problem, rng: Random) -> Problem:
    """Every task has its own context, or all have the same; set-ups are longer than tasks."""
    many = rng.random() < 0.7
    each = tasks_of(of, lambda task: replace(task, context=task.id if many else "web", effort=rng.randint(1, 60)))
    return replace(each, setup=rng.choice((1, 120, 600)), objective=Objective(switch=rng.choice((0.0, 2.0, 500.0))))


def setups(of: Problem, rng: Random) -> Problem:
    """Set-ups that never fit, or just do."""
    return replace(of, setup=rng.choice((300, 480, 1440, LATEST_MIN)))


def buffers(of: Problem, rng: Random) -> Problem:
    """Minutes between two tasks: a few, as long as a break, as long as a day."""
    return workers_of(of, lambda worker: replace(worker, buffer=rng.choice((0, 1, 15, 30, 45, 240, 1440))))


def filled(of: Problem, rng: Random) -> Problem:
    """Some had more to do lately than others, some more than their time."""
    unfair = replace(of.objective, fairness=rng.choice((100.0, 10_000.0)))
    return replace(workers_of(of, lambda it: replace(it, filled=rng.choice((0.0, 0.3, 1.0, 7.5)))), objective=unfair)


def chain(of: Problem, rng: Random) -> Problem:
    """Every task waits for the one before, or for all before."""
    ids = [task.id for task in of.tasks]
    all_before = rng.random() < 0.3
    numbered = {name: number for number, name in enumerate(ids)}

    def waiting(task: Task) -> Task:
        before = ids[: numbered[task.id]]
        return replace(task, after=tuple(before if all_before else before[-1:]), effort=rng.randint(1, 120), minutes={})

    tasks = list(map(waiting, of.tasks))
    rng.shuffle(tasks)
    return replace(of, tasks=tuple(tasks))


def weights(of: Problem, rng: Random) -> Problem:
    """Weights and prices of nothing and of billions."""
    some = (0.0, 1e-9, 1.0, LARGE)
    names = ("lateness", "labour", "misfit", "switch", "fairness", "moved", "makespan")
    objective = Objective((rng.choice(some), rng.choice(some)), **{name: rng.choice(some) for name in names})
    paid = workers_of(of, lambda worker: replace(worker, rate=rng.choice((0.0, 1e-9, 65.0, 1e6))))
    return replace(tasks_of(paid, lambda task: replace(task, weight=rng.choice((0.0, 1.0, 1e6)))), objective=objective)


def few(of: Problem, rng: Random) -> Problem:
    """Workers who take at most a task or two."""
    return workers_of(of, lambda worker: replace(worker, max_tasks=rng.choice((0, 1, 2, 1 << 40))))


def nobody(of: Problem, rng: Random) -> Problem:
    """No workers at all."""
    alone = tasks_of(of, lambda task: replace(task, only=None, never=(), pin=None, now=None, minutes={}, misfit={}))
    return replace(alone, workers=()) if rng.random() < 0.2 else alone


TWISTS: tuple[Twist, ...] = (
    speeds,
    efforts,
    ends_of_plan,
    caps,
    lanes,
    shreds,
    centuries,
    horizons,
    contexts,
    setups,
    buffers,
    filled,
    chain,
    weights,
    few,
    nobody,
)


def odd_problem(seed: int) -> Problem:
    """A random problem with up to three twists."""
    rng = Random(seed)  # noqa: S311 - reproducible on purpose
    of = random_problem(seed, SHAPES[seed % len(SHAPES)])
    for twist in rng.sample(TWISTS, rng.choice((0, 0, 1, 1, 2, 3))):
        of = twist(of, rng)
    return of
