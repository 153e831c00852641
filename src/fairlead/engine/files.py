"""Problem and plan files: JSON, `.gz` accepted. Read strictly, every fault reported at once with its path.

Nothing is written unless what is to be written is sound. `problem_bytes` is the one canonical form of a problem:
equal problems have equal bytes, and `problem_digest` names them in receipts.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from fairlead.engine.plan import PARTS, Assignment, Cost, Plan, Unassigned, plain
from fairlead.engine.problem import Objective, Pin, Problem, Task, Worker
from fairlead.engine.validation import (
    Check,
    Place,
    ProblemErrors,
    id_list,
    integer,
    is_integer,
    is_number,
    number,
    optional,
    text,
)

PROBLEM_FORMAT = "fairlead.problem/1"
PLAN_FORMAT = "fairlead.plan/1"
TOTAL_TOLERANCE = 0.5
"""Points by which a plan's total may differ from the sum of its terms, each rounded to one decimal."""

FLOAT_FIELDS = frozenset({"rate", "speed", "weight", "misfit", *PARTS} - {"unassigned"})
"""Fields where 65 and 65.0 are the same number."""


class Repeated(list[tuple[str, Any]]):
    """A JSON object in which a key stands twice; kept as pairs so that its path can be named."""


def keep_pairs(pairs: list[tuple[str, Any]]) -> Any:
    """An object as a dictionary, or as pairs when a key is repeated."""
    result = dict(pairs)
    return result if len(result) == len(pairs) else Repeated(pairs)


def parse_json(raw: bytes) -> Any:
    """JSON from bytes, unpacked when it is gzip. NaN and infinities stay floats, for the checks to refuse."""
    try:
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        return json.loads(raw.decode("utf-8"), object_pairs_hook=keep_pairs)
    except (OSError, EOFError, zlib.error) as error:
        refuse("(file)", str(error), allowed="JSON, plain or gzip")
    except (ValueError, RecursionError) as error:  # bad UTF-8, bad JSON, a number of thousands of digits
        refuse("(file)", str(error), allowed="JSON in UTF-8")


def refuse(path: str, value: object, *, allowed: str) -> NoReturn:
    """One fault that ends the reading."""
    errors: list[Any] = []
    Place(path, errors).refuse(value, allowed)
    raise ProblemErrors(errors)


def entries(place: Place, value: Any, *, known: Mapping[str, bool]) -> dict[str, Any]:
    """The known keys of an object; unknown, repeated and missing required ones are faults.

    `known` says of each key whether it is required.
    """
    if isinstance(value, Repeated):
        names = [name for name, _ in value]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            place.at(dotted(place, name)).refuse(name, "each key once")
        value = dict(value)
    if not isinstance(value, dict):
        place.refuse(value, "an object with " + ", ".join(known))
        return {}
    for name in value:
        if name not in known:
            place.at(dotted(place, name)).refuse(value[name], "only the keys " + ", ".join(known))
    for name, required in known.items():
        if required and name not in value:
            place.at(dotted(place, name)).refuse(None, "a value; this key is required")
    return {name: item for name, item in value.items() if name in known}


def dotted(place: Place, name: str) -> str:
    """The key as the rest of a path."""
    return f".{name}" if place.path else name


def keys_of(kind: type) -> dict[str, bool]:
    """The keys of a dataclass, and whether each is required."""
    return {item.name: item.default is MISSING and item.default_factory is MISSING for item in fields(kind)}


# -- problems -------------------------------------------------------------------------------------------------

PROBLEM_KEYS = {
    "format": True,
    "start": True,
    "horizon": False,
    "workers": True,
    "tasks": True,
    "objective": False,
    "setup": False,
}


def read_problem(path: str | os.PathLike[str]) -> Problem:
    """The problem in a file; ProblemErrors lists everything that is wrong with it, OSError when it cannot be read."""
    return problem_from_bytes(Path(path).read_bytes())


def problem_from_bytes(raw: bytes) -> Problem:
    """The problem in JSON bytes; ProblemErrors lists everything that is wrong."""
    return problem_from_dict(parse_json(raw))


