"""Made-up companies of any size: the same size and seed give the same problem, byte for byte.

Four weeks of work for employees, freelancers and AI agents around the world: lunch, meetings, holidays, part time,
weekly caps, professions with levels of skill, projects of about 25 tasks, due dates, priorities, people who hold
tasks already, pins and exclusions; with `chains` also tasks that wait for each other. Work is scaled to `LOAD` of what
everybody together can do, so that most tasks fit and time is short where skills are rare.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairlead.bench.staff import HORIZON_MIN, Staff, hire
from fairlead.engine import Objective, Pin, Problem, Task

START = datetime(2026, 11, 23, tzinfo=UTC)
"""A Monday."""

LOAD = 0.85
"""Planned effort / minutes that everybody together can work (at most `FULL_TIME_MIN` each)."""

FULL_TIME_MIN = 4 * 2400
"""Minutes that count of one worker when work is scaled: agents do not get all of it."""

TASKS_PER_CONTEXT = 25
SHORTEST_MIN, LONGEST_MIN = 15, 2400
SETUP_MIN = 15
WEIGHTS, WEIGHT_SHARES = (1, 2, 4, 8), (0.4, 0.3, 0.2, 0.1)
HELD_SHARE, PINNED_SHARE, EXCLUDED_SHARE, CHAIN_SHARE = 0.25, 0.02, 0.1, 0.12
WORST_QUALITY, WORST_PREFERENCE = 10.0, 4.0
"""Points of misfit for the worst quality and the least wanted profession."""

TRIES, EASY_AFTER = 60, 30
"""Draws of needs for one task until somebody can do it; the later ones ask for level 1 only."""

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Work:
    """Tasks as columns, one row each. Times in minutes; `able` holds the positions of the workers with the skills."""

    context: Integers
    profession: Integers
    needs: list[dict[int, int]]
    able: list[Integers]
    effort: Integers
    release: Integers
    due: Integers
    weight: Integers
    after: list[int | None]


def company(tasks: int, workers: int, seed: int, *, chains: bool = False) -> Problem:
    """A problem of this size."""
    if tasks < 1 or workers < 1:
        raise ValueError("A company needs at least one task and one worker.")
    rng = np.random.default_rng([seed, tasks, workers])
    staff = hire(rng, workers, skills=skills_for(tasks), most_tasks=max(16, 3 * tasks // workers))
    work = draw_work(rng, staff, tasks=tasks, chains=chains)
    return Problem(
        start=START,
        workers=staff.workers,
        tasks=tuple(written(rng, staff, work=work)),
        horizon=HORIZON_MIN,
        objective=Objective(unassigned=(100.0, 200.0)),
        setup=SETUP_MIN,
    )


def skills_for(tasks: int) -> int:
    """Skills in a company: 6 for 50 tasks, 20 for 500, 64 for 5,000, 201 for 50,000."""
    return max(6, round(0.9 * math.sqrt(tasks)))


def draw_work(rng: np.random.Generator, staff: Staff, *, tasks: int, chains: bool) -> Work:
    """All columns of the tasks."""
    contexts = max(3, tasks // TASKS_PER_CONTEXT)
    minutes = np.minimum(staff.available, FULL_TIME_MIN).astype(np.float64)
    hours = np.bincount(staff.profession, weights=minutes, minlength=staff.professions)
    profession = rng.choice(staff.professions, contexts, p=hours / hours.sum())
    context = rng.integers(0, contexts, tasks)
    needs, able = draw_needs(rng, staff, profession=profession[context])
    effort = draw_efforts(rng, tasks, total=LOAD * float(minutes.sum()))
    release = np.where(rng.random(tasks) < 0.4, 0, rng.integers(0, HORIZON_MIN * 7 // 10, tasks))
    span = (rng.lognormal(0, 0.6, tasks) * 6 * 1440).astype(np.int64) + 3 * effort
    due = np.maximum(np.minimum(release + span, HORIZON_MIN - 60), release + 30)
    weight = rng.choice(WEIGHTS, tasks, p=WEIGHT_SHARES)
    after: list[int | None] = [None] * tasks
    if chains:
        after = draw_chains(rng, context, release=release)
        push_dues(after, due, effort=effort)
    return Work(context, profession[context], needs, able, effort, release, due, weight, after)


def draw_efforts(rng: np.random.Generator, tasks: int, *, total: float) -> Integers:
    """Efforts (minutes at speed 1) with a long tail, together about `total`."""
    raw = np.clip(rng.lognormal(0, 0.8, tasks), 0.1, 6)
    minutes: Integers = np.clip(raw * total / raw.sum(), SHORTEST_MIN, LONGEST_MIN).astype(np.int64)
    return minutes


def draw_needs(
    rng: np.random.Generator, staff: Staff, *, profession: Integers
) -> tuple[list[dict[int, int]], list[Integers]]:
    """One to three skills of each task's profession, such that somebody has them; and who that is."""
    at_least = [[staff.level[:, skill] >= level for level in range(6)] for skill in range(staff.level.shape[1])]
    needs, able = [], []
    for kind in profession.tolist():
        for attempt in range(TRIES):
            wanted = draw_need(rng, staff.skills_of(kind), easy=attempt > EASY_AFTER)
            mask = np.logical_and.reduce([at_least[skill][level] for skill, level in wanted.items()])
            if mask.any():
                break
        else:  # nobody of the profession has any of it: whatever the best known skill is
            wanted = {int(staff.level.max(axis=0).argmax()): 1}
            mask = at_least[next(iter(wanted))][1]
        needs.append(wanted)
        able.append(np.flatnonzero(mask))
    return needs, able


