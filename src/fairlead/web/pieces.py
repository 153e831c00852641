"""Small parts of pages that look the same again and again, such as avatars: drawn once, then remembered."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, datetime
from functools import lru_cache
from types import NoneType
from typing import Any, Final

from markupsafe import Markup

from fairlead.lib.speech import current


def once(macro: Callable[..., Markup], *args: Any) -> Markup:
    """What the macro draws for these arguments (plain values or flat dicts): always the same in the same language."""
    return _drawn(macro, current(), *(tuple(arg.items()) if isinstance(arg, dict) else arg for arg in args))


@lru_cache(maxsize=8192)
def _drawn(macro: Callable[..., Markup], language: str, *args: Hashable) -> Markup:  # noqa: ARG001  part of the key
    return macro(*(dict(arg) if isinstance(arg, tuple) else arg for arg in args))


MOST_REMEMBERED: Final = 6000
"""Larger pieces that are kept: some 1.5 to 5 KB each."""
_PLAIN: Final = frozenset({str, int, float, bool, NoneType, date, datetime, Markup})
_remembered: dict[Hashable, Markup] = {}


def again(macro: Callable[..., Markup], row: dict[str, Any], *args: Any) -> Markup:
    """Like `once` for a larger piece, such as a card or a row of a table: `row` may hold lists and dicts. Everything
    that it holds, every further argument and the language are part of what is remembered, so nothing is shown that is
    no longer so."""
    key = (macro, current(), *row, *[v if type(v) in _PLAIN else _frozen(v) for v in row.values()], *args)
    drawn = _remembered.get(key)
    if drawn is None:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        drawn = _remembered[key] = macro(row, *args)
    return drawn


def _frozen(value: Any) -> Hashable:
    if isinstance(value, dict):
        return tuple([(name, _frozen(each)) for name, each in value.items()])
    if isinstance(value, list | tuple):
        return tuple([_frozen(each) for each in value])
    return value  # type: ignore[no-any-return]  # what cannot be hashed is no plain value and says so