def problem_from_dict(raw: Any) -> Problem:
    """The problem in parsed JSON; ProblemErrors lists everything that is wrong."""
    root = Place("", [])
    top = entries(root, raw, known=PROBLEM_KEYS)
    check_format(root, top, wanted=PROBLEM_FORMAT)
    workers = [read_row(place, row, kind=Worker) for place, row in list_at(root, top, name="workers")]
    tasks = [read_row(place, row, kind=Task) for place, row in list_at(root, top, name="tasks")]
    objective = Objective()
    if "objective" in top:
        objective = build(Objective, entries(root.at("objective"), top["objective"], known=keys_of(Objective)))
    try:
        problem = Problem(
            start=moment_or_raw(top.get("start")),
            workers=tuple(item for item in workers if item is not None),
            tasks=tuple(item for item in tasks if item is not None),
            horizon=top.get("horizon"),
            objective=objective,
            setup=top.get("setup", 0),
        )
    except ProblemErrors as found:
        raise ProblemErrors(without_echoes([*root.errors, *found.errors])) from None
    if root.errors:
        raise ProblemErrors(without_echoes(root.errors))
    return problem


def without_echoes(errors: list[Any]) -> list[Any]:
    """The first fault at each path: a missing key is not reported again as a wrong value."""
    return list({error.path: error for error in reversed(errors)}.values())[::-1]


def list_at(root: Place, top: Mapping[str, Any], *, name: str) -> list[tuple[Place, Any]]:
    """The items of the list under a top-level key, each with its place; anything else is a fault."""
    value = top.get(name, [])
    if not isinstance(value, list) or isinstance(value, Repeated):
        root.at(name).refuse(value, "a list")
        return []
    return [(root.at(f"{name}[{position}]"), item) for position, item in enumerate(value)]


def check_format(root: Place, top: Mapping[str, Any], *, wanted: str) -> None:
    """The file says what it is."""
    if "format" in top and top["format"] != wanted:
        root.at("format").refuse(top["format"], f'"{wanted}"')


