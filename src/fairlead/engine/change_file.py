"""Change files (`fairlead.change/1`): what happened since a plan was made. Read as strictly as problem files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fairlead.engine.change import KINDS, Change
from fairlead.engine.files.document import check_format, entries, list_at, parse_json, without_echoes
from fairlead.engine.files.problems import built, columns, keys_of, read_row
from fairlead.engine.problem import Task, Worker
from fairlead.engine.validation import (
    LATEST_MIN,
    TASK_FIELDS,
    WORKER_FIELDS,
    Check,
    Integer,
    Place,
    ProblemErrors,
    Text,
    errors_in,
)

CHANGE_FORMAT = "fairlead.change/1"

Reader = Callable[[Place, Any], Any]


def checked(check: Check) -> Reader:
    """Reader of a value that stays as it is."""

    def read(place: Place, value: Any) -> Any:
        for fault in check.faults(value):
            place.at(fault.suffix).refuse(fault.value, fault.allowed)
        return value

    return read


def row(kind: type, fields: dict[str, Check]) -> Reader:
    """Reader of a worker or task."""

    def read(place: Place, value: Any) -> Any:
        shape = Place(place.path, [])
        found = columns(kind, [read_row(shape, value, known=keys_of(kind))])
        values = errors_in(found, fields, path=lambda _: f"{place.path}.") if isinstance(value, dict) else []
        place.errors.extend(without_echoes(shape.errors, values))
        return built(kind, found)[0]

    return read


whole_task, whole_worker = row(Task, TASK_FIELDS), row(Worker, WORKER_FIELDS)

KEYS: dict[str, dict[str, Reader]] = {
    "new_task": {"task": whole_task},
    "task_gone": {"task": checked(Text())},
    "worker_away": {
        "worker": checked(Text()),
        "start": checked(Integer(0, LATEST_MIN)),
        "finish": checked(Integer(0, LATEST_MIN)),
    },
    "overrun": {"task": checked(Text()), "minutes": checked(Integer(1, LATEST_MIN))},
    "early_finish": {"task": checked(Text()), "finish": checked(Integer(0, LATEST_MIN))},
    "task_changed": {"task": whole_task},
    "worker_changed": {"worker": whole_worker},
}
"""The keys of each kind, all required, in the order of the class's fields."""


def read_changes(path: str | os.PathLike[str]) -> tuple[Change, ...]:
    """The changes in a file; ProblemErrors lists everything that is wrong with it, OSError when it cannot be read."""
    return changes_from_dict(parse_json(Path(path).read_bytes()))


def changes_from_dict(raw: Any) -> tuple[Change, ...]:
    """The changes in parsed JSON; ProblemErrors lists everything that is wrong."""
    root = Place("", [])
    top = entries(root, raw, known={"format": True, "changes": True})
    check_format(root, top, wanted=CHANGE_FORMAT)
    rows = list_at(root, top, name="changes")
    changes = [(root.at(f"changes[{position}]"), item) for position, item in enumerate(rows)]
    found = [read_change(place, item) for place, item in changes]
    if root.errors:
        raise ProblemErrors(without_echoes(root.errors, []))
    return tuple(change for change in found if change is not None)


def read_change(place: Place, raw: Any) -> Change | None:
    """One change; None, and a fault, when it is none."""
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if kind not in KEYS:
        what = place.at(".kind") if isinstance(raw, dict) else place
        what.refuse(kind if isinstance(raw, dict) else raw, "one of " + ", ".join(KEYS))
        return None
    faults = len(place.errors)
    found = entries(place, raw, known=dict.fromkeys(("kind", *KEYS[kind]), True))
    values = [read(place.at(f".{key}"), found[key]) for key, read in KEYS[kind].items() if key in found]
    return None if len(place.errors) > faults else KINDS[kind](*values)