def draw_need(rng: np.random.Generator, skills: Integers, *, easy: bool) -> dict[int, int]:
    """Skills with levels 1 to 4; a single skill at level 1 when it has to be easy."""
    many = 1 if easy else min(len(skills), 1 + int(np.searchsorted((0.4, 0.8), rng.random(), side="right")))
    chosen = rng.permutation(skills)[:many].tolist()
    levels = [1] * many if easy else rng.integers(1, 5, many).tolist()
    return dict(zip(chosen, levels, strict=True))


def draw_chains(rng: np.random.Generator, context: Integers, *, release: Integers) -> list[int | None]:
    """For some tasks the one before them in their context; chains of two to four, in order of release."""
    after: list[int | None] = [None] * len(context)
    order = np.lexsort((release, context))
    for group in np.split(order, np.flatnonzero(np.diff(context[order])) + 1):
        members, place = group.tolist(), 0
        while place + 1 < len(members):
            if rng.random() >= CHAIN_SHARE:
                place += 1
                continue
            chain = members[place : place + int(rng.integers(2, 5))]
            for first, second in pairwise(chain):
                after[second] = first
            place += len(chain)
    return after


def push_dues(after: list[int | None], due: Integers, *, effort: Integers) -> None:
    """Leave a task time after the due date of the one it waits for. Chains run in order of release."""
    heads = {task for task in after if task is not None} - {i for i, first in enumerate(after) if first is not None}
    following = {first: task for task, first in enumerate(after) if first is not None}
    for head in sorted(heads):
        first = head
        while (task := following.get(first)) is not None:
            due[task] = min(HORIZON_MIN - 60, max(due[task], due[first] + 3 * effort[task]))
            first = task


def written(rng: np.random.Generator, staff: Staff, *, work: Work) -> list[Task]:
    """The columns as tasks, with who holds them, pins, exclusions and predicted misfit."""
    tasks = len(work.effort)
    taste, demand = rng.random((len(staff.workers), staff.professions)), rng.normal(0, 0.8, (tasks, 6))
    talent = rng.normal(0, 0.6, (len(staff.workers), 6))
    held, pinned, excluded = rng.random(tasks), rng.random(tasks), rng.random(tasks)
    place = rng.random((tasks, 2))
    rows = []
    for i, able in enumerate(work.able):
        quality = 1 / (1 + np.exp(-(talent[able] @ demand[i])))
        surplus = np.mean([staff.level[able, skill] - level for skill, level in work.needs[i].items()], axis=0)
        wish = taste[able, work.profession[i]]
        misfit = WORST_QUALITY * (1 - quality) + surplus + WORST_PREFERENCE * (1 - wish)
        ids = [staff.workers[worker].id for worker in able.tolist()]
        now, out = (ids[int(share * len(ids))] for share in place[i])
        is_held, is_out = held[i] < HELD_SHARE, excluded[i] < EXCLUDED_SHARE and len(ids) > 3 and out != now
        bonds = {
            "now": now if is_held else None,
            "pin": Pin(now) if is_held and pinned[i] < PINNED_SHARE / HELD_SHARE else None,
            "never": (out,) if is_out else (),
        }
        rows.append(task_of(work, i, misfit=dict(zip(ids, misfit.round(2).tolist(), strict=True)), bonds=bonds))
    return rows


def task_of(work: Work, i: int, *, misfit: dict[str, float], bonds: dict[str, Any]) -> Task:
    """One row of the columns."""
    first = work.after[i]
    return Task(
        id=f"t{i}",
        effort=int(work.effort[i]),
        needs={f"s{skill}": level for skill, level in sorted(work.needs[i].items())},
        release=int(work.release[i]),
        due=int(work.due[i]),
        weight=float(work.weight[i]),
        after=() if first is None else (f"t{first}",),
        context=f"c{work.context[i]}",
        misfit=misfit,
        **bonds,
    )
