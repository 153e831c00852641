"""Weekly hours on the wall clock become exact time, also on the two odd days of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.lib.hours import (
    WeeklyHours,
    holidays_between,
    joined,
    minutes_within,
    public_holidays,
    week_start,
    weeks,
    working_intervals,
)

EVERY_DAY = range(7)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def worked(
    pattern: WeeklyHours, zone: str, start: str, end: str, off: frozenset[date] = frozenset()
) -> list[tuple[str, str]]:
    found = working_intervals(pattern, zone, off, utc(start), utc(end))
    return [(f"{low:%m-%d %H:%M}", f"{high:%m-%d %H:%M}") for low, high in found]


def test_an_ordinary_monday_in_berlin_is_one_hour_behind_its_clock_in_winter() -> None:
    pattern = [(0, 540, 750), (0, 780, 1020)]
    assert worked(pattern, "Europe/Berlin", "2026-11-23", "2026-11-24") == [
        ("11-23 08:00", "11-23 11:30"),
        ("11-23 12:00", "11-23 16:00"),
    ]


def test_the_same_hours_in_summer_are_two_hours_behind() -> None:
    assert worked([(0, 540, 750)], "Europe/Berlin", "2026-07-06", "2026-07-07") == [("07-06 07:00", "07-06 10:30")]


def test_what_lies_outside_the_window_is_cut_off() -> None:
    assert worked([(0, 540, 1020)], "UTC", "2026-11-23T10:00", "2026-11-23T11:00") == [("11-23 10:00", "11-23 11:00")]


def test_a_day_off_is_the_date_on_the_wall_and_not_the_date_in_utc() -> None:
    pattern = [(day, 0, 1440) for day in EVERY_DAY]
    off = frozenset({date(2026, 11, 24)})
    assert worked(pattern, "Asia/Tokyo", "2026-11-23", "2026-11-25", off) == [
        ("11-23 00:00", "11-23 15:00"),
        ("11-24 15:00", "11-25 00:00"),
    ]


def test_a_night_shift_over_midnight_is_one_stretch() -> None:
    pattern = [(0, 1320, 1440), (1, 0, 360)]
    assert worked(pattern, "UTC", "2026-11-23", "2026-11-25") == [("11-23 22:00", "11-24 06:00")]


SPRING = [  # zone, the Sunday on which clocks go forward, hours, what is worked
    ("Europe/Berlin", "2026-03-29", [(6, 150, 240)], [("03-29 01:00", "03-29 02:00")]),
    ("Europe/Berlin", "2026-03-29", [(6, 120, 180)], []),
    ("America/New_York", "2026-03-08", [(6, 150, 240)], [("03-08 07:00", "03-08 08:00")]),
    ("Australia/Lord_Howe", "2026-10-04", [(6, 120, 180)], [("10-03 15:30", "10-03 16:00")]),
]


@pytest.mark.parametrize(("zone", "day", "pattern", "expected"), SPRING)
def test_the_hour_that_no_clock_shows_is_not_worked(
    zone: str, day: str, pattern: WeeklyHours, expected: list[tuple[str, str]]
) -> None:
    around = utc(day)
    found = working_intervals(pattern, zone, (), around - timedelta(days=1), around + timedelta(days=2))
    assert [(f"{a:%m-%d %H:%M}", f"{b:%m-%d %H:%M}") for a, b in found] == expected


AUTUMN = [  # zone, the Sunday on which clocks go back, hours, what is worked
    ("Europe/Berlin", "2026-10-25", [(6, 150, 180)], [("10-25 00:30", "10-25 01:00"), ("10-25 01:30", "10-25 02:00")]),
    ("Europe/Berlin", "2026-10-25", [(6, 60, 240)], [("10-24 23:00", "10-25 03:00")]),
    ("America/New_York", "2026-11-01", [(6, 60, 120)], [("11-01 05:00", "11-01 07:00")]),
    ("Australia/Lord_Howe", "2026-04-05", [(6, 90, 120)], [("04-04 14:30", "04-04 15:30")]),
]


@pytest.mark.parametrize(("zone", "day", "pattern", "expected"), AUTUMN)
def test_the_hour_that_is_shown_twice_is_worked_twice(
    zone: str, day: str, pattern: WeeklyHours, expected: list[tuple[str, str]]
) -> None:
    around = utc(day)
    found = working_intervals(pattern, zone, (), around - timedelta(days=1), around + timedelta(days=2))
    assert [(f"{a:%m-%d %H:%M}", f"{b:%m-%d %H:%M}") for a, b in found] == expected


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-22", 24)])
def test_a_whole_sunday_in_berlin_is_as_long_as_its_clock_says(day: str, hours: int) -> None:
    around = utc(day)
    found = working_intervals(
        [(6, 0, 1440)], "Europe/Berlin", (), around - timedelta(days=2), around + timedelta(days=3)
    )
    assert minutes_within(found, around - timedelta(days=2), around + timedelta(days=3)) == hours * 60


def test_a_date_that_a_zone_skipped_is_never_worked() -> None:
    friday = [(4, 0, 1440)]  # Samoa went from Thursday 29 straight to Saturday 31 December 2011
    assert worked(friday, "Pacific/Apia", "2011-12-29", "2012-01-02") == []


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC", "Pacific/Chatham"]
SPANS = st.tuples(st.integers(0, 6), st.integers(0, 95), st.integers(1, 40)).map(
    lambda s: (s[0], s[1] * 15, min(s[1] * 15 + s[2] * 15, 1440))
)
STARTS = st.integers(0, 3 * 365 * 1440).map(lambda minutes: utc("2025-01-01") + timedelta(minutes=minutes))


@given(
    pattern=st.lists(SPANS, max_size=8),
    zone=st.sampled_from(ZONES),
    start=STARTS,
    days=st.integers(1, 9),
    off_after=st.integers(0, 9),
)
def test_a_moment_is_worked_exactly_when_the_clock_on_the_wall_says_so(
    pattern: WeeklyHours, zone: str, start: datetime, days: int, off_after: int
) -> None:
    end = start + timedelta(days=days)
    off = {start.date() + timedelta(days=off_after)}
    found = working_intervals(pattern, zone, off, start, end)
    assert found == joined(found)
    at = start
    while at < end:
        local = at.astimezone(ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        told = local.date() not in off and any(d == local.weekday() and a <= minute < b for d, a, b in pattern)
        assert told == any(low <= at < high for low, high in found), at
        at += timedelta(minutes=7)


@given(pattern=st.lists(SPANS, max_size=8), zone=st.sampled_from(ZONES), start=STARTS, days=st.integers(1, 9))
def test_two_halves_of_a_window_hold_what_the_whole_holds(
    pattern: WeeklyHours, zone: str, start: datetime, days: int
) -> None:
    middle, end = start + timedelta(days=days, hours=5), start + timedelta(days=2 * days + 1)
    halves = working_intervals(pattern, zone, (), start, middle) + working_intervals(pattern, zone, (), middle, end)
    assert joined(halves) == working_intervals(pattern, zone, (), start, end)


def test_a_week_starts_on_monday_on_the_wall_clock() -> None:
    assert week_start(utc("2026-11-22T20:00"), "Asia/Tokyo") == utc("2026-11-22T15:00")
    assert week_start(utc("2026-11-22T20:00"), "UTC") == utc("2026-11-16")


def test_the_week_in_which_clocks_go_back_is_an_hour_longer() -> None:
    long, ordinary = weeks(utc("2026-10-21T12:00"), "Europe/Berlin", 2)
    assert long[1] - long[0] == timedelta(hours=169)
    assert ordinary[1] - ordinary[0] == timedelta(hours=168)
    assert long[1] == ordinary[0]


def test_minutes_within_counts_only_what_lies_inside() -> None:
    intervals = [(utc("2026-11-23T08:00"), utc("2026-11-23T12:00")), (utc("2026-11-23T13:00"), utc("2026-11-23T17:00"))]
    assert minutes_within(intervals, utc("2026-11-23T11:00"), utc("2026-11-23T13:30")) == 90


def test_holidays_are_those_of_the_whole_country() -> None:
    assert public_holidays("DE", 2026)[date(2026, 12, 25)] == "Christmas Day"
    assert holidays_between("de", date(2026, 12, 24), date(2027, 1, 1)) == {
        date(2026, 12, 25): "Christmas Day",
        date(2026, 12, 26): "Second Day of Christmas",
        date(2027, 1, 1): "New Year's Day",
    }


@pytest.mark.parametrize("country", ["", "XX", "nowhere"])
def test_a_country_that_is_not_known_has_no_holidays(country: str) -> None:
    assert holidays_between(country, date(2026, 1, 1), date(2026, 12, 31)) == {}
