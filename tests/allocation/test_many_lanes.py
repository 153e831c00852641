"""The schedule of very many people comes in pages, whoever holds most work first."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from fairlead.allocation import actions, queries
from fairlead.people.models import Worker
from fairlead.work import actions as work

from .conftest import Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(team: Team) -> Team:
    """Beside the team 204 employees without hours or work, so 207 people."""
    common = {"workspace": team.world.workspace, "kind": "employee", "created_at": team.now}
    Worker.objects.bulk_create(Worker(name=f"Person {n:03}", **common) for n in range(204))
    return team


@pytest.fixture
def alice(team: Team) -> Client:
    client = Client()
    client.force_login(team.world.alice.user)
    return client


def lanes(client: Client, asked: str = "") -> list[str]:
    return [lane[1] for lane in client.get(f"/schedule/data/{asked}").json()["lanes"]]


def test_all_lanes_of_a_smaller_workspace_are_shown_at_once(team: Team, alice: Client) -> None:
    assert queries.lanes_of(team.alice) is None
    assert sorted(lanes(alice, "?page=2&q=bob")) == ["Bob", "Dana", "Echo"], "the page itself finds among them"
    assert "data-paged" not in alice.get("/schedule/").content.decode()


def test_a_hundred_stand_on_a_page_with_those_who_hold_work_first(many: Team, alice: Client) -> None:
    actions.assign_task(many.task(), many.echo, reason="Now", actor=many.alice, now=many.now)
    pages = [lanes(alice, f"?page={n}") for n in (1, 2, 3)]
    assert ([len(page) for page in pages], len(set().union(*pages))) == ([100, 100, 7], 207)
    assert "Echo" in pages[0]
    assert pages[2] == [f"Person {n}" for n in range(197, 204)]
    page, last = alice.get("/schedule/").content.decode(), alice.get("/schedule/?page=9").content.decode()
    assert "1–100 of 207" in page
    assert 'href="?q=&amp;kind=&amp;page=2"' in page
    assert "201–207 of 207" in last
    assert 'href="?q=&amp;kind=&amp;page=2"' in last


def test_a_name_and_a_kind_find_among_everybody(many: Team, alice: Client) -> None:
    assert lanes(alice, "?q=person+20") == ["Person 200", "Person 201", "Person 202", "Person 203"]
    assert lanes(alice, "?kind=agent") == ["Echo"]
    assert lanes(alice, "?kind=agent&q=bob") == []
    page = alice.get("/schedule/?kind=agent&q=%22bob").content.decode()
    assert "Nobody of that name" in page
    assert 'value="&#34;bob"' in page
    assert re.search(r'<option value="agent" selected>', page)


def test_work_that_waits_for_somebody_on_another_page_begins_after_theirs(many: Team) -> None:
    first, second = many.task("First", effort_min=600), many.task("Second")
    for task, worker in ((first, many.dana), (second, many.bob)):
        actions.assign_task(task, worker, reason="Now", actor=many.alice, now=many.now)
    work.add_dependency(second, first, actor=many.alice, now=many.now)
    whole = {lane.name: lane.blocks for lane in queries.schedule(many.alice, now=many.now).lanes}
    found = queries.schedule(many.alice, now=many.now, only=[many.bob.pk])
    assert [(lane.name, lane.blocks) for lane in found.lanes] == [("Bob", whole["Bob"])]
    assert found.lanes[0].blocks[0].start_min >= whole["Dana"][0].end_min


def test_a_stranger_and_a_client_see_none_of_it(many: Team) -> None:
    assert Client().get("/schedule/data/?q=person").status_code == 302
    client = Client()
    client.force_login(many.world.clara.user)
    assert client.get("/schedule/?q=person").status_code == 403
