"""Who belongs to a project and as what, and whether the project is private."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from fairlead.accounts.models import Membership, User, Workspace
from fairlead.accounts.permissions import ADMINS, STAFF
from fairlead.events.actor import Actor
from fairlead.events.models import Event
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Refused, require
from fairlead.lib.speech import later, tr, tr_count
from fairlead.lib.undo import UNDO_FOR
from fairlead.people import actions as people
from fairlead.people.models import Team, Worker
from fairlead.work.actions.projects import create_project
from fairlead.work.membership import ProjectMember, ProjectRole
from fairlead.work.models import Project, Task
from fairlead.work.permissions import may_manage_people
from fairlead.work.queries.people import outside_holders, teams_hidden_behind, workers_in
from fairlead.work.reach import forget_reach
from fairlead.work.states import OPEN

ONLY_LEADS: Final = later("Only people who lead the project say who belongs to it; an AI agent never does.")
Somebody = User | Worker | Team


class LastLead(Conflict):
    """A private project keeps somebody who leads it: make somebody else a lead first."""

    code = "last-lead"


class HoldsWork(Conflict):
    """They hold open work of the private project: give it to somebody who belongs to it first."""

    code = "holds-work"


class Outside(Refused):
    """The worker does not belong to the private project whose work this is: add them to the project first."""

    code = "outside-the-project"


def put_member(project: Project, who: Somebody, role: str, *, actor: Actor, now: datetime) -> ProjectMember:
    """Let somebody, or a whole team, belong to the project, or give them another role in it.

    Raises Invalid for whom no project can have, LastLead and HoldsWork where the new role is too small.
    """
    require(may_manage_people(actor, project), ONLY_LEADS)
    _check(project, who, role)
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        entry = ProjectMember.objects.filter(project=project, **_who(who)).first()
        if entry is None:
            entry = _add(project, who, role, actor=actor, now=now)
        elif entry.role != role:
            changes = {"role": [entry.role, role]}
            ProjectMember.objects.filter(pk=entry.pk).update(role=role)
            entry.refresh_from_db()
            _keep_in_order(project)
            record("project.member_changed", project, actor=actor, now=now, **_named(entry), changes=changes)
        forget_reach(actor)
    return entry


def _who(who: Somebody) -> dict[str, Any]:
    if isinstance(who, Worker) and who.user is not None:
        return {"user": who.user}
    return {"user" if isinstance(who, User) else "worker" if isinstance(who, Worker) else "team": who}


def _named(entry: ProjectMember) -> dict[str, Any]:
    kind = "user" if entry.user_id else "worker" if entry.worker_id else "team"
    return {kind: getattr(entry, f"{kind}_id"), "name": str(entry.user.name if entry.user else entry)}


def _check(project: Project, who: Somebody, role: str) -> None:
    if role not in ProjectRole.values:
        raise Invalid({"role": tr("Choose one of %(names)s.", names=", ".join(ProjectRole.values))})
    user = _who(who).get("user")
    agent = (user or who).kind == "agent" if not isinstance(who, Team) else False
    if agent and role == ProjectRole.LEAD:
        raise Invalid({"role": tr("An AI agent never leads a project. Make it a contributor.")})
    if user is not None:
        found = Membership.objects.filter(workspace_id=project.workspace_id, user=user, removed_at__isnull=True)
        if (member := found.first()) is None or member.role not in STAFF:
            said = tr("Clients see what is shared with them, and auditors read every project: neither is added here.")
            raise Invalid({"who": said if member else tr("They are not in this workspace.")})
    elif who.workspace_id != project.workspace_id:  # type: ignore[union-attr]
        raise Invalid({"who": tr("They are not in this workspace.")})


def _add(project: Project, who: Somebody, role: str, *, actor: Actor, now: datetime) -> ProjectMember:
    entry = ProjectMember.objects.create(
        workspace_id=project.workspace_id, project=project, role=role, added_by_id=actor.user_id, created_at=now,
        **_who(who),
    )  # fmt: skip
    _tell_workspace(project.workspace_id)
    record("project.member_added", project, actor=actor, now=now, **_named(entry), role=role)
    return entry


def _tell_workspace(workspace_id: int) -> None:
    """Roles alone no longer tell who sees what. Set before anything is hidden, and never taken back."""
    Workspace.objects.filter(pk=workspace_id, has_project_roles=False).update(has_project_roles=True)


def remove_member(entry: ProjectMember, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Let somebody, or a team, belong to the project no longer; what `restore_member` takes.

    Raises LastLead and HoldsWork.
    """
    require(may_manage_people(actor, entry.project), ONLY_LEADS)
    return _remove(entry, "project.member_removed", actor=actor, now=now)


def restore_member(project: Project, was: dict[str, Any], *, actor: Actor, now: datetime) -> ProjectMember:
    """Let somebody whom `remove_member` took out belong to the project as before. Once they do, nothing happens.

    Raises Conflict when they were given another role meanwhile, or are gone, and Invalid for whom no project can have.
    """
    require(may_manage_people(actor, project), ONLY_LEADS)
    return _bring_back(project, was, actor=actor, now=now)


