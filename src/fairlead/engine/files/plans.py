"""Plan files: only their shape is judged here; whether the plan keeps the rules says `check`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fairlead.engine.files.document import (
    check_format,
    entries,
    json_text,
    list_at,
    many_new_objects,
    parse_json,
    without_echoes,
    write_bytes,
)
from fairlead.engine.plan import PARTS, Assignment, Cost, Plan, Unassigned
from fairlead.engine.validation import (
    Check,
    Fault,
    IdList,
    Integer,
    Number,
    Optional,
    Place,
    ProblemErrors,
    Text,
    columns_of,
    errors_in,
    is_integer,
    is_number,
)

PLAN_FORMAT = "fairlead.plan/1"
TOTAL_TOLERANCE = 0.5
"""Points by which a plan's total may differ from the sum of its terms, each rounded to one decimal."""


class AnyInteger(Check):
    """An integer, negative ones too."""

    def faults(self, value: Any) -> Sequence[Fault]:
        return () if is_integer(value) else (Fault("", value, "an integer"),)


class AnyText(Check):
    """A text, empty ones too."""

    def faults(self, value: Any) -> Sequence[Fault]:
        if not isinstance(value, str):
            return (Fault("", value, "a text"),)
        return Text().faults(value) if value else ()


PLAN_FIELDS: dict[str, Check] = {
    "bound": Optional(Number()),
    "bound_by": AnyText(),
    "seconds": Number(),
    "iterations": Integer(0),
    "seed": AnyInteger(),
    "stopped_by": AnyText(),
}
ASSIGNMENT_FIELDS: dict[str, Check] = {
    "task": Text(),
    "worker": Text(),
    "lane": Integer(0),
    "start": Integer(0),
    "finish": Integer(0),
}
LEFT_OUT_FIELDS: dict[str, Check] = {
    "task": AnyText(),
    "reason": AnyText(),
    "blocked_by": IdList(),
    "fixes": IdList(),
}
PLAN_KEYS = {"format": True, "assignments": True} | dict.fromkeys(("unassigned", "cost", *PLAN_FIELDS), False)
ASSIGNMENT_KEYS = dict.fromkeys(ASSIGNMENT_FIELDS, True)
LEFT_OUT_KEYS = {"task": True, "reason": True, "blocked_by": False, "fixes": False}


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """The plan in a file; ProblemErrors lists everything that is wrong with it, OSError when it cannot be read."""
    return plan_from_bytes(Path(path).read_bytes())


def plan_from_bytes(raw: bytes) -> Plan:
    """The plan in JSON bytes; ProblemErrors lists everything that is wrong."""
    with many_new_objects():
        return plan_from_dict(parse_json(raw))


def plan_from_dict(raw: Any) -> Plan:
    """The plan in parsed JSON; ProblemErrors lists everything that is wrong. Only its shape is judged here."""
    root = Place("", [])
    top = entries(root, raw, known=PLAN_KEYS)
    check_format(root, top, wanted=PLAN_FORMAT)
    assignments = tuple(
        Assignment(*map(row.get, ASSIGNMENT_FIELDS))  # type: ignore[arg-type]  # what is missing is refused below
        for row in read_rows(root, top, name="assignments", known=ASSIGNMENT_KEYS)
    )
    left_out = tuple(read_left_out(row) for row in read_rows(root, top, name="unassigned", known=LEFT_OUT_KEYS))
    cost = read_cost(root.at("cost"), top["cost"]) if top.get("cost") is not None else None
    rest = {name: top[name] for name in PLAN_FIELDS if name in top}
    plan = Plan(assignments, left_out, cost, **rest)
    wrong_values = [
        *errors_in(
            columns_of(assignments, ASSIGNMENT_FIELDS), ASSIGNMENT_FIELDS, path=lambda row: f"assignments[{row}]."
        ),
        *errors_in(columns_of(left_out, LEFT_OUT_FIELDS), LEFT_OUT_FIELDS, path=lambda row: f"unassigned[{row}]."),
        *errors_in(columns_of((plan,), PLAN_FIELDS), PLAN_FIELDS, path=lambda _: ""),
    ]
    if root.errors or wrong_values:
        raise ProblemErrors(without_echoes(root.errors, wrong_values))
    return plan


def read_rows(root: Place, top: Mapping[str, Any], *, name: str, known: Mapping[str, bool]) -> list[dict[str, Any]]:
    """The rows of a list with their values as they stand, faulty ones too: each keeps its position."""
    required = {key for key, needed in known.items() if needed}
    return [
        row
        if type(row) is dict and known.keys() >= row.keys() >= required
        else entries(root.at(f"{name}[{position}]"), row, known=known)
        for position, row in enumerate(list_at(root, top, name=name))
    ]


def read_left_out(row: Mapping[str, Any]) -> Unassigned:
    """One task left out; what is missing or of a wrong type is refused later."""
    lists = [row.get(name, ()) for name in ("blocked_by", "fixes")]
    codes, fixes = (tuple(value) if type(value) is list else value for value in lists)
    return Unassigned(row.get("task", ""), row.get("reason", ""), codes, fixes)


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
    try:
        if abs(cost.total - found["total"]) <= TOTAL_TOLERANCE:
            return cost
        allowed = f"the sum of the terms, {cost.total:.6g}"
    except OverflowError:
        allowed = "the sum of the terms, which is too large"
    place.at(".total").refuse(found["total"], allowed)
    return cost


def plan_bytes(plan: Plan) -> bytes:
    """The plan file's bytes; the same plan gives the same bytes."""
    return json_text(plan.to_dict())


def write_plan(plan: Plan, path: str | os.PathLike[str]) -> None:
    """Write a plan file; `.gz` is packed."""
    write_bytes(path, plan_bytes(plan))
