"""The styleguide draws every part of the interface, for those who run the workspace."""

import re

from django.template import engines
from django.test import Client
from tests.conftest import World


def test_an_owner_sees_every_part_once(world: World, client: Client) -> None:
    client.force_login(world.olga.user)
    answer = client.get("/styleguide/")
    assert answer.status_code == 200
    text = answer.content.decode()
    for part in ("Who should do it", "Next four weeks", "Ruled out", 'data-task="WEB-210"', 'role="alert"'):
        assert part in text
    assert " style=" not in text
    assert len(re.findall(r"<h1", text)) == 1


def test_for_others_it_does_not_exist(world: World, client: Client) -> None:
    assert client.get("/styleguide/").headers["Location"] == "/sign-in/?next=%2Fstyleguide%2F"
    client.force_login(world.alice.user)
    answer = client.get("/styleguide/")
    assert answer.status_code == 404
    assert "Nothing is here" in answer.content.decode()


def test_a_card_says_who_has_it_and_escapes_what_people_typed() -> None:
    ui = engines["jinja2"].env.globals["ui"]  # type: ignore[attr-defined]
    card = ui.card(
        {
            "key": "WEB-1", "title": "<script>alert(1)</script>",
            "url": "/tasks/WEB-1/", "move_url": "/tasks/WEB-1/move/",
            "version": 3, "state": "ready", "priority": 4, "labels": [], "due": None,
            "worker": {"id": 4, "name": "Dana Reyes", "kind": "freelancer"},
        },
        None,
    )  # fmt: skip
    assert "&lt;script&gt;" in card
    assert "<script" not in card
    assert 'aria-label="Dana Reyes, freelancer"' in card
    assert 'aria-label="Urgent priority"' in card
    assert 'data-version="3"' in card
