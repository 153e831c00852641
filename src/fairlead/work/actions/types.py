"""The types of work of the workspace: making, changing, archiving and deleting them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from fairlead.accounts.actions import keep_rows, take_rows
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Missing, Refused, require
from fairlead.lib.speech import later, tr, tr_count
from fairlead.lib.text import folded
from fairlead.people.models import Skill
from fairlead.work.drafts import MAX_CRITERION, MAX_EFFORT_MIN, MAX_TEXT
from fairlead.work.fields.models import Field
from fairlead.work.models import Status, Task
from fairlead.work.permissions import may_manage_projects
from fairlead.work.types.models import ICONS, MILESTONE, TASK, TaskType, TypeColumn, TypeField, TypeNeed

MOST: Final = 30
KEPT: Final = "task type"
TEXTS: Final = ("name", "icon", "description", "criteria")
PLAIN: Final = (*TEXTS, "color", "effort_min")
ONLY_MANAGERS: Final = later("Only managers change the types of work. Ask one of them.")


def create_type(name: str, *, actor: Actor, now: datetime, **values: Any) -> TaskType:
    """A type of the workspace's own. `values` as for `change_type`."""
    _check_may(actor)
    with transaction.atomic():
        there = list(TaskType.objects.filter(workspace_id=actor.workspace_id))
        if len(there) >= MOST:
            raise Refused(tr("There are at most %(most)s types. Delete one that nobody uses first.", most=MOST))
        made = TaskType(workspace_id=actor.workspace_id, key=_free_key(name, there), position=len(there))
        parts = _set(made, {**values, "name": name})
        _check(made, there)
        made.save(force_insert=True)
        _keep_parts(made, parts)
        record("type.created", made, actor=actor, now=now, name=made.name)
    return made


def change_type(found: TaskType, *, actor: Actor, now: datetime, version: int | None = None, **values: Any) -> TaskType:
    """Change any of: name, icon, color, description, criteria (a text, one a line), effort_min, position; and needs as
    {skill id: level}, columns as status ids and fields as field ids, each taking the place of all."""
    _check_may(actor, found)
    with transaction.atomic():
        found.refresh_from_db(from_queryset=TaskType.objects.select_for_update())
        if version is not None and version != found.version:
            raise Conflict(
                tr("%(name)s was changed by somebody else since you opened it. Look again, then save.", name=found.said)
            )
        before = {name: getattr(found, name) for name in PLAIN}
        position = values.pop("position", None)
        parts = _set(found, values)
        _check(found, list(TaskType.objects.filter(workspace_id=actor.workspace_id).exclude(pk=found.pk)))
        changes = {name: [old, getattr(found, name)] for name, old in before.items() if old != getattr(found, name)}
        changes |= _keep_parts(found, parts)
        if position is not None:
            changes |= _place(found, position)
        if changes:
            found.version += 1
            found.save(update_fields=[*PLAIN, "version"])
            record("type.changed", found, actor=actor, now=now, changes=changes)
    return found


def archive_type(found: TaskType, *, actor: Actor, now: datetime) -> TaskType:
    """Offer it for new tasks no more; tasks that are of it stay so."""
    if found.base == TASK:
        raise Refused(tr("What has no other type is a task; this one stays."))
    return _set_archived(found, now, "type.archived", actor=actor, now=now)


def unarchive_type(found: TaskType, *, actor: Actor, now: datetime) -> TaskType:
    """Offer it again."""
    return _set_archived(found, None, "type.unarchived", actor=actor, now=now)


def _set_archived(found: TaskType, at: datetime | None, kind: str, *, actor: Actor, now: datetime) -> TaskType:
    _check_may(actor, found)
    with transaction.atomic():
        if TaskType.objects.filter(pk=found.pk, archived_at__isnull=at is not None).update(archived_at=at):
            record(kind, found, actor=actor, now=now, name=found.name)
    found.refresh_from_db()
    return found


def delete_type(found: TaskType, *, actor: Actor, now: datetime) -> int:
    """Delete a type of the workspace's own that no task is of, not even in the trash; the number by which it can be
    brought back for ten minutes."""
    _check_may(actor, found)
    if found.base:
        raise Refused(tr("%(name)s is built in. It can be archived instead.", name=found.said))
    with transaction.atomic():
        if count := Task.objects.filter(type=found).count():
            raise Refused(
                tr_count(
                    "%(n)s task is of this type. Archive it instead.",
                    "%(n)s tasks are of this type. Archive it instead.",
                    count,
                )
            )
        held = TaskType.objects.select_for_update().filter(pk=found.pk).first()
        if held is None:
            raise Missing(tr("%(name)s was deleted already.", name=found.said))
        rows = [held, *held.needs.all(), *held.columns.all(), *held.fields.all()]
        kept = keep_rows(KEPT, rows, workspace_id=held.workspace_id, now=now)
        record("type.deleted", held, actor=actor, now=now, name=held.name)
        held.delete()
    return kept


def restore_type(kept: int, *, actor: Actor, now: datetime) -> TaskType:
    """Undo of a deletion. Skills, columns and fields that are gone since stay away. Raises Conflict when its name or
    key is another's by now."""
    _check_may(actor)
    with transaction.atomic():
        found: TaskType
        found, *parts = take_rows(kept, KEPT, workspace_id=actor.workspace_id, now=now)
        there = TaskType.objects.filter(workspace_id=actor.workspace_id)
        if there.filter(Q(name__iexact=found.name) | Q(key=found.key)).exists():
            raise Conflict(tr("There is a type %(name)s already.", name=found.name))
        if there.count() >= MOST:
            raise Refused(tr("There are at most %(most)s types. Delete one that nobody uses first.", most=MOST))
        found.save(force_insert=True)
        for model, column, known in ((TypeNeed, "skill_id", Skill), (TypeColumn, "status_id", Status),
                                     (TypeField, "field_id", Field)):  # fmt: skip
            _bring_back(model, column, known, parts)
        record("type.restored", found, actor=actor, now=now, name=found.name)
    return found


