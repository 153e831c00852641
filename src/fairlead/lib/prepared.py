"""Querysets that are built and compiled once: what every page asks costs the driver's time, not the mapper's too.
The database, for its part, reads and plans such a statement a few times and then keeps it with the connection.

    @prepared
    def _open_offers(user_id: int, now: datetime) -> QuerySet[Offer]:
        return Offer.objects.filter(worker__user_id=user_id, expires_at__gt=now).values("id")

    _open_offers.all(7, now)  # [{"id": 3}]

Whole numbers, texts and moments may differ from call to call; anything else that is given is part of the statement's
shape, and each shape is compiled once for the process. The function is called with markers in place of the values, so
it may hand them to filters but not calculate with them: a marker that does not reach the statement as it was given is
an error at the first call; only an argument that is partly shape may have values that go unused. What the function
returns is read as the queryset would be: rows of `.values()` and `.values_list()`, or objects with what they select
along.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from django.db.models import QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesIterable,
    ValuesListIterable,
    get_related_populators,
)
from psycopg.types.numeric import Int8

Rows = Iterable[Sequence[Any]]
Reader = Callable[[list[tuple[Any, ...]]], list[Any]]
FIRST_NUMBER: Final = 4_611_686_018_427_000_000
FIRST_MOMENT: Final = datetime(7777, 7, 7, tzinfo=UTC)
MARK: Final = "\ue0ff"
MOST_SHAPES: Final = 500
"""Of one statement; a process that has seen more begins again."""


@dataclass(frozen=True)
class Shaped:
    """An argument of which only `values` differ from call to call: `shape` tells the rest, `stand_in` makes the
    argument from markers, in the order of the values."""

    shape: Hashable
    values: tuple[int | str | datetime | None, ...]
    stand_in: Callable[..., Any]


@dataclass(frozen=True)
class Bound:
    """A statement with its values; no SQL where nothing can be found."""

    sql: str
    params: list[Any]


def fixed(value: Hashable) -> Shaped:
    """A number, text or moment that is part of the statement, such as how many rows it asks for."""
    return Shaped(value, (), lambda: value)


class Misused(TypeError):
    """The function of a prepared statement does something with its values that cannot be repeated with others."""


class Statement:
    """See the head of the module."""

    def __init__(self, build: Callable[..., QuerySet[Any]]) -> None:
        self._build = build
        self._made: dict[Hashable, _Compiled] = {}
        self.__doc__ = build.__doc__

    def all(self, *given: Any) -> list[Any]:
        """Every row or object. One query."""
        made, values = self._shape_of(given)
        if not made.sql:
            return []
        with keeping_cursor() as cursor:
            cursor.execute(made.sql, made.bind(values))
            return made.read(cursor.fetchall())

    def first(self, *given: Any) -> Any | None:
        """The first row or object, or None; the function says how many it asks for."""
        return next(iter(self.all(*given)), None)

    def bound(self, *given: Any) -> Bound:
        """To be counted together with others."""
        made, values = self._shape_of(given)
        return Bound(made.sql, made.bind(values) if made.sql else [])

    def _shape_of(self, given: Sequence[Any]) -> tuple[_Compiled, list[Any]]:
        values: list[Any] = []
        shape = tuple([_shape(one, values) for one in given])
        made = self._made.get(shape)
        if made is None:
            if len(self._made) >= MOST_SHAPES:
                self._made.clear()
            made = self._made[shape] = _compiled(self._build(*_stand_ins(given)), len(values), _whole(given))
        return made, values


def prepared(build: Callable[..., QuerySet[Any]]) -> Statement:
    """Make the queryset that the function builds ready once; see the head of the module."""
    return Statement(build)


def counted(*asked: Bound) -> list[int]:
    """How many rows each statement finds, in one query."""
    going = [one for one in asked if one.sql]
    numbers: Iterable[int] = ()
    if going:
        with keeping_cursor() as cursor:
            cursor.execute(
                "SELECT " + ", ".join(f"(SELECT count(*) FROM ({one.sql}) AS found)" for one in going),
                [param for one in going for param in one.params],
            )
            numbers = cursor.fetchone()
    found = iter(numbers)
    return [next(found) if one.sql else 0 for one in asked]


def keeping_cursor() -> CursorWrapper:
    """A cursor whose values go to the database apart from the statement, so that it keeps the statement with its plan:
    for texts that stay the same. See `prepare_threshold` in psycopg."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]  # its stub knows no base
    return (CursorDebugWrapper if connection.queries_logged else CursorWrapper)(cursor, connection)


def _shape(one: Any, values: list[Any]) -> Hashable:
    if isinstance(one, Shaped):
        return (one.shape, *[_shape(value, values) for value in one.values])
    if type(one) in (int, str, datetime):
        values.append(one)
        return (type(one),)
    return (type(one), one)


