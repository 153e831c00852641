"""Efforts as people write them: 45m, 2h, 1.5h, 1d 4h. A day of work has eight hours, a week five days."""

from __future__ import annotations

import re
from typing import Final

UNITS: Final = {"m": 1, "h": 60, "d": 480, "w": 2400}
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*(m|h|d|w)[a-z]*\.?\s*", re.I)


def parse_effort(text: str) -> int | None:
    """Minutes, or None for an empty text. A bare number means hours. Raises ValueError for anything else."""
    text = text.strip().lower()
    if not text:
        return None
    if re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        return round(float(text.replace(",", ".")) * 60)
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text):
        raise ValueError(f"{text!r} is no effort; write it like 45m, 2h or 1d 4h.")
    return round(sum(float(number.replace(",", ".")) * UNITS[unit] for number, unit in parts))


def write_effort(minutes: int | None) -> str:
    """The shortest text that `parse_effort` reads as the same minutes; empty for None."""
    if minutes is None:
        return ""
    days, rest = divmod(minutes, UNITS["d"])
    hours, left = divmod(rest, 60)
    parts = [f"{number}{unit}" for number, unit in ((days, "d"), (hours, "h"), (left, "m")) if number]
    return " ".join(parts) or "0m"
