"""Changing a team as far as policies ask for it: a name in use neither goes nor changes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from fairlead.allocation.models import Policy
from fairlead.allocation.routing.definition import Definition, of_version
from fairlead.events.actor import Actor
from fairlead.lib.errors import Invalid, Refused
from fairlead.people.models import Team
from fairlead.work import actions as work


class TeamInUse(Refused):
    """Policies name the team; the detail says which."""

    code = "team-in-use"
    title = "A policy asks for this team"


def remove_team(team: Team, *, actor: Actor, now: datetime) -> None:
    """See work.actions.remove_team; only a team that no policy names. Raises TeamInUse."""
    _free(team, "remove it")
    work.remove_team(team, actor=actor, now=now)


def change_team(team: Team, *, name: str, actor: Actor, now: datetime, **more: Any) -> Team:
    """See work.actions.change_team; another name only where no policy says the present one. Raises TeamInUse."""
    if " ".join(name.split()) != team.name:
        _free(team, "give it another name")
    return work.change_team(team, name=name, actor=actor, now=now, **more)


def _free(team: Team, deed: str) -> None:
    names = policies_naming(team)
    if names:
        listed = ", ".join(names)
        raise TeamInUse(f"{team.name} is named by the policies {listed}. Change them first, then {deed}."
                        if len(names) > 1 else
                        f"{team.name} is named by the policy {listed}. Change it first, then {deed}.")  # fmt: skip


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
