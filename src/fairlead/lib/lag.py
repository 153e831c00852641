"""Lags as people write them: 2d, 1d 4h, -30m. A day of the calendar has 24 hours, a week seven days."""

from __future__ import annotations

import re
from typing import Final

UNITS: Final = {"w": 10_080, "d": 1_440, "h": 60, "m": 1}
_PART = re.compile(r"(\d{1,6})\s*([mhdw])[a-z]*\.?\s*", re.I)


def parse_lag(text: str) -> int:
    """Minutes, negative with a minus in front; nothing is 0, a bare number means days. Raises ValueError."""
    text = text.strip().lower().replace("\u2212", "-").replace("\u2013", "-")
    sign, rest = (-1, text[1:].strip()) if text.startswith("-") else (1, text.removeprefix("+").strip())
    if not rest:
        if sign < 0:
            raise ValueError("A minus alone is no lag; write it like 2d, 4h or -1d.")
        return 0
    if rest.isascii() and rest.isdecimal() and len(rest) < 6:
        return sign * int(rest) * UNITS["d"]
    parts = _PART.findall(rest)
    if not parts or _PART.sub("", rest):
        raise ValueError(f"{text!r} is no lag; write it like 2d, 4h or -1d.")
    return sign * sum(int(number) * UNITS[unit] for number, unit in parts)


def write_lag(minutes: int) -> str:
    """The shortest text that `parse_lag` reads as the same minutes; empty for none."""
    parts, rest = [], abs(minutes)
    for unit in ("d", "h", "m"):
        number, rest = divmod(rest, UNITS[unit])
        if number:
            parts.append(f"{number}{unit}")
    return ("-" if minutes < 0 else "") + " ".join(parts)
