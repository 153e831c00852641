"""Creating, changing, archiving and sharing projects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from fairlead.accounts.models import Membership, Role, User
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, require
from fairlead.lib.speech import later, tr
from fairlead.work.models import Project, ProjectClient, Status
from fairlead.work.permissions import may_manage_project, may_manage_projects
from fairlead.work.states import DEFAULT_STATUSES

KEY: Final = re.compile(r"[A-Z][A-Z0-9]{1,7}")
FIELDS: Final = ("name", "description", "client", "color", "lead")
ONLY_MANAGERS: Final = later("Only managers can create projects and change their settings.")


def create_project(
    *, key: str, name: str, actor: Actor, now: datetime, description: str = "", client: str = "", color: int = 0
) -> Project:
    """A new project with the usual columns. `key` is 2 to 8 capitals and digits: the WEB of WEB-42."""
    require(may_manage_projects(actor), ONLY_MANAGERS)
    key = key.strip().upper()
    values = {"name": name.strip(), "description": description, "client": client.strip(), "color": color}
    wrong = _wrong(values)
    if not KEY.fullmatch(key):
        wrong["key"] = tr("A key is 2 to 8 letters and digits and begins with a letter, like WEB.")
    elif Project.objects.filter(workspace_id=actor.workspace_id, key=key).exists():
        wrong["key"] = tr("Another project has the key %(key)s already.", key=key)
    if wrong:
        raise Invalid(wrong)
    with transaction.atomic():
        project = Project.objects.create(workspace_id=actor.workspace_id, key=key, created_at=now, **values)
        Status.objects.bulk_create(
            Status(workspace_id=actor.workspace_id, project=project, name=name, state=state, position=place)
            for place, (name, state) in enumerate(DEFAULT_STATUSES)
        )
        record("project.created", project, actor=actor, now=now, key=key, name=project.name)
    return project


def _wrong(values: Mapping[str, Any]) -> dict[str, str]:
    wrong = {}
    if not values["name"] or len(values["name"]) > 120:
        wrong["name"] = tr("Give the project a name of at most 120 characters.")
    if len(values["client"]) > 120:
        wrong["client"] = tr("A client's name has at most 120 characters.")
    if not 0 <= values["color"] <= 11:
        wrong["color"] = tr("Choose one of the twelve colours.")
    return wrong


def change_project(
    project: Project, *, actor: Actor, now: datetime, version: int | None = None, **values: Any
) -> Project:
    """Change any of: name, description, client, color, lead (a worker or None). Conflict for an old `version`."""
    require(may_manage_project(actor, project), ONLY_MANAGERS)
    if unknown := set(values) - set(FIELDS):
        raise TypeError(f"change_project does not know {', '.join(sorted(unknown))}")
    with transaction.atomic():
        project.refresh_from_db(from_queryset=Project.objects.select_for_update(of=("self",)))
        if version is not None and version != project.version:
            raise Conflict(
                tr(
                    "%(name)s was changed by somebody else since you opened it. Look again, then save.",
                    name=project.name,
                )
            )
        tidy = {name: value.strip() if name in ("name", "client") else value for name, value in values.items()}
        changed = {name: value for name, value in tidy.items() if getattr(project, name) != value}
        if wrong := _wrong({**{name: getattr(project, name) for name in FIELDS}, **changed}):
            raise Invalid(wrong)
        if changed:
            changes = {name: [_plain(getattr(project, name)), _plain(value)] for name, value in changed.items()}
            _write(project, **changed)
            record("project.changed", project, actor=actor, now=now, changes=changes)
    return project


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) else str(value or "")


def _write(project: Project, **values: Any) -> None:
    Project.objects.filter(pk=project.pk).update(version=F("version") + 1, **values)
    project.refresh_from_db()


def archive_project(project: Project, *, actor: Actor, now: datetime) -> Project:
    """Put the project away: it leaves the lists and its tasks stay as they are until it is restored."""
    require(may_manage_project(actor, project), ONLY_MANAGERS)
    return _set_archived(project, now, "project.archived", actor=actor, now=now)


def restore_project(project: Project, *, actor: Actor, now: datetime) -> Project:
    """Take the project out of the archive."""
    require(may_manage_project(actor, project), ONLY_MANAGERS)
    return _set_archived(project, None, "project.restored", actor=actor, now=now)


def _set_archived(project: Project, at: datetime | None, kind: str, *, actor: Actor, now: datetime) -> Project:
    with transaction.atomic():
        open_ = Project.objects.filter(pk=project.pk, archived_at__isnull=at is not None)
        if open_.update(archived_at=at, version=F("version") + 1):
            record(kind, project, actor=actor, now=now)
    project.refresh_from_db()
    return project


def share_project(project: Project, user: User, *, actor: Actor, now: datetime) -> None:
    """Let a client member see the project. Raises Invalid for a user who is not a client of this workspace."""
    require(may_manage_project(actor, project), ONLY_MANAGERS)
    clients = Membership.objects.filter(workspace_id=actor.workspace_id, role=Role.CLIENT, removed_at__isnull=True)
    if not clients.filter(user=user).exists():
        raise Invalid({"user": tr("Share it with a member whose role is client; everybody else sees it anyway.")})
    with transaction.atomic():
        _, new = ProjectClient.objects.get_or_create(
            project=project, user=user, defaults={"workspace_id": project.workspace_id, "created_at": now}
        )
        if new:
            record("project.shared", project, actor=actor, now=now, user=user.pk, email=user.email)


def unshare_project(project: Project, user: User, *, actor: Actor, now: datetime) -> None:
    """Hide the project from a client again."""
    require(may_manage_project(actor, project), ONLY_MANAGERS)
    with transaction.atomic():
        gone, _ = ProjectClient.objects.filter(project=project, user=user).delete()
        if gone:
            record("project.unshared", project, actor=actor, now=now, user=user.pk, email=user.email)


def see_as_client(project: Project, user: User, *, actor: Actor, now: datetime) -> None:
    """Note that a manager looks at the project as this client sees it."""
    require(may_manage_project(actor, project), ONLY_MANAGERS)
    with transaction.atomic():
        record("project.seen_as_client", project, actor=actor, now=now, user=user.pk, name=user.name)
