"""Reading calendars: what counts as busy, where it lies in time, and what a hostile file cannot do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fairlead.lib import ics
from fairlead.lib.ics_out import Entry, write

START = datetime(2026, 11, 23, tzinfo=UTC)
END = START + timedelta(weeks=13)
FIXTURES = Path(__file__).parents[1] / "fixtures" / "ics"


def calendar(*events: str, before: str = "") -> bytes:
    """A calendar with these events, given by their own lines."""
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:Meeting\r\n{text}\r\nEND:VEVENT\r\n" for n, text in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{before}{body}END:VCALENDAR\r\n".encode()


def times(content: bytes, zone: str = "Europe/Berlin") -> list[str]:
    """Busy times in UTC as "23 09:00–10:00"."""
    found = ics.read(content, zone=zone, start=START, end=END)
    return [f"{it.starts_at:%-d %b %H:%M}–{it.ends_at:%-d %b %H:%M}" for it in found.busy]


TEN = "DTSTART:20261124T100000Z\r\nDTEND:20261124T110000Z"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (TEN, ["24 Nov 10:00–24 Nov 11:00"]),
        ("DTSTART:20261124T100000Z\r\nDURATION:PT45M", ["24 Nov 10:00–24 Nov 10:45"]),
        ("DTSTART;TZID=America/New_York:20261124T100000\r\nDTEND;TZID=America/New_York:20261124T110000",
         ["24 Nov 15:00–24 Nov 16:00"]),
        # a zone of which the file says nothing, under the name that Outlook gives it
        ("DTSTART;TZID=W. Europe Standard Time:20261124T100000\r\nDURATION:PT1H", ["24 Nov 09:00–24 Nov 10:00"]),
        # a zone that nobody knows, and a time without a zone: the reader's own clock
        ("DTSTART;TZID=Atlantis/Harbour:20261124T100000\r\nDURATION:PT1H", ["24 Nov 09:00–24 Nov 10:00"]),
        ("DTSTART:20261124T100000\r\nDURATION:PT1H", ["24 Nov 09:00–24 Nov 10:00"]),
        # whole days begin and end at the reader's midnight
        ("DTSTART;VALUE=DATE:20261124", ["23 Nov 23:00–24 Nov 23:00"]),
        ("DTSTART;VALUE=DATE:20261124\r\nDTEND;VALUE=DATE:20261126", ["23 Nov 23:00–25 Nov 23:00"]),
        (TEN + "\r\nTRANSP:TRANSPARENT", []),
        (TEN + "\r\nSTATUS:CANCELLED", []),
        (TEN + "\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", []),
        (TEN + "\r\nSTATUS:TENTATIVE", ["24 Nov 10:00–24 Nov 11:00"]),
        # what began before the window and what goes on after it is cut
        ("DTSTART:20261122T200000Z\r\nDTEND:20261123T030000Z", ["23 Nov 00:00–23 Nov 03:00"]),
        ("DTSTART:20200101T000000Z\r\nDTEND:20200102T000000Z", []),
        ("DTSTART:20261124T100000Z", []),
    ],
)  # fmt: skip
def test_when_somebody_is_busy(lines: str, said: list[str]) -> None:
    assert times(calendar(lines)) == said


def test_repeating_entries_with_exceptions_and_extra_dates() -> None:
    weekly = "DTSTART:20260105T090000Z\r\nDTEND:20260105T093000Z\r\nRRULE:FREQ=WEEKLY;UNTIL=20261215T000000Z"
    assert times(calendar(weekly + "\r\nEXDATE:20261130T090000Z\r\nRDATE:20261201T150000Z")) == [
        "23 Nov 09:00–23 Nov 09:30", "1 Dec 15:00–1 Dec 15:30", "7 Dec 09:00–7 Dec 09:30", "14 Dec 09:00–14 Dec 09:30",
    ]  # fmt: skip


def test_one_occurrence_that_was_moved_stands_for_the_one_of_its_series() -> None:
    series = "DTSTART:20261123T090000Z\r\nDTEND:20261123T100000Z\r\nRRULE:FREQ=DAILY;COUNT=2"
    moved = "RECURRENCE-ID:20261124T090000Z\r\nDTSTART:20261124T150000Z\r\nDTEND:20261124T160000Z"
    assert times(calendar(series, moved).replace(b"UID:1", b"UID:0")) == [
        "23 Nov 09:00–23 Nov 10:00", "24 Nov 15:00–24 Nov 16:00",
    ]  # fmt: skip


def test_a_weekly_meeting_keeps_its_time_on_the_wall_when_clocks_change() -> None:
    lines = "DTSTART;TZID=Europe/Berlin:20261005T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=5"
    found = ics.read(calendar(lines), zone="UTC", start=datetime(2026, 10, 1, tzinfo=UTC), end=END)
    assert [it.starts_at.hour for it in found.busy] == [7, 7, 7, 8, 8]


def test_alarms_guests_and_descriptions_are_left_out_and_folded_lines_read() -> None:
    alarm = "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nDTSTART:20261125T100000Z\r\nEND:VALARM"
    lines = f"DESCRIPTION:BEGIN:VEVENT\\n\r\nDTSTART:2026112\r\n 4T100000Z\r\nDTEND:20261124T110000Z\r\n{alarm}"
    assert times(calendar(lines)) == ["24 Nov 10:00–24 Nov 11:00"]


def test_a_broken_entry_is_counted_and_hides_no_other() -> None:
    found = ics.read(calendar("DTSTART:tomorrow", TEN), zone="UTC", start=START, end=END)
    assert (len(found.busy), found.not_understood, found.cut) == (1, 1, False)


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1", "FREQ=HOURLY", "FREQ=DAILY;BYMINUTE=0,1,2,3,4,5",
     "FREQ=YEARLY;BYSECOND=0,1,2"],
)  # fmt: skip
def test_a_rule_that_comes_round_as_no_calendar_of_people_does_is_not_followed(rule: str) -> None:
    found = ics.read(calendar(f"{TEN}\r\nRRULE:{rule}", TEN), zone="UTC", start=START, end=END)
    assert (len(found.busy), found.not_understood) == (1, 1)


def test_a_rule_without_an_end_is_followed_inside_the_window_only() -> None:
    found = ics.read(calendar(f"{TEN}\r\nRRULE:FREQ=DAILY"), zone="UTC", start=START, end=END)
    assert (len(found.busy), found.cut) == (90, False)


def test_more_busy_times_than_anybody_has_are_cut() -> None:
    often = [f"{TEN}\r\nRRULE:FREQ=DAILY;BYHOUR=1,3,5,7,9,11,13,15;BYMINUTE={n}" for n in range(6)]
    found = ics.read(calendar(*often), zone="UTC", start=START, end=END)
    assert (len(found.busy), found.not_understood, found.cut) == (ics.MOST_BLOCKS, 0, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>Sign in</html>", "This is no calendar in iCalendar form"),
        (b"", "This is no calendar in iCalendar form"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:2026", "The end of the calendar is missing"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 20 + b"END:VCALENDAR", "is damaged"),
        (b"BEGIN:VCALENDAR" + b"\r\nX:1" * 2_700_000 + b"\r\nEND:VCALENDAR", "more than 10 MB"),
        (calendar(*[TEN] * 5001), "more than 5000 entries"),
    ],
    ids=["a page", "nothing", "cut off", "nested", "too large", "too many"],
)
def test_what_is_no_calendar_is_refused_with_a_word_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(ics.NotCalendar, match=said):
        ics.read(content, zone="UTC", start=START, end=END)


def test_years_gone_by_cost_nothing() -> None:
    old = "DTSTART:20190101T100000Z\r\nDTEND:20190101T110000Z"
    assert times(calendar(*[old] * 20_000, TEN)) == ["24 Nov 10:00–24 Nov 11:00"]


def test_calendars_of_other_programs() -> None:
    def read(name: str, at: datetime) -> ics.Reading:
        content = (FIXTURES / f"{name}.ics").read_bytes()
        whole = (
            content if content.startswith(b"BEGIN:VCALENDAR") else b"BEGIN:VCALENDAR\n" + content + b"\nEND:VCALENDAR"
        )
        return ics.read(whole, zone="Europe/Berlin", start=at, end=at + timedelta(weeks=13))

    found = read("issue_112_missing_tzinfo_on_exdate", datetime(2013, 9, 1, tzinfo=UTC))
    assert [f"{it.starts_at:%d %b}" for it in found.busy][:3] == ["07 Sep", "13 Sep", "14 Sep"]
    assert datetime(2013, 10, 12, 16, tzinfo=UTC) not in {it.starts_at for it in found.busy}
    found = read("issue_156_RDATE_with_PERIOD_list", datetime(1996, 12, 1, tzinfo=UTC))
    assert [str(it.ends_at - it.starts_at) for it in found.busy] == ["4:00:00", "13:00:00", "5:30:00"]
    assert read("pacific_fiji", datetime(2014, 8, 1, tzinfo=UTC)).not_understood == 1
    with pytest.raises(ics.NotCalendar, match="The end of the calendar is missing"):
        read("small_bad_calendar", START)
    assert len(read("issue_526_calendar_with_shuffeled_events", datetime(2023, 1, 1, tzinfo=UTC)).busy) >= 0
    assert read("calendar_with_unicode", START).not_understood == 0


def test_what_we_write_can_be_read_and_is_not_read_back_as_ours() -> None:
    at = datetime(2026, 11, 24, 10, tzinfo=UTC)
    entries = [
        Entry(
            "task-1",
            "WEB-1 Comma, semicolon; and\nline",
            at,
            at + timedelta(hours=1),
            "https://work.example/tasks/WEB-1/",
        ),
        Entry("due-1", "Due: WEB-1", at.date()),
    ]
    text = write("Ana: work", entries, now=START)
    assert text == write("Ana: work", entries, now=START)
    assert b"UID:task-1@fairlead\r\n" in text
    assert b"DTSTAMP:20261123T000000Z\r\n" in text
    assert b"DTSTART:20261124T100000Z\r\nDTEND:20261124T110000Z\r\n" in text
    assert b"DTSTART;VALUE=DATE:20261124\r\nDTEND;VALUE=DATE:20261125\r\n" in text
    assert b"SUMMARY:WEB-1 Comma\\, semicolon\\; and\\nline\r\n" in text
    assert times(text) == []
    assert times(text.replace(b"@fairlead", b"@elsewhere")) == ["24 Nov 10:00–24 Nov 11:00"]
