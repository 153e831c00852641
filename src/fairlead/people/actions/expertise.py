"""Which skills a worker has, at which level, what shows it, and who confirmed it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Missing, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Skill, Worker, WorkerSkill
from fairlead.people.permissions import may_edit_worker, may_manage_people

_WEB_ADDRESS = URLValidator(schemes=["http", "https"])
_KEPT: Final = (
    "level", "evidence", "evidence_url", "last_used_on", "expires_on", "confirmed_by_id", "confirmed_at",
)  # fmt: skip
_MAY_NOT: Final = later("Only a manager, or the person themselves, can change these skills.")
LEVELS: Final = {1: later("Beginner"), 2: later("Basic"), 3: later("Solid"), 4: later("Advanced"), 5: later("Expert")}


def set_skill(
    worker: Worker, skill: Skill, level: int, *, actor: Actor, now: datetime, evidence: str = "",
    evidence_url: str = "", last_used_on: date | None = None, expires_on: date | None = None,
) -> WorkerSkill:  # fmt: skip
    """Say that the worker has the skill at this level (1–5) and what shows it.

    Set by a manager it is confirmed at once; what people say about themselves waits for a manager's confirmation, and
    so does a level that they change.
    """
    require(may_edit_worker(actor, worker), _MAY_NOT)
    skill = _living(skill, actor)
    values: dict[str, Any] = {
        "level": level, "evidence": evidence.strip(), "evidence_url": evidence_url.strip(),
        "last_used_on": last_used_on, "expires_on": expires_on,
    }  # fmt: skip
    _check(values)
    old = WorkerSkill.objects.filter(worker=worker, skill=skill).first()
    if old is not None and all(getattr(old, k) == v for k, v in values.items()):
        return old
    confirmed = may_manage_people(actor)
    if confirmed or old is None or old.level != level:
        values |= {"confirmed_by_id": actor.user_id if confirmed else None, "confirmed_at": now if confirmed else None}
    with transaction.atomic():
        row, _ = WorkerSkill.objects.update_or_create(
            workspace_id=actor.workspace_id, worker=worker, skill=skill, defaults=values
        )
        changes = {"level": [old.level if old else None, level]}
        record(
            "worker.skill_set", worker, actor=actor, now=now, skill=skill.name, changes=changes, evidence=row.evidence
        )
    return row


def confirm_skill(worker: Worker, skill: Skill, *, actor: Actor, now: datetime) -> WorkerSkill:
    """A manager agrees with what somebody said about themselves."""
    require(
        may_manage_people(actor) and worker.workspace_id == actor.workspace_id,
        tr("Only a manager can confirm a skill."),
    )
    row = _held(worker, skill)
    with transaction.atomic():
        waiting = WorkerSkill.objects.filter(pk=row.pk, level=row.level, confirmed_at__isnull=True)
        if waiting.update(confirmed_at=now, confirmed_by=actor.user_id):
            record("worker.skill_confirmed", worker, actor=actor, now=now, skill=skill.name, level=row.level)
    row.refresh_from_db()
    return row


def remove_skill(worker: Worker, skill: Skill, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """They do not have this skill any more. What `restore_skill` takes. Raises Missing when they never had it."""
    require(may_edit_worker(actor, worker), _MAY_NOT)
    row = _held(worker, skill)
    with transaction.atomic():
        gone, _ = WorkerSkill.objects.filter(pk=row.pk).delete()
        if gone:
            record("worker.skill_removed", worker, actor=actor, now=now, skill=skill.name)
    return {name: _plain(getattr(row, name)) for name in _KEPT}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def restore_skill(
    worker: Worker, skill: Skill, was: dict[str, Any], *, actor: Actor, now: datetime
) -> WorkerSkill:  # fmt: skip
    """The worker has the skill again as `remove_skill` found it, confirmed if it was; once they have it so, nothing
    happens. Raises Conflict when it was added anew meanwhile, or merged into another one."""
    require(may_edit_worker(actor, worker), _MAY_NOT)
    if _living(skill, actor).pk != skill.pk:
        raise Conflict(tr("%(name)s was merged into another skill meanwhile. Add that one.", name=skill.name))
    with transaction.atomic():
        Worker.objects.select_for_update(no_key=True).get(pk=worker.pk)
        row = WorkerSkill.objects.filter(worker=worker, skill=skill).first()
        if row is None:
            row = WorkerSkill.objects.create(workspace_id=actor.workspace_id, worker=worker, skill=skill, **was)
            record("worker.skill_restored", worker, actor=actor, now=now, skill=skill.name, level=row.level)
        elif {name: _plain(getattr(row, name)) for name in _KEPT} != was:
            said = tr("%(skill)s of %(name)s was added anew meanwhile.", skill=skill.name, name=worker.name)
            raise Conflict(said)
    return row


def _held(worker: Worker, skill: Skill) -> WorkerSkill:
    row = WorkerSkill.objects.filter(worker=worker, skill_id=skill.pk).first()
    if row is None:
        raise Missing(tr("%(name)s does not have %(skill)s.", name=worker.name, skill=skill.name))
    return row


def _living(skill: Skill, actor: Actor) -> Skill:
    """The skill, or the one that it was merged into."""
    if skill.workspace_id != actor.workspace_id:
        raise Missing(tr("There is no such skill."))
    found = Skill.objects.select_related("merged_into").get(pk=skill.pk)
    return found.merged_into or found


def _check(values: dict[str, Any]) -> None:
    wrong: dict[str, str] = {}
    if values["level"] not in LEVELS:
        wrong["level"] = tr("Choose a level from 1 (beginner) to 5 (expert).")
    if len(values["evidence"]) > 300:
        wrong["evidence"] = tr("At most 300 characters.")
    if values["evidence_url"]:
        try:
            _WEB_ADDRESS(values["evidence_url"])
        except ValidationError:
            wrong["evidence_url"] = tr("A web address starts with https://.")
        if len(values["evidence_url"]) > 200:
            wrong["evidence_url"] = tr("At most 200 characters.")
    if wrong:
        raise Invalid(wrong)
