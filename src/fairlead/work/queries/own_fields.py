"""Lists of tasks sorted and grouped by custom fields."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import F, OrderBy, QuerySet

from fairlead.events.actor import Actor
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.work.fields.asking import group_id, may_group, sort_key
from fairlead.work.fields.definitions import Definitions, FieldDef, definitions, of_project, seen_by
from fairlead.work.fields.models import Kind
from fairlead.work.fields.stored import people_of, values_of
from fairlead.work.fields.values import shown
from fairlead.work.models import Task

PREFIX: Final = "f."
"""In front of a custom field's key, where columns, orders and groups are named."""


def own_field(name: str, own: Definitions) -> FieldDef | None:
    """The field that `f.budget` names."""
    key = name.removeprefix("-").removeprefix(PREFIX)
    return next((field for field in own if field.key == key), None) if PREFIX in name else None


def sorted_by_own(tasks: QuerySet[Task], sort: str, own: Definitions) -> tuple[QuerySet[Task], list[OrderBy]]:
    """The tasks and their order, when the list is sorted by a custom field; empty values come last."""
    field = own_field(sort, own)
    if field is None:
        return tasks, []
    key = OrderBy(F("own_order"), descending=sort.startswith("-"), nulls_last=True)
    return tasks.annotate(own_order=sort_key(field)), [key]


def grouped_by_own(tasks: QuerySet[Task], group: str, own: Definitions) -> tuple[QuerySet[Task], list[OrderBy]]:
    """The tasks and the order of their groups, when the list is grouped by a custom field."""
    field = own_field(group, own)
    if field is None or not may_group(field):
        return tasks, []
    order = [OrderBy(F(name), nulls_last=True) for name in ("own_group_order", "own_group")]
    return tasks.annotate(own_group=group_id(field), own_group_order=sort_key(field)), order


def group_names(rows: list[dict[str, Any]], group: str, own: Definitions) -> dict[int, str] | None:
    """{task id: the name of its group}; None when the list is not grouped by a custom field."""
    field = own_field(group, own)
    if field is None or not may_group(field):
        return None
    values = values_of([row["id"] for row in rows], [field])
    names = _names(field, [of.get(field.id) for of in values.values()])
    return {row["id"]: _group_name(field, row, values.get(row["id"], {}).get(field.id), names) for row in rows}


def _names(field: FieldDef, ids: list[Any]) -> dict[Any, str]:
    if field.kind == Kind.SELECT:
        return {option.id: option.name for option in field.options}
    if field.kind == Kind.PERSON:
        return dict(Worker.objects.filter(pk__in=ids).values_list("id", "name"))
    return {True: tr("%(name)s: yes", name=field.name)}


def _group_name(field: FieldDef, row: dict[str, Any], value: Any, names: dict[Any, str]) -> str:
    hidden = row["project_id"] not in field.projects
    none = tr("No %(name)s", name=field.name)
    return none if hidden or value is None else names.get(value, none)


def shown_fields(actor: Actor, task: Task) -> list[tuple[str, str]]:
    """(name, value in words) of what the task has in the fields that the reader may know of."""
    fields = of_project(seen_by(actor, definitions(task.workspace_id)), task.project_id)
    values, people = values_of([task.pk], fields).get(task.pk, {}), people_of(task.workspace_id, fields)
    return [(field.name, shown(field, values[field.id], people)) for field in fields if field.id in values]