def moment_or_raw(value: Any) -> Any:
    """A moment from its text; anything else as it is, for the checks to refuse."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


def read_row(place: Place, row: Any, *, kind: type) -> Any:
    """A worker or task with its values as they stand; None when the row is no object."""
    known = keys_of(kind)
    found = entries(place, row, known=known)
    if not isinstance(row, dict | Repeated):
        return None
    for name in ("skills", "needs", "minutes", "misfit"):
        if isinstance(found.get(name), Repeated):
            found[name] = entries(place.at(f".{name}"), found[name], known={key: False for key, _ in found[name]})
    if found.get("pin") is not None and kind is Task:
        found["pin"] = read_pin(place.at(".pin"), found["pin"])
    return build(kind, found)


def read_pin(place: Place, value: Any) -> Any:
    """A pin; the raw value when it is no object, for the checks to refuse."""
    found = entries(place, value, known=keys_of(Pin))
    return build(Pin, found) if isinstance(value, dict | Repeated) else value


def build(kind: type, found: Mapping[str, Any]) -> Any:
    """The dataclass; missing required values become None, which the checks refuse, lists become tuples."""
    required = {name: None for name, needed in keys_of(kind).items() if needed}
    return kind(**{**required, **{name: frozen(name, value) for name, value in found.items()}})


def frozen(name: str, value: Any) -> Any:
    """Lists as tuples, and whole numbers as floats where a field holds a float."""
    if isinstance(value, list):
        return tuple(frozen("", item) for item in value)
    if name in FLOAT_FIELDS and isinstance(value, int) and not isinstance(value, bool):
        return float_or_raw(value)
    return value


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
    for each in fields(item):
        value = getattr(item, each.name)
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        if default is MISSING or value != default:
            shown[each.name] = numbers(each.name, json_value(value))
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


# -- plans ----------------------------------------------------------------------------------------------------

PLAN_KEYS = {"format": True, "assignments": True} | dict.fromkeys(
    ("unassigned", "cost", "bound", "seconds", "iterations", "seed", "stopped_by"), False
)


def any_integer(place: Place, value: Any) -> None:
    """An integer, negative ones too."""
    if not is_integer(value):
        place.refuse(value, "an integer")


def any_text(place: Place, value: Any) -> None:
    """A text, empty ones too."""
    if not isinstance(value, str):
        place.refuse(value, "a text")


PLAN_FIELDS: dict[str, Check] = {
    "bound": optional(number()),
    "seconds": number(),
    "iterations": integer(0),
    "seed": any_integer,
    "stopped_by": any_text,
}
ASSIGNMENT_FIELDS: dict[str, Check] = {
    "task": text,
    "worker": text,
    "lane": integer(0),
    "start": integer(0),
    "finish": integer(0),
}


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """The plan in a file; ProblemErrors lists everything that is wrong with it, OSError when it cannot be read."""
    return plan_from_bytes(Path(path).read_bytes())


def plan_from_bytes(raw: bytes) -> Plan:
    """The plan in JSON bytes; ProblemErrors lists everything that is wrong."""
    return plan_from_dict(parse_json(raw))


def plan_from_dict(raw: Any) -> Plan:
    """The plan in parsed JSON; ProblemErrors lists everything that is wrong. Only its shape is judged here."""
    root = Place("", [])
    top = entries(root, raw, known=PLAN_KEYS)
    check_format(root, top, wanted=PLAN_FORMAT)
    assignments = [read_assignment(place, row) for place, row in list_at(root, top, name="assignments")]
    left_out = [read_unassigned(place, row) for place, row in list_at(root, top, name="unassigned")]
    cost = read_cost(root.at("cost"), top["cost"]) if top.get("cost") is not None else None
    for name, check in PLAN_FIELDS.items():
        if name in top:
            check(root.at(name), top[name])
    if root.errors:
        raise ProblemErrors(without_echoes(root.errors))
    rest = {name: top[name] for name in ("bound", "seconds", "iterations", "seed", "stopped_by") if name in top}
    return Plan(tuple(assignments), tuple(left_out), cost, **rest)


def read_assignment(place: Place, row: Any) -> Assignment:
    """One assignment."""
    found = entries(place, row, known=dict.fromkeys(ASSIGNMENT_FIELDS, True))
    for name, value in found.items():
        ASSIGNMENT_FIELDS[name](place.at(f".{name}"), value)
    return Assignment(*(found.get(name) for name in ASSIGNMENT_FIELDS))  # type: ignore[arg-type]  # refused above


def read_unassigned(place: Place, row: Any) -> Unassigned:
    """One task left out."""
    found = entries(place, row, known={"task": True, "reason": True, "blocked_by": False, "fixes": False})
    for name in ("task", "reason"):
        if name in found:
            any_text(place.at(f".{name}"), found[name])
    for name in ("blocked_by", "fixes"):
        if name in found:
            id_list(place.at(f".{name}"), found[name])
    lists = [tuple(found.get(name) or ()) for name in ("blocked_by", "fixes")]
    return Unassigned(found.get("task", ""), found.get("reason", ""), *lists)


def read_cost(place: Place, value: Any) -> Cost | None:
    """The stated cost; its total has to be the sum of its terms."""
    found = entries(place, value, known={"total": True, **dict.fromkeys(PARTS, True)})
    sound = True
    for name, points in found.items():
        if not is_number(points):
            place.at(f".{name}").refuse(points, "a number")
            sound = False
    if not sound or len(found) <= len(PARTS):
        return None
    cost = Cost(**{name: float(found[name]) for name in PARTS})
    if abs(cost.total - found["total"]) > TOTAL_TOLERANCE:
        place.at(".total").refuse(found["total"], f"the sum of the terms, {cost.total:.6g}")
    return cost


def plan_bytes(plan: Plan) -> bytes:
    """The plan file's bytes; the same plan gives the same bytes."""
    return json_text(plan.to_dict())


def write_plan(plan: Plan, path: str | os.PathLike[str]) -> None:
    """Write a plan file; `.gz` is packed."""
    write_bytes(path, plan_bytes(plan))


def json_text(value: Any) -> bytes:
    """JSON for people and programs: one space, UTF-8, a newline at the end."""
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write the whole file or nothing: a reader never sees half of it."""
    target = Path(path)
    packed = gzip.compress(content, mtime=0) if target.suffix == ".gz" else content
    partial = target.with_name(target.name + ".part")
    try:
        partial.write_bytes(packed)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
