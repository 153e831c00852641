"""The people and agents of a made-up company: calendars, caps, rates, speeds, skills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.engine import WEEK_MIN, Worker

DAY_MIN = 1440
WEEKS = 4
HORIZON_MIN = WEEKS * WEEK_MIN
KINDS, KIND_SHARES = ("employee", "freelancer", "agent"), (0.45, 0.42, 0.13)
EMPLOYEE, FREELANCER, AGENT = range(3)

LUNCH_MIN, MEETING_MIN, MAINTENANCE_MIN = 45, 30, 240
DAY_WITH_LUNCH_MIN = 360
SHORTEST_PIECE_MIN = 15
FREE_DAY_SHARE, SICK_DAY_SHARE, HOLIDAY_SHARE, MEETING_SHARE = 0.25, 0.03, 0.3, 0.15
SKILLS_PER_PROFESSION, KNOWN_SHARE = 5, 0.85

Interval = tuple[int, int]


@dataclass(frozen=True)
class Staff:
    """Workers, and what the work is made to fit: `level[worker, skill]` (0 = none), professions, available minutes."""

    workers: tuple[Worker, ...]
    level: NDArray[np.int8]
    profession: NDArray[np.int64]
    professions: int
    available: NDArray[np.int64]

    def skills_of(self, profession: int) -> NDArray[np.int64]:
        """The skills that belong to a profession."""
        return np.arange(profession, self.level.shape[1], self.professions)


def hire(rng: np.random.Generator, workers: int, *, skills: int, most_tasks: int) -> Staff:
    """So many workers who share so many skills."""
    professions = max(2, skills // SKILLS_PER_PROFESSION)
    kind = rng.choice(len(KINDS), workers, p=KIND_SHARES)
    profession = rng.integers(0, professions, workers)
    covered = min(professions, workers)
    profession[:covered] = np.arange(covered)
    level = draw_levels(rng, kind, profession=profession, shape=(workers, skills, professions))
    calendars = [draw_calendar(rng, int(one)) for one in kind]
    cap = np.select([kind == EMPLOYEE, kind == FREELANCER], [2400, rng.integers(10, 41, workers) * 60], WEEK_MIN)
    rate = by_kind(rng, kind, ranges=((30, 80), (15, 120), (2, 10)))
    speed = by_kind(rng, kind, ranges=((0.7, 1.4), (0.7, 1.4), (0.5, 1.2)))
    people = tuple(
        Worker(
            id=f"w{i}",
            kind=KINDS[kind[i]],
            skills={f"s{skill}": int(level[i, skill]) for skill in np.flatnonzero(level[i]).tolist()},
            calendar=calendars[i],
            week_minutes=int(cap[i]) if cap[i] < WEEK_MIN else None,
            max_tasks=most_tasks,
            rate=float(rate[i]),
            speed=float(speed[i]),
        )
        for i in range(workers)
    )
    available = np.array([minutes_in(calendar, int(most)) for calendar, most in zip(calendars, cap, strict=True)])
    return Staff(people, level, profession, professions, available)


def by_kind(
    rng: np.random.Generator, kind: NDArray[np.int64], *, ranges: tuple[tuple[float, float], ...]
) -> NDArray[np.float64]:
    """One number for each worker from the range of their kind, with two decimals."""
    low, high = np.array(ranges).T
    drawn: NDArray[np.float64] = rng.uniform(low[kind], high[kind]).round(2)
    return drawn


def draw_levels(
    rng: np.random.Generator, kind: NDArray[np.int64], *, profession: NDArray[np.int64], shape: tuple[int, int, int]
) -> NDArray[np.int8]:
    """Levels 2 to 5 in most skills of the profession, 1 to 3 in two others; agents know three more."""
    workers, skills, professions = shape
    own = np.arange(skills)[None, :] % professions == profession[:, None]
    known = rng.random((workers, skills)) < KNOWN_SHARE
    level = np.where(own & known, rng.integers(2, 6, (workers, skills)), 0).astype(np.int8)
    for worker in range(workers):
        extras = [(2, 1, 4)] + ([(3, 2, 5)] if kind[worker] == AGENT else [])
        for many, low, high in extras:
            also = rng.permutation(skills)[:many]
            level[worker, also] = np.maximum(level[worker, also], rng.integers(low, high, len(also)))
    return level


def draw_calendar(rng: np.random.Generator, kind: int) -> tuple[Interval, ...]:
    """Working intervals of four weeks in the worker's own time zone."""
    return merged(around_the_clock(rng) if kind == AGENT else working_days(rng, kind))


def around_the_clock(rng: np.random.Generator) -> list[Interval]:
    """All the time but for maintenance, at the same hour each week."""
    hole = int(rng.integers(0, WEEK_MIN - MAINTENANCE_MIN))
    stops = [week * WEEK_MIN + hole for week in range(WEEKS)]
    return list(zip([0, *(stop + MAINTENANCE_MIN for stop in stops)], [*stops, HORIZON_MIN], strict=True))


def working_days(rng: np.random.Generator, kind: int) -> list[Interval]:
    """Days of an employee (Monday to Friday) or freelancer (most days, part time); some are off or on holiday."""
    zone = int(rng.integers(-10, 12)) * 60
    employed = kind == EMPLOYEE
    opens = int(rng.integers(7, 11) if employed else rng.integers(8, 19)) * 60 - zone
    length = int(rng.integers(7, 10) if employed else rng.integers(3, 9)) * 60
    leaves = int(rng.integers(0, 28)) if rng.random() < HOLIDAY_SHARE else HORIZON_MIN
    returns = leaves + int(rng.integers(1, 7))
    pieces: list[Interval] = []
    for day in range(-1, 7 * WEEKS + 1):
        off = day % 7 >= 5 if employed else rng.random() < FREE_DAY_SHARE
        if not off and not leaves <= day < returns and rng.random() >= SICK_DAY_SHARE:
            pieces += one_day(rng, day * DAY_MIN + opens, length=length)
    return pieces


def one_day(rng: np.random.Generator, begin: int, *, length: int) -> list[Interval]:
    """One day of work: a lunch hole in long days, sometimes a meeting in the last part."""
    pieces = [(begin, begin + length)]
    if length >= DAY_WITH_LUNCH_MIN:
        noon = begin + length // 2
        pieces = [(begin, noon), (noon + LUNCH_MIN, begin + length + LUNCH_MIN)]
    if rng.random() < MEETING_SHARE:
        start, end = pieces.pop()
        meets = start + int(rng.integers(MEETING_MIN, max(MEETING_MIN + 1, end - start - 2 * MEETING_MIN)))
        pieces += [(start, meets), (meets + MEETING_MIN, end)]
    return pieces


def merged(pieces: list[Interval]) -> tuple[Interval, ...]:
    """Within the horizon, in order, touching or overlapping pieces joined, crumbs left out."""
    joined: list[Interval] = []
    for start, end in sorted((max(0, start), min(HORIZON_MIN, end)) for start, end in pieces):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end - start >= SHORTEST_PIECE_MIN:
            joined.append((start, end))
    return tuple(joined)


def minutes_in(calendar: tuple[Interval, ...], cap: int) -> int:
    """Minutes that can be worked: the sum over weeks of calendar or cap, whichever is less."""
    weeks = [(week * WEEK_MIN, (week + 1) * WEEK_MIN) for week in range(WEEKS)]
    return sum(min(cap, sum(max(0, min(e, b) - max(s, a)) for s, e in calendar)) for a, b in weeks)
