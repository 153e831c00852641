"""Skills of a worker: set, confirmed, taken away."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from conftest import NOW, World
from fairlead.lib.errors import Forbidden, Invalid, Missing
from fairlead.people import actions, queries
from fairlead.people.models import WorkerSkill
from people.team import Team, count_events, events


def test_what_a_manager_says_is_confirmed_at_once(world: World, team: Team) -> None:
    row = actions.set_skill(
        team.bob, team.scala, 4, evidence="Compiler patch", evidence_url="https://example.com/1",
        last_used_on=date(2026, 10, 1), actor=world.alice.actor, now=NOW,
    )  # fmt: skip
    assert (row.level, row.confirmed_at, row.confirmed_by_id) == (4, NOW, world.alice.user.pk)
    assert events("worker.skill_set") == [
        {"skill": "Scala", "changes": {"level": [None, 4]}, "evidence": "Compiler patch"}
    ]


def test_what_people_say_about_themselves_waits_for_a_manager(world: World, team: Team) -> None:
    row = actions.set_skill(team.bob, team.scala, 4, actor=world.bob.actor, now=NOW)
    assert row.confirmed_at is None
    confirmed = actions.confirm_skill(team.bob, team.scala, actor=world.alice.actor, now=NOW)
    assert (confirmed.confirmed_at, confirmed.confirmed_by_id) == (NOW, world.alice.user.pk)
    assert events("worker.skill_confirmed") == [{"skill": "Scala", "level": 4}]


def test_raising_ones_own_level_takes_the_confirmation_away_and_new_evidence_does_not(world: World, team: Team) -> None:
    actions.set_skill(team.bob, team.scala, 3, actor=world.alice.actor, now=NOW)
    row = actions.set_skill(team.bob, team.scala, 3, evidence="A talk", actor=world.bob.actor, now=NOW)
    assert row.confirmed_at == NOW
    row = actions.set_skill(team.bob, team.scala, 5, evidence="A talk", actor=world.bob.actor, now=NOW)
    assert row.confirmed_at is None


def test_saying_the_same_again_is_no_event(world: World, team: Team) -> None:
    actions.set_skill(team.bob, team.scala, 3, actor=world.alice.actor, now=NOW)
    before = count_events()
    actions.set_skill(team.bob, team.scala, 3, actor=world.bob.actor, now=NOW)
    actions.confirm_skill(team.bob, team.scala, actor=world.alice.actor, now=NOW)
    assert count_events() == before


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"level": 0}, "level"),
    ({"level": 6}, "level"),
    ({"evidence": "x" * 301}, "evidence"),
    ({"evidence_url": "javascript:alert(1)"}, "evidence_url"),
    ({"evidence_url": "ftp://example.com"}, "evidence_url"),
]


@pytest.mark.parametrize(("values", "field"), WRONG)
def test_what_makes_no_sense_is_refused_at_its_field(
    world: World, team: Team, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.set_skill(team.bob, team.scala, **{"level": 3, **values}, actor=world.alice.actor, now=NOW)
    assert list(refusal.value.fields) == [field]
    assert not WorkerSkill.objects.exists()


def test_nobody_speaks_for_others_and_agents_not_even_for_themselves(world: World, team: Team) -> None:
    for who, worker in (("dana", team.bob), ("echo", team.echo), ("clara", team.bob), ("audrey", team.bob)):
        with pytest.raises(Forbidden):
            actions.set_skill(worker, team.scala, 5, actor=getattr(world, who).actor, now=NOW)
    actions.set_skill(team.bob, team.scala, 4, actor=world.bob.actor, now=NOW)
    for who in ("bob", "dana", "charlie"):
        with pytest.raises(Forbidden):
            actions.confirm_skill(team.bob, team.scala, actor=getattr(world, who).actor, now=NOW)
    with pytest.raises(Forbidden):
        actions.remove_skill(team.bob, team.scala, actor=world.charlie.actor, now=NOW)


def test_a_skill_that_is_taken_away_is_gone_once(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    actions.set_skill(team.bob, team.scala, 4, **by)
    actions.remove_skill(team.bob, team.scala, **by)
    assert queries.held_skills(world.workspace.pk, [team.bob.pk]) == {}
    with pytest.raises(Missing):
        actions.remove_skill(team.bob, team.scala, **by)
    assert events("worker.skill_removed") == [{"skill": "Scala"}]


def test_a_merged_name_sets_the_skill_that_it_stands_for(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    dotty = actions.create_skill("Dotty", **by)
    actions.merge_skills(dotty, team.scala, **by)
    assert actions.set_skill(team.bob, dotty, 2, **by).skill_id == team.scala.pk
