"""The taxonomy, and which level of each skill somebody has in effect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.text import folded
from fairlead.people.models import Skill, WorkerSkill


def skills(actor: Actor) -> QuerySet[Skill]:
    """The entries of the workspace's taxonomy by name. Everybody who sees tasks may know them, clients too."""
    return Skill.objects.filter(workspace_id=actor.workspace_id, merged_into__isnull=True).order_by("name")


def get_skill(actor: Actor, skill_id: int) -> Skill:
    """The entry. Raises Missing, also for one that was merged away."""
    found = skills(actor).select_related("parent").filter(pk=skill_id).first()
    if found is None:
        raise Missing("There is no such skill.")
    return found


def skill_index(actor: Actor) -> dict[str, int]:
    """Skill ids by every folded name and synonym; for looking many names up at once."""
    index: dict[str, int] = {}
    for pk, name, synonyms in skills(actor).values_list("pk", "name", "synonyms"):
        index.update({folded(synonym): pk for synonym in synonyms})
        index[folded(name)] = pk
    return index


def find_skill(actor: Actor, text: str) -> Skill | None:
    """The skill that people mean by `text`: its name or a synonym, whatever the capitals, accents and punctuation."""
    pk = skill_index(actor).get(folded(text))
    return skills(actor).filter(pk=pk).first() if pk is not None else None


def stands_for(workspace_id: int) -> dict[int, int]:
    """{merged skill's id: the id of the one that it went into}."""
    rows = Skill.objects.filter(workspace_id=workspace_id, merged_into__isnull=False)
    return dict(rows.values_list("pk", "merged_into_id"))


def skill_levels(
    workspace_id: int, worker_ids: Collection[int] | None = None, *, on: date | None = None
) -> dict[int, dict[int, int]]:
    """{worker id: {skill id: level in effect}} of these workers, or of all.

    Who has a skill has its parent one level lower, and so on upwards, at least 1; a merged skill counts as the one that
    it went into. With `on`, certificates that have expired by that day do not count. Unconfirmed levels count;
    pages mark them.
    """
    rows = WorkerSkill.objects.filter(workspace_id=workspace_id)
    if worker_ids is not None:
        rows = rows.filter(worker_id__in=worker_ids)
    if on is not None:
        rows = rows.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=on))
    parents = dict(Skill.objects.filter(workspace_id=workspace_id).values_list("pk", "parent_id"))
    merged = stands_for(workspace_id)
    held: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for worker_id, skill_id, level in rows.values_list("worker_id", "skill_id", "level"):
        held[worker_id].append((skill_id, level))
    found = {pk: effective_levels(pairs, parents, merged) for pk, pairs in held.items()}
    return found if worker_ids is None else {pk: found.get(pk, {}) for pk in worker_ids}


def effective_levels(
    held: Iterable[tuple[int, int]], parents: Mapping[int, int | None], merged: Mapping[int, int]
) -> dict[int, int]:
    """From (skill id, level) as set to {skill id: level in effect}; see `skill_levels`."""
    levels: dict[int, int] = {}
    for skill_id, held_level in held:
        at: int | None = merged.get(skill_id, skill_id)
        level = held_level
        while at is not None and levels.get(at, 0) < level:
            levels[at] = level
            at, level = parents.get(at), max(level - 1, 1)
    return levels | {old: levels[new] for old, new in merged.items() if new in levels}


@dataclass(frozen=True)
class SkillRow:
    """A line of the taxonomy page: depth 0 is a top entry, children follow their parent."""

    id: int
    name: str
    synonyms: list[str]
    description: str
    parent_id: int | None
    depth: int
    workers: int
    confirmed: int


def skill_rows(actor: Actor, text: str = "") -> list[SkillRow]:
    """The taxonomy as a tree in reading order, with how many active workers have each; `text`: a part of a name."""
    active = Q(workers__worker__deactivated_at__isnull=True, workers__isnull=False)
    rows = skills(actor).annotate(
        held=Count("workers", filter=active),
        agreed=Count("workers", filter=active & Q(workers__confirmed_at__isnull=False)),
    )
    columns = ("id", "name", "synonyms", "description", "parent_id", "held", "agreed")
    entries = {row["id"]: row for row in rows.values(*columns)}
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, row in entries.items():
        below[row["parent_id"] if row["parent_id"] in entries else None].append(pk)
    ordered: list[SkillRow] = []
    waiting = [(pk, 0) for pk in reversed(below[None])]
    while waiting:
        pk, depth = waiting.pop()
        row = dict(entries[pk])
        ordered.append(SkillRow(workers=row.pop("held"), confirmed=row.pop("agreed"), depth=depth, **row))
        waiting += [(child, depth + 1) for child in reversed(below[pk])]
    wanted = folded(text)
    return [row for row in ordered if not wanted or any(wanted in folded(name) for name in (row.name, *row.synonyms))]
