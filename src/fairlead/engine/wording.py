"""Minutes, moments and amounts as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from fairlead.engine.problem import Problem

DAY_MIN = 24 * 60


def hours(minutes: float) -> str:
    """Minutes as "45 min", "4 h" or "4 h 30 min"."""
    whole = round(minutes)
    if abs(whole) < 60:
        return f"{whole} min"
    full, rest = divmod(abs(whole), 60)
    sign = "-" if whole < 0 else ""
    return f"{sign}{full} h {rest} min" if rest else f"{sign}{full} h"


def moment(problem: Problem, minute: int) -> str:
    """A minute of the plan as "Tue 24 Nov 09:00", in the offset of the problem's start."""
    try:
        return f"{problem.start + timedelta(minutes=minute):%a %d %b %H:%M}"
    except OverflowError:
        return f"minute {minute}"


def amount(points: float) -> str:
    """Points or money with at most one decimal: "14.2", "9"."""
    text = f"{points:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def count(number: int, noun: str) -> str:
    """ "1 task", "3 tasks"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listing(names: Sequence[str], most: int = 3) -> str:
    """ "dana, eric and 4 more"."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