def return_to_project(project: Project, was: dict[str, Any], *, actor: Actor, now: datetime) -> ProjectMember:
    """Belong to a project again that one has just left, as before. Raises as `restore_member`."""
    require(
        _left_it_last(project, actor.user_id, now) and was["user"] == actor.user_id,
        tr("Only who left the project just now comes back by themselves. Ask one of its leads."),
    )
    return _bring_back(project, was, actor=actor, now=now)


def _left_it_last(project: Project, user_id: int | None, now: datetime) -> bool:
    """Whether the last that was said about this person in the project, minutes ago, is that they left or came back."""
    told = Event.objects.filter(
        workspace_id=project.workspace_id, subject_kind="project", subject_id=project.pk, payload__user=user_id,
        kind__startswith="project.member_",
    )  # fmt: skip
    last = told.order_by("-seq").first()
    kinds = ("project.member_left", "project.member_restored")
    return last is not None and last.kind in kinds and last.actor_user_id == user_id and now - last.at <= UNDO_FOR


def _bring_back(project: Project, was: dict[str, Any], *, actor: Actor, now: datetime) -> ProjectMember:
    who = _somebody(project, was)
    _check(project, who, was["role"])
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        entry = ProjectMember.objects.filter(project=project, **_who(who)).first()
        if entry is None:
            entry = ProjectMember.objects.create(
                workspace_id=project.workspace_id, project=project, role=was["role"],
                added_by=User.objects.filter(pk=was["added_by"]).first(),
                created_at=datetime.fromisoformat(was["created_at"]), **_who(who),
            )  # fmt: skip
            record("project.member_restored", project, actor=actor, now=now, **_named(entry), role=entry.role)
        elif entry.role != was["role"]:
            role = ProjectRole(entry.role).label
            raise Conflict(
                tr("%(name)s belongs to it again, as %(role)s. Nothing was changed.", name=who.name, role=role)
            )
        forget_reach(actor)
    return entry


def _somebody(project: Project, was: dict[str, Any]) -> Somebody:
    found: Somebody | None
    if was["user"]:
        found = User.objects.filter(pk=was["user"]).first()
    elif was["worker"]:
        found = (
            Worker.objects.select_related("user").filter(workspace_id=project.workspace_id, pk=was["worker"]).first()
        )
    else:
        found = Team.objects.filter(workspace_id=project.workspace_id, pk=was["team"]).first()
    if found is None:
        raise Conflict(tr("They are gone from the workspace by now."))
    return found


def _as_it_is(entry: ProjectMember) -> dict[str, Any]:
    """The entry in words that JSON knows."""
    return {
        "user": entry.user_id, "worker": entry.worker_id, "team": entry.team_id, "role": entry.role,
        "added_by": entry.added_by_id, "created_at": entry.created_at.isoformat(),
    }  # fmt: skip


