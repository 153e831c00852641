"""iCalendar text → when somebody is busy, within a window and within limits, whoever wrote the text.

Busy is what a calendar shows as busy: neither transparent ("free") nor cancelled. Recurring
events are expanded inside the window only; an all-day event is the whole day on the reader's wall clock, and so is a
time without a zone. What cannot be understood is counted and left out, so that one broken entry hides no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic as time_s
from typing import Any, Final
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from fairlead.lib.ics_lines import thin
from fairlead.lib.speech import tr

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_EVENTS: Final = 5_000
"""Entries of one file that repeat or touch the window."""
MOST_BLOCKS: Final = 3_000
"""Busy times of one calendar in the window."""
OWN_SUFFIX: Final = "@fairlead"
"""The UIDs that our own feed gives out end so; reading them back would count work twice."""
_NEVER: Final = ("SECONDLY", "MINUTELY", "HOURLY")
_MOST_TIMES: Final = {"BYSECOND": 1, "BYMINUTE": 4, "BYHOUR": 8, "BYSETPOS": 60}
_MOST_DATES: Final = 5_000
_SECONDS: Final = 30.0
"""Of computing, after which a file is given up: a calendar of people takes less than two."""


class NotCalendar(ValueError):
    """The text is no calendar, or has more in it than can be read; the message says what to do."""


@dataclass(frozen=True, order=True)
class Busy:
    """One stretch of time, [starts_at, ends_at) in UTC, and what it is called."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""


@dataclass(frozen=True)
class Reading:
    """What a calendar says: busy times in order, how many entries could not be understood, whether some were cut."""

    busy: tuple[Busy, ...]
    not_understood: int = 0
    cut: bool = False


def read(content: bytes, *, zone: str, start: datetime, end: datetime) -> Reading:
    """The busy times in [start, end). `zone`: of whoever has the calendar. Raises NotCalendar."""
    if len(content) > MOST_BYTES:
        raise NotCalendar(
            tr("The file has more than %(most)s MB. Export fewer months of it.", most=MOST_BYTES // 2**20)
        )
    if not content.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper().startswith(b"BEGIN:VCALENDAR"):
        raise NotCalendar(
            tr("This is no calendar in iCalendar form (.ics). Export it as one, or copy the secret address.")
        )
    if content.rstrip(b"\0 \r\n\t")[-13:].upper() != b"END:VCALENDAR":
        raise NotCalendar(tr("The end of the calendar is missing, so it was cut on its way. Try again."))
    thinned, events = _thinned(content, start, end)
    if events > MOST_EVENTS:
        raise NotCalendar(
            tr("The calendar has more than %(most)s entries. Export fewer months of it.", most=MOST_EVENTS)
        )
    try:
        calendars = [c for c in Calendar.from_ical(thinned, multiple=True) if isinstance(c, Calendar)]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise NotCalendar(tr("The calendar is damaged and cannot be read. Export it anew.")) from error
    window = _Window(ZoneInfo(zone), start, end)
    found: set[Busy] = set()
    for calendar in calendars:
        for block in window.blocks(calendar):
            found.add(block)
            if len(found) > MOST_BLOCKS:
                break
    ordered = sorted(found)
    return Reading(tuple(ordered[:MOST_BLOCKS]), window.not_understood, len(ordered) > MOST_BLOCKS)


def _thinned(content: bytes, start: datetime, end: datetime) -> tuple[bytes, int]:
    try:
        return thin(content, start.date(), end.date())
    except ValueError as error:
        raise NotCalendar(tr("The calendar is damaged and cannot be read. Export it anew.")) from error


class _Window:
    """Reads one calendar after another for a stretch of time, and counts what it cannot understand."""

    def __init__(self, zone: ZoneInfo, start: datetime, end: datetime) -> None:
        self.zone, self.start, self.end = zone, start, end
        self.not_understood, self.over_at = 0, time_s() + _SECONDS

    def blocks(self, calendar: Calendar) -> Iterator[Busy]:
        """Busy times of one VCALENDAR: each series by itself, so that a broken one stands alone."""
        for series in _series(calendar).values():
            if time_s() > self.over_at:
                raise NotCalendar(tr("The calendar has too many repeating entries to work out. Export fewer of them."))
            try:
                yield from self._expanded(series)
            except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError):
                self.not_understood += 1

    def _expanded(self, series: list[Any]) -> Iterator[Busy]:
        if any(_endless(event) for event in series):
            self.not_understood += 1
            return
        alone = Calendar()
        for event in series:
            alone.add_component(event)
        low, high = (at.astimezone(self.zone) for at in (self.start, self.end))
        for count, event in enumerate(recurring_ical_events.of(alone).between(low, high)):
            if count > MOST_BLOCKS:
                return
            block = self._block(event) if _is_busy(event) else None
            if block is not None:
                yield block

    def _block(self, event: Any) -> Busy | None:
        begins = event.decoded("dtstart")
        ends = event.decoded("dtend") if "DTEND" in event else None
        if ends is None:
            length = event.decoded("duration") if "DURATION" in event else None
            whole_day = not isinstance(begins, datetime)
            ends = begins + (length if length is not None else timedelta(days=1 if whole_day else 0))
        low, high = max(self._at(begins), self.start), min(self._at(ends), self.end)
        return Busy(low, high, str(event.get("SUMMARY", ""))[:200].replace("\0", "")) if low < high else None

    def _at(self, value: date) -> datetime:
        """The moment, in UTC and to the minute; a day or a time without a zone is on the reader's wall clock."""
        if not isinstance(value, datetime):
            value = datetime.combine(value, time(), self.zone)
        elif value.tzinfo is None:
            value = value.replace(tzinfo=self.zone)
        return value.astimezone(UTC).replace(second=0, microsecond=0)


def _series(calendar: Calendar) -> dict[str, list[Any]]:
    """Events by UID: a series and the ones that stand for single occurrences of it."""
    found: dict[str, list[Any]] = {}
    for number, event in enumerate(calendar.walk("VEVENT")):
        uid = str(event.get("UID", "")) or f"without-{number}"
        if not uid.endswith(OWN_SUFFIX):
            found.setdefault(uid, []).append(event)
    return found


def _endless(event: Any) -> bool:
    """Whether it comes round as no human calendar does, thousands of times."""
    given = event.get("RRULE") or []
    rules = given if isinstance(given, list) else [given]
    often = any(str(word).upper() in _NEVER for rule in rules for word in rule.get("FREQ", []))
    dense = any(len(rule.get(name, [])) > most for rule in rules for name, most in _MOST_TIMES.items())
    return often or dense or any(_dates(event, name) > _MOST_DATES for name in ("RDATE", "EXDATE"))


def _dates(event: Any, name: str) -> int:
    given = event.get(name) or []
    return sum(len(one.dts) for one in (given if isinstance(given, list) else [given]))


def _is_busy(event: Any) -> bool:
    """As the calendar itself would say: an all-day entry is busy only where it says so or says nothing."""
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT" or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    return str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "BUSY")).upper() not in ("FREE", "WORKINGELSEWHERE")
