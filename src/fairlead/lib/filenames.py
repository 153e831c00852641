"""Names of files that people send, made harmless: one line, no folders, nothing that hides how the name ends."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 120
LONGEST_ENDING: Final = 12
NAMELESS: Final = "file"
_FOR_NO_NAME: Final = re.compile(r'[<>:"|?*]')
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\Z)", re.I)


def clean_name(raw: str) -> str:
    """The last part of a path without control, format and surrogate characters (which could turn the order of letters
    around), at most 120 characters with its ending kept; `file` when nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", raw))[-1]
    seen = "".join(" " if sign.isspace() else sign for sign in last if sign.isspace() or not _hidden(sign))
    name = " ".join(_FOR_NO_NAME.sub("_", seen).split()).strip(". ")
    if _DEVICES.match(name):
        name = f"_{name}"
    return _short(name) or NAMELESS


def _hidden(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _short(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return name[:LONGEST].strip(". ")
    return f"{stem[: LONGEST - len(ending) - 1].strip('. ')}.{ending}"
