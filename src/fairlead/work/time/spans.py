"""Lengths of time as people type them: 1h30, 90m, 1:30, 1.5, or from when to when: 9:00-10:30."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from fairlead.lib.effort import parse_effort
from fairlead.lib.speech import later, tr
from fairlead.work.time.models import DAY_MIN

LIKE: Final = later("Write it like 1h30, 90m, 1:30 or 9:00-10:30.")
_CLOCK: Final = r"(\d{1,2})(?:[:.](\d{2}))?"
_FROM_TO: Final = re.compile(rf"{_CLOCK}\s*(?:-|–|to|bis)\s*{_CLOCK}")
_COLON: Final = re.compile(r"(\d{1,2}):([0-5]\d)")
_HOURS: Final = re.compile(r"(\d{1,2})\s*h\s*([0-5]?\d)")


@dataclass(frozen=True)
class Span:
    """Minutes; and when it was typed from when to when, minutes after midnight."""

    minutes: int
    from_min: int | None = None
    to_min: int | None = None


def read_span(text: str) -> Span:
    """What was typed. A bare number means hours. Raises ValueError, whose text says how to write it."""
    plain = text.strip().lower()
    if found := _FROM_TO.fullmatch(plain):
        return _between(found)
    if found := _COLON.fullmatch(plain) or _HOURS.fullmatch(plain):
        return _length(int(found[1]) * 60 + int(found[2]))
    try:
        minutes = parse_effort(plain)
    except ValueError:
        raise ValueError(LIKE) from None
    if minutes is None:
        raise ValueError(tr("Say how long it took. %(like)s", like=LIKE))
    return _length(minutes)


def _between(found: re.Match[str]) -> Span:
    first, last = (int(found[n]) * 60 + int(found[n + 1] or 0) for n in (1, 3))
    if max(int(found[2] or 0), int(found[4] or 0)) > 59 or last > DAY_MIN:
        raise ValueError(LIKE)
    if last <= first:
        raise ValueError(tr("It would end before it begins. Time over midnight is two entries, one for each day."))
    return Span(last - first, first, last)


def _length(minutes: int) -> Span:
    if not 1 <= minutes <= DAY_MIN:
        raise ValueError(tr("An entry is longer than nothing and at most a day. %(like)s", like=LIKE))
    return Span(minutes)


def write_span(minutes: int | None) -> str:
    """`1:30`, which `read_span` reads as the same minutes; empty for none."""
    return f"{minutes // 60}:{minutes % 60:02}" if minutes else ""
