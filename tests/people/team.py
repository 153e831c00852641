"""A small directory for the tests: alice, bob and dana with accounts, and echo, an agent that olga answers for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client

from conftest import NOW, Person, World
from fairlead.events.models import Event
from fairlead.people import actions
from fairlead.people.models import Skill, Worker


@dataclass(frozen=True)
class Team:
    """The profiles, and three skills: Functional above Scala, and Writing."""

    alice: Worker
    bob: Worker
    dana: Worker
    echo: Worker
    functional: Skill
    scala: Skill
    writing: Skill


def make_team(world: World) -> Team:
    """Through the real actions, by alice."""
    by: dict[str, Any] = {"actor": world.alice.actor, "now": NOW}
    functional = actions.create_skill("Functional programming", **by)
    return Team(
        alice=actions.create_worker(kind="employee", name="Alice", user=world.alice.user, **by),
        bob=actions.create_worker(
            kind="employee",
            name="Bob",
            user=world.bob.user,
            rate_cents=5000,
            time_zone="Europe/Berlin",
            country="DE",
            **by,
        ),
        dana=actions.create_worker(kind="freelancer", name="Dana", user=world.dana.user, rate_cents=9000, **by),
        echo=actions.create_worker(
            kind="agent", name="Echo", user=world.echo.user, owner=world.olga.user, lanes=4, **by
        ),
        functional=functional,
        scala=actions.create_skill("Scala", parent=functional, synonyms=["scala lang"], **by),
        writing=actions.create_skill("Writing", **by),
    )


def events(kind: str) -> list[dict[str, Any]]:
    """The payloads of all events of a kind, in order."""
    return list(Event.objects.filter(kind=kind).order_by("seq").values_list("payload", flat=True))


def count_events() -> int:
    """How many there are in all."""
    return Event.objects.count()


def signed_in(who: Person) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(who.user)
    return client


def text(client: Client, address: str, **headers: str) -> str:
    """What a page says, which must be there."""
    response = client.get(address, headers=headers)
    assert response.status_code == 200, address
    return str(response.content.decode())
