"""Writing iCalendar text: stretches of work and days on which something is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from fairlead.lib.ics import OWN_SUFFIX


@dataclass(frozen=True)
class Entry:
    """One entry. `uid` stays the same from one reading to the next; a date as `starts` is a whole day, shown as free.

    `ends` is the moment after it; None for a whole day.
    """

    uid: str
    title: str
    starts: date
    ends: datetime | None = None
    url: str = ""


def write(name: str, entries: Iterable[Entry], *, now: datetime, language: str = "en") -> bytes:
    """A calendar that other programs can subscribe to. Times are written in UTC, which every program can read.

    `language`: the code of the one in which name and titles are.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//Fairlead//Work//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(minutes=30), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, now.astimezone(UTC).replace(microsecond=0)))
    return bytes(calendar.to_ical())


def _event(entry: Entry, now: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid + OWN_SUFFIX)
    event.add("dtstamp", now)
    event.add("summary", entry.title)
    if isinstance(entry.starts, datetime):
        event.add("dtstart", entry.starts.astimezone(UTC))
        if entry.ends is not None:
            event.add("dtend", entry.ends.astimezone(UTC))
        event.add("transp", "OPAQUE")
    else:
        event.add("dtstart", entry.starts)
        event.add("dtend", entry.starts + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    if entry.url:
        event.add("url", entry.url)
    return event
