"""The page of a project's people, as somebody in a browser uses it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from conftest import Person, World
from fairlead.work import actions as work
from fairlead.work.membership import ProjectMember
from fairlead.work.models import Project

PAGE = "/projects/SEC/people/"


@pytest.fixture
def secret(world: World, now: datetime) -> Project:
    project = work.create_project(key="SEC", name="Merger", actor=world.alice.actor, now=now)
    return work.make_private(project, actor=world.alice.actor, now=now)


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def shown(client: Client, address: str = PAGE) -> tuple[int, str]:
    response = client.get(address)
    return response.status_code, response.content.decode()


def test_somebody_is_added_and_leaves(world: World, secret: Project) -> None:
    alice, bob = browser(world.alice), browser(world.bob)
    assert shown(bob)[0] == 404
    alice.post(f"{PAGE}add/", {"who": f"user:{world.bob.user.pk}", "role": "viewer"})
    status, html = shown(bob)
    assert (status, "Leave the project" in html, "Person or team" in html) == (200, True, False)
    assert bob.post(f"{PAGE}leave/").headers["Location"] == "/projects/"
    assert shown(bob)[0] == 404


def test_roles_are_changed_in_the_list(world: World, secret: Project, now: datetime) -> None:
    entry = work.put_member(secret, world.bob.user, "viewer", actor=world.alice.actor, now=now)
    alice = browser(world.alice)
    alice.post(f"{PAGE}{entry.pk}/role/", {"role": "lead"})
    assert ProjectMember.objects.get(pk=entry.pk).role == "lead"
    assert shown(browser(world.bob), "/projects/SEC/settings/")[0] == 200
    alice.post(f"{PAGE}{entry.pk}/remove/")
    assert not ProjectMember.objects.filter(pk=entry.pk).exists()


def test_what_cannot_be_is_said_on_the_page(world: World, secret: Project) -> None:
    alice = browser(world.alice)
    refused = alice.post(f"{PAGE}leave/")
    assert refused.status_code == 422
    assert "keeps somebody who leads it" in refused.content.decode()
    refused = alice.post(f"{PAGE}add/", {"who": f"user:{world.clara.user.pk}", "role": "viewer"})
    assert "Clients see what is shared with them" in refused.content.decode()


def test_before_it_is_private_or_open_the_page_says_what_changes(world: World, now: datetime) -> None:
    work.create_project(key="SEC", name="Merger", actor=world.alice.actor, now=now)
    alice, bob = browser(world.alice), browser(world.bob)
    assert shown(bob)[0] == 200
    status, html = shown(alice, "/projects/SEC/private/")
    assert (status, "Owners, admins and auditors" in html) == (200, True)
    alice.post("/projects/SEC/private/")
    assert shown(bob)[0] == 404
    assert "Private" in shown(alice, "/projects/")[1]
    assert "Everybody of the team sees it" in shown(alice, "/projects/SEC/open/")[1]
    alice.post("/projects/SEC/open/")
    assert shown(bob)[0] == 200


def test_nobody_outside_meets_it_in_the_side_bar(world: World, secret: Project) -> None:
    assert "Merger" in shown(browser(world.alice), "/projects/")[1]
    assert "Merger" not in shown(browser(world.bob), "/projects/")[1]
    assert "Merger" in shown(browser(world.audrey), "/projects/")[1]


def test_the_page_asks_as_much_for_many_people(
    world: World, secret: Project, now: datetime, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    alice = browser(world.alice)
    alice.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        alice.get(PAGE)
    for person in (world.bob, world.dana, world.echo):
        work.put_member(secret, person.user, "viewer", actor=world.alice.actor, now=now)
    with django_assert_num_queries(len(few)):
        alice.get(PAGE)
