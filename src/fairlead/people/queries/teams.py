"""Teams and who is in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.prepared import prepared
from fairlead.lib.speech import tr
from fairlead.people.models import Team, TeamMember
from fairlead.people.visibility import may_see_directory


@dataclass(frozen=True)
class TeamRow:
    """A team. `members`: rows id, name, kind of those who can be given work, by name; `lead_id` is one of them or
    somebody who does not take work any more."""

    id: int
    name: str
    description: str
    lead_id: int | None
    lead_name: str
    members: tuple[dict[str, Any], ...]


def visible_teams(actor: Actor) -> QuerySet[Team]:
    """The teams of the workspace by name; a client sees none."""
    found = _teams(actor.workspace_id)
    return found if may_see_directory(actor) else found.none()


def _teams(workspace_id: int) -> QuerySet[Team]:
    return Team.objects.filter(workspace_id=workspace_id).order_by("name", "pk")


def find_team(actor: Actor, team_id: int) -> Team:
    """One team. Raises Missing, also for one of another workspace."""
    found = visible_teams(actor).select_related("lead").filter(pk=team_id).first()
    if found is None:
        raise Missing(tr("There is no such team; somebody may have removed it."))
    return found


def team_rows(actor: Actor, *, only: int | None = None) -> list[TeamRow]:
    """The teams with their members, by name; `only` one of them. Two queries."""
    return _rows(visible_teams(actor) if only is None else visible_teams(actor).filter(pk=only))


def team_page(actor: Actor, text: str, *, start: int, size: int) -> tuple[list[TeamRow], int, int]:
    """The teams whose name has each word of `text`, on the page in which row `start` is, or on the last one; the number
    of its first row, counted from 0; and how many there are on all pages. Three queries."""
    found = visible_teams(actor)
    for word in text.split()[:6]:
        found = found.filter(name__icontains=word)
    total = found.count()
    first = min(start, max(total - 1, 0)) // size * size
    return _rows(found[first : first + size]), first, total


def _rows(found: QuerySet[Team]) -> list[TeamRow]:
    teams = list(found.values("id", "name", "description", "lead_id", "lead__name"))
    inside: dict[int, list[dict[str, Any]]] = defaultdict(list)
    members = TeamMember.objects.filter(team_id__in=[row["id"] for row in teams], worker__deactivated_at__isnull=True)
    for team_id, pk, name, kind in members.order_by("worker__name", "worker_id").values_list(
        "team_id", "worker_id", "worker__name", "worker__kind"
    ):
        inside[team_id].append({"id": pk, "name": name, "kind": kind})
    return [
        TeamRow(row["id"], row["name"], row["description"], row["lead_id"], row["lead__name"] or "",
                tuple(inside[row["id"]]))
        for row in teams
    ]  # fmt: skip


def team_choices(actor: Actor) -> list[tuple[int, str]]:
    """(id, name) by name, for choosing one. One query."""
    return _names.all(actor.workspace_id) if may_see_directory(actor) else []


@prepared
def _names(workspace_id: int) -> QuerySet[Team, Any]:
    return _teams(workspace_id).values_list("pk", "name")


def teams_of(worker_ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """{worker id: (id, name) of their teams, by name}. One query."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = TeamMember.objects.filter(worker_id__in=worker_ids).order_by("team__name")
    for worker_id, team_id, name in rows.values_list("worker_id", "team_id", "team__name"):
        found[worker_id].append((team_id, name))
    return found


def members_of(team_id: int) -> QuerySet[TeamMember]:
    """The members of a team, to be used inside another query."""
    return TeamMember.objects.filter(team_id=team_id)


def team_names() -> ArraySubquery:
    """A column of workers: the names of their teams."""
    rows = TeamMember.objects.filter(worker=OuterRef("pk")).order_by("team__name")
    return ArraySubquery(rows.values("team__name"))
