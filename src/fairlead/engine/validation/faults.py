"""What is said about a fault: where it is, the value found there, and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

SHOWN_VALUE_LENGTH = 80
SHOWN_ERRORS = 50
"""Faults that a message lists; the rest is counted. `ProblemErrors.errors` holds all of them."""

MOST_SHOWN_BITS = 10_000
"""Longer integers are described: Python refuses to write more than 4,300 digits."""


class Fault(NamedTuple):
    """A fault inside a value: the rest of the path from the value on, what stands there, and what is allowed."""

    suffix: str
    value: object
    allowed: str


@dataclass(frozen=True, slots=True)
class ProblemError:
    """One fault: where it is (`tasks[17].due`), the value found, and what is allowed there."""

    path: str
    value: object
    allowed: str

    def __str__(self) -> str:
        return f"{self.path}: {shown(self.value)} is not allowed; allowed: {self.allowed}"


class ProblemErrors(ValueError):
    """All faults of a problem or plan, each with its path, value and what is allowed."""

    def __init__(self, errors: Iterable[ProblemError]) -> None:
        self.errors: tuple[ProblemError, ...] = tuple(errors)
        lines = [str(error) for error in self.errors[:SHOWN_ERRORS]]
        more = len(self.errors) - len(lines)
        super().__init__("\n".join([*lines, f"and {more:,} more"] if more else lines))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, and the list that collects the faults found there."""

    path: str
    errors: list[ProblemError]

    def refuse(self, value: object, allowed: str) -> None:
        """Record a fault here."""
        self.errors.append(ProblemError(self.path, value, allowed))

    def at(self, suffix: str) -> Place:
        """A place below this one."""
        return Place(self.path + suffix, self.errors)


def key_path(key: object) -> str:
    """A key as part of a path; half a surrogate pair, which no file or terminal takes, is written as its code."""
    return str(key).encode("utf-8", "backslashreplace").decode("utf-8")


def shown(value: object) -> str:
    """The beginning of the value's `repr`; a list of 50,000 tasks is not written out for that."""
    text = ""
    for piece in pieces(value):
        text += piece
        if len(text) > SHOWN_VALUE_LENGTH:
            return text[:SHOWN_VALUE_LENGTH] + "…"
    return text


def pieces(value: object) -> Iterator[str]:
    """The value's `repr` bit by bit. Each level of nesting gives a bracket first, so readers who stop stay shallow."""
    if type(value) is dict:
        yield "{"
        for position, (key, item) in enumerate(value.items()):
            yield ", " if position else ""
            yield from pieces(key)
            yield ": "
            yield from pieces(item)
        yield "}"
    elif isinstance(value, list | tuple):
        yield "[" if isinstance(value, list) else "("
        for position, item in enumerate(value):
            yield ", " if position else ""
            yield from pieces(item)
        yield "]" if isinstance(value, list) else ",)" if len(value) == 1 else ")"
    elif isinstance(value, int) and value.bit_length() > MOST_SHOWN_BITS:
        yield f"an integer of {value.bit_length()} bits"
    else:
        yield repr(value)
