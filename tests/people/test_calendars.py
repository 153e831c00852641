"""Calendars: when somebody is busy, what it does to their time, and who sees what of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conftest import NOW, World
from fairlead.events.models import Event
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Forbidden, Invalid, Missing, Refused
from fairlead.lib.ics import Busy, Reading
from fairlead.people import actions, queries
from fairlead.people.models import BusyBlock, Calendar, Feed
from people.team import Team, count_events, events

HOUR = timedelta(hours=1)
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
FILE = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Doctor\r\nDTSTART:20261124T100000Z\r\nDTEND:20261124T110000Z"
    b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def by(person: Any) -> dict[str, Any]:
    return {"actor": person.actor, "now": NOW}


def connected(world: World, team: Team, **more: Any) -> Calendar:
    return actions.connect_calendar(team.dana, "Work", "https://calendar.example/x.ics", **more, **by(world.dana))


def read(calendar: Calendar, *busy: Busy, now: datetime = NOW) -> bool:
    return actions.keep_reading(calendar, Reading(busy), now=now)


def test_a_calendar_takes_its_busy_times_out_of_the_hours(world: World, team: Team) -> None:
    calendar = connected(world, team)
    before = queries.capacity([team.dana.pk], queries_weeks())[team.dana.pk]
    assert read(calendar, Busy(TEN, TEN + HOUR, "Secret"))
    found = queries.working_time([team.dana.pk], TEN - HOUR, TEN + 2 * HOUR)[team.dana.pk]
    assert found == [(TEN - HOUR, TEN), (TEN + HOUR, TEN + 2 * HOUR)]
    assert queries.capacity([team.dana.pk], queries_weeks())[team.dana.pk] == [before[0] - 60]
    ignoring = [(TEN, TEN + HOUR)]
    found = queries.working_time([team.dana.pk], TEN - HOUR, TEN + 2 * HOUR, ignoring=ignoring)[team.dana.pk]
    assert found == [(TEN - HOUR, TEN + 2 * HOUR)]


def queries_weeks() -> list[tuple[datetime, datetime]]:
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    return [(monday, monday + timedelta(weeks=1))]


def test_only_when_is_kept_unless_the_person_wants_titles(world: World, team: Team) -> None:
    calendar = connected(world, team)
    read(calendar, Busy(TEN, TEN + HOUR, "Doctor"))
    assert BusyBlock.objects.get().title == ""
    actions.change_calendar(calendar, "Work", keeps_titles=True, **by(world.dana))
    calendar.refresh_from_db()
    assert (calendar.next_at, calendar.etag) == (NOW, "")
    read(calendar, Busy(TEN, TEN + HOUR, "Doctor"))
    assert [b["title"] for b in queries.coming_blocks(world.dana.actor, team.dana, now=NOW)] == ["Doctor"]
    assert [b["title"] for b in queries.coming_blocks(world.alice.actor, team.dana, now=NOW)] == [""]
    assert queries.coming_blocks(world.bob.actor, team.dana, now=NOW) == []
    actions.change_calendar(calendar, "Work", keeps_titles=False, **by(world.dana))
    assert BusyBlock.objects.get().title == ""
    assert "Doctor" not in str(list(Event.objects.values_list("payload", "subject_label")))


def test_a_reading_that_changes_nothing_is_no_event_and_one_that_does_says_what(world: World, team: Team) -> None:
    calendar = connected(world, team)
    assert read(calendar, Busy(TEN, TEN + HOUR))
    assert events("calendar.read") == [
        {"worker": team.dana.pk, "added": [["2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z"]], "new": 1, "gone": 0}
    ]
    before = count_events()
    assert not read(calendar, Busy(TEN, TEN + HOUR))
    assert not actions.keep_reading(calendar, None, now=NOW + HOUR)
    assert count_events() == before
    # what is over by now falls away silently
    assert not read(calendar, now=TEN + 2 * HOUR)
    assert (count_events(), BusyBlock.objects.count()) == (before, 0)


def test_a_fault_keeps_what_was_known_and_is_told_once(world: World, team: Team) -> None:
    calendar = connected(world, team)
    read(calendar, Busy(TEN, TEN + HOUR))
    for _ in range(2):
        actions.note_fault(calendar, "Gone.", "Make a new link.", now=NOW)
    row = queries.calendar_rows(world.dana.actor, team.dana, now=NOW)[0]
    assert (row.fault, row.advice, row.busy, row.place) == ("Gone.", "Make a new link.", 1, "calendar.example")
    assert row.next_at == NOW + timedelta(minutes=40)
    assert len(events("calendar.failed")) == 1
    read(calendar, Busy(TEN, TEN + HOUR))
    row = queries.calendar_rows(world.dana.actor, team.dana, now=NOW)[0]
    assert (row.fault, row.next_at) == ("", NOW + timedelta(minutes=10))
    for _ in range(12):
        actions.note_fault(calendar, "Gone.", "Make a new link.", now=NOW)
    calendar.refresh_from_db()
    assert calendar.next_at == NOW + timedelta(hours=12)


def test_a_file_is_read_once_and_what_is_none_is_refused(world: World, team: Team) -> None:
    made = actions.upload_calendar(team.dana, " My  file ", FILE, **by(world.dana))
    assert (made.name, made.read_until) == ("My file", NOW + timedelta(weeks=13))
    assert list(BusyBlock.objects.values_list("starts_at", "ends_at")) == [(TEN, TEN + HOUR)]
    with pytest.raises(Invalid) as refusal:
        actions.upload_calendar(team.dana, "", b"hello", **by(world.dana))
    assert refusal.value.fields == {"name": "Give the calendar a name of at most 80 characters."}
    with pytest.raises(Invalid) as refusal:
        actions.upload_calendar(team.dana, "Page", b"<html>", **by(world.dana))
    assert list(refusal.value.fields) == ["file"]
    with pytest.raises(Refused, match="Upload the file anew"):
        actions.ask_refresh(made, **by(world.dana))


def test_only_the_person_connects_and_a_manager_for_whoever_has_no_account(world: World, team: Team) -> None:
    for person in (world.alice, world.bob, world.olga, world.audrey, world.clara, world.echo):
        with pytest.raises(Forbidden):
            actions.connect_calendar(team.dana, "Work", "https://calendar.example/x.ics", **by(person))
    nina = actions.create_worker(kind="freelancer", name="Nina", **by(world.alice))
    actions.connect_calendar(nina, "Work", "https://calendar.example/x.ics", **by(world.alice))
    with pytest.raises(Invalid):
        actions.connect_calendar(nina, "Again", "https://calendar.example/x.ics", **by(world.alice))
    assert queries.calendar_rows(world.bob.actor, nina, now=NOW) == []
    assert len(queries.calendar_rows(world.alice.actor, nina, now=NOW)) == 1


def test_a_stranger_sees_and_changes_nothing(world: World, team: Team) -> None:
    calendar = connected(world, team)
    read(calendar, Busy(TEN, TEN + HOUR))
    assert queries.calendar_rows(world.charlie.actor, team.dana, now=NOW) == []
    with pytest.raises(Missing):
        queries.find_calendar(world.charlie.actor, team.dana, calendar.pk)
    with pytest.raises(Forbidden):
        actions.remove_calendar(calendar, **by(world.charlie))
    enter(world.charlie.workspace.pk)
    assert (Calendar.objects.count(), BusyBlock.objects.count()) == (0, 0)


def test_a_removed_calendar_takes_its_times_along(world: World, team: Team) -> None:
    calendar = connected(world, team)
    read(calendar, Busy(TEN, TEN + HOUR))
    late = Calendar.objects.get()
    actions.remove_calendar(calendar, **by(world.dana))
    assert BusyBlock.objects.count() == 0
    assert not read(late, Busy(TEN, TEN + HOUR))
    assert events("calendar.removed") == [{"name": "Work", "worker": team.dana.pk}]


def test_somebody_in_a_meeting_is_busy_now(world: World, team: Team) -> None:
    read(connected(world, team), Busy(NOW - HOUR, NOW + HOUR))
    found = queries.availability_now([team.dana.pk], NOW)[team.dana.pk]
    assert (found.is_working_now, found.busy_until, found.free_at) == (False, NOW + HOUR, NOW + HOUR)
    row = next(r for r in queries.directory(world.bob.actor, queries.DirectoryFilter(), now=NOW) if r.name == "Dana")
    assert (row.presence.working, row.presence.busy_until) == (False, NOW + HOUR)


def test_rest_between_days_a_cap_on_the_day_and_room_around_appointments(world: World, team: Team) -> None:
    long_days = [(day, 600, 1320) for day in range(5)]  # 10:00 to 22:00
    actions.set_hours(team.dana, long_days, **by(world.dana))
    actions.change_worker(team.dana, day_minutes=600, rest_minutes=840, buffer_minutes=15, **by(world.dana))
    read(connected(world, team), Busy(TEN + 2 * HOUR, TEN + 3 * HOUR))
    tuesday = datetime(2026, 11, 24, tzinfo=UTC)
    found = queries.working_time([team.dana.pk], tuesday, tuesday + timedelta(days=1))[team.dana.pk]
    quarter = timedelta(minutes=15)
    # Monday's ten hours end at 20:00, so Tuesday begins at 10:00; it holds ten hours without the appointment's 1.5
    assert found == [(TEN, TEN + 2 * HOUR - quarter), (TEN + 3 * HOUR + quarter, TEN + 11 * HOUR + 2 * quarter)]
    with pytest.raises(Invalid) as refusal:
        actions.change_worker(team.dana, day_minutes=10, rest_minutes=2000, buffer_minutes=500, **by(world.dana))
    assert set(refusal.value.fields) == {"day_minutes", "rest_minutes", "buffer_minutes"}


def test_the_feed_is_found_by_its_secret_until_it_is_taken_back(world: World, team: Team) -> None:
    secret = actions.open_feed(team.dana, **by(world.dana))
    assert secret not in str(list(Feed.objects.values()))
    enter(world.charlie.workspace.pk)
    found = queries.feed_behind(secret)
    assert found is not None
    assert found.worker == team.dana
    assert queries.feed_behind("cal_something") is None
    enter(world.workspace.pk)
    second = actions.open_feed(team.dana, shows_titles=False, **by(world.dana))
    assert queries.feed_behind(secret) is None
    enter(world.workspace.pk)
    actions.close_feed(team.dana, **by(world.dana))
    assert queries.feed_behind(second) is None
    enter(world.workspace.pk)
    with pytest.raises(Missing):
        actions.close_feed(team.dana, **by(world.dana))


def test_the_feed_of_whoever_left_is_dead(world: World, team: Team) -> None:
    from fairlead.accounts.actions import remove_member

    secret = actions.open_feed(team.dana, **by(world.dana))
    remove_member(world.dana.member.pk, **by(world.olga))
    assert queries.feed_behind(secret) is None


def test_the_number_of_queries_does_not_grow_with_people(
    world: World, team: Team, django_assert_num_queries: Any
) -> None:
    read(connected(world, team), Busy(TEN, TEN + HOUR))
    with django_assert_num_queries(3):
        queries.working_time([team.dana.pk, team.bob.pk, team.echo.pk], NOW, NOW + timedelta(weeks=4))
    with django_assert_num_queries(3):
        queries.availability_now([team.dana.pk, team.bob.pk, team.echo.pk], NOW)
