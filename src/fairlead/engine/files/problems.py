"""Problem files: read into a checked `Problem`, and written in one canonical form."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import MISSING, fields
from datetime import datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from fairlead.engine.files.document import (
    Repeated,
    check_format,
    entries,
    json_text,
    list_at,
    many_new_objects,
    parse_json,
    without_echoes,
    write_bytes,
)
from fairlead.engine.plan import PARTS, plain
from fairlead.engine.problem import Objective, Pin, Problem, Task, Worker
from fairlead.engine.validation import Place, ProblemErrors, errors_in_columns

PROBLEM_FORMAT = "fairlead.problem/1"

FLOAT_FIELDS = frozenset({"rate", "speed", "filled", "weight", "misfit", *PARTS} - {"unassigned"})
"""Fields where 65 and 65.0 are the same number."""

NESTED_LISTS = 5
"""Depth to which lists in lists become tuples. A sound file has two; whatever is deeper is refused as it is."""

PROBLEM_KEYS = {
    "format": True,
    "start": True,
    "horizon": False,
    "workers": True,
    "tasks": True,
    "objective": False,
    "setup": False,
}


@cache
def keys_of(kind: type) -> dict[str, bool]:
    """The keys of a dataclass, and whether each is required."""
    return {item.name: item.default is MISSING and item.default_factory is MISSING for item in fields(kind)}


@cache
def defaults_of(kind: type) -> dict[str, Any]:
    """The default of each key; MISSING where it is required."""
    return {
        item.name: item.default if item.default_factory is MISSING else item.default_factory() for item in fields(kind)
    }


def read_problem(path: str | os.PathLike[str]) -> Problem:
    """The problem in a file; ProblemErrors lists everything that is wrong with it, OSError when it cannot be read."""
    return problem_from_bytes(Path(path).read_bytes())


def problem_from_bytes(raw: bytes) -> Problem:
    """The problem in JSON bytes; ProblemErrors lists everything that is wrong."""
    with many_new_objects():
        return problem_from_dict(parse_json(raw))


def problem_from_dict(raw: Any) -> Problem:
    """The problem in parsed JSON; ProblemErrors lists everything that is wrong."""
    root = Place("", [])
    top = entries(root, raw, known=PROBLEM_KEYS)
    check_format(root, top, wanted=PROBLEM_FORMAT)
    head = {"start": moment_or_raw(top.get("start")), "horizon": top.get("horizon"), "setup": top.get("setup", 0)}
    workers = columns(Worker, read_rows(root, top, name="workers", kind=Worker))
    tasks = columns(Task, read_rows(root, top, name="tasks", kind=Task))
    prices = entries(root.at("objective"), top.get("objective", {}), known=keys_of(Objective))
    objective = columns(Objective, [prices])
    wrong = errors_in_columns(
        top={name: [value] for name, value in head.items()}, objective=objective, workers=workers, tasks=tasks
    )
    if root.errors or wrong:
        raise ProblemErrors(without_echoes(root.errors, wrong))
    return Problem.of_checked(
        **head,
        workers=built(Worker, workers),
        tasks=built(Task, tasks),
        objective=built(Objective, objective)[0],
    )


def moment_or_raw(value: Any) -> Any:
    """A moment from its text; anything else as it is, for the checks to refuse."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


def read_rows(root: Place, top: Mapping[str, Any], *, name: str, kind: type) -> list[dict[str, Any]]:
    """The known keys of the workers or tasks with their values as they stand; each row keeps its position."""
    known = keys_of(kind)
    required = {key for key, needed in known.items() if needed}
    rows = list(list_at(root, top, name=name))
    for position, row in enumerate(rows):
        plainly = type(row) is dict and known.keys() >= row.keys() >= required
        if not plainly or "pin" in row or Repeated in map(type, row.values()):
            rows[position] = read_row(root.at(f"{name}[{position}]"), row, known=known)
    return rows


def read_row(place: Place, row: Any, *, known: Mapping[str, bool]) -> dict[str, Any]:
    """The known keys of a worker or task, its pin and its mappings taken apart too."""
    found = entries(place, row, known=known)
    for name in ("skills", "needs", "minutes", "misfit"):
        if isinstance(found.get(name), Repeated):
            found[name] = entries(place.at(f".{name}"), found[name], known={key: False for key, _ in found[name]})
    if found.get("pin") is not None:
        found["pin"] = read_pin(place.at(".pin"), found["pin"])
    return found


