"""What people can choose from: countries, currencies and time zones, with the names that they know them by."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale

from fairlead.lib.speech import current
from fairlead.lib.text import folded

_LOCALE: Final = Locale("en")

COUNTRIES: Final[dict[str, str]] = {
    code: name
    for code, name in _LOCALE.territories.items()
    if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "EZ", "UN", "QO", "XA", "XB")
}
"""ISO 3166 code → English name."""

_SPENT: Final = """
AED ARS AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GEL HKD HUF IDR ILS INR ISK JPY KES KRW KWD MAD MXN
MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD SAR SEK SGD THB TRY TWD UAH USD UYU VND ZAR
"""
CURRENCIES: Final[dict[str, str]] = {code: _LOCALE.currencies[code] for code in _SPENT.split()}
"""ISO 4217 code → English name."""


def country_choices() -> list[tuple[str, str]]:
    """(code, name) of each country, by their names in the language that is spoken."""
    return list(_countries(current()))


@cache
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = Locale(language).territories  # not every language has a name for each
    return tuple(sorted(((code, names.get(code, COUNTRIES[code])) for code in COUNTRIES), key=lambda it: folded(it[1])))


def currency_choices() -> list[tuple[str, str]]:
    """(code, label) of each currency, such as `EUR, Euro`, named in the language that is spoken."""
    names = Locale(current()).currencies
    return [(code, f"{code}, {names.get(code, CURRENCIES[code])}") for code in sorted(CURRENCIES)]


@cache
def time_zones() -> tuple[str, ...]:
    """The zones that are places, and UTC."""
    regions = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(regions)))


def zone_choices(now: datetime, current: str = "UTC") -> list[tuple[str, str]]:
    """(name, label) of each zone; the label has the present distance to UTC, such as `Europe/Berlin (UTC+01:00)`."""
    names = time_zones() if current in time_zones() else (current, *time_zones())
    return [(name, f"{name.replace('_', ' ')} ({_distance(now, name)})") for name in names]


def _distance(now: datetime, zone: str) -> str:
    minutes = int((now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