def leave_project(project: Project, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Belong to the project no longer; what `return_to_project` takes. Who is in it through a team leaves the team.

    Raises as `remove_member`."""
    mine = ProjectMember.objects.filter(workspace_id=actor.workspace_id, project=project, user_id=actor.user_id or 0)
    entry = mine.select_related("user", "project").first()
    require(entry is not None, tr("You are not in this project's list yourself: a team of yours is, or nobody is."))
    return {} if entry is None else _remove(entry, "project.member_left", actor=actor, now=now)


def _remove(entry: ProjectMember, kind: str, *, actor: Actor, now: datetime) -> dict[str, Any]:
    project, named, was = entry.project, _named(entry), _as_it_is(entry)
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        gone, _ = ProjectMember.objects.filter(pk=entry.pk).delete()
        if gone:
            _keep_in_order(project)
            record(kind, project, actor=actor, now=now, **named)
        forget_reach(actor)
    return was


def _keep_in_order(project: Project) -> None:
    """Refuse what would leave a private project without a lead, or its work with somebody who does not see it."""
    project.refresh_from_db(fields=["private"])
    if not project.private:
        return
    if not ProjectMember.objects.filter(project=project, role=ProjectRole.LEAD).exists():
        raise LastLead(
            tr(
                "%(name)s is private and keeps somebody who leads it. Make somebody else a lead first.",
                name=project.name,
            )
        )
    outside = list(outside_holders(project)[:1])
    if outside:
        held = Task.objects.filter(project=project, assignee=outside[0], state__in=OPEN, deleted_at__isnull=True)
        count = held.count()
        raise HoldsWork(
            tr_count(
                "%(name)s holds an open task of %(project)s. Give that to somebody else first.",
                "%(name)s holds %(n)s open tasks of %(project)s. Give that to somebody else first.",
                count,
                name=outside[0].name,
                project=project.name,
            )
        )


def make_private(project: Project, *, actor: Actor, now: datetime) -> Project:
    """Only its people, owners, admins and auditors see it from now on.

    The actor leads it, and whoever holds open work of it becomes a contributor, so that no work is lost.
    """
    require(may_manage_people(actor, project), ONLY_LEADS)
    with transaction.atomic():
        _tell_workspace(project.workspace_id)
        if not Project.objects.filter(pk=project.pk, private=False).update(private=True, version=F("version") + 1):
            project.refresh_from_db()
            return project
        added = _first_people(project, actor=actor, now=now)
        record("project.made_private", project, actor=actor, now=now, people=added)
        forget_reach(actor)
    project.refresh_from_db()
    return project


def create_private_project(*, actor: Actor, now: datetime, **values: Any) -> Project:
    """`create_project` with these values, seen from the beginning only by whoever creates it, and those above."""
    with transaction.atomic():
        return make_private(create_project(actor=actor, now=now, **values), actor=actor, now=now)


def _first_people(project: Project, *, actor: Actor, now: datetime) -> list[str]:
    """Who must belong to it; their names, as far as they are new."""
    found: list[tuple[Somebody, str]] = []
    mine = ProjectMember.objects.filter(project=project, user_id=actor.user_id or 0)
    has_lead = ProjectMember.objects.filter(project=project, role=ProjectRole.LEAD).exists()
    if actor.user_id is not None and not mine.exists() and (actor.role not in ADMINS or not has_lead):
        found.append((User.objects.get(pk=actor.user_id), ProjectRole.LEAD))
    elif actor.user_id is not None and not has_lead:
        mine.update(role=ProjectRole.LEAD)
    rest = [(worker, ProjectRole.CONTRIBUTOR) for worker in outside_holders(project).select_related("user")]
    found.extend(one for one in rest if actor.user_id is None or one[0].user_id != actor.user_id)
    for who, role in found:
        values = {"role": role, "workspace_id": project.workspace_id, "added_by_id": actor.user_id, "created_at": now}
        ProjectMember.objects.update_or_create(project=project, **_who(who), defaults=values)
    return [who.name for who, _ in found]


def make_open(project: Project, *, actor: Actor, now: datetime) -> Project:
    """The whole team sees it from now on, with everything that was written in it. Its people keep their roles."""
    require(may_manage_people(actor, project), ONLY_LEADS)
    with transaction.atomic():
        if Project.objects.filter(pk=project.pk, private=True).update(private=False, version=F("version") + 1):
            record("project.made_open", project, actor=actor, now=now)
        forget_reach(actor)
    project.refresh_from_db()
    return project


def change_team(team: Team, *, members: Collection[Worker], actor: Actor, now: datetime, **values: Any) -> Team:
    """`people.change_team`, for whom that opens no private project that they do not see themselves.

    Raises HoldsWork when somebody who leaves it holds open work of a private project that they would not see any more.
    """
    known = set(team.members.values_list("worker_id", flat=True))
    lead = values.get("lead")
    wanted = {worker.pk for worker in members} | ({lead.pk} if lead else set())
    outside = bool(wanted - known) and teams_hidden_behind(actor, team)
    require(
        not outside,
        tr("%(name)s belongs to a private project. Ask one of its leads, or an admin, to add people.", name=team.name),
    )
    with transaction.atomic():
        behind = _held_behind(team)
        changed = people.change_team(team, members=members, actor=actor, now=now, **values)
        for project in behind:
            _keep_in_order(project)
        forget_reach(actor)
    return changed


def remove_team(team: Team, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """`people.remove_team`; what `restore_team` takes. Raises LastLead and HoldsWork as for each of its members."""
    with transaction.atomic():
        behind = _held_behind(team)
        entries = ProjectMember.objects.filter(team=team).select_related("project").order_by("pk")
        roles = [{**_as_it_is(one), "project": one.project_id, "private": one.project.private} for one in entries]
        was = people.remove_team(team, actor=actor, now=now)
        for project in behind:
            _keep_in_order(project)
        forget_reach(actor)
    return {**was, "roles": roles}


def restore_team(was: dict[str, Any], *, actor: Actor, now: datetime) -> Team:
    """`people.restore_team`, with its roles in projects; not in one that was open then and is private now."""
    with transaction.atomic():
        there = Team.objects.filter(pk=was["id"]).exists()
        team = people.restore_team(was, actor=actor, now=now)
        for entry in [] if there else was["roles"]:
            project = Project.objects.filter(pk=entry["project"], workspace_id=team.workspace_id).first()
            if project is not None and (entry["private"] or not project.private):
                _bring_back(project, entry, actor=actor, now=now)
        forget_reach(actor)
    return team


def _held_behind(team: Team) -> list[Project]:
    """The private projects to which the team belongs; nobody else changes who belongs to them meanwhile."""
    found = Project.objects.select_for_update(no_key=True).filter(private=True, members__team=team)
    return list(found.order_by("pk"))


def check_belongs(tasks: Iterable[Task], worker: Worker | None) -> None:
    """Raise Outside when the worker does not belong to a private project of the tasks; one query, if any is private."""
    private = [task for task in tasks if task.project.private]
    if worker is None or not private:
        return
    allowed = workers_in({task.project_id for task in private})
    for task in private:
        if worker.pk not in allowed[task.project_id]:
            said = tr(
                "%(task)s is in a private project to which %(name)s does not belong. Add them to it first.",
                task=task,
                name=worker.name,
            )
            raise Outside(said)
