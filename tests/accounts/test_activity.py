"""The page of the event log."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from conftest import World
from fairlead.accounts import actions
from fairlead.events.catalogue import CATALOGUE
from fairlead.lib.speech import speaking
from fairlead.web.sentences import changes, sentence


@pytest.fixture
def reader(world: World) -> Client:
    """alice, who manages."""
    browser = Client()
    browser.force_login(world.alice.user)
    return browser


def test_events_are_told_as_sentences_with_what_changed(world: World, reader: Client, now: datetime) -> None:
    actions.change_role(world.bob.member.pk, "manager", actor=world.olga.actor, now=now)
    page = reader.get("/activity/").content.decode()
    assert "changed the role of Bob (contributor)" in page
    assert "<s>contributor</s> → manager" in page


def test_the_log_is_filtered_and_nonsense_in_the_address_is_left_out(
    world: World, reader: Client, now: datetime
) -> None:
    actions.create_token("Nightly", ["work:read"], actor=world.bob.actor, now=now, days=None)
    assert reader.get("/activity/?kind=token").content.decode().count('class="feed-text"') == 1
    assert reader.get(f"/activity/?person={world.bob.user.pk}").content.decode().count('class="feed-text"') == 2
    assert "Nothing like this has happened" in reader.get("/activity/?by=rule").content.decode()
    odd = "/activity/?kind=payload__contains&person=1e9&by=%00&before=99999999999999999999"
    assert reader.get(odd).content.decode().count('class="feed-text"') == 9


def test_older_events_are_one_page_away(world: World, reader: Client, now: datetime) -> None:
    for n in range(60):
        actions.change_workspace(world.workspace, actor=world.olga.actor, now=now, name=f"Acme {n}")
    first = reader.get("/activity/").content.decode()
    assert first.count('class="feed-text"') == 50
    assert "/activity/?before=" in first
    assert reader.get("/activity/?before=21").content.decode().count('class="feed-text"') == 20


def test_the_chain_is_verified_on_demand(world: World, reader: Client) -> None:
    assert "Chain verified." in reader.post("/activity/verify/").content.decode()


def test_the_page_asks_the_database_as_often_for_many_events_as_for_few(
    world: World, reader: Client, django_assert_max_num_queries: object
) -> None:
    for n in range(49):
        actions.change_workspace(world.workspace, actor=world.olga.actor, now=timezone.now(), name=f"Acme {n}")
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        reader.get("/activity/")


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_kind_can_be_told_even_with_an_empty_payload(kind: str) -> None:
    told = sentence(kind, "WEB-1", {})
    assert told
    assert "{" not in told


def test_what_people_wrote_is_never_a_pattern() -> None:
    assert sentence("task.created", "{name.__class__}", {"title": "{subject}"}) == "created {name.__class__}: {subject}"


def test_changes_leave_out_what_means_nothing_to_people() -> None:
    payload = {"changes": {"rank": [1, 2], "due_at": [None, "2026-12-01"], "done": [False, True]}}
    assert changes(payload) == [("due at", "", "1 Dec 2026"), ("done", "no", "yes")]


def test_days_and_moments_are_told_on_the_readers_clock() -> None:
    payload = {"changes": {"due_at": ["2026-11-30T17:30:00+00:00", "someday"]}}
    assert changes(payload, "Asia/Tokyo") == [("due at", "1 Dec 2026 02:30", "someday")]
    away = {"starts_on": "2026-12-14", "ends_on": "2026-12-16"}
    assert sentence("timeoff.cancelled", "", away) == "cancelled time off from 14 Dec 2026 to 16 Dec 2026"
    with speaking("de"):
        told = sentence("timesheet.returned", "", {"monday": "2026-11-16", "worker": "Bob", "note": "2026-11-17"})
        assert told == "hat die Woche ab 16. Nov. 2026 an Bob zurückgegeben: 2026-11-17"
