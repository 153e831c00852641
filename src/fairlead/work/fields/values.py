"""The values of fields: how people type them, how the API writes them, how they look. Pure.

A value is: text, long, link: str · number, formula: Decimal · money: int (minor units) · date: date · check: True ·
select, person: an id · multi, people: a tuple of ids in the order of choosing. None: empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlsplit

from babel.numbers import format_currency, format_decimal, get_currency_precision

from fairlead.lib.days import in_words
from fairlead.lib.figures import plain_figures
from fairlead.lib.speech import locale, tr
from fairlead.lib.text import folded
from fairlead.work.fields.definitions import FieldDef
from fairlead.work.fields.models import MANY, MAX_CHOICES, OPTIONS, WORKERS, Kind

MAX_TEXT: Final = {Kind.TEXT: 500, Kind.LONG: 20_000, Kind.LINK: 2000}
BIGGEST: Final = Decimal(10) ** 11
MOST_MINOR: Final = 10**15
People = Mapping[int, str]
"""{worker id: name}."""
YES: Final = ("yes", "true", "1", "on", "x", "y")
NO: Final = ("no", "false", "0", "off", "n")


class Wrong(ValueError):
    """What is wrong with a value, and what would be right."""


def typed(field: FieldDef, text: str, people: People) -> Any:
    """The value that somebody typed or chose, or None for nothing. Raises Wrong.

    Choices are ids or names, several separated by commas or semicolons.
    """
    text = text.strip()
    if not text:
        return None
    if field.kind in MAX_TEXT:
        return checked_text(field, text)
    return _READ[field.kind](field, text, people)


def checked_text(field: FieldDef, text: str) -> str:
    """Text that fits the field. Raises Wrong."""
    most = MAX_TEXT[Kind(field.kind)]
    if len(text) > most:
        raise Wrong(tr("%(name)s has at most %(most)s characters.", name=field.name, most=most))
    if field.kind == Kind.LINK:
        try:
            parts = urlsplit(text)
        except ValueError:
            raise Wrong(
                tr("%(name)s is no address. Write it like https://example.com/page.", name=field.name)
            ) from None
        if parts.scheme != "https" or not parts.hostname or not text.isprintable() or " " in text:
            raise Wrong(tr("%(name)s takes addresses that begin with https://.", name=field.name))
    return text


def checked_number(field: FieldDef, number: Decimal) -> Decimal:
    """A number with the field's decimals. Raises Wrong."""
    if not number.is_finite() or abs(number) >= BIGGEST:
        raise Wrong(tr("%(name)s is too large.", name=field.name))
    if number != (rounded := number.quantize(Decimal(1).scaleb(-field.decimals))):
        if not field.decimals:
            raise Wrong(tr("%(name)s takes whole numbers.", name=field.name))
        raise Wrong(tr("%(name)s takes at most %(most)s decimals.", name=field.name, most=field.decimals))
    return rounded


def checked_minor(field: FieldDef, minor: int) -> int:
    """An amount in minor units. Raises Wrong."""
    if abs(minor) >= MOST_MINOR:
        raise Wrong(tr("%(name)s is too large.", name=field.name))
    return minor


def _number(field: FieldDef, text: str, _people: People) -> Decimal:
    return checked_number(field, _decimal(field, text, field.decimals))


def _decimal(field: FieldDef, text: str, places: int) -> Decimal:
    plain = (
        text.replace(" ", "").replace("\u00a0", "").removesuffix(field.unit.replace(" ", "")) if field.unit else text
    )
    plain = re.sub(r"[\s'€$£]", "", plain)
    try:
        return Decimal(plain_figures(plain, places=places))
    except InvalidOperation:
        raise Wrong(tr("%(name)s is a number, like 1250 or 12.5.", name=field.name)) from None


def _money(field: FieldDef, text: str, _people: People) -> int:
    bare = re.sub(rf"\s*{field.currency}\s*", "", text, flags=re.I)
    amount = _decimal(field, bare, precision(field.currency))
    if not amount.is_finite() or abs(amount) >= BIGGEST:
        raise Wrong(tr("%(name)s is too large.", name=field.name))
    minor = amount.scaleb(precision(field.currency))
    if minor != minor.to_integral_value():
        raise Wrong(tr("%(name)s has at most %(most)s decimals.", name=field.name, most=precision(field.currency)))
    return checked_minor(field, int(minor))


def _date(field: FieldDef, text: str, _people: People) -> date:
    try:
        return checked_day(field, date.fromisoformat(text))
    except ValueError:
        raise Wrong(tr("%(name)s is a day like 2026-11-30.", name=field.name)) from None


