"""Weekly working hours in a time zone as exact intervals in UTC, and the public holidays of a country.

The rule is the clock on the wall: somebody works at exactly those moments at which a clock in their zone shows a time
inside one of their weekly intervals. So on the day when clocks go forward the hour that no clock shows is not worked
(02:30–04:00 is then one hour), and when they go back the hour that is shown twice is worked twice (a night shift is an
hour longer). Day off: every moment at which the calendar in the zone shows that date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

from holidays import country_holidays
from holidays.registry import COUNTRIES

from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import current

WeeklyHours: TypeAlias = Sequence[tuple[int, int, int]]
"""(weekday, from_min, to_min): 0 = Monday, minutes after midnight on the wall clock, [from, to)."""
Interval: TypeAlias = tuple[datetime, datetime]
"""[from, to), both in UTC."""

DAY = timedelta(days=1)
_MIDNIGHT = datetime.min.time()


def working_intervals(
    pattern: WeeklyHours, zone: str, days_off: Collection[date], start: datetime, end: datetime
) -> list[Interval]:
    """When somebody with these hours works in [start, end): sorted, disjoint, touching ones joined, in UTC."""
    laid = _laid_out(tuple(pattern), zone, start.astimezone(UTC), end.astimezone(UTC))
    return joined([(low, high) for day, low, high in laid if day not in days_off])


@lru_cache(maxsize=512)
def _laid_out(
    pattern: WeeklyHours, zone: str, start: datetime, end: datetime
) -> tuple[tuple[date, datetime, datetime], ...]:
    """The pattern without any day off, as (day on the wall, from, to): people who share it are away on other days."""
    return tuple(
        (day, (low - offset).replace(tzinfo=UTC), (high - offset).replace(tzinfo=UTC))
        for piece_start, piece_end, offset in _steady(zone, start, end)
        for day, low, high in _on_the_wall(
            pattern, *((t + offset).replace(tzinfo=None) for t in (piece_start, piece_end))
        )
    )


def _on_the_wall(pattern: WeeklyHours, start: datetime, end: datetime) -> Iterator[tuple[date, datetime, datetime]]:
    """The pattern laid over naive local time, while the zone's distance from UTC stays the same."""
    day = start.date()
    while day <= end.date():
        midnight = datetime.combine(day, _MIDNIGHT)
        for weekday, from_min, to_min in pattern:
            if weekday == day.weekday():
                low = max(midnight + timedelta(minutes=from_min), start)
                high = min(midnight + timedelta(minutes=to_min), end)
                if low < high:
                    yield day, low, high
        day += DAY


@lru_cache(maxsize=512)
def _steady(zone: str, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """[start, end) cut where the zone's distance from UTC changes: (from, to, distance)."""
    info, pieces, begun, at = ZoneInfo(zone), [], start, start
    while at < end:
        next_at = min(at + DAY, end)
        if _distance(info, at) != _distance(info, next_at):
            change = _change(info, at, next_at)
            pieces.append((begun, change, _distance(info, at)))
            begun = change
        at = next_at
    if begun < end:
        pieces.append((begun, end, _distance(info, begun)))
    return tuple(pieces)


def _distance(info: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(info).utcoffset() or timedelta(0)


def _change(info: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first moment, to the second, at which the distance is no longer what it was at `low`; by halving."""
    before = _distance(info, low)
    low, high = low.replace(microsecond=0), high.replace(microsecond=0)
    while (high - low) > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _distance(info, middle) == before else (low, middle)
    return high


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as sorted intervals that neither overlap nor touch."""
    result: list[Interval] = []
    for low, high in sorted(intervals):
        if result and low <= result[-1][1]:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return result


def minutes_within(intervals: Iterable[Interval], start: datetime, end: datetime) -> int:
    """Whole minutes of the intervals that lie in [start, end)."""
    inside = (min(high, end) - max(low, start) for low, high in intervals if low < end and high > start)
    spent = sum((span for span in inside if span > timedelta(0)), timedelta(0))
    return int(spent.total_seconds()) // 60


def week_start(at: datetime, zone: str) -> datetime:
    """The Monday, 00:00 on the wall clock of `zone`, of the week that holds `at`; in UTC."""
    local = at.astimezone(ZoneInfo(zone))
    monday = local.date() - timedelta(days=local.weekday())
    return datetime.combine(monday, _MIDNIGHT, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def weeks(at: datetime, zone: str, count: int) -> list[Interval]:
    """`count` weeks from the one that holds `at`, on the wall clock of `zone`; one with a clock change is not 168 h."""
    monday = week_start(at, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    edges = [(monday + timedelta(weeks=n)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for n in range(count + 1)]
    return list(pairwise(edges))


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int, language: str = "en_US") -> Mapping[date, str]:
    """The holidays of a whole country (ISO 3166 code) in a year, by date, called as in the language where that is known
    of the country and else as in English. Empty for a country that is not known."""
    if country.upper() not in holiday_countries():
        return MappingProxyType({})
    found = country_holidays(country.upper(), years=year, language="en_US")
    if language in found.supported_languages:
        found = country_holidays(country.upper(), years=year, language=language)
    return MappingProxyType(dict(found))


@lru_cache(maxsize=1)
def holiday_countries() -> frozenset[str]:
    """The ISO 3166 codes of the countries whose holidays are known."""
    return frozenset(codes[1] for codes in COUNTRIES.values())


def holidays_between(country: str, first: date, last: date) -> dict[date, str]:
    """The public holidays from `first` to `last`, both included, by date, as they are called in the language that is
    spoken."""
    if not country:
        return {}
    years = range(first.year, last.year + 1)
    language = "en_US" if current() == ENGLISH else current()
    return {
        day: name
        for year in years
        for day, name in sorted(public_holidays(country, year, language).items())
        if first <= day <= last
    }
