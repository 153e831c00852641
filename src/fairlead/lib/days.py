"""Days in words where no page is: in refusals, in the history of a task, as the name of a group."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from babel.dates import format_skeleton

from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import current, later, locale

WEEKDAYS: Final = (
    later("Monday"),
    later("Tuesday"),
    later("Wednesday"),
    later("Thursday"),
    later("Friday"),
    later("Saturday"),
    later("Sunday"),
)


def in_words(day: date) -> str:
    """`24 Nov 2026`, as the language writes it that is spoken."""
    return f"{day.day} {day:%b %Y}" if current() == ENGLISH else format_skeleton("yMMMd", day, locale=locale())


def moment_in_words(at: datetime) -> str:
    """`24 Nov 2026 14:05`, on the clock of the moment's zone."""
    return f"{in_words(at)} {at:%H:%M}"


def short_moment(at: datetime) -> str:
    """`24 Nov 14:05`, on the clock of the moment's zone."""
    day = f"{at.day} {at:%b}" if current() == ENGLISH else format_skeleton("MMMd", at, locale=locale())
    return f"{day} {at:%H:%M}"
