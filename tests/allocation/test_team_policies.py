"""Policies that ask for a team: whom they mean, and why its name neither goes nor changes."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Policy
from fairlead.allocation.routing import from_dict, from_text, to_text
from fairlead.lib.errors import Invalid
from fairlead.people import actions as people
from fairlead.people.models import Team as TeamOfPeople
from fairlead.people.queries import team_rows
from fairlead.work.grammar import Reader, read
from fairlead.work.models import Task

from .conftest import Team


def by(team: Team) -> dict[str, Any]:
    return {"actor": team.alice, "now": team.now}


def backend(team: Team) -> TeamOfPeople:
    return people.create_team("Back end", lead=team.dana, **by(team))


def policy(ours: Team, **step: Any) -> Policy:
    says = {"autonomy": "auto", "steps": [{"name": "Ours", "how": "assign", **step}]}
    made = actions.create_policy("For the back end", from_dict(says), **by(ours))
    return actions.resume_policy(made, **by(ours))


@pytest.mark.parametrize("step", [{"team": "Back end"}, {"who": "'Back end' in worker.teams"}])
def test_a_step_means_the_members_of_a_team(team: Team, step: dict[str, Any]) -> None:
    backend(team)
    policy(team, **step)
    task = team.task("Small", needs={team.python.pk: 2})  # bob, who costs nothing, would be first
    actions.route_waiting(team.project.workspace_id, now=team.now)
    assert team.fresh(task).assignee == team.dana


def test_whoever_leaves_the_team_is_not_meant_any_more(team: Team) -> None:
    made = backend(team)
    policy(team, team="Back end")
    actions.change_team(made, name="Back end", lead=team.bob, members=[], description="", **by(team))
    task = team.task("Small", needs={team.python.pk: 2})
    actions.route_waiting(team.project.workspace_id, now=team.now)
    assert team.fresh(task).assignee == team.bob


@pytest.mark.parametrize("step", [{"team": "Back end"}, {"who": "worker.open_tasks < 3 && 'Back end' in worker.teams"}])
def test_a_team_that_a_policy_names_stays_and_keeps_its_name(team: Team, step: dict[str, Any]) -> None:
    made = backend(team)
    written = policy(team, **step)
    for deed in (
        lambda: actions.remove_team(made, **by(team)),
        lambda: actions.change_team(made, name="Front end", lead=None, members=[], description="", **by(team)),
    ):
        with pytest.raises(actions.TeamInUse, match="named by the policy For the back end"):
            deed()
    actions.change_team(made, name="Back end", lead=None, members=[team.bob], description="New", **by(team))
    actions.remove_policy(written, **by(team))
    actions.remove_team(made, **by(team))
    assert not TeamOfPeople.objects.exists()


def test_a_policy_that_names_a_team_which_is_not_there_says_so(team: Team) -> None:
    written = policy(team, team="Nobody")
    card = queries.policy_sheet(team.alice, written, now=team.now).card
    assert card.fault == "There is no team called Nobody in this workspace."
    with pytest.raises(Invalid):
        from_dict({"steps": [{"name": "x", "team": "y" * 81}]})


def test_the_text_of_a_policy_holds_the_team_and_old_ones_are_as_they_were() -> None:
    says = from_dict({"steps": [{"name": "Ours", "team": " Back end "}, {"name": "All"}]})
    assert "team = 'Back end'" in to_text(says).replace('"', "'")
    assert from_text(to_text(says)) == says
    assert "team" not in says.to_dict()["steps"][1]


def test_tasks_are_found_by_team(team: Team) -> None:
    backend(team)
    mine, other = team.task("Mine"), team.task("Other")
    actions.assign_task(mine, team.dana, **by(team))
    actions.assign_task(other, team.bob, **by(team))
    reader = Reader(team.alice, team.now, "UTC")
    found = read('team:"back END"').apply(Task.objects.filter(workspace_id=team.project.workspace_id), reader)
    assert [task.title for task in found] == ["Mine"]
    client = Reader(team.world.clara.actor, team.now, "UTC")
    assert not read('team:"back end"').apply(Task.objects.all(), client).exists()


def test_fairness_of_one_team(team: Team) -> None:
    made = backend(team)
    told = queries.fairness(team.alice, now=team.now, team_id=made.pk)
    assert [row.worker.name for row in told.rows] == ["Dana"]


def test_how_full_a_team_is_and_who_is_free_next(team: Team, django_assert_max_num_queries: Any) -> None:
    people.create_team("Everybody", members=[team.bob, team.dana], **by(team))
    task = team.task("Long", effort_min=1200)
    actions.assign_task(task, team.bob, **by(team))
    rows = team_rows(team.alice)
    with django_assert_max_num_queries(28):
        (found,) = queries.team_loads(team.alice, rows, now=team.now)
    assert [week.capacity_min for week in found.weeks] == [4800] * 4
    assert found.weeks[0].planned_min == 1200
    assert found.free_next is not None
    assert (found.free_next[0]["name"], found.free_next[1]) == ("Dana", 4800)
