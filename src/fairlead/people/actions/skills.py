"""The taxonomy: one entry for each skill, its other names, and the broader skill above it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Invalid, Missing, require
from fairlead.lib.speech import later, tr
from fairlead.lib.text import folded
from fairlead.people.models import Preference, Skill, WorkerSkill
from fairlead.people.permissions import may_manage_skills

_MAY_NOT = later("Only a manager can change the list of skills; ask one to add or change it.")
MOST_SYNONYMS = 20


def create_skill(
    name: str,
    *,
    actor: Actor,
    now: datetime,
    parent: Skill | None = None,
    synonyms: Iterable[str] = (),
    description: str = "",
) -> Skill:
    """A new entry. Raises Invalid when a name is empty, too long, or already means another skill (and says which)."""
    require(may_manage_skills(actor), _MAY_NOT)
    skill = Skill(workspace_id=actor.workspace_id, parent=parent, description=description.strip(), created_at=now)
    skill.name, skill.synonyms = _tidy(name), _tidy_all(synonyms, besides=name)
    _check(skill)
    try:
        with transaction.atomic():
            skill.save(force_insert=True)
            record(
                "skill.created", skill, actor=actor, now=now, name=skill.name, parent=parent.name if parent else None
            )
    except IntegrityError as error:
        raise Invalid({"name": tr("%(name)s was added a moment ago.", name=skill.name)}) from error
    return skill


def change_skill(skill: Skill, *, actor: Actor, now: datetime, **values: Any) -> Skill:
    """Change name, synonyms, parent (Skill or None) or description. Raises Invalid, also when parents form a circle."""
    require(may_manage_skills(actor), _MAY_NOT)
    current = _living(skill, actor)
    before = _facts(current)
    current.name = _tidy(values.get("name", current.name))
    current.synonyms = _tidy_all(values.get("synonyms", current.synonyms), besides=current.name)
    current.parent = values.get("parent", current.parent)
    current.description = values.get("description", current.description).strip()
    _check(current)
    after = _facts(current)
    changes = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    if not changes:
        return current
    try:
        with transaction.atomic():
            current.save(update_fields=["name", "synonyms", "parent", "description"])
            record("skill.changed", current, actor=actor, now=now, changes=changes)
    except IntegrityError as error:
        raise Invalid({"name": tr("%(name)s was added a moment ago.", name=current.name)}) from error
    return current


def merge_skills(skill: Skill, into: Skill, *, actor: Actor, now: datetime) -> Skill:
    """Make two entries one: `skill` becomes another name of `into`; who had either has `into`, at the higher level.

    The row stays and stands for `into`, so that tasks which still need it are understood at once; the layers above
    re-point them when they read "skill.merged". Returns `into`.
    """
    require(may_manage_skills(actor), _MAY_NOT)
    skill, into = _living(skill, actor), _living(into, actor)
    if skill.pk == into.pk:
        raise Invalid({"into": tr("%(name)s cannot be merged into itself; choose another skill.", name=skill.name)})
    with transaction.atomic():
        won = Skill.objects.filter(pk=skill.pk, merged_into__isnull=True).update(
            merged_into=into, synonyms=[], parent=None
        )
        if not won:
            raise Conflict(tr("%(name)s was merged a moment ago.", name=skill.name))
        _take_place_in_tree(skill, into)
        Skill.objects.filter(merged_into=skill).update(merged_into=into)
        _move_levels(skill, into)
        _move_wishes(skill, into)
        into.synonyms = _tidy_all([*into.synonyms, skill.name, *skill.synonyms], besides=into.name)
        into.save(update_fields=["synonyms", "parent"])
        record("skill.merged", skill, actor=actor, now=now, into=into.pk, name=into.name)
    return into


def _living(skill: Skill, actor: Actor) -> Skill:
    """The entry as it is now. Raises Conflict when it was merged away."""
    found = (
        Skill.objects.filter(pk=skill.pk, workspace_id=actor.workspace_id)
        .select_related("parent", "merged_into")
        .first()
    )
    if found is None:
        raise Missing(tr("There is no such skill."))
    if found.merged_into is not None:
        raise Conflict(
            tr("%(name)s was merged into %(other)s; change that one.", name=found.name, other=found.merged_into.name)
        )
    return found


def _take_place_in_tree(skill: Skill, into: Skill) -> None:
    if into.pk in _below(skill):
        top = next(s for s in _above(into) if s.parent_id == skill.pk)
        Skill.objects.filter(pk=top.pk).update(parent=skill.parent)
        into.parent = skill.parent if top.pk == into.pk else into.parent
    Skill.objects.filter(parent=skill).update(parent=into)


def _move_levels(skill: Skill, into: Skill) -> None:
    """The higher level wins, with the evidence and the confirmation that belong to it."""
    held = {row.worker_id: row for row in WorkerSkill.objects.filter(skill=into)}
    for row in WorkerSkill.objects.filter(skill=skill):
        other = held.get(row.worker_id)
        if other is not None and other.level >= row.level:
            row.delete()
            continue
        if other is not None:
            other.delete()
        row.skill = into
        row.save(update_fields=["skill"])


def _move_wishes(skill: Skill, into: Skill) -> None:
    taken = set(Preference.objects.filter(skill=into).values_list("worker_id", flat=True))
    Preference.objects.filter(skill=skill, worker_id__in=taken).delete()
    Preference.objects.filter(skill=skill).update(skill=into)


def _tidy(name: str) -> str:
    return " ".join(str(name).split())


def _tidy_all(names: Iterable[str], *, besides: str) -> list[str]:
    """Without blanks, without what is the same when folded, and without the name itself; in the order given."""
    seen = {folded(besides)}
    kept: list[str] = []
    for name in map(_tidy, names):
        if name and folded(name) not in seen:
            seen.add(folded(name))
            kept.append(name)
    return kept


def _facts(skill: Skill) -> dict[str, Any]:
    parent = skill.parent.name if skill.parent else None
    return {"name": skill.name, "synonyms": skill.synonyms, "parent": parent, "description": skill.description}


def _check(skill: Skill) -> None:
    wrong: dict[str, str] = {}
    if not folded(skill.name):
        wrong["name"] = tr("Give the skill a name.")
    elif len(skill.name) > 80:
        wrong["name"] = tr("A name has at most 80 characters.")
    elif clash := _clash(skill, skill.name):
        wrong["name"] = clash
    for synonym in skill.synonyms:
        if problem := (tr("A name has at most 80 characters.") if len(synonym) > 80 else _clash(skill, synonym)):
            wrong["synonyms"] = problem
    if len(skill.synonyms) > MOST_SYNONYMS:
        wrong["synonyms"] = tr("At most %(most)s other names, please.", most=MOST_SYNONYMS)
    if len(skill.description) > 300:
        wrong["description"] = tr("At most 300 characters.")
    if problem := _wrong_parent(skill):
        wrong["parent"] = problem
    if wrong:
        raise Invalid(wrong)


def _clash(skill: Skill, name: str) -> str:
    """A sentence when another entry is already called so."""
    wanted = folded(name)
    others = Skill.objects.filter(workspace_id=skill.workspace_id, merged_into__isnull=True).exclude(pk=skill.pk)
    for other in others.values("name", "synonyms"):
        if folded(other["name"]) == wanted:
            return tr("There is already a skill called %(name)s.", name=other["name"])
        if wanted in map(folded, other["synonyms"]):
            return tr("%(name)s is already another name of %(other)s.", name=name, other=other["name"])
    return ""


def _wrong_parent(skill: Skill) -> str:
    parent = skill.parent
    if parent is None:
        return ""
    if parent.workspace_id != skill.workspace_id or parent.merged_into_id:
        return tr("Choose a skill of the list.")
    if skill.pk is not None and skill.pk in {s.pk for s in _above(parent)}:
        return tr(
            "%(parent)s is itself below %(skill)s, so it cannot also be above it.", parent=parent.name, skill=skill.name
        )
    return ""


def _above(skill: Skill) -> list[Skill]:
    """The skill and everything above it, nearest first."""
    rows = {s.pk: s for s in Skill.objects.filter(workspace_id=skill.workspace_id)}
    chain: list[Skill] = []
    at = rows.get(skill.pk)
    while at is not None and at not in chain:
        chain.append(at)
        at = rows.get(at.parent_id) if at.parent_id else None
    return chain


def _below(skill: Skill) -> set[int]:
    """The ids of everything under the skill, at any depth."""
    parents = dict(Skill.objects.filter(workspace_id=skill.workspace_id).values_list("pk", "parent_id"))
    found: set[int] = set()
    fresh = {skill.pk}
    while fresh:
        fresh = {pk for pk, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found
