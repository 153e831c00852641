"""The published heads: a line for each workspace whose log grew, also after a kill in the middle of one."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from conftest import World
from fairlead.events.audit import ForgedHead, publish_heads, read_heads
from fairlead.people import actions as people

pytestmark = pytest.mark.django_db
KEY = "a key for tests"


@pytest.fixture
def file(tmp_path: Path, world: World, now: datetime) -> Path:
    """The heads of both workspaces, published once."""
    path = tmp_path / "heads.jsonl"
    assert publish_heads(path, key=KEY, now=now) == 2
    return path


def grow(world: World, now: datetime) -> None:
    people.create_skill("Weaving", actor=world.alice.actor, now=now)


@pytest.mark.parametrize("left", [1, 20, -1])
def test_half_a_line_at_the_end_is_no_head_and_the_next_ones_come_after_the_whole_ones(
    file: Path, world: World, now: datetime, left: int
) -> None:
    whole = file.read_text()
    grow(world, now)
    assert publish_heads(file, key=KEY, now=now + timedelta(hours=1)) == 1
    line = file.read_text().removeprefix(whole).removesuffix("\n")
    file.write_text(whole + line[:left])  # the process was killed while it wrote
    assert len(read_heads(file, key=KEY)) == 2
    assert publish_heads(file, key=KEY, now=now + timedelta(hours=1)) == 1
    assert file.read_text() == f"{whole}{line}\n"
    assert publish_heads(file, key=KEY, now=now + timedelta(hours=2)) == 0


def test_a_last_line_that_only_lacks_its_end_counts(file: Path, world: World, now: datetime) -> None:
    whole = file.read_text()
    file.write_text(whole.removesuffix("\n"))
    assert len(read_heads(file, key=KEY)) == 2
    grow(world, now)
    assert publish_heads(file, key=KEY, now=now) == 1
    assert file.read_text().startswith(whole)
    assert len(read_heads(file, key=KEY)) == 3


@pytest.mark.parametrize("line", ["{", "[]", '"text"', '{"workspace": 1}', "\u00e9"])
def test_a_whole_line_that_is_none_of_ours_was_changed(file: Path, line: str) -> None:
    file.write_text(f"{file.read_text()}{line}\n")
    with pytest.raises(ForgedHead, match=r"line 3 of .* was changed"):
        read_heads(file, key=KEY)


def test_a_changed_last_line_is_found_also_without_its_end(file: Path) -> None:
    text = file.read_text().removesuffix("\n")
    file.write_text(text.replace('"seq": ', '"seq": 1'))
    with pytest.raises(ForgedHead):
        read_heads(file, key=KEY)
