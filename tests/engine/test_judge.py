"""A second opinion on the judge: thousands of random and broken plans, replayed minute by minute."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from random import Random

import pytest

from fairlead.engine import Assignment, Iterations, Plan, Problem, Task, Unassigned, Worker, check, solve
from fairlead.engine.testing import Shape, random_problem

SHAPE = Shape(workers=4, tasks=7, weeks=2, longest_effort=300, horizon=1.0, buffers=0.5)
Fault = tuple[str, str, str]
"""Code, task and worker."""


@pytest.mark.parametrize("first", range(0, 400, 50))
def test_a_replay_minute_by_minute_finds_the_same_faults_and_costs(first: int) -> None:
    for seed in range(first, first + 50):
        of = random_problem(seed, SHAPE)
        for plan in plans(of, Random(seed)):
            verdict = check(of, plan)
            found = Counter((item.code, item.task, item.worker) for item in verdict.violations)
            assert found == faults(of, plan)
            assert verdict.cost.parts == pytest.approx(costs(of, accepted(of, plan)), abs=1e-6)


def test_the_plans_are_broken_in_every_way_and_some_are_sound() -> None:
    seen = Counter[str]()
    for seed in range(100):
        of = random_problem(seed, SHAPE)
        for plan in plans(of, Random(seed)):
            seen.update(code for code, _, _ in faults(of, plan) or [("sound", "", "")])
    time = {"release", "after", "horizon", "overlap", "buffer", "setup", "calendar", "week", "finish"}
    people = {"skill", "only", "never", "pin", "max_tasks"}
    assert set(seen) == {"sound", "unknown", "lane", "twice", "missing", "reason"} | people | time


# -- plans ----------------------------------------------------------------------------------------------------


def plans(of: Problem, rng: Random) -> Iterator[Plan]:
    """A sound plan, the same with a few rows broken, and tasks thrown at workers without a thought."""
    sound = solve(of, stop=Iterations(0), seed=1)
    yield replace(sound, cost=None)
    for _ in range(4):
        rows, left = list(sound.assignments), list(sound.unassigned)
        for _ in range(rng.randint(1, 3)):
            if rows:
                break_something(of, rng, rows, left)
        yield Plan(tuple(rows), tuple(left))
    for _ in range(2):
        yield Plan(tuple(thrown(of, rng)), ())


def break_something(of: Problem, rng: Random, rows: list[Assignment], left: list[Unassigned]) -> None:
    """Change one row of a plan, or leave it out, or give it twice."""
    place = rng.randrange(len(rows))
    row, shift = rows[place], rng.choice((-60, -15, -1, 1, 30, 700, 20_000))
    later = replace(row, start=max(0, row.start + shift), finish=max(0, row.finish + shift))
    rows[place : place + 1] = rng.choice((
        [later],
        [later],
        [replace(row, start=max(0, row.start + shift))],
        [replace(row, finish=row.finish + shift)],
        [replace(row, worker=rng.choice(of.workers).id)],
        [replace(row, worker=rng.choice(of.workers).id, lane=1)],
        [replace(row, lane=rng.randrange(3))],
        [replace(row, worker="zoe")],
        [replace(row, task="t99")],
        [row, row],
        [],
    ))  # fmt: skip
    if rng.random() < 0.3:
        left.append(Unassigned(rng.choice((row.task, "t99")), rng.choice((" ", "no time"))))


def thrown(of: Problem, rng: Random) -> Iterator[Assignment]:
    """Each task at some worker, one after the other in her minutes, eligible or not."""
    days = {worker.id: open_minutes(of, worker) for worker in of.workers}
    free = dict.fromkeys(days, 0)
    for task in of.tasks:
        worker = rng.choice(of.workers)
        begin = max(free[worker.id] + rng.choice((0, 0, 15, 45)), task.release)
        first = bisect_left(days[worker.id], begin)
        minutes = days[worker.id][first : first + needed(task, worker)]
        if minutes:
            free[worker.id] = minutes[-1] + 1
            yield Assignment(task.id, worker.id, rng.randrange(worker.lanes), minutes[0], free[worker.id])


# -- the second opinion ---------------------------------------------------------------------------------------


def needed(task: Task, worker: Worker) -> int:
    """Minutes, with the speed as the decimal number that was written."""
    return task.minutes.get(worker.id) or math.ceil(Fraction(task.effort) / Fraction(str(worker.speed)))


def open_minutes(of: Problem, worker: Worker) -> tuple[int, ...]:
    """Every single minute before the horizon in which the worker works."""
    assert of.horizon is not None
    return minutes_within(((0, of.horizon),) if worker.calendar is None else worker.calendar, of.horizon)


@lru_cache(maxsize=64)
def minutes_within(intervals: tuple[tuple[int, int], ...], horizon: int) -> tuple[int, ...]:
    """The minutes of the intervals, one by one."""
    return tuple(minute for a, b in intervals for minute in range(a, b) if minute < horizon)


@lru_cache(maxsize=64)
def by_week(minutes: tuple[int, ...]) -> Counter[int]:
    """How many of the minutes each week has."""
    return Counter(minute // 10080 for minute in minutes)


def accepted(of: Problem, plan: Plan) -> list[Assignment]:
    """The first row of each task that names a task, worker and lane of the problem."""
    lanes = {(worker.id, lane) for worker in of.workers for lane in range(worker.lanes)}
    rows: dict[str, Assignment] = {}
    for row in plan.assignments:
        if row.task in of.task_index and (row.worker, row.lane) in lanes:
            rows.setdefault(row.task, row)
    return list(rows.values())


def faults(of: Problem, plan: Plan) -> Counter[Fault]:
    """Everything that is wrong."""
    rows = accepted(of, plan)
    found = Counter[Fault](listed(of, plan))
    for row in rows:
        found.update((code, row.task, row.worker) for code in unfit(of, row, rows))
    for worker in of.workers:
        mine = [row for row in rows if row.worker == worker.id]
        if worker.max_tasks is not None and len(mine) > worker.max_tasks:
            found["max_tasks", "", worker.id] += 1
        found.update((code, task, worker.id) for code, task in replay(of, worker, mine))
    return found


def listed(of: Problem, plan: Plan) -> Iterator[Fault]:
    """Faults of the two lists."""
    for row in plan.assignments:
        if row.task not in of.task_index or row.worker not in of.worker_index:
            yield "unknown", row.task, ""
        elif row.lane >= of.worker(row.worker).lanes:
            yield "lane", row.task, row.worker
    for left in plan.unassigned:
        if left.task not in of.task_index:
            yield "unknown", left.task, ""
        if left.reason == " ":
            yield "reason", left.task, ""
    names = [row.task for row in plan.assignments] + [left.task for left in plan.unassigned]
    yield from (("twice", name, "") for name in set(names) if names.count(name) > 1)
    yield from (("missing", task.id, "") for task in of.tasks if task.id not in names)


def unfit(of: Problem, row: Assignment, rows: list[Assignment]) -> Iterator[str]:
    """Codes of what is wrong with the worker and the times that were given."""
    assert of.horizon is not None
    task, worker = of.task(row.task), of.worker(row.worker)
    finish = {other.task: other.finish for other in rows}
    yield from ("skill" for name in task.needs if worker.skills.get(name, 0) < task.needs[name])
    yield from ("only" for _ in [0] if task.only is not None and worker.id not in task.only)
    yield from ("never" for name in task.never if name == worker.id)
    if task.pin is not None:
        yield from ("pin" for _ in [0] if task.pin.worker != worker.id)
        yield from ("pin" for _ in [0] if task.pin.start not in (None, row.start))
    yield from ("release" for _ in [0] if row.start < task.release)
    yield from ("after" for name in task.after if row.start < finish.get(name, math.inf))
    yield from ("horizon" for _ in [0] if row.finish > of.horizon)


def replay(of: Problem, worker: Worker, rows: list[Assignment]) -> Iterator[tuple[str, str]]:
    """Code and task of what goes wrong when one worker works off her rows, a minute at a time."""
    minutes, used = open_minutes(of, worker), Counter[int]()
    todo = sorted(rows, key=lambda row: (row.start, row.finish))
    before: dict[int, Assignment] = {}
    set_ups: dict[int, int | None] = {}  # task of this place in `rows` -> end of its set-up

    def spend(begin: int, amount: int, *, really: bool = True) -> list[int]:
        """The next minutes of work from `begin` on; none at all when there are too few."""
        spent, counted = list[int](), used.copy()
        for minute in minutes[bisect_left(minutes, begin) :]:
            if len(spent) == amount:
                break
            if not full(worker, counted[minute // 10080]):
                spent.append(minute)
                counted[minute // 10080] += 1
        if len(spent) < amount:
            return []
        if really:
            used.update(minute // 10080 for minute in spent)
        return spent

    while todo:
        steps = []
        for lane in range(worker.lanes):
            mine = [row for row in todo if row.lane == lane]
            if mine and needs_set_up(of, before.get(lane), mine[0]) and lane not in set_ups:
                first = spend(before[lane].finish + worker.buffer, 1, really=False)
                steps.append((first[0] if first else mine[0].start, lane, True, mine[0]))
            elif mine:
                steps.append((mine[0].start, lane, False, mine[0]))
        _, lane, is_set_up, row = min(steps, key=lambda step: step[:2])
        free = before[lane].finish + worker.buffer if lane in before else 0
        if is_set_up:
            done = spend(free, of.setup)
            set_ups[lane] = done[-1] + 1 if done else free
            if not done:
                yield "setup", row.task
            continue
        end = set_ups.pop(lane, None)
        if row.start < (free if end is None else end):
            yield "setup" if end is not None else "overlap" if row.start < before[lane].finish else "buffer", row.task
        done = spend(row.start, needed(of.task(row.task), worker))
        if not done:
            yield "calendar", row.task
        elif done[0] != row.start:
            yield "week" if row.start in minutes else "calendar", row.task
        elif done[-1] + 1 != row.finish:
            yield "finish", row.task
        before[lane] = row
        todo.remove(row)


def full(worker: Worker, used: int) -> bool:
    """Whether a week has no minute left."""
    return worker.week_minutes is not None and used >= worker.week_minutes


def needs_set_up(of: Problem, before: Assignment | None, row: Assignment) -> bool:
    """Whether two neighbours of a lane have different contexts."""
    if before is None or of.setup == 0:
        return False
    contexts = {of.task(before.task).context, of.task(row.task).context}
    return len(contexts) == 2 and None not in contexts


def costs(of: Problem, rows: list[Assignment]) -> dict[str, float]:
    """Points by term, each from its sentence in the format."""
    assert of.horizon is not None
    weights, done = of.objective, {row.task for row in rows}
    points = dict.fromkeys(("unassigned", "lateness", "labour", "misfit", "switch", "fairness", "moved"), 0.0)
    for task in of.tasks:
        if task.id not in done:
            points["unassigned"] += weights.unassigned[0] + weights.unassigned[1] * task.weight
    for row in rows:
        task, worker = of.task(row.task), of.worker(row.worker)
        if task.due is not None and row.finish > task.due:
            points["lateness"] += weights.lateness * task.weight * (row.finish - task.due) / 60
        points["labour"] += weights.labour * worker.rate * needed(task, worker) / 60
        above = [max(0, worker.skills.get(name, 0) - level) for name, level in task.needs.items()]
        points["misfit"] += weights.misfit * task.misfit.get(worker.id, sum(above) / max(1, len(above)))
        points["moved"] += weights.moved * (task.now not in (None, worker.id))
    for worker in of.workers:
        mine = sorted((row for row in rows if row.worker == worker.id), key=lambda row: (row.start, row.finish))
        for lane in range(worker.lanes):
            told = [of.task(row.task).context for row in mine if row.lane == lane]
            changes = sum(None not in pair and pair[0] != pair[1] for pair in pairwise(told))
            points["switch"] += weights.switch * changes
        weeks = by_week(open_minutes(of, worker))
        cap = math.inf if worker.week_minutes is None else worker.week_minutes
        planned = sum(needed(of.task(row.task), worker) for row in mine)
        points["fairness"] += weights.fairness * (planned / max(1, sum(min(n, cap) for n in weeks.values()))) ** 2
    return points | {"makespan": weights.makespan * max((row.finish for row in rows), default=0)}
