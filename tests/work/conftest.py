"""A project with the usual columns, and workers behind some of the people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from conftest import Person, World
from fairlead.people.models import Skill, Worker
from fairlead.work import actions
from fairlead.work.models import Project, Status, Task


@dataclass(frozen=True)
class Site:
    """The project WEB of acme: `make("Title", **draft)` creates a task in it, `column("Ready")` finds a column."""

    project: Project
    world: World
    now: datetime

    def make(self, title: str = "Write copy", *, by: Person | None = None, **values: Any) -> Task:
        draft = actions.TaskDraft(title=title, **values)
        return actions.create_task(self.project, draft, actor=(by or self.world.alice).actor, now=self.now)

    def column(self, name: str) -> Status:
        return Status.objects.get(project=self.project, name=name)

    def held(self, who: Person, title: str = "Write copy", **values: Any) -> Task:
        """A task that `who` holds."""
        task = self.make(title, **values)
        actions.hold_task(task, worker_for(who, self.now), now=self.now)
        return task


def worker_for(who: Person, now: datetime) -> Worker:
    """The worker behind a member."""
    kind = {"dana": "freelancer", "echo": "agent"}.get(who.user.name.lower(), "employee")
    found, _ = Worker.objects.get_or_create(
        workspace=who.workspace, user=who.user, defaults={"name": who.user.name, "kind": kind, "created_at": now}
    )
    return found


def skill(world: World, name: str, now: datetime) -> Skill:
    return Skill.objects.create(workspace=world.workspace, name=name, created_at=now)


@pytest.fixture
def site(world: World, now: datetime) -> Site:
    project = actions.create_project(key="WEB", name="Website", actor=world.alice.actor, now=now)
    return Site(project, world, now)
