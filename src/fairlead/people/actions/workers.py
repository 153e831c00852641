"""Workers themselves: adding, describing, linking to an account, taking out and bringing back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F

from fairlead.accounts.models import Membership, User, Workspace
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, require
from fairlead.lib.speech import tr
from fairlead.people.models import Hours, Worker
from fairlead.people.permissions import OWN_FIELDS, may_edit_worker, may_manage_people

PROFILE_FIELDS: Final = OWN_FIELDS | {
    "kind", "name", "email", "user", "owner", "lanes", "speed_percent", "rate_cents", "external_id",
}  # fmt: skip
_LINKS: Final = ("user", "owner")

OFFICE_HOURS: Final = [(day, *span) for day in range(5) for span in ((540, 750), (780, 1050))]
"""Monday to Friday, 09:00–12:30 and 13:00–17:30: what people start with; 40 hours."""
AROUND_THE_CLOCK: Final = [(day, 0, 1440) for day in range(7)]
"""What AI agents start with."""
WEEK: Final = 10080
_LIMITS: Final[dict[str, tuple[int, int]]] = {
    "week_minutes": (0, WEEK),
    "max_tasks": (1, 1000),
    "lanes": (1, 100),
    "speed_percent": (10, 1000),
    "rate_cents": (0, 100_000_00),
    "day_minutes": (30, 1440),
    "rest_minutes": (0, 1440),
    "buffer_minutes": (0, 240),
    "gap_minutes": (0, 240),
}
_LENGTHS: Final = {"name": 120, "headline": 160, "about": 20_000, "external_id": 120, "email": 254}


def create_worker(*, kind: str, name: str, actor: Actor, now: datetime, **profile: Any) -> Worker:
    """Add somebody to the directory, with usual hours for their kind. `profile`: any of PROFILE_FIELDS.

    Time zone and country default to the workspace's; `max_tasks` None means no limit; `user` and `owner` are members.
    Raises Invalid.
    """
    require(may_manage_people(actor), tr("Only a manager can add people."))
    _refuse_unknown(profile)
    workspace = Workspace.objects.get(pk=actor.workspace_id)
    worker = Worker(workspace=workspace, created_at=now, time_zone=workspace.time_zone, country=workspace.country)
    worker.week_minutes = WEEK if kind == Worker.Kind.AGENT else worker.week_minutes
    for field, value in {"kind": kind, "name": name, **profile}.items():
        setattr(worker, field, _tidy(field, value))
    _check(worker)
    try:
        with transaction.atomic():
            worker.save(force_insert=True)
            Hours.objects.bulk_create(_usual_hours(worker))
            record("worker.created", worker, actor=actor, now=now, kind=worker.kind, name=worker.name)
    except IntegrityError as error:
        raise _taken(worker) or error from error
    return worker


def _usual_hours(worker: Worker) -> list[Hours]:
    rows = AROUND_THE_CLOCK if worker.kind == Worker.Kind.AGENT else OFFICE_HOURS
    return [
        Hours(workspace_id=worker.workspace_id, worker=worker, weekday=day, from_min=start, to_min=end)
        for day, start, end in rows
    ]


def change_worker(worker: Worker, *, actor: Actor, now: datetime, version: int | None = None, **profile: Any) -> Worker:
    """Change any of PROFILE_FIELDS; people themselves only those of OWN_FIELDS. `version` as it was read, or None.

    Returns the worker as it is now. Raises Invalid, Forbidden, and Conflict when it was changed since `version`.
    """
    require(may_edit_worker(actor, worker), tr("Only a manager, or the person themselves, can change this profile."))
    _refuse_unknown(profile)
    mine = may_manage_people(actor) or set(profile) <= OWN_FIELDS
    require(mine, tr("Only a manager can change %(fields)s.", fields=_listed(set(profile) - OWN_FIELDS)))
    current = Worker.objects.select_related("user", "owner").get(pk=worker.pk)
    if version is not None and version != current.version:
        raise Conflict(tr("%(name)s was changed by somebody else; reload, then decide.", name=current.name))
    before = {field: getattr(current, field) for field in profile}
    for field, value in profile.items():
        setattr(current, field, _tidy(field, value))
    changed = [field for field in profile if getattr(current, field) != before[field]]
    if not changed:
        return current
    _check(current)
    _store(current, changed, before, actor=actor, now=now)
    return current


def _store(current: Worker, changed: list[str], before: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    values = {field: getattr(current, field) for field in changed}
    changes = {field: [_plain(before[field]), _plain(values[field])] for field in changed}
    try:
        with transaction.atomic():
            same = Worker.objects.filter(pk=current.pk, version=current.version)
            if not same.update(**values, version=F("version") + 1):
                raise Conflict(tr("%(name)s was changed a moment ago; reload, then decide.", name=current.name))
            current.version += 1
            record("worker.changed", current, actor=actor, now=now, changes=changes)
    except IntegrityError as error:
        raise _taken(current) or error from error


def link_user(worker: Worker, user: User | None, *, actor: Actor, now: datetime) -> Worker:
    """Say which account is this worker's own (None: nobody's). Raises Invalid when it is somebody else's already."""
    require(may_manage_people(actor), tr("Only a manager can link a profile to an account."))
    return change_worker(worker, actor=actor, now=now, user=user)


