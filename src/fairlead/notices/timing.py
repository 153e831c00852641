"""When mails and pushes go out: at once or bundled, never in quiet hours. All on the clock on the person's wall."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
PATIENCE = timedelta(minutes=15)
"""How long a mail waits to learn whether a device had the news: longer than a push is tried."""


@dataclass(frozen=True)
class Rhythm:
    """`digest`: mails now, hourly or daily (then at `daily_at_min`); `push_digest`: the same of pushes. `spare_mails`:
    what a device had is not mailed. Minutes after midnight; days 0 = Monday."""

    digest: str = "now"
    daily_at_min: int = 540
    quiet_from_min: int = 1200
    quiet_to_min: int = 480
    quiet_days: Collection[int] = ()
    push_digest: str = "now"
    spare_mails: bool = False


def mail_time(rhythm: Rhythm, zone: str, now: datetime) -> datetime:
    """The moment, in UTC, at which news of `now` is mailed."""
    return _outside_quiet(rhythm, zone, _bundled(rhythm, rhythm.digest, zone, now))


def push_time(rhythm: Rhythm, zone: str, now: datetime) -> datetime:
    """The moment, in UTC, at which news of `now` is pushed."""
    return _outside_quiet(rhythm, zone, _bundled(rhythm, rhythm.push_digest, zone, now))


def mail_after(push_at: datetime, rhythm: Rhythm, zone: str) -> datetime:
    """The earliest moment for a mail that a push may make needless."""
    return _outside_quiet(rhythm, zone, push_at + PATIENCE)


def _bundled(rhythm: Rhythm, digest: str, zone: str, now: datetime) -> datetime:
    if digest == "hourly":
        return next_hour(zone, now)
    return next_time(rhythm.daily_at_min, zone, now) if digest == "daily" else now.astimezone(UTC)


def _outside_quiet(rhythm: Rhythm, zone: str, at: datetime) -> datetime:
    end = quiet_end(rhythm, zone, at)
    return at if end is None else end


def next_hour(zone: str, now: datetime) -> datetime:
    """The next moment at which the clock shows a full hour."""
    local = now.astimezone(ZoneInfo(zone))
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return now.astimezone(UTC) - past + timedelta(hours=1)


def next_time(minute: int, zone: str, now: datetime) -> datetime:
    """The next moment, after `now`, at which the clock shows this minute of the day."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return next(at for day in (today, today + DAY, today + 2 * DAY) if (at := on_the_wall(day, minute, zone)) > now)


def quiet_end(rhythm: Rhythm, zone: str, at: datetime) -> datetime | None:
    """When the quiet hours end in which `at` lies; None when it lies in none."""
    today = at.astimezone(ZoneInfo(zone)).date()
    for day in (today - DAY, today):
        if day.weekday() in rhythm.quiet_days:
            last = day + DAY if rhythm.quiet_to_min <= rhythm.quiet_from_min else day
            start = on_the_wall(day, rhythm.quiet_from_min, zone)
            end = on_the_wall(last, rhythm.quiet_to_min, zone)
            if start <= at < end:
                return end
    return None


def on_the_wall(day: date, minute: int, zone: str) -> datetime:
    """When the clock shows this minute of this day, in UTC; a time that a clock change skips is an hour later."""
    naive = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    return naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
