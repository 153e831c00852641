"""Thinning iCalendar text before it is parsed: only the lines that say when somebody is busy, near a window.

Descriptions, guests, alarms and pictures are most of a calendar, and years gone by the rest; without them the parser
needs a few megabytes for any calendar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

_FOLD = re.compile(rb"\r?\n[ \t]")
_NAME = re.compile(rb"^[A-Za-z0-9-]+")
_DAY = re.compile(rb":(\d{8})")
_FRAME: Final = frozenset({b"VCALENDAR", b"VEVENT", b"VTIMEZONE", b"STANDARD", b"DAYLIGHT"})
_WANTED: Final = frozenset({
    b"UID", b"DTSTART", b"DTEND", b"DURATION", b"RRULE", b"RDATE", b"EXDATE", b"RECURRENCE-ID", b"SUMMARY", b"TRANSP",
    b"STATUS", b"X-MICROSOFT-CDO-BUSYSTATUS",
})  # fmt: skip
_REPEATS: Final = frozenset({b"RRULE", b"RDATE", b"RECURRENCE-ID"})
LONGEST_LINE: Final = 100_000
LONGEST_TITLE: Final = 600
MOST_ZONE_LINES: Final = 20_000
DEEPEST: Final = 8


def thin(content: bytes, first: date, last: date) -> tuple[bytes, int]:
    """The lines that matter for days from `first` to `last`, and the number of events that are left.

    Raises ValueError for components in one another as no calendar has them.
    """
    kept: list[bytes] = []
    events = others = 0
    for event, lines in _parts(content):
        if not event:
            others += 1
            if others > MOST_ZONE_LINES:
                raise ValueError("too many lines about time zones")
            kept += lines
        elif _near(lines, first - timedelta(days=2), last + timedelta(days=2)):
            events += 1
            kept += lines
    return b"\r\n".join([*kept, b""]), events


def _parts(content: bytes) -> Iterator[tuple[bool, list[bytes]]]:
    """The text in order: (True, one event) or (False, a line of something else)."""
    stack: list[bytes] = []
    event: list[bytes] = []
    for line in _FOLD.sub(b"", content.replace(b"\0", b"")).splitlines():
        name = _name(line)
        if name == b"BEGIN":
            stack.append(line[6:].strip().upper())
            if len(stack) > DEEPEST:
                raise ValueError("too many components in one another")
        inside = b"VEVENT" in stack
        if not _matters(name, line, stack):
            pass
        elif inside:
            event.append(line if name != b"SUMMARY" else line[:LONGEST_TITLE])
        else:
            yield False, [line]
        if name == b"END" and stack and line[4:].strip().upper() == stack[-1] and stack.pop() == b"VEVENT":
            yield True, event
            event = []


def _name(line: bytes) -> bytes:
    found = _NAME.match(line)
    return found[0].upper() if found else b""


def _matters(name: bytes, line: bytes, stack: list[bytes]) -> bool:
    """Whether a line is kept: components that we read, and of an event what says when."""
    if len(line) > LONGEST_LINE or not set(stack) <= _FRAME:
        return False
    if name in (b"BEGIN", b"END") or b"VTIMEZONE" in stack:
        return True
    return stack[-1:] == [b"VEVENT"] and name in _WANTED


def _near(lines: list[bytes], first: date, last: date) -> bool:
    """Whether an event can touch the window: one that repeats always can; others by the days that they name."""
    days: dict[bytes, bytes] = {}
    for line in lines:
        name = _name(line)
        if name in _REPEATS or name == b"DURATION":
            return True
        if name in (b"DTSTART", b"DTEND") and (found := _DAY.search(line)):
            days[name] = found[1]
    starts = days.get(b"DTSTART")
    if starts is None:
        return True
    ends = days.get(b"DTEND", starts)
    return ends >= first.strftime("%Y%m%d").encode() and starts <= last.strftime("%Y%m%d").encode()