def _bring_back(model: Any, column: str, known: Any, parts: Iterable[Any]) -> None:
    rows = [part for part in parts if isinstance(part, model)]
    there = set(known.objects.filter(pk__in=[getattr(row, column) for row in rows]).values_list("pk", flat=True))
    model.objects.bulk_create(row for row in rows if getattr(row, column) in there)


def _check_may(actor: Actor, found: TaskType | None = None) -> None:
    mine = found is None or found.workspace_id == actor.workspace_id
    require(may_manage_projects(actor) and mine, ONLY_MANAGERS)


def _free_key(name: str, there: Iterable[TaskType]) -> str:
    taken = {other.key for other in there} | {"new"}  # which is the page of a new one
    stem = re.sub(r"[^a-z0-9]+", "_", folded(name)).strip("_")[:36]
    stem = stem if re.match(r"[a-z]", stem) else f"type_{stem}".strip("_")
    return next(free for free in (stem, *(f"{stem}_{n}" for n in range(2, MOST + 20))) if free not in taken)


def _set(found: TaskType, values: Mapping[str, Any]) -> dict[str, Any]:
    """Take over the plain values; returns the others."""
    if unknown := set(values) - {*PLAIN, "needs", "columns", "fields"}:
        raise TypeError(f"types do not know {', '.join(sorted(unknown))}")
    for name in PLAIN:
        if name in values:
            setattr(found, name, values[name].strip() if name in TEXTS else values[name])
    return {name: value for name, value in values.items() if name not in PLAIN}


def _check(found: TaskType, others: Iterable[TaskType]) -> None:
    wrong: dict[str, str] = {}
    if not found.name or len(found.name) > 40:
        wrong["name"] = tr("Give the type a name of at most 40 characters.")
    elif any(other.name.casefold() == found.name.casefold() for other in others):
        wrong["name"] = tr("There is a type %(name)s already.", name=found.name)
    if found.icon not in ICONS:
        wrong["icon"] = tr("Choose an icon from the list.")
    if not 0 <= found.color <= 11:
        wrong["color"] = tr("Choose one of the twelve colours.")
    if len(found.description) > MAX_TEXT:
        wrong["description"] = tr("A description has at most %(most)s characters.", most=MAX_TEXT)
    if any(len(line) > MAX_CRITERION for line in found.criteria.splitlines()) or len(found.criteria.splitlines()) > 50:
        wrong["criteria"] = tr("At most 50 criteria of at most %(most)s characters each.", most=MAX_CRITERION)
    if found.effort_min is not None and found.base == MILESTONE:
        wrong["effort_min"] = tr("A milestone takes no effort.")
    elif found.effort_min is not None and not 0 < found.effort_min <= MAX_EFFORT_MIN:
        wrong["effort_min"] = tr("An effort is more than nothing and less than a year.")
    if wrong:
        raise Invalid(wrong)


def _keep_parts(found: TaskType, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Needs, columns and fields; returns what differs, as ids."""
    changes: dict[str, Any] = {}
    if "needs" in parts:
        before = dict(found.needs.values_list("skill_id", "level"))
        if before != parts["needs"]:
            _check_ids(Skill.objects.filter(workspace_id=found.workspace_id), parts["needs"], "needs")
            TypeNeed.objects.filter(type=found).delete()
            TypeNeed.objects.bulk_create(
                TypeNeed(workspace_id=found.workspace_id, type=found, skill_id=pk, level=level)
                for pk, level in parts["needs"].items()
            )
            changes["needs"] = [sorted(before), sorted(parts["needs"])]
    if "columns" in parts:
        statuses = Status.objects.filter(workspace_id=found.workspace_id)
        changes |= _keep_links(found, TypeColumn, "status_id", statuses, parts["columns"])
    if "fields" in parts:
        fields = Field.objects.filter(workspace_id=found.workspace_id)
        changes |= _keep_links(found, TypeField, "field_id", fields, parts["fields"])
    return changes


def _keep_links(found: TaskType, model: Any, column: str, known: Any, ids: Iterable[int]) -> dict[str, Any]:
    name = f"{column.removesuffix('_id')}s".replace("statuss", "columns")
    wanted, before = set(ids), set(model.objects.filter(type=found).values_list(column, flat=True))
    if before == wanted:
        return {}
    _check_ids(known, wanted, name)
    model.objects.filter(type=found).delete()
    model.objects.bulk_create(model(workspace_id=found.workspace_id, type=found, **{column: pk}) for pk in wanted)
    return {name: [sorted(before), sorted(wanted)]}


def _check_ids(known: Any, ids: Iterable[int], name: str) -> None:
    wanted = set(ids)
    if known.filter(pk__in=wanted).count() < len(wanted):
        raise Invalid({name: tr("Choose from the lists of this workspace.")})


def _place(found: TaskType, position: int) -> dict[str, Any]:
    others = list(TaskType.objects.filter(workspace_id=found.workspace_id).exclude(pk=found.pk))
    place, old = max(0, min(position, len(others))), found.position
    for index, other in enumerate([*others[:place], found, *others[place:]]):
        TaskType.objects.filter(pk=other.pk).exclude(position=index).update(position=index)
    found.position = place
    return {"position": [old, place]} if old != place else {}
