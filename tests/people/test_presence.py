"""Presence: the workspace's own states, who is in which, and what it says about new work."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from conftest import NOW, World
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Forbidden, Invalid, Missing, Refused
from fairlead.people import actions, jobs, queries
from fairlead.people.models import PresenceState, Worker
from fairlead.people.queries import Availability, availability_now
from fairlead.people.queries.presence import takes_work
from people.team import Team, count_events, events

HOUR = timedelta(hours=1)


def state(name: str) -> PresenceState:
    return PresenceState.objects.get(name=name)


def names(world: World) -> list[str]:
    return [row.name for row in queries.presence_states(world.olga.actor)]


def by(person: Any) -> dict[str, Any]:
    return {"actor": person.actor, "now": NOW}


def test_every_workspace_begins_with_three_states_of_its_own(world: World) -> None:
    rows = queries.presence_states(world.olga.actor).values_list("name", "available", "is_default")
    assert list(rows) == [("Available", True, True), ("Focus", False, False), ("Away", False, False)]
    enter(world.charlie.workspace.pk)
    theirs = queries.presence_states(world.charlie.actor)
    assert [row.name for row in theirs] == ["Available", "Focus", "Away"]


def test_somebody_says_what_they_are_and_everybody_sees_it(world: World, team: Team) -> None:
    until = NOW + 3 * HOUR
    actions.set_presence(team.bob, state("Focus"), until=until, text=" back  at 14:00 ", **by(world.bob))
    found = availability_now([team.bob.pk], NOW)[team.bob.pk]
    assert (found.state, found.is_available, found.is_working_now) == ("Focus", False, True)
    assert (found.until, found.text) == (until, "back at 14:00")
    row = next(r for r in queries.directory(world.dana.actor, queries.DirectoryFilter(), now=NOW) if r.name == "Bob")
    assert (row.state.name, row.state.available, row.state.text) == ("Focus", False, "back at 14:00")
    assert events("worker.presence_changed") == [
        {"state": "Focus", "previous": "", "until": "2026-11-23T12:00:00Z", "worker": "Bob", "by_itself": False}
    ]
    before = count_events()
    actions.set_presence(team.bob, state("Focus"), until=until, text="back at 14:00", **by(world.bob))
    assert count_events() == before


def test_who_may_set_whose_presence(world: World, team: Team) -> None:
    focus = state("Focus")
    for who, whom in (("alice", team.bob), ("bob", team.bob), ("olga", team.echo), ("echo", team.echo)):
        actions.set_presence(whom, focus, **by(getattr(world, who)))
    for who, whom in (("dana", team.bob), ("echo", team.bob), ("clara", team.bob), ("audrey", team.bob),
                      ("charlie", team.bob), ("bob", team.echo)):  # fmt: skip
        with pytest.raises(Forbidden):
            actions.set_presence(whom, state("Away"), **by(getattr(world, who)))


def test_a_state_of_another_workspace_and_a_time_that_is_over_are_refused(world: World, team: Team) -> None:
    enter(world.charlie.workspace.pk)
    theirs = PresenceState.objects.get(name="Away")
    enter(world.workspace.pk)
    with pytest.raises(Missing):
        queries.find_presence_state(world.bob.actor, theirs.pk)
    for wrong in ({"state": theirs}, {"until": NOW}, {"until": NOW + timedelta(days=367)}, {"text": "x" * 81}):
        values: dict[str, Any] = {"state": state("Away"), **wrong}
        with pytest.raises(Invalid) as refusal:
            actions.set_presence(team.bob, values.pop("state"), **values, **by(world.bob))
        assert set(refusal.value.fields) == set(wrong)
    assert Worker.objects.get(pk=team.bob.pk).presence is None


def test_who_takes_work_is_found_among_everybody_as_it_is_told_of_each(world: World, team: Team) -> None:
    until = NOW + HOUR
    actions.set_presence(team.bob, state("Away"), until=until, **by(world.bob))
    actions.set_presence(team.dana, state("Available"), until=until, **by(world.dana))

    def found(at: datetime) -> set[str]:
        return set(Worker.objects.filter(takes_work(at)).values_list("name", flat=True))

    def told(at: datetime) -> set[str]:
        everybody = dict(Worker.objects.values_list("pk", "name"))
        return {everybody[pk] for pk, it in availability_now(list(everybody), at).items() if it.is_available}

    assert found(NOW) == told(NOW) == {"Alice", "Dana", "Echo"}
    assert found(until) == told(until) == {"Alice", "Bob", "Dana", "Echo"}


def test_a_presence_with_an_end_ends_at_once_for_readers_and_once_for_the_log(world: World, team: Team) -> None:
    until = NOW + HOUR
    actions.set_presence(team.bob, state("Away"), until=until, text="dentist", **by(world.bob))
    assert availability_now([team.bob.pk], until - timedelta(seconds=1))[team.bob.pk].state == "Away"
    assert availability_now([team.bob.pk], until)[team.bob.pk].state == "Available"
    ids = {"workspace_id": world.workspace.pk, "worker_id": team.bob.pk}
    jobs.end_presence(**ids, now=until - timedelta(seconds=1))
    assert Worker.objects.get(pk=team.bob.pk).presence == state("Away")
    jobs.end_presence(**ids, now=until + HOUR)
    jobs.end_presence(**ids, now=until + HOUR)
    bob = Worker.objects.get(pk=team.bob.pk)
    assert (bob.presence, bob.presence_since, bob.presence_until, bob.presence_text) == (
        state("Available"), until, None, "",
    )  # fmt: skip
    assert [(p["state"], p["previous"], p["by_itself"]) for p in events("worker.presence_changed")] == [
        ("Away", "", False), ("Available", "Away", True),
    ]  # fmt: skip


def test_a_later_end_makes_the_earlier_timer_do_nothing(world: World, team: Team) -> None:
    actions.set_presence(team.bob, state("Away"), until=NOW + HOUR, **by(world.bob))
    actions.set_presence(team.bob, state("Away"), until=NOW + 5 * HOUR, **by(world.bob))
    jobs.end_presence(workspace_id=world.workspace.pk, worker_id=team.bob.pk, now=NOW + HOUR)
    assert Worker.objects.get(pk=team.bob.pk).presence == state("Away")


@pytest.mark.parametrize(
    ("at", "chosen", "until", "expected"),
    [
        ("2026-11-23 09:00", "Available", None, (True, True, "2026-11-23 09:00")),
        ("2026-11-23 11:45", "Available", None, (True, False, "2026-11-23 12:00")),  # lunch in Berlin
        ("2026-11-27 17:00", "Available", None, (True, False, "2026-11-30 08:00")),  # after Friday's last hour
        ("2026-11-23 09:00", "Focus", None, (False, True, None)),
        ("2026-11-23 09:00", "Focus", "2026-11-23 10:00", (False, True, "2026-11-23 10:00")),
        ("2026-11-23 09:00", "Away", "2026-11-28 10:00", (False, True, "2026-11-30 08:00")),  # ends on a Saturday
    ],
)
def test_when_somebody_in_berlin_can_take_work(
    world: World, team: Team, *, at: str, chosen: str, until: str | None, expected: tuple[bool, bool, str | None]
) -> None:
    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None

    now = moment(at)
    assert now is not None
    actions.set_presence(team.bob, state(chosen), until=moment(until), actor=world.bob.actor, now=NOW - HOUR)
    found = availability_now([team.bob.pk], now)[team.bob.pk]
    assert (found.is_available, found.is_working_now, found.free_at) == (
        expected[0], expected[1], moment(expected[2]),
    )  # fmt: skip


def test_holidays_leave_and_no_hours_count(world: World, team: Team) -> None:
    asked = actions.request_time_off(team.bob, date(2026, 11, 23), date(2026, 11, 24), **by(world.bob))
    actions.approve_time_off(asked, **by(world.alice))
    actions.set_hours(team.dana, [], **by(world.alice))
    found = availability_now([team.bob.pk, team.dana.pk, team.echo.pk], NOW)
    assert found[team.bob.pk].free_at == datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert found[team.dana.pk] == Availability("Available", True, False, None, 2)
    assert found[team.echo.pk] == Availability("Available", True, True, NOW, 2)


def test_availability_takes_three_queries_for_anybody(world: World, team: Team, django_assert_num_queries: Any) -> None:
    actions.set_presence(team.bob, state("Away"), until=NOW + HOUR, **by(world.bob))
    with django_assert_num_queries(3):
        assert len(availability_now([team.alice.pk, team.bob.pk, team.dana.pk, team.echo.pk], NOW)) == 4
    with django_assert_num_queries(3):
        assert len(availability_now([team.bob.pk], NOW)) == 1
    assert availability_now([], NOW) == {}


def test_presence_changes_no_profile_score_or_version(world: World, team: Team) -> None:
    actions.set_skill(team.bob, team.scala, 4, actor=world.alice.actor, now=NOW)
    before = (queries.skill_levels(world.workspace.pk), queries.find_worker(world.alice.actor, team.bob.pk).version)
    actions.set_presence(team.bob, state("Away"), **by(world.bob))
    assert before == (
        queries.skill_levels(world.workspace.pk), queries.find_worker(world.alice.actor, team.bob.pk).version
    )  # fmt: skip


def test_admins_make_the_states_their_own(world: World, team: Team) -> None:
    pairing = actions.create_presence_state("  Pair   work ", available=False, color=5, **by(world.olga))
    assert names(world) == ["Available", "Focus", "Away", "Pair work"]
    actions.change_presence_state(pairing, name="Pairing", position=1, **by(world.olga))
    assert names(world) == ["Available", "Pairing", "Focus", "Away"]
    actions.change_presence_state(pairing, available=True, is_default=True, **by(world.olga))
    assert PresenceState.objects.get(is_default=True).name == "Pairing"
    assert availability_now([team.bob.pk], NOW)[team.bob.pk].state == "Pairing"
    assert [e["changes"] for e in events("presence_state.changed")] == [
        {"name": ["Pair work", "Pairing"], "position": [3, 1]},
        {"available": [False, True], "is_default": [False, True]},
    ]
    before = count_events()
    actions.change_presence_state(pairing, name="Pairing", **by(world.olga))
    assert count_events() == before


def test_people_in_a_removed_state_are_in_the_default(world: World, team: Team) -> None:
    actions.set_presence(team.bob, state("Focus"), until=NOW + HOUR, text="deep", **by(world.bob))
    actions.remove_presence_state(state("Focus"), **by(world.olga))
    bob = Worker.objects.get(pk=team.bob.pk)
    assert (bob.presence, bob.presence_until, bob.presence_text) == (state("Available"), None, "")
    assert names(world) == ["Available", "Away"]
    assert list(PresenceState.objects.order_by("position").values_list("position", flat=True)) == [0, 1]
    assert events("presence_state.removed") == [{"name": "Focus", "moved_to": "Available", "people": 1}]


def test_what_cannot_be_is_refused_with_what_to_do(world: World) -> None:
    admin = by(world.olga)
    with pytest.raises(Invalid) as refusal:
        actions.create_presence_state("focus", color=8, **admin)
    assert set(refusal.value.fields) == {"name", "color"}
    with pytest.raises(Invalid, match="Make another one the default"):
        actions.change_presence_state(state("Available"), available=False, **admin)
    with pytest.raises(Invalid, match="Make another one the default"):
        actions.change_presence_state(state("Available"), is_default=False, **admin)
    with pytest.raises(Refused, match="Make another one the default first"):
        actions.remove_presence_state(state("Available"), **admin)
    for number in range(17):
        actions.create_presence_state(f"State {number}", **admin)
    with pytest.raises(Refused, match="at most 20"):
        actions.create_presence_state("One more", **admin)


def test_only_admins_change_the_states(world: World) -> None:
    for who in ("alice", "bob", "echo", "clara", "audrey", "charlie"):
        with pytest.raises(Forbidden):
            actions.change_presence_state(state("Focus"), name="Mine", **by(getattr(world, who)))
        with pytest.raises(Forbidden):
            actions.remove_presence_state(state("Focus"), **by(getattr(world, who)))
    for who in ("alice", "bob", "echo", "clara", "audrey"):
        with pytest.raises(Forbidden):
            actions.create_presence_state("Mine", **by(getattr(world, who)))
    assert Event.objects.filter(kind__startswith="presence_state").count() == 0
    assert list(queries.presence_states(world.clara.actor)) == []


def test_the_database_keeps_one_default_that_works(world: World) -> None:
    for values in ({"is_default": True}, {"available": True, "is_default": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PresenceState.objects.filter(name="Focus").update(**values)
