"""Sentences that still know what they were made of.

To the engine, to JSON and to files they are plain English text. Whoever shows them takes the `parts` to say the same in
another language: the pattern is what a translator translates, and moments, numbers and lists are written anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from typing import Any


class Said(str):
    """A pattern filled in: `say("needs %(skill)s", skill="scala")` is the text "needs scala"."""

    pattern: str
    values: Mapping[str, object]

    def __new__(cls, pattern: str, values: Mapping[str, object]) -> Said:
        made = super().__new__(cls, pattern % values)
        made.pattern, made.values = pattern, values
        return made

    def __getnewargs__(self) -> tuple[str, Mapping[str, object]]:  # type: ignore[override]
        return self.pattern, self.values


class Moment(str):
    """A moment as the engine writes it, which other languages write otherwise."""

    at: datetime

    def __new__(cls, text: str, at: datetime) -> Moment:
        made = super().__new__(cls, text)
        made.at = at
        return made

    def __getnewargs__(self) -> tuple[str, datetime]:  # type: ignore[override]
        return str(self), self.at


class Day(str):
    """A day as it is written in English, perhaps without its month."""

    on: date

    def __new__(cls, text: str, on: date) -> Day:
        made = super().__new__(cls, text)
        made.on = on
        return made

    def __getnewargs__(self) -> tuple[str, date]:  # type: ignore[override]
        return str(self), self.on


class Number(str):
    """A number the English way, "1,234.5" or "45%"."""


class Row(str):
    """Texts one after another with the same sign between them."""

    by: str
    items: Sequence[str]

    def __new__(cls, by: str, items: Sequence[str]) -> Row:
        made = super().__new__(cls, by.join(items))
        made.by, made.items = by, tuple(items)
        return made

    def __getnewargs__(self) -> tuple[str, Sequence[str]]:  # type: ignore[override]
        return self.by, self.items


def say(pattern: str, /, **values: object) -> Said:
    """The pattern with its values. Written out in the call, it is found by whoever collects texts for translators."""
    return Said(pattern, values)


def pattern(text: str) -> str:
    """The same text, noted for translators: somebody says it later."""
    return text


def both(texts: Sequence[str]) -> str:
    """ "a and b and c"."""
    return reduce(lambda first, second: say("%(first)s and %(second)s", first=first, second=second), texts)


def parts(text: object) -> Any:
    """What a text was made of, ready for JSON; a text that does not know is itself."""
    if isinstance(text, Said):
        return {"text": text.pattern, "values": {name: parts(value) for name, value in text.values.items()}}
    if isinstance(text, Moment):
        return {"at": text.at.isoformat()}
    if isinstance(text, Day):
        return {"day": text.on.isoformat()}
    if isinstance(text, Number):
        return {"number": str(text)}
    if isinstance(text, Row):
        return {"row": [parts(item) for item in text.items], "by": text.by}
    return str(text) if isinstance(text, str) else text
