"""How a worker's time looks: presence in words, the week as a drawing, load, and days away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_interval

from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import current, later, locale, tr
from fairlead.people.queries import Presence
from fairlead.web.filters import written

DAY_NAMES = (later("Mon"), later("Tue"), later("Wed"), later("Thu"), later("Fri"), later("Sat"), later("Sun"))
_HOUR_PX, _DAY_PX, _LEFT_PX, _TOP_PX = 9, 40, 34, 22


def presence_words(presence: Presence, now: datetime, zone: str) -> dict[str, str]:
    """{tone, text} on the reader's clock: "At work until 17:30", "Back Mon 09:00", "Away until 4 Dec"."""
    if presence.away_until is not None:
        return {"tone": "warn", "text": tr("Away until %(day)s", day=written(presence.away_until, "day"))}
    if presence.until is not None:
        if presence.until - now > timedelta(days=1):
            return {"tone": "ok", "text": tr("At work around the clock")}
        until = f"{presence.until.astimezone(ZoneInfo(zone)):%H:%M}"
        return {"tone": "ok", "text": tr("At work until %(time)s", time=until)}
    if presence.busy_until is not None:
        until = f"{presence.busy_until.astimezone(ZoneInfo(zone)):%H:%M}"
        return {"tone": "idle", "text": tr("Busy until %(time)s", time=until)}
    if presence.back_at is None:
        return {"tone": "idle", "text": tr("No hours in the next weeks")}
    back = presence.back_at.astimezone(ZoneInfo(zone))
    today = now.astimezone(ZoneInfo(zone)).date()
    if back.date() == today:
        return {"tone": "idle", "text": tr("Back at %(time)s", time=f"{back:%H:%M}")}
    if (back.date() - today).days < 7:
        return {"tone": "idle", "text": tr("Back %(day)s", day=clock_words(back))}
    return {"tone": "idle", "text": tr("Back %(day)s", day=written(back, "day"))}


def clock_words(local: datetime) -> str:
    """`Mon 09:00`, of a time that is on the right clock already."""
    return f"{written(local, 'weekday_short')} {local:%H:%M}"


def difference(zone: str, other: str, now: datetime) -> str:
    """How far `zone` is ahead of `other` now: "+5 h", "−3:30 h", or "" when their clocks agree."""
    minutes = int((_offset(zone, now) - _offset(other, now)).total_seconds()) // 60
    if minutes == 0:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''} h"


def _offset(zone: str, now: datetime) -> timedelta:
    return now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)


@dataclass(frozen=True)
class WeekGrid:
    """This week as a drawing: units of the view box, worked out here so that the template only prints them."""

    width: int
    height: int
    days: list[dict[str, Any]]
    blocks: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    now_line: dict[str, float] | None
    said: str
    other_clock: str
    busy: list[dict[str, Any]] = field(default_factory=list)