def _whole(given: Sequence[Any]) -> set[int]:
    """The numbers of the values that were given as such, and not as a part of an argument."""
    values: list[Any] = []
    found: set[int] = set()
    for one in given:
        before = len(values)
        _shape(one, values)
        if not isinstance(one, Shaped):
            found.update(range(before, len(values)))
    return found


def _stand_ins(given: Iterable[Any]) -> list[Any]:
    markers = iter(range(10_000))

    def stand_in(one: Any) -> Any:
        if isinstance(one, Shaped):
            return one.stand_in(*[stand_in(value) for value in one.values])
        return _marker(type(one), next(markers)) if type(one) in (int, str, datetime) else one

    return [stand_in(one) for one in given]


def _marker(kind: type, number: int) -> int | str | datetime:
    if kind is int:
        return FIRST_NUMBER + number
    return f"{MARK}{number}" if kind is str else FIRST_MOMENT + timedelta(seconds=number)


def _marked(param: Any) -> bool:
    """Whether something of a marker is in here."""
    if isinstance(param, int):
        return abs(param) >= FIRST_NUMBER - 10**9
    return param.year == FIRST_MOMENT.year if isinstance(param, datetime) else MARK in str(param)


@dataclass(frozen=True)
class _Compiled:
    """`slots`: (position among the parameters, which value, the driver's type for it)."""

    sql: str
    params: list[Any]
    slots: list[tuple[int, int, Callable[[Any], Any]]]
    read: Reader

    def bind(self, values: Sequence[Any]) -> list[Any]:
        params = self.params.copy()
        for position, which, kind in self.slots:
            params[position] = kind(values[which])
        return params


def _compiled(found: QuerySet[Any], count: int, needed: set[int]) -> _Compiled:
    compiler = found.query.get_compiler(connection=connection)
    try:
        sql, given = compiler.as_sql()
    except EmptyResultSet:
        return _Compiled("", [], [], list)
    params = list(given)
    slots: list[tuple[int, int, Callable[[Any], Any]]] = []
    which_of = {_marker(kind, number): number for kind in (int, str, datetime) for number in range(count)}
    for position, param in enumerate(params):
        which = which_of.get(param) if isinstance(param, int | str | datetime) else None
        if which is not None:
            slots.append((position, which, _kind(param)))
        elif _marked(param):
            raise Misused(f"A value reached the statement as {param!r}: hand values to filters as they are.")
    missing = needed - {which for _, which, _ in slots}
    if missing:
        raise Misused(f"Values {sorted(missing)} are not in the statement: {sql}")
    return _Compiled(sql, params, slots, _reader(found, compiler))


def _kind(param: Any) -> Callable[[Any], Any]:
    """What the driver is told of values in this place: a plain number would be sent as whatever it has room in, and
    each of these would be another statement to the database."""
    if not isinstance(param, int):
        return _as_it_is
    return Int8 if type(param) is int else type(param)


def _as_it_is(value: Any) -> Any:
    return value


def _reader(found: QuerySet[Any], compiler: Any) -> Reader:
    """What makes of the database's tuples what the queryset would have made of them."""
    fields = [field for field, _, _ in compiler.select[: compiler.col_count]]
    converted = _conversion(compiler.get_converters(fields))
    kind: Any = found._iterable_class
    query = found.query
    names = list(query.selected or (*query.values_select, *query.annotation_select))
    if kind is ValuesIterable:
        return lambda rows: [dict(zip(names, row, strict=True)) for row in converted(rows)]
    if kind is FlatValuesListIterable:
        return lambda rows: [row[0] for row in converted(rows)]
    if kind is ValuesListIterable:
        return lambda rows: [tuple(row) for row in converted(rows)]
    if kind is not ModelIterable:
        raise Misused(f"Rows of {kind.__name__} cannot be read.")
    return _objects(compiler, converted)


def _conversion(
    converters: dict[int, tuple[list[Callable[..., Any]], Any]],
) -> Callable[[Rows], Rows]:
    def converted(rows: Rows) -> Rows:
        for row in rows:
            values = list(row)
            for position, (steps, expression) in converters.items():
                for step in steps:
                    values[position] = step(values[position], expression, connection)
            yield values

    return converted if converters else _as_it_is


def _objects(compiler: Any, converted: Callable[[Rows], Rows]) -> Reader:
    about = compiler.klass_info
    own = about["select_fields"]
    start, end = own[0], own[-1] + 1
    names = [field.target.attname for field, _, _ in compiler.select[start:end]]
    alias = connection.alias
    populators: Any = get_related_populators
    related = populators(about, compiler.select, alias)
    annotated = list(compiler.annotation_col_map.items())

    def read(rows: list[tuple[Any, ...]]) -> list[Any]:
        found = []
        for row in converted(rows):
            made = about["model"].from_db(alias, names, row[start:end])
            for each in related:
                each.populate(row, made)
            for name, position in annotated:
                setattr(made, name, row[position])
            found.append(made)
        return found

    return read
