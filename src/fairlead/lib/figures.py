"""Numbers as the language writes them that is spoken."""

from __future__ import annotations

from babel.numbers import get_decimal_symbol, get_group_symbol

from fairlead.lib.speech import locale


def number(value: float, form: str = "") -> str:
    """A number in one of Python's formats: `1,234.5` for ",.1f", and `1.234,5` in German."""
    return with_signs(format(value, form))


def with_signs(written: str) -> str:
    """A number that is written the English way, with the signs for decimals and thousands of the language."""
    return written.translate({ord("."): get_decimal_symbol(locale()), ord(","): get_group_symbol(locale())})
