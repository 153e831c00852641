"""The taxonomy, and which level of each skill somebody has in effect."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet

from fairlead.events.actor import Actor
from fairlead.lib.among import among
from fairlead.lib.errors import Missing
from fairlead.lib.prepared import prepared
from fairlead.lib.speech import tr
from fairlead.lib.text import folded
from fairlead.people.models import Skill, WorkerSkill

HIGHEST: Final = 5


def skills(actor: Actor) -> QuerySet[Skill]:
    """The entries of the workspace's taxonomy by name. Everybody who sees tasks may know them, clients too."""
    return _taxonomy(actor.workspace_id)


def _taxonomy(workspace_id: int) -> QuerySet[Skill]:
    return Skill.objects.filter(workspace_id=workspace_id, merged_into__isnull=True).order_by("name")


@prepared
def _entries(workspace_id: int) -> QuerySet[Skill, Any]:
    return _taxonomy(workspace_id).values_list("pk", "name", "parent_id")


def get_skill(actor: Actor, skill_id: int) -> Skill:
    """The entry. Raises Missing, also for one that was merged away."""
    found = skills(actor).select_related("parent").filter(pk=skill_id).first()
    if found is None:
        raise Missing(tr("There is no such skill."))
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
    workspace_id: int,
    worker_ids: Collection[int] | None = None,
    *,
    on: date | None = None,
    asked: Collection[int] | None = None,
) -> dict[int, dict[int, int]]:
    """{worker id: {skill id: level in effect}} of these workers, or of all; of the skills `asked`, or of all.

    Who has a skill has its parent one level lower, and so on upwards, at least 1; a merged skill counts as the one that
    it went into. With `on`, certificates that have expired by that day do not count. Unconfirmed levels count;
    pages mark them.
    """
    rows = WorkerSkill.objects.filter(workspace_id=workspace_id)
    if worker_ids is not None:
        rows = rows.filter(among("worker_id", worker_ids))
    if on is not None:
        rows = rows.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=on))
    parents = dict(Skill.objects.filter(workspace_id=workspace_id).values_list("pk", "parent_id"))
    merged = stands_for(workspace_id)
    if asked is not None:
        rows = rows.filter(skill_id__in=_counting_for(asked, parents, merged))
    held: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for worker_id, skill_id, level in rows.values_list("worker_id", "skill_id", "level"):
        held[worker_id].append((skill_id, level))
    found = {pk: effective_levels(pairs, parents, merged) for pk, pairs in held.items()}
    return found if worker_ids is None else {pk: found.get(pk, {}) for pk in worker_ids}


def _counting_for(asked: Collection[int], parents: Mapping[int, int | None], merged: Mapping[int, int]) -> list[int]:
    """The skills of which somebody who has them has one of those that are asked."""
    meant = {*asked, *(merged.get(pk, pk) for pk in asked)}
    return [pk for pk in parents if meant & effective_levels([(pk, 1)], parents, merged).keys()]


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
    """A line of the taxonomy page: depth 0 is a top entry, children follow their parent.

    `workers`: active ones who have it in effect; `unconfirmed`: levels of it that nobody has confirmed yet.
    """

    id: int
    name: str
    synonyms: list[str]
    description: str
    parent_id: int | None
    depth: int
    workers: int
    unconfirmed: int


def skill_rows(actor: Actor, text: str = "") -> list[SkillRow]:
    """The taxonomy as a tree in reading order, with how many have each entry; `text`: a part of one of its names."""
    columns = ("id", "name", "synonyms", "description", "parent_id")
    entries = {row["id"]: row for row in skills(actor).values(*columns)}
    have, waiting = _holders(actor.workspace_id)
    ordered = [
        SkillRow(**entries[pk], depth=depth, workers=len(have[pk]), unconfirmed=waiting[pk])
        for pk, depth in in_tree_order({pk: row["parent_id"] for pk, row in entries.items()})
    ]
    wanted = folded(text)
    return [row for row in ordered if not wanted or any(wanted in folded(name) for name in (row.name, *row.synonyms))]


def skill_choices(actor: Actor) -> list[tuple[int, str, int]]:
    """The taxonomy as (id, name, depth) in the same order, for choosing one. One query."""
    entries = {pk: (name, parent) for pk, name, parent in _entries.all(actor.workspace_id)}
    tree = in_tree_order({pk: parent for pk, (_, parent) in entries.items()})
    return [(pk, entries[pk][0], depth) for pk, depth in tree]


def in_tree_order(parents: Mapping[int, int | None]) -> list[tuple[int, int]]:
    """(id, depth), children after their parent, otherwise in the order given."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in parents.items():
        below[parent if parent in parents else None].append(pk)
    ordered: list[tuple[int, int]] = []
    waiting = [(pk, 0) for pk in reversed(below[None])]
    while waiting:
        pk, depth = waiting.pop()
        ordered.append((pk, depth))
        waiting += [(child, depth + 1) for child in reversed(below[pk])]
    return ordered


def _holders(workspace_id: int) -> tuple[dict[int, set[int]], Counter[int]]:
    """{skill id: active workers who have it in effect}, and how many levels of it nobody has confirmed."""
    held = WorkerSkill.objects.filter(workspace_id=workspace_id, worker__deactivated_at__isnull=True).order_by()
    unconfirmed = Count("pk", filter=Q(confirmed_at__isnull=True))
    parents = dict(Skill.objects.filter(workspace_id=workspace_id).values_list("pk", "parent_id"))
    merged = stands_for(workspace_id)
    have: dict[int, set[int]] = defaultdict(set)
    waiting: Counter[int] = Counter()
    rows = held.values("skill_id").annotate(workers=ArrayAgg("worker_id"), unconfirmed=unconfirmed)
    for row in rows.values_list("skill_id", "workers", "unconfirmed"):
        waiting[row[0]] = row[2]
        for in_effect in effective_levels([(row[0], HIGHEST)], parents, merged):
            have[in_effect].update(row[1])
    return have, waiting
