"""Reading JSON from strangers: strict, bounded, and never a crash."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest

from fairlead.api.problems import InvalidInput, Malformed, escaped
from fairlead.lib.errors import Refused
from fairlead.lib.speech import later, tr

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 12
TYPES = ("application/json", "application/merge-patch+json")


class TooLarge(Refused):
    """The body is larger than any sensible request."""

    code = "too-large"
    status = 413
    title = later("The body is too large")


class WrongType(Refused):
    """The body is not declared as JSON."""

    code = "wrong-type"
    status = 415
    title = later("The body must be JSON")


def read(request: HttpRequest, types: tuple[str, ...] = TYPES) -> dict[str, Any]:
    """The body as an object; `types`: what it may be declared as.

    Raises TooLarge, WrongType, Malformed or InvalidInput.
    """
    if _declared_length(request) > MAX_BYTES:
        raise TooLarge(tr("A body may have %(most)s bytes at most.", most=MAX_BYTES))
    if request.content_type not in types:
        raise WrongType(tr("Send the body as JSON, with the header Content-Type: %(type)s.", type=types[0]))
    if len(request.body) > MAX_BYTES:
        raise TooLarge(tr("A body may have %(most)s bytes at most.", most=MAX_BYTES))
    value = _parsed(request.body)
    if not isinstance(value, dict):
        raise Malformed(tr("The body must be one JSON object."))
    if errors := list(_unusable(value)):
        raise InvalidInput(tr("Some text in the body cannot be stored."), errors)
    return value


def _declared_length(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else MAX_BYTES + 1


def _parsed(body: bytes) -> Any:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Malformed(tr("The body is not valid UTF-8.")) from None
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        raise Malformed(
            tr(
                "The body is not valid JSON: look at line %(line)s, column %(column)s.",
                line=error.lineno,
                column=error.colno,
            )
        ) from None
    except RecursionError:
        raise Malformed(tr("The body is nested deeper than %(most)s levels.", most=MAX_DEPTH)) from None


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Malformed(tr("The body names %(name)s twice.", name=repr(name[:60])))
        found[name] = value
    return found


def _constant(text: str) -> Any:
    raise Malformed(tr("%(text)s is not a JSON number.", text=text))


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Malformed(tr("The body has a number that is too large."))
    return value


def _integer(text: str) -> int:
    if len(text) > 19:
        raise Malformed(tr("The body has a number that is too large."))
    return int(text)


def _unusable(value: Any, pointer: str = "#", depth: int = 0) -> Iterator[dict[str, str]]:
    """Text that the database refuses: the character NUL and halves of surrogate pairs. Refuses deep nesting."""
    if depth > MAX_DEPTH:
        raise Malformed(tr("The body is nested deeper than %(most)s levels.", most=MAX_DEPTH))
    if isinstance(value, str):
        if not storable(value):
            yield {
                "pointer": pointer,
                "detail": tr("This text has characters that cannot be stored (NUL or broken Unicode)."),
            }
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not storable(name):
                raise Malformed(tr("The body has a name with characters that cannot be stored."))
            yield from _unusable(inner, f"{pointer}/{escaped(name)}", depth + 1)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _unusable(inner, f"{pointer}/{place}", depth + 1)


def storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
