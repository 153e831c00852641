"""The directory's list: one line for each worker, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Subquery

from fairlead.events.actor import Actor
from fairlead.lib.hours import Interval, minutes_within, weeks
from fairlead.people.models import Worker
from fairlead.people.queries.calendar import busy_until, time_off, working_time
from fairlead.people.queries.presence import STATE_COLUMNS, HeldState, held_state, takes_work, with_state
from fairlead.people.queries.skills import skill_levels
from fairlead.people.queries.teams import members_of
from fairlead.people.queries.workers import HeldSkill, held_skills, visible_workers, workers_like
from fairlead.people.visibility import may_see_rate

LOOK_AHEAD_DAYS = 21
_DAY = timedelta(days=1)
_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True)
class DirectoryFilter:
    """What to keep: `text` in name, headline or e-mail; `skill_id` at `level` or more; `available` = at work
    now and in a state with new work; `team_id`: members of this team."""

    text: str = ""
    kind: str = ""
    skill_id: int | None = None
    level: int = 1
    available: bool = False
    deactivated: bool = False
    team_id: int | None = None


@dataclass(frozen=True)
class Presence:
    """Whether somebody is at work, and until or from when. All in UTC; None: not within the next three weeks.

    `busy_until`: the end of the entry of their calendar that they are in.
    """

    working: bool
    until: datetime | None
    back_at: datetime | None
    away_until: date | None
    busy_until: datetime | None = None


@dataclass(frozen=True)
class DirectoryRow:
    """A worker as the directory shows them. `capacity_min` is this week's; rate None: the actor may not know it."""

    id: int
    name: str
    kind: str
    headline: str
    user_id: int | None
    owner_name: str
    time_zone: str
    country: str
    skills: list[HeldSkill]
    presence: Presence
    state: HeldState
    capacity_min: int
    rate_cents: int | None
    deactivated: bool


_COLUMNS = (
    "id", "name", "kind", "headline", "user_id", "owner__name", "time_zone", "country", "week_minutes", "lanes",
    "rate_cents", "deactivated_at", *STATE_COLUMNS,
)  # fmt: skip


@dataclass(frozen=True)
class DirectoryPage:
    """The rows from `first` on (counted from 0) of `total`."""

    rows: list[DirectoryRow]
    first: int
    total: int


def directory(actor: Actor, wanted: DirectoryFilter, *, now: datetime, zone: str = "UTC") -> list[DirectoryRow]:
    """Everybody who matches, by name. `zone`: whose week "this week" is. At most seven queries, whatever the size."""
    return _lines(actor, _by_name(actor, wanted, now), wanted, now=now, zone=zone)


def directory_page(
    actor: Actor, wanted: DirectoryFilter, *, start: int, size: int, now: datetime, zone: str = "UTC"
) -> DirectoryPage:
    """The page of `directory` in which row `start` is, or the last one; only its own hours are worked out.

    Who is available now is worked out for everybody, but of their hours only the present moment.
    """
    found = _by_name(actor, wanted, now)
    here = _available(found, now) if wanted.available else None
    total = len(here) if here is not None else found.count()
    first = min(start, max(total - 1, 0)) // size * size
    page = found[first : first + size] if here is None else found.filter(pk__in=here[first : first + size])
    return DirectoryPage(_lines(actor, page, wanted, now=now, zone=zone), first, total)


def _available(found: QuerySet[Worker], now: datetime) -> list[int]:
    """Who of them is at work now, in a state with new work, in the same order."""
    free = list(found.filter(takes_work(now)).values_list("id", flat=True))
    times = working_time(free, now, now + _MOMENT)
    return [pk for pk in free if times[pk] and times[pk][0][0] <= now]


def directory_workers(actor: Actor, wanted: DirectoryFilter, *, now: datetime) -> QuerySet[Worker]:
    """The workers of `directory`, in its order, as a query; nobody's hours are worked out unless they are asked for."""
    found = _by_name(actor, wanted, now)
    if not wanted.available:
        return found
    return found.filter(pk__in=_available(found, now))


def _by_name(actor: Actor, wanted: DirectoryFilter, now: datetime) -> QuerySet[Worker]:
    found = _matching(actor, wanted)
    if wanted.skill_id is not None:
        levels = skill_levels(actor.workspace_id, on=now.date())
        found = found.filter(pk__in=[pk for pk, has in levels.items() if has.get(wanted.skill_id, 0) >= wanted.level])
    return found.order_by("name", "pk")


def _lines(
    actor: Actor, found: QuerySet[Worker], wanted: DirectoryFilter, *, now: datetime, zone: str
) -> list[DirectoryRow]:
    shown = with_state(found).annotate(busy_until=Subquery(busy_until(now)))
    rows = list(shown.values(*_COLUMNS, "busy_until"))
    ids = [row["id"] for row in rows]
    week = weeks(now, zone, 1)[0]
    times = working_time(ids, week[0], max(week[1], now + timedelta(days=LOOK_AHEAD_DAYS)))
    away = {pk: (first, last) for pk, first, last in time_off(ids, now.date() - _DAY, now.date() + _DAY)}
    skills = held_skills(actor.workspace_id, ids)
    lines = [
        DirectoryRow(
            id=row["id"], name=row["name"], kind=row["kind"], headline=row["headline"], user_id=row["user_id"],
            owner_name=row["owner__name"] or "", time_zone=row["time_zone"], country=row["country"],
            skills=skills.get(row["id"], []),
            presence=presence(times[row["id"]], away.get(row["id"]), now, row["time_zone"], row["busy_until"]),
            state=held_state(row, now),
            capacity_min=min(minutes_within(times[row["id"]], *week) * row["lanes"], row["week_minutes"]),
            rate_cents=row["rate_cents"] if may_see_rate(actor, row["user_id"]) else None,
            deactivated=row["deactivated_at"] is not None,
        )
        for row in rows
    ]  # fmt: skip
    return [line for line in lines if line.presence.working and line.state.available] if wanted.available else lines


def _matching(actor: Actor, wanted: DirectoryFilter) -> QuerySet[Worker]:
    found = visible_workers(actor).filter(deactivated_at__isnull=not wanted.deactivated)
    found = workers_like(found, wanted.text)
    if wanted.team_id is not None:
        found = found.filter(pk__in=members_of(wanted.team_id).values("worker_id"))
    return found.filter(kind=wanted.kind) if wanted.kind in Worker.Kind.values else found


def presence(
    times: Sequence[Interval], away: tuple[date, date] | None, now: datetime, zone: str,
    busy_until: datetime | None = None,
) -> Presence:  # fmt: skip
    """At work now, or when next, from somebody's working intervals around `now`."""
    until = next((high for low, high in times if low <= now < high), None)
    back_at = next((low for low, _ in times if low > now), None)
    today = now.astimezone(ZoneInfo(zone)).date()
    away_until = away[1] if away and away[0] <= today <= away[1] else None
    return Presence(until is not None, until, None if until else back_at, away_until, None if until else busy_until)
