"""A small example project for a new workspace: people, skills and tasks that show what a match is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from fairlead.events.actor import Actor
from fairlead.people import actions as people
from fairlead.people.models import Skill, Worker
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft

KEY: Final = "TRY"
SKILLS: Final = ("Writing", "Design", "Web development")


@dataclass(frozen=True)
class Somebody:
    """A made-up worker: levels by skill, rate in minor units an hour."""

    kind: str
    name: str
    headline: str
    rate_cents: int
    levels: dict[str, int]


PEOPLE: Final = (
    Somebody("employee", "Robin Example", "Designer who also writes", 4500, {"Design": 5, "Writing": 3}),
    Somebody("freelancer", "Sam Example", "Web developer", 7000, {"Web development": 4, "Design": 2}),
    Somebody("agent", "Draft Example", "AI agent for first drafts", 200, {"Writing": 3}),
)


@dataclass(frozen=True)
class Something:
    """A task: hours of likely effort, days until due, what it needs."""

    title: str
    description: str
    hours: int
    due_days: int
    needs: dict[str, int]
    priority: int = 2


TASKS: Final = (
    Something("Open this task and see who should do it", "The panel **Who should do this** ranks everybody "
              "and says why. Assign somebody, or let Fairlead choose.", 2, 3, {"Writing": 2}, 3),
    Something("Write the text of the start page", "Three paragraphs: what, for whom, why us.", 4, 5, {"Writing": 3}),
    Something("Draw the start page", "One drawing for phones, one for desks.", 8, 7, {"Design": 4}),
    Something("Build the start page", "Quick and without surprises.", 12, 12, {"Web development": 3, "Design": 2}),
    Something("Collect ten questions that customers ask", "They become the help page.", 3, 9, {"Writing": 2}, 1),
    Something("Make the contact form work", "Messages arrive in the team's mailbox.", 5, 14, {"Web development": 3}),
    Something("Put the site online", "Then tell everybody.", 2, 16, {"Web development": 4}, 3),
)  # fmt: skip
BUILD, ONLINE = 3, 6
COMES_AFTER: Final = {BUILD: (1, 2), ONLINE: (BUILD, 5)}
"""Which of TASKS wait for which others, by position."""


def create(*, actor: Actor, now: datetime) -> str:
    """Put the example into the actor's workspace, all or nothing; returns the key of its project."""
    with transaction.atomic():
        skills = {name: people.create_skill(name, actor=actor, now=now) for name in SKILLS}
        for somebody in PEOPLE:
            _add(somebody, skills, actor=actor, now=now)
        text = "A made-up project to look around in. Archive it in its settings when you have seen enough."
        project = work.create_project(
            key=KEY, name="Example: a new web site", description=text, color=4, actor=actor, now=now
        )
        numbers: list[int] = []
        for place, task in enumerate(TASKS):
            after = tuple(numbers[other] for other in COMES_AFTER.get(place, ()))
            made = work.create_task(project, _draft(task, skills, after, now=now), actor=actor, now=now)
            numbers.append(made.pk)
    return KEY


def _add(somebody: Somebody, skills: dict[str, Skill], *, actor: Actor, now: datetime) -> Worker:
    worker = people.create_worker(
        kind=somebody.kind, name=somebody.name, headline=somebody.headline, rate_cents=somebody.rate_cents,
        actor=actor, now=now,
    )  # fmt: skip
    for name, level in somebody.levels.items():
        people.set_skill(worker, skills[name], level, actor=actor, now=now, evidence="Made up for the example")
    return worker


def _draft(task: Something, skills: dict[str, Skill], after: tuple[int, ...], *, now: datetime) -> TaskDraft:
    return TaskDraft(
        title=task.title,
        description=task.description,
        priority=task.priority,
        effort_min=task.hours * 60,
        due_at=now + timedelta(days=task.due_days),
        needs={skills[name].pk: level for name, level in task.needs.items()},
        after=after,
    )
