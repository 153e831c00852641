"""A small team with skills, and a project that needs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from conftest import World
from fairlead.people import actions as people
from fairlead.people.models import Skill, Worker
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Project, Task


@dataclass(frozen=True)
class Team:
    """bob (employee, Python 4, Scala 3, knows nothing else), dana (freelancer, Python 3, 65.00 an hour),
    echo (AI agent, Python 2, two tasks at the same time), and the project WEB."""

    world: World
    now: datetime
    project: Project
    python: Skill
    scala: Skill
    bob: Worker
    dana: Worker
    echo: Worker

    @property
    def alice(self) -> Any:
        return self.world.alice.actor

    def task(self, title: str = "Build it", **draft: Any) -> Task:
        """A task of WEB with two hours of work, unless said otherwise."""
        values = {"effort_min": 120, **draft}
        return work.create_task(self.project, TaskDraft(title=title, **values), actor=self.alice, now=self.now)

    def fresh(self, task: Task) -> Task:
        """The task as it is in the database."""
        return Task.objects.select_related("project", "assignee").get(pk=task.pk)


@pytest.fixture
def team(world: World, now: datetime) -> Team:
    """See `Team`."""
    return make_team(world, now)


def make_team(world: World, now: datetime) -> Team:
    """The team, through the real actions."""
    alice = world.alice.actor
    python = people.create_skill("Python", actor=alice, now=now)
    scala = people.create_skill("Scala", actor=alice, now=now)
    hire: Callable[..., Worker] = lambda kind, person, **more: people.create_worker(  # noqa: E731  one line, three uses
        kind=kind, name=person.user.name, user=person.user, actor=alice, now=now, **more
    )
    bob = hire("employee", world.bob)
    dana = hire("freelancer", world.dana, rate_cents=6500)
    echo = hire("agent", world.echo, lanes=2, owner=world.alice.user)
    for worker, skill, level in ((bob, python, 4), (bob, scala, 3), (dana, python, 3), (echo, python, 2)):
        people.set_skill(worker, skill, level, actor=alice, now=now)
    project = work.create_project(key="WEB", name="Web shop", actor=alice, now=now)
    return Team(world, now, project, python, scala, bob, dana, echo)