def week_grid(
    hours: Sequence[tuple[int, int, int]], zone: str, *, reader_zone: str, now: datetime, off: Mapping[date, str],
    busy: Sequence[tuple[datetime, datetime]] = (),
) -> WeekGrid:  # fmt: skip
    """The weekly hours on the worker's clock, with this week's dates, days off ({date: why}) and busy times; the
    right-hand numbers are the reader's clock when it shows another time.
    """
    local = now.astimezone(ZoneInfo(zone))
    monday = local.date() - timedelta(days=local.weekday())
    first = min([8 * 60, *(start for _, start, _ in hours)]) // 60
    last = -(-max([18 * 60, *(end for _, _, end in hours)]) // 60)
    apart = int((_offset(reader_zone, now) - _offset(zone, now)).total_seconds()) // 60

    def y(minute: int) -> float:
        return _TOP_PX + (minute / 60 - first) * _HOUR_PX

    days: list[dict[str, Any]] = [
        {"name": f"{DAY_NAMES[n]} {(monday + timedelta(n)).day}", "x": _LEFT_PX + n * _DAY_PX,
         "why": off.get(monday + timedelta(n), ""), "today": monday + timedelta(n) == local.date()}
        for n in range(7)
    ]  # fmt: skip
    blocks = [
        {"x": days[day]["x"] + 3, "y": y(start), "height": y(end) - y(start), "off": bool(days[day]["why"]),
         "title": f"{DAY_NAMES[day]} {_clock(start)}–{_clock(end)}"}
        for day, start, end in hours
    ]  # fmt: skip
    step = 2 if last - first <= 14 else 4
    lines = [
        {"y": y(hour * 60), "text": f"{hour % 24:02}:00", "other": _clock((hour * 60 + apart) % 1440) if apart else ""}
        for hour in range(first + first % 2, last + 1, step)
    ]
    minute = local.hour * 60 + local.minute
    shown = first * 60 <= minute <= last * 60
    now_line = {"x": days[local.weekday()]["x"], "y": y(minute)} if shown else None
    full = [
        {"x": days[day]["x"] + 3, "y": y(low), "height": y(high) - y(low),
         "title": tr("Busy %(day)s %(times)s", day=DAY_NAMES[day], times=f"{_clock(low)}–{_clock(high)}")}
        for day, low, high in _on_days(busy, ZoneInfo(zone), monday, (first * 60, last * 60))
    ]  # fmt: skip
    return WeekGrid(
        width=_LEFT_PX + 7 * _DAY_PX + (_LEFT_PX if apart else 4), height=int(y(last * 60)) + 8,
        days=days, blocks=blocks,
        busy=full, lines=lines, now_line=now_line,
        said=hours_words(hours), other_clock=difference(zone, reader_zone, now),
    )  # fmt: skip


def _on_days(
    busy: Sequence[tuple[datetime, datetime]], zone: ZoneInfo, monday: date, shown: tuple[int, int]
) -> Iterator[tuple[int, int, int]]:
    """(day, from, to) in minutes of this week's wall clock, as far as they are `shown`."""
    for begin, end in busy:
        low, high = begin.astimezone(zone), end.astimezone(zone)
        for day in range(7):
            midnight = datetime.combine(monday + timedelta(day), datetime.min.time(), zone)
            minutes = [int((at - midnight).total_seconds()) // 60 for at in (low, high)]
            first, last = max(minutes[0], shown[0]), min(minutes[1], shown[1])
            if first < last:
                yield day, first, last


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def hours_words(hours: Sequence[tuple[int, int, int]]) -> str:
    """Weekly hours, days with the same hours together: "Mon–Fri 09:00–12:30, 13:00–17:30; Sat 10:00–12:00"."""
    by_day: dict[int, str] = {}
    for day, start, end in hours:
        by_day[day] = (
            f"{by_day[day]}, {_clock(start)}–{_clock(end)}" if day in by_day else f"{_clock(start)}–{_clock(end)}"
        )
    if not by_day:
        return tr("No weekly hours")
    if set(by_day.values()) == {"00:00–24:00"} and len(by_day) == 7:
        return tr("Around the clock")
    runs: list[tuple[int, int, str]] = []
    for day, text in sorted(by_day.items()):
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == text:
            runs[-1] = (runs[-1][0], day, text)
        else:
            runs.append((day, day, text))
    return "; ".join(
        f"{DAY_NAMES[a]}{f'–{DAY_NAMES[b]}' if b > a + 1 else f', {DAY_NAMES[b]}' if b > a else ''} {text}"
        for a, b, text in runs
    )


def days_words(first: date, last: date) -> str:
    """`27 Nov`, `27–30 Nov`, `27 Nov – 2 Dec`, with the year when it is not the first's."""
    if current() != ENGLISH:
        return str(format_interval(first, last, "MMMd" if first.year == last.year else "yMMMd", locale=locale()))
    if first == last:
        return written(first, "day")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%b}"
    year = f" {last.year}" if last.year != first.year else ""
    return f"{first.day} {first:%b} – {last.day} {last:%b}{year}"
