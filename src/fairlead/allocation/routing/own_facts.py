"""Custom fields as conditions of policies know them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from fairlead.people.models import Worker
from fairlead.work.fields.definitions import Definitions, FieldDef
from fairlead.work.fields.models import OPTIONS, WORKERS, Kind
from fairlead.work.fields.stored import values_of
from fairlead.work.fields.values import major
from fairlead.work.models import Task

NO_DAY: Final = 1_000_000.0
"""Days from today of a date that is not set, as for due dates."""


def own_facts(tasks: Collection[Task], fields: Definitions, *, today: date) -> dict[int, dict[str, Any]]:
    """{task id: task.fields and task.filled}. What has no value is 0, an empty text or list, or no; a day that is not
    set is a million days away."""
    values = values_of([task.pk for task in tasks], fields)
    names = _names(fields, values.values())
    found = {}
    for task in tasks:
        mine = values.get(task.pk, {})
        here = {field.key: mine.get(field.id) for field in fields if task.project_id in field.projects}
        found[task.pk] = {
            "task.fields": {field.key: fact(field, here.get(field.key), names, today) for field in fields},
            "task.filled": [key for key, value in here.items() if value is not None],
        }
    return found


def _names(fields: Definitions, values: Any) -> dict[int, str]:
    held = [field.id for field in fields if field.kind in WORKERS]
    ids = {pk for each in values for field_id in held for pk in _ids(each.get(field_id))}
    return dict(Worker.objects.filter(pk__in=ids).values_list("id", "name")) if ids else {}


def _ids(value: Any) -> tuple[int, ...]:
    return () if value is None else value if isinstance(value, tuple) else (value,)


def fact(field: FieldDef, value: Any, names: dict[int, str], today: date) -> Any:
    """One value: money in whole units, a day as days from today, choices and people by name."""
    if field.kind == Kind.MONEY:
        return float(major(value or 0, field.currency))
    if field.kind in (Kind.NUMBER, Kind.FORMULA):
        return float(value or 0)
    if field.kind == Kind.DATE:
        return NO_DAY if value is None else float((value - today).days)
    if field.kind == Kind.CHECK:
        return value is True
    if field.kind in OPTIONS or field.kind in WORKERS:
        known = {option.id: option.name for option in field.options} | names
        told = [known.get(pk, "") for pk in _ids(value)]
        return told if field.many else (told[0] if told else "")
    return value or ""


def blank_facts(fields: Definitions) -> dict[str, Any]:
    """An empty value for each field, to try a condition with."""
    return {field.key: fact(field, None, {}, date(2000, 1, 1)) for field in fields}
