"""Change files (`fairlead.change/1`): what happened since a plan was made. Read as strictly as problem files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fairlead.engine.change import KINDS, Change
from fairlead.engine.files import check_format, entries, list_at, parse_json, read_row, without_echoes
from fairlead.engine.problem import Task, Worker
from fairlead.engine.validation import (
    LATEST_MIN,
    MINUTE,
    TASK_FIELDS,
    WORKER_FIELDS,
    Check,
    Place,
    ProblemErrors,
    check_fields,
    integer,
    text,
)

CHANGE_FORMAT = "fairlead.change/1"

Reader = Callable[[Place, Any], Any]


def checked(check: Check) -> Reader:
    """Reader of a value that stays as it is."""

    def read(place: Place, value: Any) -> Any:
        check(place, value)
        return value

    return read


def row(kind: type, fields: dict[str, Check]) -> Reader:
    """Reader of a worker or task."""

    def read(place: Place, value: Any) -> Any:
        found = read_row(place, value, kind=kind)
        if found is not None:
            check_fields(place.at("."), found, fields=fields)
        return found

    return read


whole_task, whole_worker = row(Task, TASK_FIELDS), row(Worker, WORKER_FIELDS)

KEYS: dict[str, dict[str, Reader]] = {
    "new_task": {"task": whole_task},
    "task_gone": {"task": checked(text)},
    "worker_away": {"worker": checked(text), "start": checked(MINUTE), "finish": checked(MINUTE)},
    "overrun": {"task": checked(text), "minutes": checked(integer(1, LATEST_MIN))},
    "early_finish": {"task": checked(text), "finish": checked(MINUTE)},
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
    found = [read_change(place, item) for place, item in list_at(root, top, name="changes")]
    if root.errors:
        raise ProblemErrors(without_echoes(root.errors))
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
