"""Factors: how well a candidate suits a task, one bar each, for people to see.

A factor has a score from 0 to 1 (1 is best) and a sentence with the facts. Factors explain; they do not
decide. The order of candidates comes from points alone (rank.py), so that what is shown can be recomputed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fairlead.engine.effort import minutes_needed
from fairlead.engine.objective.cost import money
from fairlead.engine.objective.fit import misfit
from fairlead.engine.plan import plain
from fairlead.engine.problem import WEEK_MIN, Task, Worker
from fairlead.engine.saying import Number, say
from fairlead.engine.search.state import State
from fairlead.engine.wording import amount, count, hours

CALM = 2
"""Free time of this many times the work counts as plenty."""

MISFIT_HALF = 5.0
"""Misfit points at which the skills factor has fallen to one half."""

SIGNALS = {"preference": "likes work of this kind", "familiarity": "knows the project"}
"""What the caller may add, measured outside the engine as 0..1, and what 1 means."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One bar: name, score from 0 to 1 (1 is best), and the facts in a sentence."""

    name: str
    score: float
    sentence: str

    def to_dict(self) -> dict[str, object]:
        """Name, score, sentence."""
        return dict(plain(self))


@dataclass(frozen=True, slots=True)
class Sight:
    """One candidate looked at: task and worker by position, placed from `start` to `finish` in this state."""

    state: State
    task: int
    worker: int
    finish: int
    cheapest: float

    @property
    def item(self) -> Task:
        return self.state.model.problem.tasks[self.task]

    @property
    def somebody(self) -> Worker:
        return self.state.model.problem.workers[self.worker]


def skills(sight: Sight) -> Factor:
    """Perfect when just skilled enough; falls with the misfit."""
    task, worker = sight.item, sight.somebody
    points = misfit(task, worker)
    facts = [f"{name} {worker.skills.get(name, 0)} for {level}" for name, level in task.needs.items()]
    sentence = f"has {', '.join(facts)}" if facts else "no particular skill is needed"
    if worker.id in task.misfit:
        sentence += f"; predicted misfit {amount(points)} points"
    return Factor("skills", MISFIT_HALF / (MISFIT_HALF + points), sentence)


def free_before_due(sight: Sight) -> Factor:
    """Working time left before the due time beside everything else planned, against what the task needs."""
    needed = minutes_needed(sight.item, sight.somebody)
    free = free_minutes(sight)
    due = sight.item.due
    if due is not None and sight.finish > due:
        return Factor("free before due", 0.0, say("finishes %(hours)s late", hours=hours(sight.finish - due)))
    told = {"free": hours(free), "needed": needs(sight.somebody, needed)}
    if due is not None:
        said = say("%(free)s free before it is due, needs %(needed)s", **told)
    else:
        said = say("%(free)s free in the week after it can start, needs %(needed)s", **told)
    return Factor("free before due", min(1.0, free / (CALM * needed)), said)


def needs(worker: Worker, minutes: int) -> str:
    """The hours, with what she keeps free between two tasks where that is something."""
    if not worker.buffer:
        return hours(minutes)
    return say("%(hours)s and %(gap)s between two tasks", hours=hours(minutes), gap=hours(worker.buffer))


def free_minutes(sight: Sight) -> int:
    """Working minutes from the earliest start to the due time (or one week) that no other task takes."""
    state, clock = sight.state, sight.state.model.clocks[sight.worker]
    ready = state.ready_minute(sight.task)
    end = sight.item.due if sight.item.due is not None else ready + WEEK_MIN
    first, last = clock.to_u(ready), clock.to_u(max(ready, end))
    free = (last - first) * sight.somebody.lanes
    if sight.somebody.week_minutes is not None:
        free = min(free, sight.somebody.week_minutes * -(-max(0, end - ready) // WEEK_MIN))
    for row in state.rows_of(sight.worker):
        slots = state.slots(row)
        taken = np.minimum(slots["end"], last) - np.maximum(slots["start"], first)
        free -= int(taken[(taken > 0) & (slots["task"] != sight.task)].sum())
    return max(0, free)


def load(sight: Sight) -> Factor:
    """Planned against available time, this task included."""
    state, worker = sight.state, sight.worker
    planned, horizon = state.planned(worker), state.model.problem.horizon
    tasks = count(state.held(worker), "task")
    if horizon is None:
        busiest = int(state.arrays["planned"].max())
        share = planned / max(1, busiest)
        return Factor(
            "load",
            1.0 - share,
            say(
                "%(planned)s planned in %(tasks)s; the busiest has %(busiest)s",
                planned=hours(planned),
                tasks=tasks,
                busiest=hours(busiest),
            ),
        )
    available = state.model.available(worker)
    share = min(1.0, planned / available)
    told = {"share": Number(f"{share:.0%}"), "room": hours(available), "tasks": tasks}
    said = say("%(share)s of %(room)s planned in %(tasks)s, this one included", **told)
    return Factor("load", 1.0 - share, said)


def labour(sight: Sight) -> Factor:
    """What the work costs against the cheapest candidate."""
    minutes = minutes_needed(sight.item, sight.somebody)
    price = money(sight.somebody, minutes)
    score = 1.0 if price <= sight.cheapest else sight.cheapest / price
    return Factor("cost", score, f"{price:.2f} for {hours(minutes)} at {sight.somebody.rate:.2f} an hour")


def factors(sight: Sight, signals: Mapping[str, float]) -> tuple[Factor, ...]:
    """All factors of one candidate; signals from outside (0..1) come last."""
    own = (skills(sight), free_before_due(sight), load(sight), labour(sight))
    outside = tuple(
        Factor(name, min(1.0, max(0.0, score)), f"{score:.0%}: {SIGNALS.get(name, 'measured outside the plan')}")
        for name, score in signals.items()
    )
    return own + outside
