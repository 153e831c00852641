"""Custom fields of tasks, coming in and going out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fairlead.api.calls import Call
from fairlead.api.problems import InvalidInput
from fairlead.events.actor import Actor
from fairlead.lib.speech import tr
from fairlead.work.fields.definitions import by_key, visible
from fairlead.work.fields.json_values import from_json, to_json
from fairlead.work.fields.stored import people_of, values_of
from fairlead.work.fields.values import Wrong


def own_values(actor: Actor, rows: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """{task id: {key of the field: its value}} of rows with id and project_id."""
    found = list(rows)
    fields = visible(actor)
    people = people_of(actor.workspace_id, fields)
    values = values_of([row["id"] for row in found], fields)
    return {
        row["id"]: {
            field.key: to_json(field, values.get(row["id"], {}).get(field.id), people)
            for field in fields
            if row["project_id"] in field.projects
        }
        for row in found
    }


def given_values(request: Call, given: Mapping[str, Any]) -> dict[int, Any]:
    """The values of a body by the ids of their fields. Raises InvalidInput with a pointer to each that is wrong."""
    fields = visible(request.actor)
    people = people_of(request.actor.workspace_id, fields)
    values: dict[int, Any] = {}
    errors = []
    for key, raw in given.items():
        field = by_key(fields, key)
        try:
            if field is None:
                raise Wrong(tr("There is no field %(name)s.", name=key[:40]))
            values[field.id] = from_json(field, raw, people)
        except Wrong as wrong:
            errors.append({"pointer": f"#/fields/{key[:40]}", "detail": str(wrong)})
    if errors:
        raise InvalidInput(tr("Some fields need another look."), errors)
    return values
