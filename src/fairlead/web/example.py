"""A small example project for a new workspace: people, skills and tasks that show what a match is. It is written in the
language of whoever asks for it, as if they had typed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from fairlead.events.actor import Actor
from fairlead.lib.speech import mark, tr
from fairlead.people import actions as people
from fairlead.people.models import Skill, Worker
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft

KEY: Final = "TRY"
WRITING, DESIGN, WEB = mark("Writing"), mark("Design"), mark("Web development")
SKILLS: Final = (WRITING, DESIGN, WEB)


@dataclass(frozen=True)
class Somebody:
    """A made-up worker: levels by skill, rate in minor units an hour."""

    kind: str
    name: str
    headline: str
    rate_cents: int
    levels: dict[str, int]


PEOPLE: Final = (
    Somebody("employee", mark("Robin Example"), mark("Designer who also writes"), 4500, {DESIGN: 5, WRITING: 3}),
    Somebody("freelancer", mark("Sam Example"), mark("Web developer"), 7000, {WEB: 4, DESIGN: 2}),
    Somebody("agent", mark("Draft Example"), mark("AI agent for first drafts"), 200, {WRITING: 3}),
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
    Something(
        mark("Open this task and see who should do it"),
        mark("The panel **Who should do this** ranks everybody and says why. Assign somebody, or let Fairlead choose."),
        2,
        3,
        {WRITING: 2},
        3,
    ),
    Something(
        mark("Write the text of the start page"), mark("Three paragraphs: what, for whom, why us."), 4, 5, {WRITING: 3}
    ),
    Something(mark("Draw the start page"), mark("One drawing for phones, one for desks."), 8, 7, {DESIGN: 4}),
    Something(mark("Build the start page"), mark("Quick and without surprises."), 12, 12, {WEB: 3, DESIGN: 2}),
    Something(
        mark("Collect ten questions that customers ask"), mark("They become the help page."), 3, 9, {WRITING: 2}, 1
    ),
    Something(mark("Make the contact form work"), mark("Messages arrive in the team's mailbox."), 5, 14, {WEB: 3}),
    Something(mark("Put the site online"), mark("Then tell everybody."), 2, 16, {WEB: 4}, 3),
)
BUILD, ONLINE = 3, 6
COMES_AFTER: Final = {BUILD: (1, 2), ONLINE: (BUILD, 5)}
"""Which of TASKS wait for which others, by position."""


def create(*, actor: Actor, now: datetime) -> str:
    """Put the example into the actor's workspace, all or nothing; returns the key of its project."""
    with transaction.atomic():
        skills = {name: people.create_skill(tr(name), actor=actor, now=now) for name in SKILLS}
        for somebody in PEOPLE:
            _add(somebody, skills, actor=actor, now=now)
        text = tr("A made-up project to look around in. Archive it in its settings when you have seen enough.")
        project = work.create_project(
            key=KEY, name=tr("Example: a new web site"), description=text, color=4, actor=actor, now=now
        )
        numbers: list[int] = []
        for place, task in enumerate(TASKS):
            after = tuple(numbers[other] for other in COMES_AFTER.get(place, ()))
            made = work.create_task(project, _draft(task, skills, after, now=now), actor=actor, now=now)
            numbers.append(made.pk)
    return KEY


def _add(somebody: Somebody, skills: dict[str, Skill], *, actor: Actor, now: datetime) -> Worker:
    worker = people.create_worker(
        kind=somebody.kind, name=tr(somebody.name), headline=tr(somebody.headline), rate_cents=somebody.rate_cents,
        actor=actor, now=now,
    )  # fmt: skip
    for name, level in somebody.levels.items():
        people.set_skill(worker, skills[name], level, actor=actor, now=now, evidence=tr("Made up for the example"))
    return worker


def _draft(task: Something, skills: dict[str, Skill], after: tuple[int, ...], *, now: datetime) -> TaskDraft:
    return TaskDraft(
        title=tr(task.title),
        description=tr(task.description),
        priority=task.priority,
        effort_min=task.hours * 60,
        due_at=now + timedelta(days=task.due_days),
        needs={skills[name].pk: level for name, level in task.needs.items()},
        after=after,
    )
