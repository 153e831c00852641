"""The types of a workspace as plain data, in four queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.prepared import prepared
from fairlead.lib.speech import tr
from fairlead.work.types.models import (
    APPROVAL,
    MILESTONE,
    TASK,
    TaskType,
    TypeColumn,
    TypeField,
    TypeNeed,
    type_name,
)


@dataclass(frozen=True)
class TypeDef:
    """A type. `needs` is {skill id: level}; `columns` and `fields` are ids: none of them means all."""

    id: int
    key: str
    name: str
    base: str
    icon: str
    color: int
    description: str
    criteria: tuple[str, ...]
    effort_min: int | None
    archived: bool
    version: int
    needs: dict[int, int] = field(default_factory=dict)
    columns: frozenset[int] = frozenset()
    fields: frozenset[int] = frozenset()

    @property
    def said(self) -> str:
        """Its name for its reader."""
        return type_name(self.name)

    @property
    def is_approval(self) -> bool:
        return self.base == APPROVAL

    @property
    def is_milestone(self) -> bool:
        return self.base == MILESTONE

    def shows(self, field_id: int) -> bool:
        """Whether its tasks show the custom field."""
        return not self.fields or field_id in self.fields


Types = tuple[TypeDef, ...]
_PLAIN = ("id", "key", "name", "base", "icon", "color", "description", "effort_min", "version")


def task_types(workspace_id: int) -> Types:
    """All types in their order, the archived ones too."""
    rows: list[dict[str, Any]] = list(
        TaskType.objects.filter(workspace_id=workspace_id)
        .order_by("position", "id")
        .values(*_PLAIN, "criteria", "archived_at")
    )
    ids = [row["id"] for row in rows]
    needs: dict[int, dict[int, int]] = defaultdict(dict)
    for type_id, skill_id, level in TypeNeed.objects.filter(type_id__in=ids).values_list(
        "type_id", "skill_id", "level"
    ):
        needs[type_id][skill_id] = level
    columns: dict[int, set[int]] = defaultdict(set)
    for type_id, status_id in TypeColumn.objects.filter(type_id__in=ids).values_list("type_id", "status_id"):
        columns[type_id].add(status_id)
    fields: dict[int, set[int]] = defaultdict(set)
    for type_id, field_id in TypeField.objects.filter(type_id__in=ids).values_list("type_id", "field_id"):
        fields[type_id].add(field_id)
    return tuple(
        TypeDef(
            **{name: row[name] for name in _PLAIN}, archived=row["archived_at"] is not None,
            criteria=tuple(line.strip() for line in row["criteria"].splitlines() if line.strip()),
            needs=needs[row["id"]], columns=frozenset(columns[row["id"]]), fields=frozenset(fields[row["id"]]),
        )
        for row in rows
    )  # fmt: skip


def looks(workspace_id: int) -> dict[int | None, dict[str, Any]]:
    """{type id: key, name, icon, colour} for glyphs, and None: those of the plain task. One query."""
    found: dict[int | None, dict[str, Any]] = {row["id"]: row for row in _looks.all(workspace_id)}
    found[None] = next((row for row in found.values() if row["base"] == TASK), {})
    return found


@prepared
def _looks(workspace_id: int) -> QuerySet[TaskType, Any]:
    return TaskType.objects.filter(workspace_id=workspace_id).values("id", "key", "name", "icon", "color", "base")


def type_of(types: Iterable[TypeDef], type_id: int | None) -> TypeDef | None:
    """The type with this id; what has none is a plain task."""
    return next((t for t in types if (t.id == type_id if type_id is not None else t.base == TASK)), None)


def by_name(types: Iterable[TypeDef], text: str) -> TypeDef | None:
    """The type that somebody means by its key or name."""
    low = text.strip().casefold()
    return next((t for t in types if low in (t.key, t.name.casefold(), t.said.casefold(), str(t.id))), None)


def find_type(actor: Actor, key: str) -> TaskType:
    """A type of the workspace. Raises Missing."""
    found = TaskType.objects.filter(workspace_id=actor.workspace_id, key=key).first()
    if found is None:
        raise Missing(tr("There is no such type of work. It may have been deleted."))
    return found
