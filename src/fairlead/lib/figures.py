"""Numbers as the language writes them that is spoken."""

from __future__ import annotations

import re

from babel.numbers import get_decimal_symbol, get_group_symbol

from fairlead.lib.speech import locale


def number(value: float, form: str = "") -> str:
    """A number in one of Python's formats: `1,234.5` for ",.1f", and `1.234,5` in German."""
    return with_signs(format(value, form))


def with_signs(written: str) -> str:
    """A number that is written the English way, with the signs for decimals and thousands of the language."""
    return written.translate({ord("."): get_decimal_symbol(locale()), ord(","): get_group_symbol(locale())})


def plain_figures(typed: str, *, places: int) -> str:
    """A number as people type it in the language that is spoken, the way programs write it: in German `1.234,5` is
    `1234.5`. What programs write with up to `places` decimals is that number in every language."""
    last = max(typed.rfind("."), typed.rfind(","))
    if last < 0:
        return typed
    point = typed[last]
    group = "," if point == "." else "."
    if group in typed:
        whole, _, rest = typed.rpartition(point)
        return f"{whole.replace(group, '')}.{rest}" if _grouped(whole, group) else typed
    if typed.count(point) > 1 or _means_thousands(typed, point, places):
        return typed.replace(point, "") if _grouped(typed, point) else typed
    return typed.replace(point, ".")


def _means_thousands(typed: str, sign: str, places: int) -> bool:
    """Whether the only sign of a number parts thousands: `2.000` in German, unless a program may have written it."""
    from_program = sign == "." and places > 2
    return sign == get_group_symbol(locale()) and _grouped(typed, sign) and not from_program


def _grouped(typed: str, sign: str) -> bool:
    return re.fullmatch(rf"-?\d{{1,3}}({re.escape(sign)}\d{{3}})+", typed) is not None
