"""How full teams are: the load of their people, week by week, and who is free next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fairlead.allocation.queries.loads import WeekLoad, load
from fairlead.events.actor import Actor
from fairlead.people.queries import Availability, TeamRow, availability_now, team_rows

WEEKS = 4


@dataclass(frozen=True)
class TeamLoad:
    """A team, the sums of its people's coming weeks, where each of them stands now, and who has most room this week
    and next: (their row, free minutes), or None."""

    team: TeamRow
    weeks: tuple[WeekLoad, ...]
    now: Mapping[int, Availability]
    free_next: tuple[Mapping[str, object], int] | None


def team_loads(actor: Actor, *, now: datetime) -> list[TeamLoad]:
    """Every team, by name. The number of queries does not depend on how many there are."""
    teams = team_rows(actor)
    ids = sorted({member["id"] for team in teams for member in team.members})
    loads = load(actor, ids, now=now, weeks=WEEKS)
    here = availability_now(ids, now) if ids else {}
    return [_load(team, loads, here) for team in teams]


def _load(team: TeamRow, loads: Mapping[int, list[WeekLoad]], here: Mapping[int, Availability]) -> TeamLoad:
    mine = {member["id"]: loads[member["id"]] for member in team.members if member["id"] in loads}
    weeks = tuple(
        WeekLoad(rows[0].starts_on, sum(row.capacity_min for row in rows), sum(row.planned_min for row in rows))
        for rows in zip(*mine.values(), strict=True)
    )
    free = {pk: sum(max(0, week.capacity_min - week.planned_min) for week in rows[:2]) for pk, rows in mine.items()}
    first = max(team.members, key=lambda member: free.get(member["id"], 0), default=None)
    room = free.get(first["id"], 0) if first else 0
    return TeamLoad(
        team, weeks, {member["id"]: here[member["id"]] for member in team.members},
        (first, room) if first and room else None,
    )  # fmt: skip
