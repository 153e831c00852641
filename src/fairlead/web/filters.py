"""How values look on pages: times in the reader's zone, efforts in hours, money in its currency, Markdown as HTML."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_timedelta
from babel.numbers import format_currency
from markupsafe import Markup

from fairlead.lib.text import markdown

LOCALE = "en_GB"


def day(value: datetime | None, zone: str = "UTC") -> str:
    """`24 Nov`, in the zone."""
    return "" if value is None else format_skeleton("MMMd", value.astimezone(ZoneInfo(zone)), locale=LOCALE)


def local_day(value: datetime, zone: str = "UTC") -> date:
    """The day of a moment in the zone."""
    return value.astimezone(ZoneInfo(zone)).date()


def moment(value: datetime | None, zone: str = "UTC") -> str:
    """`Tue 24 Nov 14:05`, in the zone."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(zone))
    return f"{format_date(local, 'EEE d MMM', locale=LOCALE)} {local:%H:%M}"


def ago(value: datetime, now: datetime) -> str:
    """`3 hours ago` or `in 2 days`."""
    return format_timedelta(value - now, add_direction=True, locale=LOCALE)


def hours(minutes: int | None) -> str:
    """Minutes as `45 min`, `1.5 h` or `12 h`."""
    if minutes is None:
        return "–"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes / 60:.1f}".removesuffix(".0") + " h"


def clock(minutes: int) -> str:
    """Minutes after midnight as `09:30`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def money(minor: int, currency: str) -> str:
    """Minor units as `€65.00`."""
    return format_currency(minor / 100, currency, locale=LOCALE)


def size(count: int) -> str:
    """Bytes as `812 bytes`, `14 kB` or `3.2 MB`."""
    if count < 1000:
        return f"{count} byte{'' if count == 1 else 's'}"
    unit, factor = next((u, f) for u, f in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)) if count >= f)
    return f"{count / factor:.1f} {unit}" if count < 10 * factor else f"{count // factor} {unit}"


def html(text: str) -> Markup:
    """Markdown as sanitised HTML."""
    return Markup(markdown(text))  # noqa: S704  the text was sanitised by markdown()


def initials(name: str) -> str:
    """`Dana Reyes` as `DR`."""
    words = name.split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else "?"


FILTERS: dict[str, Callable[..., Any]] = {
    f.__name__: f for f in (day, local_day, moment, ago, hours, clock, money, size, html, initials)
}
GLOBALS: dict[str, Any] = {}
