"""The numbers behind every recommendation and plan, each with its unit and the reason for it.

docs/allocation.md tells them to the people they are about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fairlead.work.models import Task


def _weights() -> Mapping[int, float]:
    return {
        Task.Priority.NONE: 1.0,
        Task.Priority.LOW: 0.5,
        Task.Priority.MEDIUM: 1.0,
        Task.Priority.HIGH: 2.0,
        Task.Priority.URGENT: 4.0,
    }


@dataclass(frozen=True)
class Policy:
    """How rows become a problem for the engine. Points are the engine's currency: one is an hour late at weight 1."""

    default_effort_min: int = 240
    """Effort of a task that nobody has estimated: half a working day."""
    least_left: float = 0.25
    """Share of its effort that a task under way or in review is still taken to need, however long it has run."""
    weights: Mapping[int, float] = field(default_factory=_weights)
    """Importance by priority: an urgent task is worth four ordinary ones."""
    most_near: int = 200
    """Up to so many people all are looked at closely for one task; in larger workspaces only those who could do it."""
    setup_min: int = 15
    """Minutes lost by going from one project to another; G. Mark, CHI 2008, measured 23 with interruptions."""
    least_weeks: int = 8
    most_weeks: int = 104
    """How far ahead is planned: at least, and at most however much work there is."""
    left_out_points: tuple[float, float] = (100_000.0, 10_000.0)
    """Price of leaving a task out, base and per weight: above any lateness, so that whoever can do a task gets it."""
    surplus_points: float = 1.0
    """Misfit for each level above the needed one, averaged: experts stay free for what only they can do."""
    preference_points: float = 6.0
    """Misfit of work that the worker avoids; half of it without a wish, none for work they want."""
    unfamiliar_points: float = 4.0
    """Misfit of work in a project, and with labels, that the worker never did."""
    half_familiar_tasks: int = 4
    """Finished tasks after which a worker counts as half familiar."""
    quick_tasks: int = 300
    """Up to so many tasks a plan is made at once; with more it is a background job."""
    iterations_per_task: int = 200
    """Rounds of the search for each task: 300 tasks take about a second and come close to what longer searches find."""
    most_iterations: int = 120_000
    """Rounds of the search, at most: 5,000 tasks of 300 people take six seconds of processor time."""

    most_repair_iterations: int = 40_000
    """Rounds of the search for a proposal after an event: it stays near the present plan and is found soon."""
    prove_seconds: float = 10.0
    """How long the proof of a plan's quality may take; it runs after the draft is there."""
    most_proven: int = 1_000
    """Tasks up to which the costly proof is tried; above, what each task costs alone has to do."""


POLICY = Policy()
