"""Teams where there are many, and teams with many people: pages show a bounded part of both."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conftest import NOW, World
from fairlead.events.tenancy import enter
from fairlead.people import actions, queries
from fairlead.people.models import Team as TeamOfPeople
from fairlead.people.models import TeamMember, Worker
from fairlead.web import team_form, teams
from people.team import Team, signed_in, text


def by(person: Any) -> dict[str, Any]:
    return {"actor": person.actor, "now": NOW}


def crowd(world: World, count: int) -> list[Worker]:
    """So many more workers: Kim 000, Kim 001 …"""
    rows = (
        Worker(workspace=world.workspace, kind="employee", name=f"Kim {n:03}", created_at=NOW) for n in range(count)
    )
    return Worker.objects.bulk_create(rows)


def some_teams(world: World, count: int) -> list[TeamOfPeople]:
    return [actions.create_team(f"Team {n:02}", **by(world.alice)) for n in range(count)]


def shown(html: str) -> list[str]:
    return re.findall(r'id="team-\d+".*?<h2>(.*?) <span', html, re.DOTALL)


def test_a_page_shows_so_many_teams_and_leads_to_the_next(world: World, team: Team) -> None:
    names = [made.name for made in some_teams(world, teams.PAGE_TEAMS + 1)]
    client = signed_in(world.bob)
    first = text(client, "/people/teams/")
    assert shown(first) == names[: teams.PAGE_TEAMS]
    assert 'href="?from=12"' in first
    assert "find-team" in first
    assert "1–12 of 13" in first
    last = text(client, "/people/teams/?from=12")
    assert shown(last) == names[teams.PAGE_TEAMS :]
    assert 'href="?from=0"' in last
    assert shown(text(client, "/people/teams/?from=999")) == names[teams.PAGE_TEAMS :]
    assert shown(text(client, "/people/teams/?from=-1%00x")) == names[: teams.PAGE_TEAMS]


def test_as_many_teams_as_a_page_shows_need_no_pages_and_no_search(world: World, team: Team) -> None:
    some_teams(world, teams.PAGE_TEAMS)
    html = text(signed_in(world.bob), "/people/teams/")
    assert len(shown(html)) == teams.PAGE_TEAMS
    assert 'class="pages"' not in html
    assert "find-team" not in html


def test_teams_are_found_by_parts_of_their_name(world: World, team: Team) -> None:
    some_teams(world, teams.PAGE_TEAMS + 1)
    client = signed_in(world.bob)
    assert shown(text(client, "/people/teams/?q=12+tea")) == ["Team 12"]
    fragment = text(client, "/people/teams/?q=12", **{"HX-Request": "true"})
    assert shown(fragment) == ["Team 12"]
    assert "<html" not in fragment
    assert "No team is called “nowhere”." in text(client, "/people/teams/?q=nowhere")


def test_the_load_of_teams_with_many_people_comes_when_they_are_seen(
    world: World, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teams, "PEOPLE_AT_ONCE", 3)
    small = actions.create_team("A", members=[team.bob, team.dana], **by(world.alice))
    next_one = actions.create_team("B", members=[team.bob, team.dana], **by(world.alice))
    client = signed_in(world.bob)
    html = text(client, "/people/teams/")
    assert f'hx-get="/people/teams/?only={small.pk}"' not in html
    assert f'hx-get="/people/teams/?only={next_one.pk}"' in html
    assert html.count("At work now") == 1
    alone = text(client, f"/people/teams/?only={next_one.pk}", **{"HX-Request": "true"})
    assert shown(alone) == ["B"]
    assert alone.count("At work now") == 1
    assert "intersect" not in alone


def test_one_team_of_somebody_else_is_not_shown(world: World, team: Team) -> None:
    made = actions.create_team("A", **by(world.alice))
    assert signed_in(world.charlie).get(f"/people/teams/?only={made.pk}").status_code == 404
    assert signed_in(world.bob).get("/people/teams/?only=999999").status_code == 404


def test_a_card_names_the_first_members_and_says_how_many_more(world: World, team: Team) -> None:
    made = actions.create_team("A", members=crowd(world, teams.MEMBERS_SHOWN), **by(world.alice))
    client = signed_in(world.bob)
    assert "Kim 011" in text(client, "/people/teams/")
    assert "more</a>" not in text(client, "/people/teams/")
    TeamMember.objects.create(workspace=world.workspace, team=made, worker=crowd(world, 13)[12])
    html = text(client, "/people/teams/")
    assert "Kim 012" not in html
    assert "and 1 more</a>" in html


def test_a_page_of_teams_is_read_in_three_queries(world: World, team: Team, django_assert_num_queries: Any) -> None:
    some_teams(world, 3)
    with django_assert_num_queries(3):
        rows, first, total = queries.team_page(world.alice.actor, "", start=2, size=2)
    assert ([row.name for row in rows], first, total) == (["Team 02"], 2, 3)


def boxes(html: str) -> list[tuple[str, bool]]:
    """(name, ticked) of every checkbox of people."""
    found = re.findall(r'name="members"[^>]*?( checked)?><span class="check-text">(.*?)</span>', html)
    return [(name, bool(ticked)) for ticked, name in found]


@pytest.fixture
def many(world: World, team: Team, monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """Twenty more people, where four are the most for a list."""
    monkeypatch.setattr(team_form, "LISTED_PEOPLE", 4)
    return crowd(world, 20)


def test_as_many_people_as_a_list_takes_are_listed_and_one_more_is_found(
    world: World, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(world.alice)
    monkeypatch.setattr(team_form, "LISTED_PEOPLE", 4)
    listed = text(client, "/people/teams/new/")
    assert all(name in listed for name in ("Alice", "Bob", "Dana (Freelancer)", "Echo (AI agent)"))
    assert 'name="find"' not in listed
    crowd(world, 1)
    typed = text(client, "/people/teams/new/")
    assert boxes(typed) == []
    assert "Dana (Freelancer)" not in typed
    assert 'name="find"' in typed


def test_the_form_of_a_team_lists_its_own_people_and_finds_others(world: World, team: Team, many: list[Worker]) -> None:
    made = actions.create_team("A", lead=team.bob, members=[team.dana], **by(world.alice))
    client, address = signed_in(world.alice), f"/people/teams/{made.pk}/"
    assert boxes(text(client, address)) == [("Bob", True), ("Dana (Freelancer)", True)]
    found = text(client, f"{address}?find=kIm+01&lead={team.bob.pk}")
    assert boxes(found)[2:] == [(f"Kim {n:03}", False) for n in (1, *range(10, 20))]
    assert f'<option value="{many[10].pk}">Kim 010</option>' in found
    assert f'<option value="{team.bob.pk}" selected>Bob</option>' in found


def test_so_many_are_found_at_most_and_the_page_says_that_there_are_more(
    world: World, team: Team, many: list[Worker]
) -> None:
    client = signed_in(world.alice)
    more = "More people match."
    assert len(boxes(found := text(client, "/people/teams/new/?find=kim"))) == team_form.FOUND
    assert more in found
    Worker.objects.filter(name__gte="Kim 012", name__startswith="Kim").delete()
    assert len(boxes(found := text(client, "/people/teams/new/?find=kim"))) == team_form.FOUND
    assert more not in found
    assert "Nobody else matches." in text(client, "/people/teams/new/?find=zzz")


def test_who_was_ticked_stays_while_another_is_searched(world: World, team: Team, many: list[Worker]) -> None:
    client = signed_in(world.alice)
    found = text(client, f"/people/teams/new/?find=dana&members={many[3].pk}&members=x&members=99999999999")
    assert boxes(found) == [("Kim 003", True), ("Dana (Freelancer)", False)]


def test_found_people_come_into_the_team_and_unticked_ones_leave(world: World, team: Team, many: list[Worker]) -> None:
    made = actions.create_team("A", lead=team.bob, members=[team.dana], **by(world.alice))
    typed = {"name": "A", "lead": str(many[7].pk), "members": [team.bob.pk, many[3].pk], "find": "kim"}
    assert signed_in(world.alice).post(f"/people/teams/{made.pk}/", typed).status_code == 302
    row = queries.team_rows(world.alice.actor, only=made.pk)[0]
    assert (row.lead_name, [m["name"] for m in row.members]) == ("Kim 007", ["Bob", "Kim 003", "Kim 007"])


def test_without_scripts_the_button_finds_and_nothing_is_lost(world: World, team: Team, many: list[Worker]) -> None:
    client = signed_in(world.alice)
    response = client.post("/people/teams/new/", {"name": "Night", "members": [many[3].pk], "find": "dana"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "Tick whom you mean, or empty this field." in html
    assert 'value="Night"' in html
    assert boxes(html) == [("Kim 003", True), ("Dana (Freelancer)", False)]
    nobody = client.post("/people/teams/new/", {"name": "Night", "find": "zzz"}).content.decode()
    assert "Nobody is called like this. Type another part of the name." in nobody
    assert not TeamOfPeople.objects.exists()


def test_nobody_of_another_workspace_is_found_or_taken(world: World, team: Team, many: list[Worker]) -> None:
    enter(world.charlie.workspace.pk)
    other = Worker.objects.create(
        workspace=world.charlie.workspace, kind="employee", name="Kim elsewhere", created_at=NOW
    )
    enter(world.workspace.pk)
    client = signed_in(world.alice)
    assert boxes(text(client, f"/people/teams/new/?find=elsewhere&members={other.pk}&lead={other.pk}")) == []
    enter(world.workspace.pk)
    response = client.post("/people/teams/new/", {"name": "Night", "members": [other.pk]})
    assert response.status_code == 422


def test_the_form_costs_the_same_queries_with_more_people(
    world: World, team: Team, many: list[Worker], django_assert_max_num_queries: Any
) -> None:
    made = actions.create_team("A", members=many, **by(world.alice))
    client = signed_in(world.alice)
    text(client, f"/people/teams/{made.pk}/?find=dana")
    with django_assert_max_num_queries(22):
        text(client, f"/people/teams/{made.pk}/?find=dana")