def deactivate_worker(worker: Worker, *, actor: Actor, now: datetime) -> Worker:
    """Take somebody out: no more work for them; their history stays. The layers above release their open tasks."""
    require(
        may_manage_people(actor) and worker.workspace_id == actor.workspace_id,
        tr("Only a manager can take somebody out."),
    )
    with transaction.atomic():
        if Worker.objects.filter(pk=worker.pk, deactivated_at__isnull=True).update(deactivated_at=now):
            record("worker.deactivated", worker, actor=actor, now=now)
    worker.refresh_from_db(fields=["deactivated_at"])
    return worker


def reactivate_worker(worker: Worker, *, actor: Actor, now: datetime) -> Worker:
    """Bring somebody back, with everything that was known about them."""
    require(
        may_manage_people(actor) and worker.workspace_id == actor.workspace_id,
        tr("Only a manager can bring somebody back."),
    )
    with transaction.atomic():
        if Worker.objects.filter(pk=worker.pk, deactivated_at__isnull=False).update(deactivated_at=None):
            record("worker.reactivated", worker, actor=actor, now=now)
    worker.refresh_from_db(fields=["deactivated_at"])
    return worker


def _refuse_unknown(profile: dict[str, Any]) -> None:
    unknown = set(profile) - PROFILE_FIELDS
    if unknown:
        raise Invalid({field: tr("%(field)s is not a field of a profile.", field=field) for field in sorted(unknown)})


def _listed(fields: set[str]) -> str:
    return ", ".join(sorted(field.replace("_cents", "").replace("_", " ") for field in fields))


def _tidy(field: str, value: Any) -> Any:
    if field == "country":
        return str(value or "").strip().upper()
    if field == "email":
        return str(value or "").strip().lower()
    return value.strip() if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, User) else value


def _check(worker: Worker) -> None:
    wrong: dict[str, str] = {}
    if worker.kind not in Worker.Kind.values:
        wrong["kind"] = tr("Choose employee, freelancer or AI agent.")
    if not worker.name:
        wrong["name"] = tr("Say what they are called.")
    if worker.time_zone not in available_timezones():
        wrong["time_zone"] = tr(
            "%(zone)s is not a time zone; one looks like Europe/Berlin.", zone=repr(worker.time_zone)
        )
    if worker.country and not (len(worker.country) == 2 and worker.country.isalpha()):
        wrong["country"] = tr("A country is two letters, such as DE.")
    if worker.email and not _is_email(worker.email):
        wrong["email"] = tr("This is not an e-mail address.")
    wrong |= {
        f: tr("At most %(most)s characters.", most=most)
        for f, most in _LENGTHS.items()
        if len(getattr(worker, f)) > most
    }
    wrong |= _outside_limits(worker)
    for link in _LINKS:
        if (user := getattr(worker, link)) is not None and not _is_member(user, worker.workspace_id):
            wrong[link] = tr("Choose a member of this workspace.")
    if worker.owner is not None and worker.kind != Worker.Kind.AGENT:
        wrong["owner"] = tr("Only an AI agent has a human who answers for it.")
    if wrong:
        raise Invalid(wrong)


def _outside_limits(worker: Worker) -> dict[str, str]:
    wrong = {}
    for field, (least, most) in _LIMITS.items():
        value = getattr(worker, field)
        if value is None and field in ("max_tasks", "day_minutes", "gap_minutes"):
            continue
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            wrong[field] = tr("Must be a whole number from %(least)s to %(most)s.", least=least, most=most)
    return wrong


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _is_member(user: User, workspace_id: int) -> bool:
    return Membership.objects.filter(workspace_id=workspace_id, user_id=user.pk, removed_at__isnull=True).exists()


def _taken(worker: Worker) -> Invalid | None:
    """What a broken unique constraint means, in words."""
    others = Worker.objects.filter(workspace_id=worker.workspace_id).exclude(pk=worker.pk)
    if worker.user_id and (other := others.filter(user_id=worker.user_id).first()):
        return Invalid({"user": tr("This account already belongs to %(name)s.", name=other.name)})
    if worker.external_id and (other := others.filter(external_id=worker.external_id).first()):
        return Invalid({"external_id": tr("%(name)s already has this external id.", name=other.name)})
    return None
