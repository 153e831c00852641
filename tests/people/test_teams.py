"""Teams: who is in which, and what asks for them."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import NOW, World
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Forbidden, Invalid, Missing
from fairlead.people import actions, queries
from fairlead.people.models import Team as TeamOfPeople
from people.team import Team, count_events, events


def by(person: Any) -> dict[str, Any]:
    return {"actor": person.actor, "now": NOW}


def design(world: World, team: Team) -> TeamOfPeople:
    return actions.create_team(" Design  team ", lead=team.bob, members=[team.dana], **by(world.alice))


def test_a_team_has_a_lead_and_members_who_may_be_in_several(world: World, team: Team) -> None:
    made = design(world, team)
    actions.create_team("Writers", members=[team.dana, team.echo], **by(world.alice))
    rows = queries.team_rows(world.dana.actor)
    assert [(row.name, row.lead_name, [m["name"] for m in row.members]) for row in rows] == [
        ("Design team", "Bob", ["Bob", "Dana"]), ("Writers", "", ["Dana", "Echo"]),
    ]  # fmt: skip
    assert [name for _, name in queries.teams_of([team.dana.pk])[team.dana.pk]] == ["Design team", "Writers"]
    assert events("team.created")[0] == {"name": "Design team", "members": ["Bob", "Dana"]}
    found = queries.directory(world.bob.actor, queries.DirectoryFilter(team_id=made.pk), now=NOW)
    assert [row.name for row in found] == ["Bob", "Dana"]


def test_a_change_says_what_is_new_and_nothing_when_nothing_is(world: World, team: Team) -> None:
    made = design(world, team)
    same: dict[str, Any] = {"name": "Design team", "lead": team.bob, "description": ""}
    before = count_events()
    actions.change_team(made, members=[team.dana], **same, **by(world.alice))
    assert count_events() == before
    actions.change_team(made, **{**same, "lead": team.dana}, members=[team.echo], **by(world.alice))
    assert events("team.changed") == [
        {"changes": {"lead": ["Bob", "Dana"], "members": [["Bob", "Dana"], ["Dana", "Echo"]]}}
    ]


def test_whoever_leaves_breaks_no_team(world: World, team: Team) -> None:
    made = design(world, team)
    actions.deactivate_worker(team.bob, **by(world.alice))
    row = queries.team_rows(world.alice.actor, only=made.pk)[0]
    assert (row.lead_name, [m["name"] for m in row.members]) == ("Bob", ["Dana"])
    actions.change_team(made, name="Design", lead=None, members=[team.dana], description="", **by(world.alice))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", {"name": "Give the team a name of at most 80 characters."}),
        ("x" * 81, {"name": "Give the team a name of at most 80 characters."}),
        ("The 'A' team", {"name": "A name without quotes, please: policies write it in quotes."}),
        ("design TEAM", {"name": "There is a team called design TEAM already."}),
    ],
)
def test_a_name_that_cannot_be_is_refused(world: World, team: Team, name: str, said: dict[str, str]) -> None:
    design(world, team)
    with pytest.raises(Invalid) as refusal:
        actions.create_team(name, **by(world.alice))
    assert refusal.value.fields == said


def test_only_managers_change_teams_and_clients_see_none(world: World, team: Team) -> None:
    made = design(world, team)
    for person in (world.bob, world.dana, world.echo, world.audrey, world.clara, world.charlie):
        with pytest.raises(Forbidden):
            actions.remove_team(made, **by(person))
    assert queries.team_rows(world.clara.actor) == []
    with pytest.raises(Missing):
        queries.find_team(world.charlie.actor, made.pk)
    enter(world.charlie.workspace.pk)
    assert TeamOfPeople.objects.count() == 0
    enter(world.workspace.pk)
    actions.remove_team(made, **by(world.alice))
    assert queries.team_rows(world.alice.actor) == []
    with pytest.raises(Missing):
        actions.remove_team(made, **by(world.alice))


def test_teams_are_read_in_two_queries(world: World, team: Team, django_assert_num_queries: Any) -> None:
    for n in range(3):
        actions.create_team(f"Team {n}", members=[team.bob, team.dana], **by(world.alice))
    with django_assert_num_queries(2):
        queries.team_rows(world.alice.actor)
