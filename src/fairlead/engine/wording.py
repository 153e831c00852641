"""Minutes, moments and amounts as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from fairlead.engine.problem import Problem
from fairlead.engine.saying import Moment, Number, Row, pattern, say

DAY_MIN = 24 * 60

SHOWN_POINTS = 0.05
"""Smaller amounts would read as 0."""

ROUGH_POINTS = 10_000
"""From here on nobody weighs the last digits: the price of a task that nobody does is in it."""


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
        at = problem.start + timedelta(minutes=minute)
    except OverflowError:
        return say("minute %(n)s", n=minute)
    return Moment(f"{at:%a %d %b %H:%M}", at)


def span(problem: Problem, start: int, finish: int) -> str:
    """From one minute to another: "Tue 24 Nov 09:00 to 17:00", with the second day when it is another one."""
    first, last = moment(problem, start), moment(problem, finish)
    same_day = first[:-5] == last[:-5] and not first.startswith("minute") and finish - start < DAY_MIN
    return say("%(start)s to %(end)s", start=first, end=last[-5:] if same_day else last)


def amount(points: float) -> str:
    """Points or money with at most one decimal: "14.2", "9"."""
    text = f"{points:.1f}".removesuffix(".0")
    return Number("0" if text == "-0" else text)


def points(number: float) -> str:
    """ "12.4 points", "1 point", "about 105,000 points"; what would read as 0 is next to nothing."""
    shown = amount(number)
    if abs(number) >= ROUGH_POINTS:
        digits = 3 - len(str(round(abs(number))))
        return say("about %(n)s points", n=Number(f"{round(number, digits):,.0f}"))
    if shown == "1":
        return say("%(n)s point", n=shown)
    return say("%(n)s points", n=shown) if abs(number) >= SHOWN_POINTS else say("next to nothing")


COUNTED = {
    "task": (pattern("%(count)s task"), pattern("%(count)s tasks")),
    "week": (pattern("%(count)s week"), pattern("%(count)s weeks")),
    "change": (pattern("%(count)s change"), pattern("%(count)s changes")),
    "violation": (pattern("%(count)s violation"), pattern("%(count)s violations")),
}
"""What is counted: one, and more."""


def count(number: int, noun: str) -> str:
    """ "1 task", "3 tasks"."""
    one, many = COUNTED[noun]
    return say(one if number == 1 else many, count=number)


def listing(names: Sequence[str], most: int = 3) -> str:
    """ "dana, eric and 4 more"."""
    if len(names) > most:
        return say("%(names)s and %(n)s more", names=Row(", ", names[:most]), n=len(names) - most)
    if len(names) > 1:
        return say("%(names)s and %(last)s", names=Row(", ", names[:-1]), last=names[-1])
    return names[0] if names else ""
