"""Taking time out of working time."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from fairlead.lib.hours import Interval
from fairlead.lib.rest import at_most_a_day, with_rest, without


def span(day: int, low: int, high: int) -> Interval:
    """Hours of a day of November 2026; above 24 they are the next day's."""
    return (
        datetime(2026, 11, day + low // 24, low % 24, tzinfo=UTC),
        datetime(2026, 11, day + high // 24, high % 24, tzinfo=UTC),
    )


def at(minute: int) -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=minute)


DAY, NEXT = span(23, 9, 17), span(24, 9, 17)


def test_what_is_taken_is_cut_out_however_it_lies() -> None:
    assert without([DAY, NEXT], [span(23, 10, 11)]) == [span(23, 9, 10), span(23, 11, 17), NEXT]
    assert without([DAY], [span(23, 8, 10), span(23, 16, 20)]) == [span(23, 10, 16)]
    assert without([DAY], [span(23, 10, 12), span(23, 11, 13)]) == [span(23, 9, 10), span(23, 13, 17)]
    assert without([DAY, NEXT], [span(22, 0, 48)]) == [NEXT]
    assert without([DAY], [span(23, 17, 18), span(23, 1, 9)]) == [DAY]


@pytest.mark.parametrize("seed", range(200))
def test_what_is_left_is_every_minute_that_is_not_taken(seed: int) -> None:
    chance = random.Random(seed)
    edges = sorted(chance.sample(range(120), 2 * chance.randint(0, 12)))
    times = [(at(low), at(high)) for low, high in zip(edges[::2], edges[1::2], strict=True)]
    starts = [chance.randint(0, 119) for _ in range(chance.randint(0, 12))]
    taken = [(at(low), at(min(120, low + chance.randint(1, 20)))) for low in starts]

    def minutes(spans: list[Interval]) -> set[datetime]:
        return {at(n) for n in range(120) for low, high in spans if low <= at(n) < high}

    left = without(times, taken)
    assert minutes(left) == minutes(times) - minutes(taken)
    assert left == sorted(left)
    assert all(low < high for low, high in left)


def test_a_buffer_lies_before_and_after() -> None:
    assert without([DAY], [span(23, 12, 13)], buffer_min=60) == [span(23, 9, 11), span(23, 14, 17)]


def test_a_day_holds_at_most_so_much_on_the_wall_clock() -> None:
    assert at_most_a_day([span(23, 9, 12), span(23, 13, 17), NEXT], "UTC", 300) == [
        span(23, 9, 12), span(23, 13, 15), span(24, 9, 14),
    ]  # fmt: skip
    # midnight in New York is 05:00 UTC: two hours of each day, without a gap between them
    assert at_most_a_day([span(23, 3, 9)], "America/New_York", 120) == [span(23, 3, 7)]


def test_a_day_begins_later_when_the_one_before_ended_late() -> None:
    assert with_rest([span(23, 14, 23), NEXT], "UTC", 11 * 60) == [span(23, 14, 23), span(24, 10, 17)]
    assert with_rest([span(23, 9, 12), span(23, 13, 17), NEXT], "UTC", 11 * 60) == [
        span(23, 9, 12), span(23, 13, 17), NEXT,
    ]  # fmt: skip
    assert with_rest([span(23, 22, 30), span(24, 22, 30)], "UTC", 11 * 60) == [span(23, 22, 30), span(24, 22, 30)]
