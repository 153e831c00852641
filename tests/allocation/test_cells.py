"""Giving a task to somebody from the table."""

from __future__ import annotations

from django.test import Client

from conftest import Person
from fairlead.allocation.models import Assignment
from fairlead.events.models import Event
from fairlead.events.tenancy import enter

from .conftest import Team

HTMX = {"HX-Request": "true"}
CELL = "/tasks/WEB-1/cell/assignee/save/?cols=title,assignee"


def post(team: Team, who: Person, value: object) -> int:
    client = Client()
    client.force_login(who.user)
    status = client.post(CELL, {"value": str(value)}, headers=HTMX).status_code
    enter(team.world.workspace.pk)
    return status


def test_the_assignee_cell_goes_through_the_one_door(team: Team) -> None:
    task = team.task()
    assert [post(team, who, team.bob.pk) for who in (team.world.bob, team.world.clara)] == [403, 404]
    assert post(team, team.world.alice, team.bob.pk) == 200
    assert team.fresh(task).assignee == team.bob
    assert Assignment.objects.get(ended_at=None).receipt_id
    assert post(team, team.world.alice, "") == 200
    assert team.fresh(task).assignee is None
    assert list(Event.objects.filter(subject_id=task.pk).order_by("seq").values_list("kind", flat=True)) == [
        "task.created", "task.assigned", "task.unassigned",
    ]  # fmt: skip


def test_whom_a_rule_keeps_away_is_refused_and_nothing_changes(team: Team) -> None:
    task = team.task(needs={team.scala.pk: 3})
    assert post(team, team.world.alice, team.dana.pk) == 422
    assert post(team, team.world.alice, "999999") == 404
    assert team.fresh(task).assignee is None
