"""How full teams are: the load of their people, week by week, and who is free next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fairlead.accounts.models import Workspace
from fairlead.allocation.queries.loads import WeekLoad, load
from fairlead.events.actor import Actor
from fairlead.lib.hours import minutes_within, weeks
from fairlead.people.queries import Availability, TeamRow, availability_now, working_time

WEEKS = 4


@dataclass(frozen=True)
class TeamLoad:
    """A team, the sums of its people's coming weeks, where each of them stands now, and who has most room this week
    and next: (their row, free minutes from now on), or None."""

    team: TeamRow
    weeks: tuple[WeekLoad, ...]
    now: Mapping[int, Availability]
    free_next: tuple[Mapping[str, object], int] | None


def team_loads(actor: Actor, teams: Sequence[TeamRow], *, now: datetime) -> list[TeamLoad]:
    """These teams, in their order. The number of queries does not depend on how many there are."""
    ids = sorted({member["id"] for team in teams for member in team.members})
    loads = load(actor, ids, now=now, weeks=WEEKS)
    here = availability_now(ids, now) if ids else {}
    room = _room(actor, loads, now)
    return [_load(team, loads, here, room) for team in teams]


def _room(actor: Actor, loads: Mapping[int, list[WeekLoad]], now: datetime) -> dict[int, int]:
    """{worker id: free minutes from now to the end of next week}."""
    zone = Workspace.objects.values_list("time_zone", flat=True).get(pk=actor.workspace_id)
    end = weeks(now, zone, 2)[1][1]
    times = working_time(list(loads), now, end)
    planned = {pk: sum(week.planned_min for week in rows[:2]) for pk, rows in loads.items()}
    most = {pk: sum(week.capacity_min for week in rows[:2]) for pk, rows in loads.items()}
    return {pk: max(0, min(minutes_within(times[pk], now, end), most[pk]) - planned[pk]) for pk in loads}


def _load(
    team: TeamRow, loads: Mapping[int, list[WeekLoad]], here: Mapping[int, Availability], free: Mapping[int, int]
) -> TeamLoad:
    mine = {member["id"]: loads[member["id"]] for member in team.members if member["id"] in loads}
    sums = tuple(
        WeekLoad(rows[0].starts_on, sum(row.capacity_min for row in rows), sum(row.planned_min for row in rows))
        for rows in zip(*mine.values(), strict=True)
    )
    first = max(team.members, key=lambda member: free.get(member["id"], 0), default=None)
    room = free.get(first["id"], 0) if first else 0
    return TeamLoad(
        team, sums, {member["id"]: here[member["id"]] for member in team.members},
        (first, room) if first and room else None,
    )  # fmt: skip
