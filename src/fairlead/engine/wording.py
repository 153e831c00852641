"""Minutes, moments and amounts as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from fairlead.engine.problem import Problem

DAY_MIN = 24 * 60

SHOWN_POINTS = 0.05
"""Smaller amounts would read as 0."""


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


def span(problem: Problem, start: int, finish: int) -> str:
    """From one minute to another: "Tue 24 Nov 09:00 to 17:00", with the second day when it is another one."""
    first, last = moment(problem, start), moment(problem, finish)
    same_day = first[:-5] == last[:-5] and not first.startswith("minute") and finish - start < DAY_MIN
    return f"{first} to {last[-5:] if same_day else last}"


def amount(points: float) -> str:
    """Points or money with at most one decimal: "14.2", "9"."""
    text = f"{points:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def points(number: float) -> str:
    """ "12.4 points", "1 point"; what would read as 0 is next to nothing."""
    shown = amount(number)
    return f"{shown} point" if shown == "1" else f"{shown} points" if abs(number) >= SHOWN_POINTS else "next to nothing"


def count(number: int, noun: str) -> str:
    """ "1 task", "3 tasks"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listing(names: Sequence[str], most: int = 3) -> str:
    """ "dana, eric and 4 more"."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
