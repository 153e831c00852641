"""A note in one line, and what is understood of it: friday 14:00, #label, !high, @project; also Freitag and !hoch."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEKS: Final = (
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"),
)
SHORT: Final = 3
"""Letters by which a weekday may also be called; not in German, where the usual two are words of their own."""
AHEAD: Final = {"today": 0, "tonight": 0, "tomorrow": 1, "heute": 0, "morgen": 1, "übermorgen": 2}
BEFORE_DAYS: Final = frozenset({"on", "by", "until", "am", "bis"})
BEFORE_TIMES: Final = frozenset({"at", "um"})
NO_TOMORROW: Final = frozenset({"am", "guten", "jeden"})
"""Words after which Morgen is the morning."""
PRIORITIES: Final = {
    "low": 1, "medium": 2, "high": 3, "urgent": 4, "niedrig": 1, "mittel": 2, "hoch": 3, "dringend": 4,
}  # fmt: skip
EVENING: Final = time(18)
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_IN: Final = re.compile(r"\+(\d{1,3})([dw])")


@dataclass(frozen=True)
class Note:
    """`text` without what was understood; `project` a key. `due_at` is None when no day or time was named."""

    text: str
    due_at: datetime | None = None
    labels: tuple[str, ...] = ()
    priority: int = 0
    project: str = ""


def read_note(line: str, *, now: datetime, zone: str, projects: Iterable[str] = ()) -> Note:
    """What a line says. Words that are no day, label, priority or known project stay in the text.

    A day alone means 18:00 of it; a time alone the next moment with that time; a weekday the next one, never today.
    """
    local = now.astimezone(ZoneInfo(zone))
    known = {key.upper() for key in projects}
    words: list[str] = []
    labels: list[str] = []
    day: date | None = None
    at: time | None = None
    priority, project = 0, ""
    for word in line.split():
        low = word.lower()
        before = words[-1].lower() if words else ""
        is_morning = low == "morgen" and before in NO_TOMORROW
        named = _day(low, local.date()) if day is None and not is_morning else None
        if named is not None:
            day = named
            if before in BEFORE_DAYS:
                words.pop()
        elif at is None and (clock := _CLOCK.fullmatch(low)):
            at = time(int(clock[1]), int(clock[2]))
            if before in BEFORE_TIMES:
                words.pop()
        elif word.startswith("#") and 1 < len(word) <= 41:
            labels.append(word[1:])
        elif low.startswith("!") and low[1:] in PRIORITIES:
            priority = PRIORITIES[low[1:]]
        elif word.startswith("@") and word[1:].upper() in known:
            project = word[1:].upper()
        else:
            words.append(word)
    text = " ".join(words) or " ".join(line.split())
    return Note(text, _due(day, at, local), tuple(dict.fromkeys(labels)), priority, project)


def _day(word: str, today: date) -> date | None:
    if word in AHEAD:
        return today + timedelta(days=AHEAD[word])
    if found := _IN.fullmatch(word):
        return today + timedelta(days=int(found[1]) * (7 if found[2] == "w" else 1))
    names = [n for week in WEEKS for n, name in enumerate(week) if word == name]
    names += [n for n, name in enumerate(WEEKS[0]) if word == name[:SHORT]]
    if names:
        return today + timedelta(days=(names[0] - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(word) if len(word) == 10 else None
    except ValueError:
        return None


def _due(day: date | None, at: time | None, local: datetime) -> datetime | None:
    if day is None and at is None:
        return None
    if day is None and at is not None:
        due = datetime.combine(local.date(), at, local.tzinfo)
        return due if due > local else datetime.combine(local.date() + timedelta(days=1), at, local.tzinfo)
    return datetime.combine(day or local.date(), at or EVENING, local.tzinfo)
