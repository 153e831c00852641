"""Expressions in CEL (the Common Expression Language): the only module that knows the library.

An expression cannot loop without end, call anything or change anything. Names and kinds are checked when it is
compiled, so that a typing mistake is told at its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from cel_expr_python import cel

from fairlead.lib.sayings import Saying
from fairlead.lib.speech import mark

MOST_CHARS: Final = 2000
TEXT, WHOLE, DECIMAL, FLAG = cel.Type.STRING, cel.Type.INT, cel.Type.DOUBLE, cel.Type.BOOL
ANY = cel.Type.DYN
"""A number with decimals that may be compared with whole ones too: `task.effort_h > 3`."""
TEXTS, LEVELS, THINGS = cel.Type.List(TEXT), cel.Type.Map(TEXT, WHOLE), cel.Type.Map(TEXT, ANY)
_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*)")
_UNKNOWN = re.compile(r"undeclared reference to '([^']+)'")


class BadExpression(ValueError):
    """What is wrong, at which character (0 is the first; None when it shows only with real values). `said`: both, to be
    kept and said in any language; `str()` says it in the one that is spoken."""

    def __init__(self, text: str | Saying, *, at: int | None) -> None:
        place = mark("At character %(at)s: %(what)s")
        self.said = text if at is None else Saying(place, {"at": at + 1, "what": text})
        super().__init__(self.said)
        self.text, self.at = text, at


class Failed(ValueError):
    """It could not be worked out with these values; the message is the library's."""


class Program:
    """A compiled expression; `kind` is what it gives."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        self.kind = compiled.return_type()

    def value(self, data: Mapping[str, Any]) -> Any:
        """What it gives for these values. Raises Failed."""
        try:
            answer = self._compiled.eval(data=dict(data))
        except RuntimeError as error:  # the budget of rounds is used up
            raise Failed(str(error)) from None
        if answer.type() == cel.Type.ERROR:
            raise Failed(str(answer.value()))
        return answer.value()


class Environment:
    """The names that expressions may use, each with its kind."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._cel = cel.NewEnv(variables=dict(names))

    def compile(self, text: str, unknown: Callable[[str], str | Saying]) -> Program:
        """The program of a text. `unknown` says what is wrong with a name that there is not. Raises BadExpression."""
        if len(text) > MOST_CHARS:
            long = mark("A condition has at most %(most)s characters.")
            raise BadExpression(Saying(long, {"most": MOST_CHARS}), at=MOST_CHARS)
        try:
            return Program(self._cel.compile(text))
        except RuntimeError as error:
            raise _located(str(error), text, unknown) from None


def _located(message: str, text: str, unknown: Callable[[str], str | Saying]) -> BadExpression:
    """The library's first complaint, at its place, with what was probably meant."""
    found = _PLACE.search(message)
    if found is None:
        return BadExpression(Saying(mark("This cannot be read.")), at=0)
    line, column, what = int(found[1]), int(found[2]), found[3]
    at = min(len(text), sum(len(row) + 1 for row in text.split("\n")[: line - 1]) + column - 1)
    if name := _UNKNOWN.search(what):
        at -= len(text[:at]) - len(text[:at].rstrip("abcdefghijklmnopqrstuvwxyz_."))
        written = re.match(r"[\w.]+", text[at:])
        return BadExpression(unknown(written[0] if written else name[1]), at=at)
    if "syntax error" in what.lower():
        return BadExpression(_syntax(what), at=at)
    if "no matching overload" in what:
        kinds = mark("These two cannot be compared or combined: their kinds differ.")
        return BadExpression(Saying(kinds), at=at)
    return BadExpression(what.partition(" (in container")[0], at=at)


def _syntax(what: str) -> Saying:
    if "<EOF>" in what:
        return Saying(mark("It ends too early: something is missing here."))
    if "'= '" in what or "'='" in what:
        return Saying(mark("Write == to ask whether two things are equal."))
    odd = re.search(r"(?:mismatched|extraneous) input '([^']*)'|recognition error at: '([^']*)'", what)
    if odd is None:
        return Saying(mark("This is not understood here."))
    return Saying(mark("“%(text)s” was not expected here."), {"text": odd[1] or odd[2]})
