"""How values look on pages: times in the reader's zone, efforts in hours, money in its currency, Markdown as HTML.

All are written as the language does that is spoken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.lists import format_list
from babel.numbers import format_currency
from django.utils import timezone
from markupsafe import Markup

from fairlead.lib.figures import number, with_signs
from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import current, locale, tr, tr_count
from fairlead.lib.text import markdown
from fairlead.people.models import state_name
from fairlead.work.states import column
from fairlead.work.types.models import type_name

Unit = Literal["year", "month", "day", "hour", "minute"]
UNITS: Final[tuple[tuple[Unit, int], ...]] = (
    ("year", 31536000), ("month", 2592000), ("day", 86400), ("hour", 3600), ("minute", 60),
)  # fmt: skip
STYLES: Final[dict[str, tuple[str, str]]] = {
    "day": ("d MMM", "MMMd"),
    "day_year": ("d MMM y", "yMMMd"),
    "day_month": ("d MMMM", "MMMMd"),
    "month": ("MMM", "MMM"),
    "month_name": ("MMMM", "MMMM"),
    "month_year": ("MMM y", "yMMM"),
    "weekday": ("EEEE", "cccc"),
    "weekday_short": ("EEE", "ccc"),
    "weekday_day": ("EEE d MMM", "MMMEd"),
    "full": ("EEEE, dd MMMM y", "full"),
    "date": ("dd MMMM y", "long"),
    "day_month_year": ("d MMMM y", "long"),
    "month_name_year": ("MMMM y", "yMMMM"),
}
"""How a date may be written: the pattern in English, and the parts (or the name of a format) that other languages
order by their own rules."""


def day(value: datetime | None, zone: str = "UTC") -> str:
    """`24 Nov`, in the zone."""
    return "" if value is None else format_skeleton("MMMd", value.astimezone(ZoneInfo(zone)), locale=locale())


def written(value: date, style: str) -> str:
    """A date or the day of a moment in one of the STYLES: `{{ day|written('full')}}` is `Tuesday, 24 November 2026`."""
    day = value.date() if isinstance(value, datetime) else value
    return _written(day, style, current(), locale())


@lru_cache(maxsize=4096)  # a calendar says the same few days hundreds of times
def _written(day: date, style: str, code: str, language: str) -> str:
    english, parts = STYLES[style]
    if code == ENGLISH:
        return format_date(day, english, locale=language)
    ordered = parts in Locale.parse(language).datetime_skeletons
    return format_skeleton(parts, day, locale=language) if ordered else format_date(day, parts, locale=language)


def local_day(value: datetime, zone: str = "UTC") -> date:
    """The day of a moment in the zone."""
    return value.astimezone(ZoneInfo(zone)).date()


def moment(value: datetime | None, zone: str = "UTC") -> str:
    """`Tue 24 Nov 14:05`, in the zone."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(zone))
    return f"{written(local, 'weekday_day')} {local:%H:%M}"


def ago(value: datetime, now: datetime | None = None) -> str:
    """`3 hours ago` or `in 2 days`; the script of pages goes on with the same words."""
    seconds = (value - (now or timezone.now())).total_seconds()
    for unit, size in UNITS:
        if abs(seconds) >= size:
            return _ago(unit, round(seconds / size) * size, locale())
    return tr("just now")


@lru_cache(maxsize=1024)
def _ago(unit: Unit, seconds: int, language: str) -> str:
    # No larger unit than the given one: its threshold is out of reach.
    return format_timedelta(seconds, granularity=unit, threshold=10**9, add_direction=True, locale=language)


def hours(minutes: int | None) -> str:
    """Minutes as `45 min`, `1.5 h` or `12 h`."""
    if minutes is None:
        return "–"
    if minutes < 60:
        return f"{minutes} min"
    return with_signs(f"{minutes / 60:.1f}".removesuffix(".0")) + " h"


def decimal(value: float, places: int = 1) -> str:
    """A number with so many digits behind the decimal sign: `1.5`."""
    return with_signs(f"{value:.{places}f}")


def clock(minutes: int) -> str:
    """Minutes after midnight as `09:30`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def money(minor: int, currency: str) -> str:
    """Minor units as `€65.00`."""
    return format_currency(minor / 100, currency, locale=locale())


def size(count: int) -> str:
    """Bytes as `812 bytes`, `14 kB` or `3.2 MB`."""
    if count < 1000:
        return tr_count("%(n)s byte", "%(n)s bytes", count)
    unit, factor = next((u, f) for u, f in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)) if count >= f)
    return f"{with_signs(f'{count / factor:.1f}')} {unit}" if count < 10 * factor else f"{count // factor} {unit}"


def listed(items: Iterable[str]) -> str:
    """`Ann, Bob and Charlie`."""
    return format_list([str(item) for item in items], locale=locale())


def html(text: str) -> Markup:
    """Markdown as sanitised HTML."""
    return Markup(markdown(text))  # noqa: S704  the text was sanitised by markdown()


def initials(name: str) -> str:
    """`Dana Reyes` as `DR`."""
    words = name.split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else "?"


FILTERS: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (day, local_day, written, moment, ago, hours, clock, decimal, money, size, listed, number, html, initials)
}
GLOBALS: dict[str, Any] = {}
FILTERS["column"] = column
FILTERS["state_name"] = state_name
FILTERS["type_name"] = type_name