def read_pin(place: Place, value: Any) -> Any:
    """A pin; the raw value when it is no object, for the checks to refuse."""
    found = entries(place, value, known=keys_of(Pin))
    return built(Pin, columns(Pin, [found]))[0] if isinstance(value, dict | Repeated) else value


def columns(kind: type, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The values of each field: the default where a key is left out, None where it may not be."""
    defaults = {name: None if value is MISSING else copy(value) for name, value in defaults_of(kind).items()}
    return {name: frozen(name, [row.get(name, default) for row in rows]) for name, default in defaults.items()}


def built(kind: type, of: Mapping[str, list[Any]]) -> tuple[Any, ...]:
    """The dataclasses from the columns of their fields, which stand in the same order."""
    return tuple(map(kind, *of.values()))


def frozen(name: str, column: list[Any]) -> list[Any]:
    """The column with lists as tuples, and with whole numbers as floats where the field holds floats."""
    kinds = set(map(type, column))
    if not kinds.isdisjoint((list, Repeated)):
        column = [tuple_of(value, nested=NESTED_LISTS) if isinstance(value, list) else value for value in column]
    if int in kinds and name in FLOAT_FIELDS:
        column = [float_or_raw(value) if type(value) is int else value for value in column]
    return column


def tuple_of(value: list[Any], *, nested: int) -> Any:
    """A list and the lists in it as tuples; an object with a repeated key, which no list may hold, as a dictionary."""
    if isinstance(value, Repeated):
        return dict(value)
    kinds = set(map(type, value))
    if nested == 1 or kinds.isdisjoint((list, Repeated)):
        return tuple(value)
    if kinds == {list} and set(map(type, chain.from_iterable(value))).isdisjoint((list, Repeated)):
        return tuple(map(tuple, value))
    return tuple(tuple_of(item, nested=nested - 1) if isinstance(item, list) else item for item in value)


def float_or_raw(value: int) -> float | int:
    """As a float, unless it is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return value


def problem_to_dict(problem: Problem) -> dict[str, Any]:
    """The problem file's shape. Values that equal the default are left out."""
    return {
        "format": PROBLEM_FORMAT,
        "start": problem.start.isoformat(),
        **({"horizon": problem.horizon} if problem.horizon is not None else {}),
        "workers": [without_defaults(worker) for worker in problem.workers],
        "tasks": [without_defaults(task) for task in problem.tasks],
        "objective": {name: numbers(name, value) for name, value in plain(problem.objective).items()},
        "setup": problem.setup,
    }


def without_defaults(item: Any) -> dict[str, Any]:
    """The fields that differ from their default."""
    shown: dict[str, Any] = {}
    kind: type = type(item)
    for name, default in defaults_of(kind).items():
        value = getattr(item, name)
        if default is MISSING or value != default:
            shown[name] = numbers(name, json_value(value))
    return shown


def json_value(value: Any) -> Any:
    """Tuples as lists, mappings as dictionaries; floats untouched, unlike in plans."""
    if isinstance(value, Pin):
        return {"worker": value.worker} | ({} if value.start is None else {"start": value.start})
    if isinstance(value, Mapping):
        return {key: json_value(item) for key, item in value.items()}
    return [json_value(item) for item in value] if isinstance(value, tuple | list) else value


def numbers(name: str, value: Any) -> Any:
    """Floats where the field holds floats, so that 65 and 65.0 give the same bytes."""
    if name in ("misfit", "unassigned") and isinstance(value, dict | list):
        if isinstance(value, list):
            return [float(item) for item in value]
        return {key: float(item) for key, item in value.items()}
    return float(value) if name in FLOAT_FIELDS and not isinstance(value, dict) else value


def problem_bytes(problem: Problem) -> bytes:
    """The canonical bytes: sorted keys, no spaces, UTF-8; workers and tasks in their order, which breaks ties."""
    text_form = json.dumps(
        problem_to_dict(problem), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text_form.encode("utf-8")


def problem_digest(problem: Problem) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(problem_bytes(problem)).hexdigest()


def write_problem(problem: Problem, path: str | os.PathLike[str]) -> None:
    """Write a problem file; `.gz` is packed."""
    write_bytes(path, json_text(problem_to_dict(problem)))
