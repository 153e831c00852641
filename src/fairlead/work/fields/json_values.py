"""Values of fields as the API reads and writes them, and as a batch keeps them. Pure.

Money is {"amount": minor units, "currency": "EUR"}, never a number with decimals; choices and people are written with
id and name and may be given by either.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from fairlead.lib.speech import tr
from fairlead.work.fields.definitions import FieldDef
from fairlead.work.fields.models import MANY, MAX_CHOICES, OPTIONS, WORKERS, Kind
from fairlead.work.fields.values import (
    MAX_TEXT,
    People,
    Wrong,
    checked_day,
    checked_minor,
    checked_number,
    checked_text,
    plain_number,
    to_minor,
    typed,
)


def to_json(field: FieldDef, value: Any, people: People) -> Any:
    """The value as the API shows it; null for an empty one, false for a box that is not checked."""
    if field.kind == Kind.CHECK:
        return value is True
    if value is None:
        return [] if field.kind in MANY else None
    if field.kind == Kind.MONEY:
        return {"amount": value, "currency": field.currency}
    if field.kind in (Kind.NUMBER, Kind.FORMULA):
        if field.currency:
            return {"amount": to_minor(value, field.currency), "currency": field.currency}
        number = plain_number(value)
        return int(number) if number == number.to_integral_value() else float(number)
    if field.kind == Kind.DATE:
        return value.isoformat()
    if field.kind in OPTIONS:
        return _named(field, value, {option.id: option.name for option in field.options})
    return _named(field, value, people) if field.kind in WORKERS else value


def _named(field: FieldDef, value: Any, names: People) -> Any:
    if field.kind in MANY:
        return [{"id": pk, "name": names.get(pk, "")} for pk in value]
    return {"id": value, "name": names.get(value, "")}


def from_json(field: FieldDef, raw: Any, people: People) -> Any:
    """The value that the API was given. Raises Wrong."""
    if raw is None or raw in ("", []):
        return None
    if field.kind in MAX_TEXT:
        return checked_text(field, _kind(field, raw, str, tr("%(name)s is text.")).strip()) or None
    return _READ[field.kind](field, raw, people)


def _kind(field: FieldDef, raw: Any, wanted: type[Any] | tuple[type[Any], ...], words: str) -> Any:
    if not isinstance(raw, wanted) or (isinstance(raw, bool) and wanted is not bool):
        raise Wrong(words % {"name": field.name})
    return raw


def _number(field: FieldDef, raw: Any, _people: People) -> Decimal:
    return checked_number(field, Decimal(str(_kind(field, raw, (int, float), tr("%(name)s is a number.")))))


def _money(field: FieldDef, raw: Any, _people: People) -> int:
    example = tr('%(name)s is {"amount": 120000, "currency": "%(currency)s"} with the amount in minor units.',
                 name=field.name, currency=field.currency)  # fmt: skip
    parts = _kind(field, raw, dict, example.replace("%", "%%"))
    if (
        set(parts) != {"amount", "currency"}
        or isinstance(parts["amount"], bool)
        or not isinstance(parts["amount"], int)
    ):
        raise Wrong(example)
    if parts["currency"] != field.currency:
        raise Wrong(tr("%(name)s is in %(currency)s.", name=field.name, currency=field.currency))
    return checked_minor(field, parts["amount"])


def _date(field: FieldDef, raw: Any, _people: People) -> date:
    try:
        return checked_day(field, date.fromisoformat(_kind(field, raw, str, tr("%(name)s is a day like 2026-11-30."))))
    except ValueError:
        raise Wrong(tr("%(name)s is a day like 2026-11-30.", name=field.name)) from None


def _check(field: FieldDef, raw: Any, _people: People) -> bool | None:
    return True if _kind(field, raw, bool, tr("%(name)s is true or false.")) else None


def _one(field: FieldDef, raw: Any, people: People) -> int:
    """An id, a name, or what `to_json` gave."""
    if isinstance(raw, dict):
        raw = raw.get("id")
    known = {option.id for option in field.options} if field.kind in OPTIONS else set(people)
    if isinstance(raw, int) and not isinstance(raw, bool) and raw in known:
        return raw
    text = _kind(field, raw, str, tr("%(name)s is an id or a name from the list."))
    found = typed(field, text.replace(",", " ").replace(";", " "), people)
    if not found:
        raise Wrong(tr("%(name)s is an id or a name from the list.", name=field.name))
    return int(found[0] if field.kind in MANY else found)


def _many(field: FieldDef, raw: Any, people: People) -> tuple[int, ...]:
    given = _kind(field, raw, list, tr("%(name)s is a list of ids or names."))
    if len(given) > MAX_CHOICES:
        raise Wrong(tr("%(name)s takes at most %(most)s.", name=field.name, most=MAX_CHOICES))
    return tuple(dict.fromkeys(_one(field, each, people) for each in given))


_READ: Final[dict[str, Callable[[FieldDef, Any, People], Any]]] = {
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHECK: _check,
    Kind.SELECT: _one,
    Kind.PERSON: _one,
    Kind.MULTI: _many,
    Kind.PEOPLE: _many,
}


def kept(value: Any) -> Any:
    """A value as plain JSON for a batch; `returned` gives it back."""
    if isinstance(value, Decimal | date):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def returned(field: FieldDef, plain: Any) -> Any:
    """The value that `kept` wrote."""
    if plain is None:
        return None
    if field.kind in MANY:
        return tuple(plain)
    if field.kind == Kind.NUMBER:
        return Decimal(plain)
    return date.fromisoformat(plain) if field.kind == Kind.DATE else plain
