"""Profiles: who may add, change, link and take out whom."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import NOW, World
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing
from fairlead.people import actions, queries
from fairlead.people.models import Worker
from people.team import Team, count_events, events


def test_a_new_employee_has_office_hours_in_the_workspaces_zone(world: World, team: Team) -> None:
    hours = queries.weekly_hours(world.workspace.pk, [team.alice.pk])[team.alice.pk]
    assert hours == [(day, *span) for day in range(5) for span in ((540, 750), (780, 1050))]
    assert (team.alice.time_zone, team.alice.week_minutes, team.alice.version) == ("UTC", 2400, 1)
    assert events("worker.created")[0] == {"kind": "employee", "name": "Alice"}


def test_a_new_agent_works_around_the_clock(world: World, team: Team) -> None:
    assert queries.weekly_hours(world.workspace.pk, [team.echo.pk])[team.echo.pk] == [(d, 0, 1440) for d in range(7)]
    assert (team.echo.week_minutes, team.echo.lanes) == (10080, 4)


WRONG = [
    ({"kind": "robot"}, "kind"),
    ({"name": "  "}, "name"),
    ({"time_zone": "Berlin"}, "time_zone"),
    ({"country": "Germany"}, "country"),
    ({"email": "not an address"}, "email"),
    ({"week_minutes": 10081}, "week_minutes"),
    ({"lanes": 0}, "lanes"),
    ({"speed_percent": 9}, "speed_percent"),
    ({"rate_cents": -1}, "rate_cents"),
    ({"rate_cents": 12.5}, "rate_cents"),
    ({"max_tasks": 0}, "max_tasks"),
    ({"headline": "x" * 161}, "headline"),
    ({"workspace_id": 1}, "workspace_id"),
    ({"version": 9}, "version"),
]


@pytest.mark.parametrize(("profile", "field"), WRONG)
def test_a_profile_that_makes_no_sense_is_refused_at_its_field(
    world: World, profile: dict[str, Any], field: str
) -> None:
    before = count_events()
    with pytest.raises(Invalid) as refusal:
        actions.create_worker(**{"kind": "employee", "name": "Eve", **profile}, actor=world.alice.actor, now=NOW)
    assert list(refusal.value.fields) == [field]
    assert (count_events(), Worker.objects.count()) == (before, 0)


def test_one_account_has_one_profile(world: World, team: Team) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.create_worker(kind="employee", name="Bob 2", user=world.bob.user, actor=world.alice.actor, now=NOW)
    assert refusal.value.fields == {"user": "This account already belongs to Bob."}


def test_an_account_of_another_workspace_cannot_be_linked(world: World, team: Team) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.link_user(team.bob, world.charlie.user, actor=world.alice.actor, now=NOW)
    assert refusal.value.fields == {"user": "Choose a member of this workspace."}


def test_only_an_agent_has_a_human_who_answers_for_it(world: World, team: Team) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.change_worker(team.dana, owner=world.olga.user, actor=world.alice.actor, now=NOW)
    assert list(refusal.value.fields) == ["owner"]


def test_a_change_is_stored_and_recorded_field_by_field(world: World, team: Team) -> None:
    changed = actions.change_worker(
        team.bob, headline="Backend", rate_cents=5000, week_minutes=1200, actor=world.alice.actor, now=NOW
    )
    assert (changed.headline, changed.week_minutes, changed.version) == ("Backend", 1200, 2)
    assert events("worker.changed") == [{"changes": {"headline": ["", "Backend"], "week_minutes": [2400, 1200]}}]


def test_what_is_as_it_was_is_no_event(world: World, team: Team) -> None:
    before = count_events()
    same = actions.change_worker(team.bob, name=" Bob ", country="de", actor=world.alice.actor, now=NOW)
    assert (same.version, count_events()) == (1, before)


def test_who_read_an_old_version_is_told(world: World, team: Team) -> None:
    actions.change_worker(team.bob, version=1, headline="Backend", actor=world.alice.actor, now=NOW)
    with pytest.raises(Conflict):
        actions.change_worker(team.bob, version=1, headline="Frontend", actor=world.alice.actor, now=NOW)
    assert Worker.objects.get(pk=team.bob.pk).headline == "Backend"


def test_people_change_their_own_profile_but_not_what_they_cost(world: World, team: Team) -> None:
    by = {"actor": world.bob.actor, "now": NOW}
    assert actions.change_worker(team.bob, headline="Backend", **by).headline == "Backend"
    with pytest.raises(Forbidden, match="Only a manager can change rate, speed percent"):
        actions.change_worker(team.bob, rate_cents=1, speed_percent=500, **by)
    with pytest.raises(Forbidden):
        actions.change_worker(team.dana, headline="Mine now", **by)
    assert Worker.objects.get(pk=team.bob.pk).rate_cents == 5000


def test_an_agent_never_changes_its_own_profile_and_its_owner_may(world: World, team: Team) -> None:
    with pytest.raises(Forbidden):
        actions.change_worker(team.echo, headline="I can do everything", actor=world.echo.actor, now=NOW)
    owner = actions.change_worker(team.echo, owner=world.bob.user, actor=world.alice.actor, now=NOW)
    assert actions.change_worker(owner, headline="Drafts", actor=world.bob.actor, now=NOW).headline == "Drafts"


@pytest.mark.parametrize("who", ["bob", "dana", "echo", "clara", "audrey"])
def test_only_managers_add_link_and_take_out(world: World, team: Team, who: str) -> None:
    by = {"actor": getattr(world, who).actor, "now": NOW}
    with pytest.raises(Forbidden):
        actions.create_worker(kind="employee", name="Eve", **by)
    with pytest.raises(Forbidden):
        actions.link_user(team.bob, None, **by)
    with pytest.raises(Forbidden):
        actions.deactivate_worker(team.bob, **by)
    with pytest.raises(Forbidden):
        actions.reactivate_worker(team.bob, **by)


def test_a_stranger_sees_nobody_and_changes_nobody(world: World, team: Team) -> None:
    stranger = world.charlie.actor
    enter(stranger.workspace_id)
    assert list(queries.visible_workers(stranger)) == []
    with pytest.raises(Missing):
        queries.find_worker(stranger, team.bob.pk)
    for act in (actions.deactivate_worker, actions.reactivate_worker):
        with pytest.raises(Forbidden):
            act(team.bob, actor=stranger, now=NOW)
    with pytest.raises(Forbidden):
        actions.change_worker(team.bob, headline="x", actor=stranger, now=NOW)


def test_a_client_sees_nobody(world: World, team: Team) -> None:
    assert list(queries.visible_workers(world.clara.actor)) == []
    assert queries.worker_of(world.clara.actor) is None
    assert queries.worker_of(world.bob.actor) == team.bob


def test_rates_are_shown_to_managers_auditors_and_the_worker_only(world: World, team: Team) -> None:
    people = ("olga", "alice", "audrey", "bob", "dana", "echo", "clara")
    assert {who: queries.shown_rate(getattr(world, who).actor, team.bob) for who in people} == {
        "olga": 5000, "alice": 5000, "audrey": 5000, "bob": 5000, "dana": None, "echo": None, "clara": None,
    }  # fmt: skip


def test_somebody_taken_out_is_not_active_and_can_come_back(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    actions.deactivate_worker(team.bob, **by)
    actions.deactivate_worker(team.bob, **by)
    assert not queries.active_workers(world.alice.actor).filter(pk=team.bob.pk).exists()
    assert actions.reactivate_worker(team.bob, **by).deactivated_at is None
    assert (len(events("worker.deactivated")), len(events("worker.reactivated"))) == (1, 1)