def checked_day(field: FieldDef, day: date) -> date:
    if not 1900 <= day.year <= 2200:
        raise Wrong(tr("%(name)s is between 1900 and 2200.", name=field.name))
    return day


def _check(field: FieldDef, text: str, _people: People) -> bool | None:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return None
    raise Wrong(tr("%(name)s is yes or no.", name=field.name))


def _option(field: FieldDef, text: str) -> int:
    for option in field.options:
        if str(option.id) == text or folded(option.name) == folded(text) or option.name == text:
            return option.id
    names = ", ".join(option.name for option in field.options if not option.archived)
    if not names:
        raise Wrong(tr("%(name)s is one of: nothing yet; add options in the settings.", name=field.name))
    raise Wrong(tr("%(name)s is one of: %(names)s.", name=field.name, names=names))


def _worker(field: FieldDef, text: str, people: People) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 16 and int(text) in people:
        return int(text)
    fitting = [pk for pk, name in people.items() if folded(name) == folded(text)]
    if len(fitting) != 1:
        raise Wrong(
            tr(
                "%(name)s is somebody from the directory; there is no one called %(text)s in it.",
                name=field.name,
                text=text[:40],
            )
        )
    return fitting[0]


def _several(one: Callable[[str], int], text: str) -> tuple[int, ...] | None:
    found = tuple(dict.fromkeys(one(part.strip()) for part in re.split(r"[;,]", text) if part.strip()))
    if len(found) > MAX_CHOICES:
        raise Wrong(tr("Choose at most %(most)s.", most=MAX_CHOICES))
    return found or None


_READ: Final[dict[str, Callable[[FieldDef, str, People], Any]]] = {
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHECK: _check,
    Kind.SELECT: lambda field, text, _people: _option(field, text),
    Kind.MULTI: lambda field, text, _people: _several(lambda part: _option(field, part), text),
    Kind.PERSON: _worker,
    Kind.PEOPLE: lambda field, text, people: _several(lambda part: _worker(field, part, people), text),
}


def written(field: FieldDef, value: Any) -> str:
    """The text that `typed` reads as the same value; choices by their id."""
    if value is None or value == ():
        return ""
    if field.kind in MANY:
        return ",".join(str(each) for each in value)
    if field.kind == Kind.MONEY:
        return str(major(value, field.currency))
    if field.kind in (Kind.NUMBER, Kind.FORMULA):
        # an amount that was worked out is written like one that was typed
        amount = major(to_minor(value, field.currency), field.currency) if field.currency else plain_number(value)
        return f"{amount:f}"
    return "yes" if value is True else value.isoformat() if isinstance(value, date) else str(value)


def shown(field: FieldDef, value: Any, people: People) -> str:
    """How people read it: in lists, on cards, in the log."""
    if value is None or value == ():
        return ""
    if field.kind == Kind.MONEY:
        return money(value, field.currency)
    if field.kind in (Kind.NUMBER, Kind.FORMULA):
        return _number_words(field, value)
    if field.kind == Kind.DATE:
        return in_words(value)
    if field.kind in OPTIONS:
        return _names(value, {option.id: option.name for option in field.options})
    if field.kind in WORKERS:
        return _names(value, people)
    return tr("yes") if value is True else str(value)


def _number_words(field: FieldDef, value: Decimal) -> str:
    if field.currency:
        return money(to_minor(value, field.currency), field.currency)
    places = "." + "0" * field.decimals if field.decimals else ""
    text = format_decimal(value, format=f"#,##0{places}", locale=locale())
    return f"{text} {field.unit}" if field.unit else text


def _names(value: Any, names: Mapping[int, str]) -> str:
    ids: Iterable[int] = value if isinstance(value, tuple) else (value,)
    return ", ".join(names.get(pk, tr("somebody who left")) for pk in ids)


def money(minor: int, currency: str) -> str:
    """Minor units as people read them: €1,250.00."""
    return format_currency(major(minor, currency), currency, locale=locale())


def precision(currency: str) -> int:
    """Decimals of a currency: 2 for EUR, 0 for JPY."""
    return get_currency_precision(currency)


def major(minor: int, currency: str) -> Decimal:
    """Minor units as an exact amount."""
    return Decimal(minor).scaleb(-precision(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """An amount as minor units, half a unit rounded up."""
    return int(amount.scaleb(precision(currency)).quantize(Decimal(1), ROUND_HALF_UP))


def plain_number(number: Decimal) -> Decimal:
    """Without zeros at the end."""
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()
