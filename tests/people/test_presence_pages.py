"""Presence on pages: two clicks in the menu, the form with an end and a word, and the workspace's states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conftest import NOW, World
from fairlead.people import actions
from fairlead.people.models import PresenceState, Worker
from fairlead.web.presence import end_of
from people.team import Team
from people.test_pages import signed_in, text


def number(name: str) -> int:
    return PresenceState.objects.get(name=name).pk


def test_the_menu_sets_it_in_two_clicks_and_stays_where_one_was(world: World, team: Team) -> None:
    client = signed_in(world.bob)
    html = text(client, "/tasks/")
    assert 'action="/people/me/presence/"' in html
    reply = client.post("/people/me/presence/", {"state": number("Focus"), "next": "/tasks/"})
    assert (reply.status_code, reply.headers["Location"]) == (302, "/tasks/")
    html = text(client, "/tasks/")
    assert "You are Focus. No new work comes meanwhile." in html
    assert Worker.objects.get(pk=team.bob.pk).presence_id == number("Focus")
    reply = client.post("/people/me/presence/", {"state": number("Focus"), "next": "https://evil.example/"})
    assert reply.headers["Location"] == "/"


def test_who_has_no_profile_has_no_such_menu(world: World, team: Team) -> None:
    html = text(signed_in(world.audrey), "/people/")
    assert 'action="/people/me/presence/"' not in html
    assert signed_in(world.audrey).get("/people/me/presence/").status_code == 404


def test_state_word_and_off_hours_stand_beside_the_name(world: World, team: Team) -> None:
    until = timezone.now() + timedelta(hours=1)
    actions.set_hours(team.bob, [], actor=world.alice.actor, now=NOW)
    actions.set_presence(
        team.bob, PresenceState.objects.get(name="Away"), until=until, text="<b>dentist</b>", actor=world.bob.actor,
        now=timezone.now(),
    )  # fmt: skip
    for address in ("/people/", f"/people/{team.bob.pk}/"):
        html = text(signed_in(world.dana), address)
        assert "Away" in html
        assert "&lt;b&gt;dentist" in html
        assert "off hours" in html


def test_a_manager_sets_it_for_others_with_an_end(world: World, team: Team) -> None:
    address = f"/people/{team.bob.pk}/presence/"
    assert "Focus (no new work)" in text(signed_in(world.alice), address)
    signed_in(world.alice).post(address, {"state": number("Away"), "until": "60", "text": "train"})
    bob = Worker.objects.get(pk=team.bob.pk)
    assert bob.presence_until is not None
    assert timedelta(minutes=59) < bob.presence_until - timezone.now() <= timedelta(minutes=60)
    assert bob.presence_text == "train"
    assert signed_in(world.dana).get(address).status_code == 403


@pytest.mark.parametrize(
    ("choice", "zone", "end"),
    [
        ("", "UTC", None),
        ("999", "UTC", None),
        ("30", "UTC", datetime(2026, 3, 28, 20, 30, tzinfo=UTC)),
        ("tomorrow", "Europe/Berlin", datetime(2026, 3, 29, 7, tzinfo=UTC)),  # clocks went forward in the night
        ("monday", "America/New_York", datetime(2026, 3, 30, 13, tzinfo=UTC)),
    ],
)
def test_how_long_is_on_the_clock_of_the_person(choice: str, zone: str, end: Any) -> None:
    assert end_of(choice, zone, datetime(2026, 3, 28, 20, tzinfo=UTC)) == end


def test_admins_arrange_the_states_on_one_page(world: World, team: Team) -> None:
    client: Client = signed_in(world.olga)
    client.post("/settings/presence/new/", {"name": "Pairing", "color": "1"})
    pairing = number("Pairing")
    client.post(f"/settings/presence/{pairing}/place/", {"position": "0"})
    client.post(f"/settings/presence/{pairing}/", {"name": "Open door", "color": "2", "available": "1"})
    client.post(f"/settings/presence/{pairing}/default/")
    html = text(client, "/settings/presence/")
    assert html.index('value="Open door"') < html.index('value="Available"')
    reply = client.post("/settings/presence/new/", {"name": "focus", "color": "3"})
    assert reply.status_code == 422
    assert "There is a state focus already." in reply.content.decode()
    assert 'value="focus"' in reply.content.decode()
    assert "Nobody is in it" in text(client, f"/settings/presence/{number('Away')}/remove/")
    client.post(f"/settings/presence/{number('Away')}/remove/")
    assert not PresenceState.objects.filter(name="Away").exists()
    assert client.post(f"/settings/presence/{pairing}/remove/").status_code == 422
    assert signed_in(world.alice).get("/settings/presence/").status_code == 403
