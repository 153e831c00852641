"""Teams: who works together under which name. Taking one away is for the layer that knows who asks for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Invalid, Missing, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Team, TeamMember, Worker
from fairlead.people.permissions import may_manage_teams

ONLY_MANAGERS: Final = later("Only a manager can change teams.")
MOST_MEMBERS: Final = 500


def create_team(
    name: str, *, lead: Worker | None = None, members: Collection[Worker] = (), description: str = "",
    actor: Actor, now: datetime,
) -> Team:  # fmt: skip
    """A new team; its lead is a member of it. Raises Invalid."""
    require(may_manage_teams(actor), ONLY_MANAGERS)
    team = Team(
        workspace_id=actor.workspace_id, name=" ".join(name.split()), lead=lead, description=description.strip(),
        created_at=now,
    )  # fmt: skip
    wanted = _with_lead(lead, members)
    _check(team, wanted)
    try:
        with transaction.atomic():
            team.save(force_insert=True)
            _put(team, wanted)
            record("team.created", team, actor=actor, now=now, name=team.name, members=_names(wanted))
    except IntegrityError as error:
        raise _taken(team) from error
    return team


def change_team(
    team: Team, *, name: str, lead: Worker | None, members: Collection[Worker], description: str, actor: Actor,
    now: datetime,
) -> Team:  # fmt: skip
    """Say anew what a team is called, who leads it and who is in it. Nothing happens when nothing changes."""
    require(may_manage_teams(actor) and team.workspace_id == actor.workspace_id, ONLY_MANAGERS)
    wanted = _with_lead(lead, members)
    try:
        with transaction.atomic():
            held = Team.objects.select_for_update(of=("self",)).select_related("lead").get(pk=team.pk)
            before = _said(held)
            held.name, held.lead, held.description = " ".join(name.split()), lead, description.strip()
            _check(held, wanted)
            changes: dict[str, Any] = {f: [was, now_] for f, was in before.items() if was != (now_ := _said(held)[f])}
            old = {row.worker_id: row.worker for row in held.members.select_related("worker")}
            if old.keys() != wanted.keys():
                changes["members"] = [_names(old), _names(wanted)]
                _put(held, wanted)
            if changes:
                held.save(update_fields=["name", "lead", "description"])
                record("team.changed", held, actor=actor, now=now, changes=changes)
    except IntegrityError as error:
        raise _taken(team) from error
    return held


def _said(team: Team) -> dict[str, str]:
    return {"name": team.name, "lead": team.lead.name if team.lead else "", "description": team.description}


def remove_team(team: Team, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Take a team away; its members stay in the directory. What it was, as `restore_team` takes it."""
    require(may_manage_teams(actor) and team.workspace_id == actor.workspace_id, ONLY_MANAGERS)
    with transaction.atomic():
        held = Team.objects.select_for_update().filter(pk=team.pk).first()
        if held is None:
            raise Missing(tr("This team was removed already."))
        was = {"id": held.pk, "created_at": held.created_at.isoformat(), **team_as_it_is(held)}
        record("team.removed", held, actor=actor, now=now, name=held.name)
        held.delete()
    return was


def team_as_it_is(team: Team) -> dict[str, Any]:
    """What the team is called, who leads it and who is in it, now and in words that JSON knows."""
    held = Team.objects.get(pk=team.pk)
    members = list(held.members.order_by("worker_id").values_list("worker_id", flat=True))
    return {"name": held.name, "description": held.description, "lead": held.lead_id, "members": members}


def restore_team(was: dict[str, Any], *, actor: Actor, now: datetime) -> Team:
    """Bring a team back as `remove_team` found it, with those of its people who are still there; once it is there,
    nothing happens. Raises Invalid when another team has its name by now."""
    require(may_manage_teams(actor), ONLY_MANAGERS)
    there = Team.objects.filter(workspace_id=actor.workspace_id, pk=was["id"]).first()
    if there is not None:
        return there
    found = Worker.objects.filter(workspace_id=actor.workspace_id, pk__in=[*was["members"], was["lead"] or 0])
    people = {worker.pk: worker for worker in found}
    team = Team(
        pk=was["id"], workspace_id=actor.workspace_id, name=was["name"], description=was["description"],
        lead=people.get(was["lead"]), created_at=datetime.fromisoformat(was["created_at"]),
    )  # fmt: skip
    members = {pk: people[pk] for pk in was["members"] if pk in people}
    try:
        with transaction.atomic():
            team.save(force_insert=True)
            _put(team, members)
            record("team.restored", team, actor=actor, now=now, name=team.name, members=_names(members))
    except IntegrityError as error:
        raise _taken(team) from error
    return team


def _with_lead(lead: Worker | None, members: Collection[Worker]) -> dict[int, Worker]:
    return {worker.pk: worker for worker in (*members, *([lead] if lead else []))}


def _put(team: Team, wanted: dict[int, Worker]) -> None:
    TeamMember.objects.filter(team=team).exclude(worker_id__in=wanted).delete()
    held = set(TeamMember.objects.filter(team=team).values_list("worker_id", flat=True))
    TeamMember.objects.bulk_create(
        TeamMember(workspace_id=team.workspace_id, team=team, worker_id=pk) for pk in wanted if pk not in held
    )


def _names(workers: dict[int, Worker]) -> list[str]:
    return sorted(worker.name for worker in workers.values())


def _check(team: Team, members: dict[int, Worker]) -> None:
    wrong: dict[str, str] = {}
    if not 0 < len(team.name) <= 80:
        wrong["name"] = tr("Give the team a name of at most 80 characters.")
    elif set(team.name) & set("'\"\\") or not team.name.isprintable():
        wrong["name"] = tr("A name without quotes, please: policies write it in quotes.")
    if len(team.description) > 300:
        wrong["description"] = tr("At most 300 characters.")
    if any(worker.workspace_id != team.workspace_id for worker in members.values()):
        wrong["members"] = tr("Choose people of this workspace.")
    elif len(members) > MOST_MEMBERS:
        wrong["members"] = tr("A team has at most %(most)s members.", most=MOST_MEMBERS)
    if wrong:
        raise Invalid(wrong)


def _taken(team: Team) -> Invalid:
    return Invalid({"name": tr("There is a team called %(name)s already.", name=team.name)})
