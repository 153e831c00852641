"""Changing a team as far as policies ask for it: a name in use neither goes nor changes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from fairlead.allocation.models import Policy
from fairlead.allocation.routing.definition import Definition, of_version
from fairlead.events.actor import Actor
from fairlead.lib.errors import Conflict, Invalid, Refused
from fairlead.lib.speech import later, tr, tr_count
from fairlead.people.actions import team_as_it_is
from fairlead.people.models import Team, Worker
from fairlead.work import actions as work


class TeamInUse(Refused):
    """Policies name the team; the detail says which."""

    code = "team-in-use"
    title = later("A policy asks for this team")


def remove_team(team: Team, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """See work.actions.remove_team; only a team that no policy names. Raises TeamInUse."""
    names = policies_naming(team)
    if names:
        raise TeamInUse(tr_count(
            "%(team)s is named by the policy %(policies)s. Change it first, then remove it.",
            "%(team)s is named by the policies %(policies)s. Change them first, then remove it.",
            len(names), team=team.name, policies=", ".join(names),
        ))  # fmt: skip
    return work.remove_team(team, actor=actor, now=now)


def restore_team(was: dict[str, Any], *, actor: Actor, now: datetime) -> Team:
    """See work.actions.restore_team."""
    return work.restore_team(was, actor=actor, now=now)


def change_team(team: Team, *, name: str, actor: Actor, now: datetime, **more: Any) -> Team:
    """See work.actions.change_team; another name only where no policy says the present one. Raises TeamInUse."""
    if " ".join(name.split()) != team.name:
        names = policies_naming(team)
        if names:
            raise TeamInUse(tr_count(
                "%(team)s is named by the policy %(policies)s. Change it first, then give it another name.",
                "%(team)s is named by the policies %(policies)s. Change them first, then give it another name.",
                len(names), team=team.name, policies=", ".join(names),
            ))  # fmt: skip
    return work.change_team(team, name=name, actor=actor, now=now, **more)


def change_team_back(
    team: Team, was: dict[str, Any], *, seen: dict[str, Any], actor: Actor, now: datetime
) -> Team:  # fmt: skip
    """Make the team what `team_as_it_is` said before a change, when it is still what that made it, `seen`.

    Once it is as before, nothing happens. Raises Conflict when somebody changed it since, and as `change_team`."""
    now_is = team_as_it_is(team)
    if now_is == was:
        return team
    if now_is != seen:
        raise Conflict(tr("Somebody changed %(name)s since. Change it anew instead.", name=team.name))
    found = Worker.objects.filter(workspace_id=team.workspace_id, pk__in=[*was["members"], was["lead"] or 0])
    people = {worker.pk: worker for worker in found}
    return change_team(
        team, name=was["name"], description=was["description"], lead=people.get(was["lead"]),
        members=[people[pk] for pk in was["members"] if pk in people], actor=actor, now=now,
    )  # fmt: skip


def policies_naming(team: Team) -> list[str]:
    """The policies that ask for the team in what they say now, in their order."""
    found = Policy.objects.filter(workspace_id=team.workspace_id, removed_at__isnull=True, current__isnull=False)
    return [row.name for row in found.select_related("current").order_by("position", "id") if _names(row, team.name)]


def _names(policy: Policy, team: str) -> bool:
    try:
        definition = of_version(policy.latest)
    except Invalid:
        return False
    return any(step.team == team for step in definition.steps) or _in_conditions(definition, team)


def _in_conditions(definition: Definition, team: str) -> bool:
    said = re.compile(rf"""(['"]){re.escape(team)}\1""")
    return any("worker.teams" in step.who and said.search(step.who) for step in definition.steps)
