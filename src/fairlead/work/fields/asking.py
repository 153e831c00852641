"""Tasks by the values of their fields: conditions as somebody types them, and orders. All in SQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery

from fairlead.lib.errors import Invalid
from fairlead.lib.figures import plain_figures
from fairlead.lib.speech import tr
from fairlead.work.fields.definitions import FieldDef
from fairlead.work.fields.models import OPTIONS, WORKERS, FieldValue, Kind, ProjectField
from fairlead.work.fields.values import NO, YES, Wrong, precision, typed

NONE, ANY, ME = "none", "any", "me"
_COMPARED: Final = re.compile(r"(<=|>=|<|>|=)?(.+)")
_LOOKUP: Final = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "exact", None: "exact"}
_SPAN: Final = re.compile(r"(\d{1,4})([dwm])")
_DAYS: Final = {"d": 1, "w": 7, "m": 30}
GROUPED: Final = (Kind.SELECT, Kind.PERSON, Kind.CHECK)
"""Kinds by which a list can be grouped."""


@dataclass(frozen=True)
class Asked:
    """A field with what somebody typed about it: `>1000`, `2026-11-01..2026-11-30`, a name, `none` or `any`."""

    field: FieldDef
    text: str

    def wanted(self, *, user_id: int | None, now: datetime, zone: str) -> Q:
        """The tasks for which it holds. Raises Invalid for what the field cannot be."""
        low = self.text.strip().lower()
        values = live(self.field)
        if low in (NONE, ANY):
            found = Q(pk__in=values.values("task_id"))
            return found if low == ANY else ~found
        if self.field.kind == Kind.CHECK and low in NO:
            return ~Q(pk__in=values.values("task_id"))
        try:
            condition = _CONDITIONS[self.field.kind](self.field, self.text.strip(), _Reader(user_id, now, zone))
        except Wrong as wrong:
            raise Invalid({"q": str(wrong)}) from None
        return Q(pk__in=values.filter(condition).values("task_id"))


@dataclass(frozen=True)
class _Reader:
    user_id: int | None
    now: datetime
    zone: str

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()


def live(field: FieldDef) -> QuerySet[FieldValue]:
    """The values of a field in projects where it is switched on."""
    on = ProjectField.objects.filter(field_id=field.id, project_id=OuterRef("task__project_id"))
    return FieldValue.objects.filter(Exists(on), field_id=field.id)


def _text(_field: FieldDef, text: str, _reader: _Reader) -> Q:
    return Q(text__icontains=text.replace("\x00", ""))


def _number(field: FieldDef, text: str, reader: _Reader) -> Q:
    return _compared("number", text, lambda part: _amount(field, part, 0), reader)


def _money(field: FieldDef, text: str, reader: _Reader) -> Q:
    return _compared("minor", text, lambda part: int(_amount(field, part, precision(field.currency))), reader)


def _amount(field: FieldDef, text: str, places: int) -> Decimal:
    bare = re.sub(r"[\s'€$£]", "", text).lower().removesuffix(field.currency.lower())
    plain = plain_figures(bare, places=places or field.decimals)
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", plain):
        raise Wrong(tr("%(key)s: takes a number, >100, <=100, 10..20, none or any.", key=field.key))
    return Decimal(plain).scaleb(places)


def _date(field: FieldDef, text: str, reader: _Reader) -> Q:
    return _compared("day", text, lambda part: _day(field, part.lower(), reader), reader)


def _day(field: FieldDef, text: str, reader: _Reader) -> date:
    named = {"today": 0, "tomorrow": 1, "yesterday": -1}
    try:
        if text in named:
            return reader.today + timedelta(days=named[text])
        if span := _SPAN.fullmatch(text):
            return reader.today + timedelta(days=int(span[1]) * _DAYS[span[2]])
        return date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise Wrong(
            tr(
                "%(key)s: takes a day like 2026-11-30, today, <7d, >2w, 2026-11-01..2026-11-30, none or any.",
                key=field.key,
            )
        ) from None


def _compared(column: str, text: str, read: Callable[[str], Any], _reader: _Reader) -> Q:
    first, dots, last = text.partition("..")
    if dots:
        low = Q(**{f"{column}__gte": read(first)}) if first.strip() else Q()
        return low & (Q(**{f"{column}__lte": read(last)}) if last.strip() else Q())
    parts = _COMPARED.fullmatch(text)
    return Q(**{f"{column}__{_LOOKUP[parts[1]]}": read(parts[2])}) if parts else Q()


def _option(field: FieldDef, text: str, _reader: _Reader) -> Q:
    return Q(option__in=_ids(typed(field, text, {})))


def _worker(_field: FieldDef, text: str, reader: _Reader) -> Q:
    if text.lower() == ME:
        return Q(worker__user_id=reader.user_id) if reader.user_id is not None else Q(pk__in=[])
    if text.isascii() and text.isdecimal() and len(text) < 16:
        return Q(worker=int(text))
    return Q(worker__name__icontains=text.replace("\x00", ""))


def _ids(value: Any) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)


def _check(field: FieldDef, text: str, _reader: _Reader) -> Q:
    if text.lower() not in YES:
        raise Wrong(tr("%(key)s: takes yes or no.", key=field.key))
    return Q(flag=True)


_CONDITIONS: Final[dict[str, Callable[[FieldDef, str, _Reader], Q]]] = {
    Kind.TEXT: _text,
    Kind.LONG: _text,
    Kind.LINK: _text,
    Kind.NUMBER: _number,
    Kind.FORMULA: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.SELECT: _option,
    Kind.MULTI: _option,
    Kind.PERSON: _worker,
    Kind.PEOPLE: _worker,
    Kind.CHECK: _check,
}


def sort_key(field: FieldDef) -> Subquery:
    """What a list of tasks is sorted by for a field: options in their order, people by name."""
    column = {"option": "option__position", "worker": "worker__name"}.get(field.column, field.column)
    of_task = live(field).filter(task=OuterRef("pk")).order_by().values("task_id")
    return Subquery(of_task.annotate(least=Min(column)).values("least")) if column != "flag" else _flag(field)


def _flag(field: FieldDef) -> Subquery:
    return Subquery(live(field).filter(task=OuterRef("pk")).values("flag")[:1])


def group_id(field: FieldDef) -> Subquery:
    """The option, person or tick that names a task's group."""
    column = {"option": "option_id", "worker": "worker_id"}.get(field.column, "flag")
    return Subquery(live(field).filter(task=OuterRef("pk")).values(column)[:1])


def may_group(field: FieldDef) -> bool:
    return field.kind in GROUPED


def says_how(field: FieldDef) -> str:
    """What can be typed about a field, for the help beside its filter."""
    if field.kind in OPTIONS or field.kind in WORKERS:
        return tr("a name or none")
    return {
        Kind.NUMBER: tr(">100 or 10..20"), Kind.FORMULA: tr(">100 or 10..20"), Kind.MONEY: tr(">1000 or none"),
        Kind.DATE: tr("<7d or none"), Kind.CHECK: tr("yes or no"),
    }.get(Kind(field.kind), tr("words or none"))  # fmt: skip
