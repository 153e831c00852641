"""What a single value may be. Each check judges one value, and a whole column of them much faster.

`faults` is the rule. `all_sound` may only say yes when `faults` would find nothing in any of the values; it may say
no out of caution, and then each value is looked at by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import lt, ne
from typing import Any

from fairlead.engine.validation.faults import Fault, key_path

LATEST_MIN = 53_000_000
"""Latest minute that a problem may mention: about a hundred years, so that weeks can be counted one by one."""

MOST_LANES = 1_000
SOUND: tuple[Fault, ...] = ()
STRETCH = 512
"""Values of a column judged together: one fault costs a slow walk over no more than these."""


class Check:
    """The rule for a value."""

    def faults(self, value: Any) -> Sequence[Fault]:
        """Everything wrong with the value; nothing when it is sound."""
        raise NotImplementedError

    def all_sound(self, values: Collection[Any]) -> bool:
        """Whether all the values are sound for sure."""
        return not any(map(self.faults, values))


def faults_in(column: Sequence[Any], check: Check) -> Iterator[tuple[int, Fault]]:
    """Every fault of a column, with the position of the value."""
    for first in range(0, len(column), STRETCH):
        stretch = column[first : first + STRETCH]
        if not check.all_sound(stretch):
            for position, value in enumerate(stretch, first):
                for fault in check.faults(value):
                    yield position, fault


def is_integer(value: object) -> bool:
    """A true integer: bool is not one, although Python says so."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """A finite number: neither bool, NaN nor infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def only(values: Iterable[Any], *kinds: type) -> bool:
    """Whether every value is exactly of one of these types."""
    return set(map(type, values)).issubset(kinds)


@dataclass(frozen=True)
class Integer(Check):
    """An integer within [least, most]."""

    least: int
    most: int | None = None

    def faults(self, value: Any) -> Sequence[Fault]:
        if is_integer(value) and value >= self.least and (self.most is None or value <= self.most):
            return SOUND
        span = f"of at least {self.least}" if self.most is None else f"from {self.least} to {self.most}"
        return (Fault("", value, f"an integer {span}"),)

    def all_sound(self, values: Collection[Any]) -> bool:
        return not values or (only(values, int) and not self.faults(min(values)) and not self.faults(max(values)))


@dataclass(frozen=True)
class Number(Check):
    """A finite number of at least 0, or above 0."""

    above_zero: bool = False

    def faults(self, value: Any) -> Sequence[Fault]:
        if is_number(value) and (value > 0 or (value == 0 and not self.above_zero)):
            return SOUND
        return (Fault("", value, "a number above 0" if self.above_zero else "a number of at least 0"),)

    def all_sound(self, values: Collection[Any]) -> bool:
        if not values:
            return True
        if not only(values, int, float) or any(map(ne, values, values)):  # only NaN differs from itself
            return False
        return not self.faults(min(values)) and not self.faults(max(values))


class Text(Check):
    """A text with at least one character that a file can hold."""

    def faults(self, value: Any) -> Sequence[Fault]:
        if not isinstance(value, str) or not value:
            return (Fault("", value, "a text that is not empty"),)
        return SOUND if in_utf8(value) else (Fault("", value, "a text without half a surrogate pair"),)

    def all_sound(self, values: Collection[Any]) -> bool:
        return only(values, str) and all(values) and in_utf8("".join(values))


def in_utf8(value: str) -> bool:
    """Whether the text can be written: JSON can spell half a surrogate pair, UTF-8 cannot."""
    if value.isascii():
        return True
    try:
        return bool(value.encode())
    except UnicodeEncodeError:
        return False


@dataclass(frozen=True)
class OneOf(Check):
    """A text from a fixed list."""

    choices: tuple[str, ...]

    def faults(self, value: Any) -> Sequence[Fault]:
        if isinstance(value, str) and value in self.choices:
            return SOUND
        return (Fault("", value, "one of " + ", ".join(self.choices)),)


@dataclass(frozen=True)
class Optional(Check):
    """A value that may be missing (None)."""

    check: Check

    def faults(self, value: Any) -> Sequence[Fault]:
        return SOUND if value is None else self.check.faults(value)

    def all_sound(self, values: Collection[Any]) -> bool:
        return self.check.all_sound([value for value in values if value is not None])


