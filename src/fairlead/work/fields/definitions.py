"""The fields of a workspace as plain data, read in three queries however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from fairlead.accounts.models import Role
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.prepared import prepared
from fairlead.lib.speech import tr
from fairlead.work.fields.models import COLUMN, MANY, Field, FieldOption, Kind, ProjectField
from fairlead.work.states import State


@dataclass(frozen=True)
class Option:
    """One choice of a list; `color` 0 to 11."""

    id: int
    name: str
    color: int
    archived: bool


@dataclass(frozen=True)
class FieldDef:
    """A field. `projects`: ids of those where it is switched on; `cards`: of those whose cards show it."""

    id: int
    key: str
    name: str
    kind: str
    hint: str
    unit: str
    decimals: int
    currency: str
    formula: str
    required_from: str
    for_clients: bool
    archived: bool
    version: int
    options: tuple[Option, ...] = ()
    projects: frozenset[int] = frozenset()
    cards: frozenset[int] = frozenset()

    @property
    def column(self) -> str:
        """The column of FieldValue that holds it."""
        return COLUMN[self.kind]

    @property
    def many(self) -> bool:
        return self.kind in MANY

    @property
    def typed(self) -> bool:
        """Whether people give it a value; a formula works its own out."""
        return self.kind != Kind.FORMULA

    def option(self, number: int) -> Option | None:
        return next((option for option in self.options if option.id == number), None)

    def needed_in(self, state: State) -> bool:
        """Whether a task that is in this state must have a value."""
        return bool(self.required_from) and state in (self.required_from, State.DONE)


Definitions = tuple[FieldDef, ...]
_PLAIN = (
    "id", "key", "name", "kind", "hint", "unit", "decimals", "currency", "formula", "required_from", "for_clients",
    "version",
)  # fmt: skip


def definitions(workspace_id: int, *, deleted: bool = False) -> Definitions:
    """All fields in their order, the archived ones too; or those in the trash."""
    rows: list[dict[str, Any]] = _fields.all(workspace_id, deleted)
    if not rows:
        return ()
    ids = [row["id"] for row in rows]
    options: dict[int, list[Option]] = defaultdict(list)
    chosen = FieldOption.objects.filter(field_id__in=ids).order_by("position", "id")
    for field_id, pk, name, color, at in chosen.values_list("field_id", "id", "name", "color", "archived_at"):
        options[field_id].append(Option(pk, name, color, at is not None))
    projects: dict[int, set[int]] = defaultdict(set)
    cards: dict[int, set[int]] = defaultdict(set)
    for field_id, project_id, on_card in ProjectField.objects.filter(field_id__in=ids).values_list(
        "field_id", "project_id", "on_card"
    ):
        projects[field_id].add(project_id)
        if on_card:
            cards[field_id].add(project_id)
    return tuple(
        FieldDef(
            **{name: row[name] for name in _PLAIN}, archived=row["archived_at"] is not None,
            options=tuple(options[row["id"]]), projects=frozenset(projects[row["id"]]),
            cards=frozenset(cards[row["id"]]),
        )
        for row in rows
    )  # fmt: skip


@prepared
def _fields(workspace_id: int, deleted: bool) -> QuerySet[Field, Any]:
    found = Field.objects.filter(workspace_id=workspace_id, deleted_at__isnull=not deleted)
    rows: QuerySet[Field, Any] = found.order_by("position", "id").values(*_PLAIN, "archived_at")
    return rows


def visible(actor: Actor) -> Definitions:
    """The fields that this reader may know of: a client those that are for clients."""
    return seen_by(actor, definitions(actor.workspace_id))


def seen_by(actor: Actor, fields: Iterable[FieldDef]) -> Definitions:
    """Those of the fields that this reader may know of."""
    return tuple(field for field in fields if actor.role != Role.CLIENT or field.for_clients)


def of_project(fields: Iterable[FieldDef], project_id: int) -> Definitions:
    """Those that are switched on in the project."""
    return tuple(field for field in fields if project_id in field.projects)


def by_key(fields: Iterable[FieldDef], key: str) -> FieldDef | None:
    return next((field for field in fields if field.key == key), None)


def find_field(actor: Actor, key: str, *, deleted: bool = False) -> Field:
    """A field that is not in the trash (or that is). Raises Missing, also for one that a client may not know of."""
    found = Field.objects.filter(workspace_id=actor.workspace_id, key=key, deleted_at__isnull=not deleted)
    if actor.role == Role.CLIENT:
        found = found.filter(for_clients=True)
    field = found.order_by("-deleted_at").first()
    if field is None:
        raise Missing(tr("There is no such field. It may have been deleted; look into the list of fields."))
    return field
