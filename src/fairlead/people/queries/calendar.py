"""When workers work: weekly hours on their wall clock, less holidays, approved time off and what calendars fill."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, F, OuterRef, Value
from django.db.models.functions import Extract, JSONObject

from fairlead.lib.among import among
from fairlead.lib.hours import Interval, holidays_between, minutes_within, working_intervals
from fairlead.lib.rest import at_most_a_day, with_rest, without
from fairlead.people.models import BusyBlock, Hours, TimeOff, Worker

_SPARE = timedelta(days=2)  # a zone is at most 14 h from UTC, so two days reach every local date of the window
REST: Final = ("day_minutes", "rest_minutes", "buffer_minutes")


def working_time(
    worker_ids: Collection[int], start: datetime, end: datetime, *, ignoring: Collection[Interval] = ()
) -> dict[int, list[Interval]]:
    """{worker id: sorted, disjoint [from, to) in UTC} within [start, end).

    Three queries, whatever the number of workers. AI agents work through holidays. The same hours in the same zone with
    the same days off are computed once. `ignoring`: busy times that count as free, as before they were known.
    """
    found = Worker.objects.filter(among("pk", worker_ids)).annotate(busy_times=busy_times(start - _SPARE, end))
    workers = list(found.values("id", "kind", "time_zone", "country", *REST, "busy_times"))
    patterns = week_patterns(worker_ids)
    off = days_off(workers, (start - _SPARE).date(), (end + _SPARE).date())
    computed: dict[Any, list[Interval]] = {}
    result: dict[int, list[Interval]] = {}
    for worker in workers:
        begin = start - _SPARE if worker["rest_minutes"] or worker["day_minutes"] else start
        key = (patterns.get(worker["id"], ()), worker["time_zone"], frozenset(off[worker["id"]]), begin)
        if key not in computed:
            computed[key] = working_intervals(spans_of(key[0]), worker["time_zone"], key[2], begin, end)
        result[worker["id"]] = within(rested(computed[key], worker, ignoring), start, end)
    return result


_BASE: Final = 10_000  # more than the minutes of a day


def week_patterns(worker_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """{worker id: the spans of their week, each as one number with the digits weekday, from_min, to_min}: thousands of
    people have few different weeks, so only those are taken apart."""
    span = F("weekday") * Value(_BASE**2, BigIntegerField()) + F("from_min") * _BASE + F("to_min")
    hours = Hours.objects.filter(among("worker_id", worker_ids)).order_by().values("worker_id")
    rows = hours.annotate(spans=ArrayAgg(span, order_by=[F("weekday"), F("from_min")]))
    return {worker_id: tuple(spans) for worker_id, spans in rows.values_list("worker_id", "spans")}


def spans_of(pattern: Sequence[int]) -> list[tuple[int, int, int]]:
    """One of `week_patterns` taken apart: (weekday, from_min, to_min)."""
    return [(span // _BASE**2, span // _BASE % _BASE, span % _BASE) for span in pattern]


def busy_times(start: datetime, end: datetime) -> ArraySubquery:
    """A column of workers: when their calendars say that they are busy in [start, end), for `rested`."""
    span = JSONObject(low=Extract("starts_at", "epoch"), high=Extract("ends_at", "epoch"))
    blocks = BusyBlock.objects.filter(worker=OuterRef("pk"), starts_at__lt=end, ends_at__gt=start)
    return ArraySubquery(blocks.order_by("starts_at").values(span=span))


def rested(times: list[Interval], worker: Mapping[str, Any], ignoring: Collection[Interval] = ()) -> list[Interval]:
    """The times less the worker's busy times, within what their rules of rest allow. `worker`: REST and busy_times."""
    if worker["busy_times"]:
        taken = [interval for interval in map(_interval, worker["busy_times"]) if interval not in ignoring]
        times = without(times, taken, buffer_min=worker["buffer_minutes"])
    if worker["day_minutes"]:
        times = at_most_a_day(times, worker["time_zone"], worker["day_minutes"])
    if worker["rest_minutes"]:
        times = with_rest(times, worker["time_zone"], worker["rest_minutes"])
    return times


def _interval(row: Mapping[str, Any]) -> Interval:
    return datetime.fromtimestamp(row["low"], UTC), datetime.fromtimestamp(row["high"], UTC)


def within(times: list[Interval], start: datetime, end: datetime) -> list[Interval]:
    """The parts of the sorted, disjoint times that lie in [start, end)."""
    if not times or (times[0][0] >= start and times[-1][1] <= end):
        return times
    found = times[bisect_right(times, start, key=_ends) : bisect_left(times, end, key=_begins)]
    if found and found[0][0] < start:
        found[0] = (start, found[0][1])
    if found and found[-1][1] > end:
        found[-1] = (found[-1][0], end)
    return found


_begins, _ends = itemgetter(0), itemgetter(1)


def busy_blocks(worker_ids: Collection[int], start: datetime, end: datetime) -> dict[int, list[Interval]]:
    """{worker id: busy times that touch [start, end), the earliest first}; who has none is left out. One query."""
    rows = BusyBlock.objects.filter(among("worker_id", worker_ids), starts_at__lt=end, ends_at__gt=start)
    found: dict[int, list[Interval]] = defaultdict(list)
    for worker_id, low, high in rows.order_by("starts_at", "ends_at").values_list("worker_id", "starts_at", "ends_at"):
        if found[worker_id] and low <= found[worker_id][-1][1]:
            found[worker_id][-1] = (found[worker_id][-1][0], max(high, found[worker_id][-1][1]))
        else:
            found[worker_id].append((low, high))
    return dict(found)


def busy_until(now: datetime) -> Any:
    """A column of workers: when the busy time that they are in now ends; None when they are in none."""
    here = BusyBlock.objects.filter(worker=OuterRef("pk"), starts_at__lte=now, ends_at__gt=now).order_by("-ends_at")
    return here.annotate(until=F("ends_at")).values("until")[:1]


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
    for worker_id, day in Hours.objects.filter(among("worker_id", worker_ids)).values_list("worker_id", "weekday"):
        found[worker_id].add(day)
    return {pk: frozenset(days) for pk, days in found.items()}


def time_off(worker_ids: Collection[int], first: date, last: date) -> list[tuple[int, date, date]]:
    """Approved absences that touch first … last, as (worker id, first day, last day), the earliest first."""
    rows = TimeOff.objects.filter(
        among("worker_id", worker_ids), state=TimeOff.State.APPROVED, starts_on__lte=last, ends_on__gte=first
    )
    return list(rows.order_by("starts_on").values_list("worker_id", "starts_on", "ends_on"))


def capacity(worker_ids: Collection[int], windows: Sequence[Interval]) -> dict[int, list[int]]:
    """{worker id: minutes of work in each window (a week)}: time at work times lanes, at most the weekly cap."""
    limits = Worker.objects.filter(among("pk", worker_ids)).values_list("pk", "week_minutes", "lanes")
    times = working_time(worker_ids, windows[0][0], windows[-1][1])
    return {
        pk: [min(minutes_within(times[pk], low, high) * lanes, week_min) for low, high in windows]
        for pk, week_min, lanes in limits
    }
