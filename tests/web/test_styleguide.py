"""The styleguide draws every part of the interface, for those who run the workspace."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.test import Client
from tests.conftest import World

TEMPLATES = Path(__file__).parents[2] / "src/fairlead/web/templates"
ALL = (TEMPLATES / "_ui/all.jinja").read_text()
SHOWN = "".join(path.read_text() for path in [TEMPLATES / "styleguide.jinja", *(TEMPLATES / "styleguide").iterdir()])
PARTS = [name for line in re.findall(r"{% set (.+?) = _", ALL) for name in line.split(", ")]


def test_an_owner_sees_every_part_once(world: World, client: Client) -> None:
    client.force_login(world.olga.user)
    answer = client.get("/styleguide/")
    assert answer.status_code == 200
    text = answer.content.decode()
    for part in ("Who should do it", "Next four weeks", "Ruled out", 'data-task="WEB-210"', 'role="alert"'):
        assert part in text
    assert " style=" not in text
    assert len(re.findall(r"<h1", text)) == 1


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_the_interface_is_shown(part: str) -> None:
    assert re.search(rf"\bui\.{part}\(", SHOWN), f"show ui.{part} in templates/styleguide/"


def test_each_macro_has_its_name_among_the_parts() -> None:
    """Those with an underscore are pieces of others; `line` and `fold` have one use, beside them."""
    written = {
        name for path in (TEMPLATES / "_ui").glob("*.jinja") for name in re.findall(r"{% macro (\w+)", path.read_text())
    }
    inner = {name for name in written if name.startswith("_")} | {"line", "fold"}
    renamed = {"folded": "folded_column", "head": "column_head"}
    assert {renamed.get(name, name) for name in written - inner} == set(PARTS)


def test_states_are_shown_in_both_themes(world: World, client: Client) -> None:
    client.force_login(world.olga.user)
    text = client.get("/styleguide/").content.decode()
    for theme in ("light", "dark"):
        box = text.split(f'data-theme="{theme}"><h3>', 1)[1].split("<h3>")[0]
        for sign in (
            "as-hover",
            "as-focus",
            "disabled",
            "data-busy",
            'aria-invalid="true"',
            "skeleton",
            "toast tone-bad",
        ):
            assert sign in box, f"{sign} in {theme}"


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
