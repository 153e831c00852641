"""The page about data where there are many people: one of them is found by typing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from conftest import NOW, World
from fairlead.people import actions
from fairlead.people.models import Worker
from fairlead.web.settings_pages import data

ADDRESS = "/settings/data/"


@pytest.fixture
def olga(world: World, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The owner's browser; fifteen people, where that many are the most for a list."""
    monkeypatch.setattr(data, "LISTED_PEOPLE", 15)
    for n in range(15):
        actions.create_worker(
            kind="employee", name=f"Kim {n:02}", email=f"k{n}@example.com", actor=world.olga.actor, now=NOW
        )
    client = Client()
    client.force_login(world.olga.user)
    return client


def people(client: Client, query: str = "") -> list[str]:
    """Whom the page offers, in the list and as files, which are the same."""
    html = client.get(ADDRESS + query).content.decode()
    chosen = re.findall(r'<option value="(\d+)"[^>]*>([^<]*)</option>', html.partition('name="worker"')[2])
    files = re.findall(r'href="/settings/data/people/(\d+)/"', html)
    assert [number for number, _ in chosen] == files
    return [name for _, name in chosen]


def test_as_many_as_a_list_takes_are_listed(olga: Client) -> None:
    assert people(olga) == [f"Kim {n:02}" for n in range(15)]
    assert "Find a person" not in olga.get(ADDRESS).content.decode()


def test_one_more_and_they_are_found_by_name_or_address(world: World, olga: Client) -> None:
    Worker.objects.create(workspace=world.workspace, kind="agent", name="Zoe", created_at=NOW)
    assert people(olga) == []
    assert "Find a person" in olga.get(ADDRESS).content.decode()
    assert people(olga, "?q=im+k7@") == ["Kim 07, k7@example.com"]
    assert people(olga, "?q=zoe") == ["Zoe"]
    assert people(olga, "?q=k") == [f"Kim {n:02}, k{n}@example.com" for n in range(data.FOUND)]
    assert "More people match." in olga.get(ADDRESS + "?q=k").content.decode()
    assert "Nobody matches." in olga.get(ADDRESS + "?q=nobody%00here").content.decode()


def test_who_was_chosen_stays_when_the_name_was_typed_wrongly(world: World, olga: Client) -> None:
    zoe = Worker.objects.create(workspace=world.workspace, kind="agent", name="Zoe", created_at=NOW)
    answer = olga.post("/settings/data/erase/", {"worker": zoe.pk, "person": "Zoo"})
    assert answer.status_code == 422
    assert f'<option value="{zoe.pk}" selected>Zoe</option>' in answer.content.decode()
