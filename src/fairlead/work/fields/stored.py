"""Reading the values of many tasks at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from fairlead.people.models import Worker
from fairlead.work.fields.definitions import FieldDef
from fairlead.work.fields.models import WORKERS, FieldValue
from fairlead.work.fields.values import People

Values = dict[int, Any]
"""{field id: value}; see `values.py` for what a value is."""


def values_of(task_ids: Collection[int], fields: Iterable[FieldDef]) -> dict[int, Values]:
    """{task id: its values} in these fields. One query."""
    known = {field.id: field for field in fields}
    if not known or not task_ids:
        return {}
    rows = FieldValue.objects.filter(task_id__in=task_ids, field_id__in=known).order_by("id").values_list(
        "task_id", "field_id", "text", "number", "minor", "day", "option_id", "worker_id", "flag"
    )  # fmt: skip
    found: dict[int, Values] = defaultdict(dict)
    for task_id, field_id, *columns in rows:
        value: Any = next(column for column in columns if column is not None)
        if known[field_id].many:
            value = (*found[task_id].get(field_id, ()), value)
        found[task_id][field_id] = value
    return found


def people_of(workspace_id: int, fields: Iterable[FieldDef]) -> People:
    """Everybody of the directory by name, if one of the fields holds people; else nobody. At most one query."""
    if not any(field.kind in WORKERS for field in fields):
        return {}
    return dict(Worker.objects.filter(workspace_id=workspace_id).order_by("name").values_list("id", "name"))
