"""The filters that directories use (RFC 7644, 3.4.2.2): `eq`, joined by `and`. Any other is refused, not guessed at."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from django.db.models import Q

from fairlead.lib.errors import Refused
from fairlead.lib.speech import later, tr

LONGEST: Final = 1000
TERM: Final = re.compile(
    r"\s*(?:urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):)?"
    r'(?P<name>[a-z]+(?:\[type\s+eq\s+"work"\])?(?:\.[a-z]+)?)\s+eq\s+(?P<value>"(?:[^"\\]|\\.)*"|true|false)'
    r"(?:\s*\Z|\s+(?P<more>and)\s)",
    re.IGNORECASE,
)
Test = Callable[[str], Q]


class InvalidFilter(Refused):
    """The filter is none that is understood here."""

    code = "invalid-filter"
    status = 400
    title = later("This filter is not understood")


def read_filter(text: str, tests: Mapping[str, Test]) -> Q:
    """What the filter asks for. `tests`: name of an attribute in small letters → the question for a value."""
    wanted, at = Q(), 0
    while text and len(text) <= LONGEST and (term := TERM.match(text, at)):
        name = re.sub(r"\s+", " ", term["name"].lower())
        if name not in tests:
            break
        wanted &= tests[name](_value(term["value"]))
        at = term.end()
        if not term["more"]:
            return wanted
    raise InvalidFilter(
        tr("A filter compares %(names)s by eq; several are joined by and.", names=", ".join(tests))
    )  # fmt: skip


def _value(text: str) -> str:
    try:
        value = json.loads(text) if text.startswith('"') else text.lower()
    except ValueError as error:
        raise InvalidFilter(tr("A value in the filter cannot be read.")) from error
    return str(value).replace("\x00", "")


def is_true(text: str) -> bool:
    """Entra ID sends True and False as texts."""
    if text.lower() not in ("true", "false"):
        raise InvalidFilter(tr("active is true or false."))
    return text.lower() == "true"


def number(text: str) -> int:
    """The number of a resource; 0, which none has, for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
