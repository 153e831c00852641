"""Formulas: a number worked out from the task's other fields and its effort, in CEL. Pure.

A formula is empty while one of the values that it names is. Days are counted, so that the difference of two dates is a
number of days; money is counted in whole units of its currency.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final

from fairlead.lib import cel
from fairlead.lib.cel import BadExpression
from fairlead.lib.speech import tr
from fairlead.work.fields.definitions import Definitions, FieldDef
from fairlead.work.fields.models import Kind
from fairlead.work.fields.values import BIGGEST, major, precision

MOST_CHARS: Final = 500
EFFORT: Final = "task.effort_h"
COUNTED: Final = (Kind.NUMBER, Kind.MONEY, Kind.DATE)
"""Kinds that a formula may name."""
_NUMBER: Final = re.compile(r"(?<![\w.])\d+(?![\w.])")
_NAME: Final = re.compile(r"task\.(?:fields\.)?[a-z_][a-z0-9_]*")


def check_formula(text: str, fields: Iterable[FieldDef]) -> None:
    """Raises BadExpression for a formula that cannot be worked out with these fields."""
    if len(text) > MOST_CHARS:
        raise BadExpression(tr("A formula has at most %(most)s characters.", most=MOST_CHARS), at=MOST_CHARS)
    _compiled(text, _names(fields))


def names_of(fields: Iterable[FieldDef]) -> list[tuple[str, str]]:
    """(name, what it is) of everything that a formula may name."""
    named = [(f"task.fields.{field.key}", field.name) for field in fields if field.kind in COUNTED]
    return [*named, (EFFORT, tr("hours of work"))]


def results(fields: Definitions, values: Mapping[int, Any], effort_min: int | None) -> dict[int, Decimal | None]:
    """What each formula among the fields gives for a task with these values: {field id: number, or None}."""
    formulas = [field for field in fields if field.kind == Kind.FORMULA]
    if not formulas:
        return {}
    known = {EFFORT: effort_min / 60} if effort_min is not None else {}
    for field in fields:
        if field.kind in COUNTED and (value := values.get(field.id)) is not None:
            known[f"task.fields.{field.key}"] = _counted(field, value)
    names = _names(fields)
    return {field.id: _result(field, names, known) for field in formulas}


def _result(field: FieldDef, names: tuple[str, ...], known: Mapping[str, float]) -> Decimal | None:
    if not set(_NAME.findall(field.formula)) <= set(known):
        return None
    try:
        number = Decimal(repr(float(_compiled(field.formula, names).value(_filled(names, known)))))
    except (BadExpression, cel.Failed, OverflowError):
        return None  # a field that it names was deleted since, or it divides by zero
    if not number.is_finite() or abs(number) >= BIGGEST:
        return None
    places = precision(field.currency) if field.currency else field.decimals
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _counted(field: FieldDef, value: Any) -> float:
    if field.kind == Kind.MONEY:
        return float(major(value, field.currency))
    return float(value.toordinal()) if isinstance(value, date) else float(value)


def _filled(names: tuple[str, ...], known: Mapping[str, float]) -> dict[str, float]:
    return {name: known.get(name, 0.0) for name in names}


def _names(fields: Iterable[FieldDef]) -> tuple[str, ...]:
    return tuple(name for name, _ in names_of(fields))


@lru_cache(256)
def _compiled(text: str, names: tuple[str, ...]) -> cel.Program:
    """Whole numbers are meant as numbers like all others: 2 is 2.0."""

    def unknown(name: str) -> str:
        near = get_close_matches(name, names, n=1, cutoff=0.5)
        if near:
            return tr("There is nothing called %(name)s that can be counted. Did you mean %(near)s?",
                      name=name, near=near[0])  # fmt: skip
        return tr("There is nothing called %(name)s that can be counted. There are %(names)s.",
                  name=name, names=", ".join(names))  # fmt: skip

    try:
        program = _environment(names).compile(_NUMBER.sub(lambda found: f"{found[0]}.0", text), unknown)
    except BadExpression as wrong:
        raise BadExpression(wrong.text, at=_before(text, wrong.at)) from None
    if program.kind != cel.DECIMAL:
        raise BadExpression(tr("A formula gives a number, such as task.fields.price * task.effort_h."), at=0)
    return program


def _before(text: str, at: int | None) -> int | None:
    """The place in the text as it was typed, of one in the text with its numbers written out."""
    if at is None:
        return None
    for found in _NUMBER.finditer(text):
        if found.end() > at:
            break
        at -= 2 if found.end() + 2 <= at else at - found.end()
    return min(at, len(text))


@lru_cache(64)
def _environment(names: tuple[str, ...]) -> cel.Environment:
    return cel.Environment(dict.fromkeys(names, cel.DECIMAL))