@dataclass(frozen=True)
class MappingOf(Check):
    """A mapping from text to values."""

    check: Check
    what: str

    def faults(self, value: Any) -> Sequence[Fault]:
        if not isinstance(value, Mapping):
            return (Fault("", value, self.what),)
        if self.all_sound((value,)):
            return SOUND
        found: list[Fault] = []
        for key, item in value.items():
            found += [Fault(" (key)", key, fault.allowed) for fault in TEXT.faults(key)]
            found += [fault._replace(suffix=f".{key_path(key)}{fault.suffix}") for fault in self.check.faults(item)]
        return found

    def all_sound(self, values: Collection[Any]) -> bool:
        if not only(values, dict):
            return False
        items = list(chain.from_iterable(map(dict.values, values)))
        return TEXT.all_sound(set().union(*values)) and self.check.all_sound(items)


class IdList(Check):
    """A list of ids, each once."""

    def faults(self, value: Any) -> Sequence[Fault]:
        if not isinstance(value, tuple | list):
            return (Fault("", value, "a list of ids"),)
        found: list[Fault] = []
        seen: set[str] = set()
        for position, item in enumerate(value):
            found += [fault._replace(suffix=f"[{position}]") for fault in TEXT.faults(item)]
            if isinstance(item, str):
                if item in seen:
                    found.append(Fault(f"[{position}]", item, "each id once"))
                seen.add(item)
        return found

    def all_sound(self, values: Collection[Any]) -> bool:
        if not only(values, tuple, list):
            return False
        ids = list(chain.from_iterable(values))
        return TEXT.all_sound(ids) and all(len(value) < 2 or len(set(value)) == len(value) for value in values)


class Intervals(Check):
    """Ordered working intervals [from, to) that do not overlap."""

    def faults(self, value: Any) -> Sequence[Fault]:
        if not isinstance(value, tuple | list):
            return (Fault("", value, "a list of [from, to) minutes"),)
        if ascends(value):
            return SOUND
        found: list[Fault] = []
        earliest = 0
        for position, pair in enumerate(value):
            wrong = wrong_interval(pair, earliest)
            if wrong:
                found.append(Fault(f"[{position}]", pair, wrong))
            else:
                earliest = pair[1]
        return found


def ascends(value: Sequence[Any]) -> bool:
    """Whether these are plainly intervals in order: pairs of integers that go up from 0, none of them empty."""
    if not value:
        return True
    if not only(value, tuple, list) or set(map(len, value)) != {2}:
        return False
    bounds = list(chain.from_iterable(value))
    if not only(bounds, int) or bounds[0] < 0 or bounds[-1] > LATEST_MIN:
        return False
    return bounds == sorted(bounds) and all(map(lt, bounds[::2], bounds[1::2]))


def wrong_interval(pair: Any, earliest: int) -> str:
    """What would be allowed instead of this interval; nothing when it is sound after one that ends at `earliest`."""
    if not isinstance(pair, tuple | list) or len(pair) != 2 or not all(map(is_integer, pair)):
        return "two integers [from, to)"
    if pair[1] > LATEST_MIN:
        return f"minutes up to {LATEST_MIN}"
    if pair[0] >= pair[1]:
        return "from before to"
    return f"from at or after {earliest}, where the interval before it ends" if pair[0] < earliest else ""


class PricePair(Check):
    """The two prices of a task left out: base, and per weight."""

    def faults(self, value: Any) -> Sequence[Fault]:
        if not isinstance(value, tuple | list) or len(value) != 2:
            return (Fault("", value, "two numbers: points for each task, points per weight"),)
        return [fault._replace(suffix=f"[{position}]") for position, fault in faults_in(value, Number())]


class PinOf(Check):
    """A pin: worker and optional start."""

    def faults(self, value: Any) -> Sequence[Fault]:
        worker, start = TEXT.faults(getattr(value, "worker", value)), START.faults(getattr(value, "start", None))
        return [fault._replace(suffix=".worker") for fault in worker] + [
            fault._replace(suffix=".start") for fault in start
        ]


class Moment(Check):
    """A date and time with its offset from UTC."""

    def faults(self, value: Any) -> Sequence[Fault]:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return SOUND
        return (Fault("", value, "a date and time with an offset, like 2026-11-23T00:00:00+00:00"),)


TEXT = Text()
START = Optional(Integer(0, LATEST_MIN))
