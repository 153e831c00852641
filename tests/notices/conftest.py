"""The project WEB with bob's task WEB-1, shared with clara; and running what the background worker runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from allocation.conftest import Team, make_team
from conftest import NOW, Person, World
from fairlead.allocation import actions as allocation
from fairlead.events.models import Event
from fairlead.notices import jobs
from fairlead.notices.models import Notice
from fairlead.work import actions as work
from fairlead.work.models import Task


@dataclass(frozen=True)
class Desk:
    """`held` is bob's task (alice wrote it)."""

    team: Team
    held: Task

    @property
    def world(self) -> World:
        return self.team.world

    def say(self, body: str, by: Person, *, internal: bool = True, now: datetime = NOW) -> Any:
        """A comment on the held task, told at once."""
        comment = work.add_comment(self.held, body, internal=internal, actor=by.actor, now=now)
        run("comment.added", now=now)
        return comment


def run(kind: str, *, now: datetime = NOW) -> None:
    """Tell of the latest event of this kind, twice as a job may run."""
    event = Event.objects.filter(kind=kind).latest("seq")
    jobs.tell(workspace_id=event.workspace_id, event_id=event.pk, now=now)
    jobs.tell(workspace_id=event.workspace_id, event_id=event.pk, now=now)


def told(kind: str = "") -> list[tuple[str, str]]:
    """(who, title) of all notices, of one kind if it is given."""
    rows = Notice.objects.order_by("user__name", "pk")
    return list((rows.filter(kind=kind) if kind else rows).values_list("user__name", "title"))


@pytest.fixture
def desk(world: World) -> Desk:
    """See `Desk`."""
    team = make_team(world, NOW)
    work.share_project(team.project, world.clara.user, actor=team.alice, now=NOW)
    task = team.task("Write copy")
    allocation.assign_task(task, team.bob, actor=team.alice, now=NOW)
    return Desk(team, team.fresh(task))
