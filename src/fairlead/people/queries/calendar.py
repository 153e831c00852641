"""When workers work: weekly hours on their wall clock, less their country's holidays and approved time off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from fairlead.lib.hours import Interval, holidays_between, minutes_within, working_intervals
from fairlead.people.models import Hours, TimeOff, Worker

_SPARE = timedelta(days=2)  # a zone is at most 14 h from UTC, so two days reach every local date of the window


def working_time(worker_ids: Collection[int], start: datetime, end: datetime) -> dict[int, list[Interval]]:
    """{worker id: sorted, disjoint [from, to) in UTC} within [start, end).

    Three queries, whatever the number of workers. AI agents work through holidays. The same hours in the same zone with
    the same days off are computed once.
    """
    workers = list(Worker.objects.filter(pk__in=worker_ids).values("id", "kind", "time_zone", "country"))
    patterns: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for worker_id, *span in Hours.objects.filter(worker_id__in=worker_ids).values_list(
        "worker_id", "weekday", "from_min", "to_min"
    ):
        patterns[worker_id].append((span[0], span[1], span[2]))
    off = days_off(workers, (start - _SPARE).date(), (end + _SPARE).date())
    computed: dict[Any, list[Interval]] = {}
    result: dict[int, list[Interval]] = {}
    for worker in workers:
        pattern, away = tuple(patterns[worker["id"]]), frozenset(off[worker["id"]])
        key = (pattern, worker["time_zone"], away)
        if key not in computed:
            computed[key] = working_intervals(pattern, worker["time_zone"], away, start, end)
        result[worker["id"]] = computed[key]
    return result


def days_off(workers: Sequence[Mapping[str, Any]], first: date, last: date) -> dict[int, set[date]]:
    """{worker id: local dates from `first` to `last` on which they do not work}. `workers`: dicts id, kind, country."""
    off: dict[int, set[date]] = defaultdict(set)
    by_country = {country: set(holidays_between(country, first, last)) for country in {w["country"] for w in workers}}
    for worker in workers:
        if worker["kind"] != Worker.Kind.AGENT:
            off[worker["id"]] |= by_country[worker["country"]]
    for worker_id, starts_on, ends_on in time_off([w["id"] for w in workers], first, last):
        day = max(starts_on, first)
        while day <= min(ends_on, last):
            off[worker_id].add(day)
            day += timedelta(days=1)
    return off


def weekdays(worker_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """{worker id: the weekdays on which they work, 0 = Monday}; nobody without hours."""
    found: dict[int, set[int]] = defaultdict(set)
    for worker_id, day in Hours.objects.filter(worker_id__in=worker_ids).values_list("worker_id", "weekday"):
        found[worker_id].add(day)
    return {pk: frozenset(days) for pk, days in found.items()}


def time_off(worker_ids: Collection[int], first: date, last: date) -> list[tuple[int, date, date]]:
    """Approved absences that touch first … last, as (worker id, first day, last day), the earliest first."""
    rows = TimeOff.objects.filter(
        worker_id__in=worker_ids, state=TimeOff.State.APPROVED, starts_on__lte=last, ends_on__gte=first
    )
    return list(rows.order_by("starts_on").values_list("worker_id", "starts_on", "ends_on"))


def capacity(worker_ids: Collection[int], windows: Sequence[Interval]) -> dict[int, list[int]]:
    """{worker id: minutes of work in each window (a week)}: time at work times lanes, at most the weekly cap."""
    limits = Worker.objects.filter(pk__in=worker_ids).values_list("pk", "week_minutes", "lanes")
    times = working_time(worker_ids, windows[0][0], windows[-1][1])
    return {
        pk: [min(minutes_within(times[pk], low, high) * lanes, week_min) for low, high in windows]
        for pk, week_min, lanes in limits
    }
