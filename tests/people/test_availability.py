"""Hours, preferences and time off, and what they do to capacity."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from conftest import NOW, World
from fairlead.lib.errors import Forbidden, Invalid
from fairlead.lib.hours import weeks
from fairlead.people import actions, queries
from fairlead.people.actions.availability import AlreadyDecided
from fairlead.people.models import Hours, Preference, TimeOff, Worker
from people.team import Team, count_events, events

FRIDAY = date(2026, 11, 27)


def test_hours_are_replaced_sorted_and_joined_where_they_touch(world: World, team: Team) -> None:
    wanted = [(2, 600, 720), (0, 540, 600), (0, 600, 660)]
    actions.set_hours(team.bob, wanted, actor=world.bob.actor, now=NOW)
    assert queries.weekly_hours(world.workspace.pk, [team.bob.pk])[team.bob.pk] == [(0, 540, 660), (2, 600, 720)]
    assert events("worker.hours_changed") == [{"hours": [[0, 540, 660], [2, 600, 720]]}]
    before = count_events()
    actions.set_hours(team.bob, wanted, actor=world.bob.actor, now=NOW)
    assert count_events() == before


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ([(0, 600, 540)], "Monday: the end must be after the start, within one day."),
        ([(6, 600, 1441)], "Sunday: the end must be after the start, within one day."),
        ([(1, 540, 700), (1, 690, 800)], "Tuesday: two of the times overlap."),
    ],
)
def test_hours_that_cannot_be_are_refused_and_the_old_ones_stay(
    world: World, team: Team, hours: list[tuple[int, int, int]], said: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.set_hours(team.bob, hours, actor=world.bob.actor, now=NOW)
    assert refusal.value.fields == {"hours": said}
    assert Hours.objects.filter(worker=team.bob).count() == 10


def test_working_time_is_in_the_workers_zone_less_holidays_and_leave(world: World, team: Team) -> None:
    by = {"actor": world.alice.actor, "now": NOW}
    actions.set_hours(team.bob, [(day, 540, 600) for day in range(7)], **by)
    asked = actions.request_time_off(team.bob, date(2026, 12, 24), date(2026, 12, 24), **by)
    actions.approve_time_off(asked, **by)
    start, end = datetime(2026, 12, 23, tzinfo=UTC), datetime(2026, 12, 28, tzinfo=UTC)
    found = queries.working_time([team.bob.pk], start, end)[team.bob.pk]
    assert [low for low, _ in found] == [datetime(2026, 12, 23, 8, tzinfo=UTC), datetime(2026, 12, 27, 8, tzinfo=UTC)]


def test_an_agent_works_through_holidays(world: World, team: Team) -> None:
    actions.change_worker(team.echo, country="DE", actor=world.alice.actor, now=NOW)
    start = datetime(2026, 12, 24, tzinfo=UTC)
    end = start + timedelta(days=3)
    assert queries.working_time([team.echo.pk], start, end) == {team.echo.pk: [(start, end)]}


def test_capacity_is_hours_times_lanes_at_most_the_cap(world: World, team: Team) -> None:
    actions.change_worker(team.dana, week_minutes=1200, actor=world.alice.actor, now=NOW)
    windows = weeks(NOW, "UTC", 2)
    found = queries.capacity([team.bob.pk, team.dana.pk, team.echo.pk], windows)
    assert found == {team.bob.pk: [2400, 2400], team.dana.pk: [1200, 1200], team.echo.pk: [10080, 10080]}


def test_working_time_takes_three_queries_for_anybody(
    world: World, team: Team, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    ids = [team.alice.pk, team.bob.pk, team.dana.pk, team.echo.pk]
    with django_assert_num_queries(3):  # type: ignore[operator]
        queries.working_time(ids, NOW, NOW + timedelta(days=56))


def test_working_time_of_many_is_that_of_each(world: World, team: Team) -> None:
    people = [
        Worker(workspace=world.workspace, name=f"Extra {n}", kind="freelancer", time_zone="Asia/Tokyo", created_at=NOW)
        for n in range(150)
    ]  # fmt: skip
    extra = [worker.pk for worker in Worker.objects.bulk_create(people)]
    Hours.objects.bulk_create(
        Hours(workspace=world.workspace, worker_id=pk, weekday=n % 5, from_min=540, to_min=600)
        for n, pk in enumerate(extra)
    )
    window = (NOW, NOW + timedelta(days=7))
    alone = {pk: queries.working_time([pk], *window)[pk] for pk in (*extra[:5], team.bob.pk)}
    found = queries.working_time([team.bob.pk, *extra], *window)
    assert len(found) == 151
    assert {pk: found[pk] for pk in alone} == alone
    assert sum(map(len, alone.values())) > 9


def test_time_off_counts_at_once_when_approved_and_no_longer_when_taken_back(world: World, team: Team) -> None:
    window = weeks(NOW, "Europe/Berlin", 1)
    asked = actions.request_time_off(team.bob, FRIDAY, FRIDAY, "Moving house", actor=world.bob.actor, now=NOW)
    assert queries.capacity([team.bob.pk], window) == {team.bob.pk: [2400]}
    assert [r["reason"] for r in queries.requests_waiting(world.alice.actor)] == ["Moving house"]
    actions.approve_time_off(asked, actor=world.alice.actor, now=NOW)
    assert queries.capacity([team.bob.pk], window) == {team.bob.pk: [1920]}
    assert not queries.requests_waiting(world.alice.actor)
    actions.cancel_time_off(asked, actor=world.bob.actor, now=NOW)
    assert queries.capacity([team.bob.pk], window) == {team.bob.pk: [2400]}


def test_leave_lowers_nothing_but_the_time_that_there_is(world: World, team: Team) -> None:
    actions.set_skill(team.bob, team.scala, 4, actor=world.alice.actor, now=NOW)
    actions.set_preferences(team.bob, wants=[team.scala], avoids=[], actor=world.bob.actor, now=NOW)

    def standing() -> tuple[object, ...]:
        worker = queries.find_worker(world.alice.actor, team.bob.pk)
        return (
            queries.skill_levels(world.workspace.pk), queries.preferences(world.workspace.pk, [team.bob.pk]),
            worker.speed_percent, worker.max_tasks, worker.week_minutes, worker.rate_cents, worker.version,
        )  # fmt: skip

    before = standing()
    asked = actions.request_time_off(team.bob, FRIDAY, FRIDAY + timedelta(14), actor=world.bob.actor, now=NOW)
    actions.approve_time_off(asked, actor=world.alice.actor, now=NOW)
    assert standing() == before


def test_a_request_is_answered_once(world: World, team: Team) -> None:
    asked = actions.request_time_off(team.bob, FRIDAY, FRIDAY, actor=world.bob.actor, now=NOW)
    again = TimeOff.objects.get(pk=asked.pk)
    actions.decline_time_off(asked, "Release week", actor=world.alice.actor, now=NOW)
    with pytest.raises(AlreadyDecided, match="already declined"):
        actions.approve_time_off(again, actor=world.olga.actor, now=NOW)
    assert events("timeoff.declined") == [{"worker": team.bob.pk, "note": "Release week"}]
    assert events("timeoff.approved") == []


def test_days_that_are_already_asked_for_are_refused(world: World, team: Team) -> None:
    by = {"actor": world.bob.actor, "now": NOW}
    actions.request_time_off(team.bob, FRIDAY, FRIDAY + timedelta(3), **by)
    with pytest.raises(Invalid) as refusal:
        actions.request_time_off(team.bob, FRIDAY + timedelta(3), FRIDAY + timedelta(9), **by)
    assert refusal.value.fields == {"starts_on": "Requested already: 27 Nov 2026 to 30 Nov 2026."}
    with pytest.raises(Invalid) as refusal:
        actions.request_time_off(team.bob, FRIDAY, FRIDAY - timedelta(1), **by)
    assert refusal.value.fields == {"ends_on": "The last day cannot be before the first."}


def test_people_ask_for_themselves_and_managers_answer(world: World, team: Team) -> None:
    for who in ("dana", "echo", "clara", "audrey", "charlie"):
        with pytest.raises(Forbidden):
            actions.request_time_off(team.bob, FRIDAY, FRIDAY, actor=getattr(world, who).actor, now=NOW)
    asked = actions.request_time_off(team.bob, FRIDAY, FRIDAY, actor=world.bob.actor, now=NOW)
    for who in ("bob", "dana", "echo", "clara", "audrey", "charlie"):
        actor = getattr(world, who).actor
        with pytest.raises(Forbidden):
            actions.approve_time_off(asked, actor=actor, now=NOW)
        with pytest.raises(Forbidden):
            actions.decline_time_off(asked, actor=actor, now=NOW)
    with pytest.raises(Forbidden):
        actions.cancel_time_off(asked, actor=world.dana.actor, now=NOW)


def test_preferences_are_skills_and_labels_and_cannot_contradict(world: World, team: Team) -> None:
    by = {"actor": world.bob.actor, "now": NOW}
    actions.set_preferences(team.bob, wants=[team.scala, " green  field "], avoids=["on call"], **by)
    told = [(p["skill__name"], p["label"], p["stance"]) for p in queries.preferences(world.workspace.pk, [team.bob.pk])]
    assert told == [("Scala", "", 1), (None, "green field", 1), (None, "on call", -1)]
    assert events("worker.preferences_changed") == [{"wants": ["Scala", "green field"], "avoids": ["on call"]}]
    with pytest.raises(Invalid) as refusal:
        actions.set_preferences(team.bob, wants=["on call"], avoids=["on call"], **by)
    assert refusal.value.fields == {"avoids": "on call cannot be both wanted and avoided."}
    with pytest.raises(Forbidden):
        actions.set_preferences(team.bob, wants=[], avoids=[], actor=world.charlie.actor, now=NOW)
    assert Preference.objects.count() == 3
