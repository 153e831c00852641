"""What the engine is told of a person beside hours and skills: the pause between two tasks, and how full they were."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from fairlead.people.models import Worker

WEEKS: Final = 4
"""What people finished in these weeks, the present one included, counts in the fairness of plans."""
BEFORE: Final = timedelta(weeks=WEEKS - 1)


def gap(row: Mapping[str, Any]) -> int:
    """Minutes that somebody has between two tasks: what their profile says, else the workspace; agents need none."""
    usual = 0 if row["kind"] == Worker.Kind.AGENT else row["usual_gap"]
    return row["gap_minutes"] if row["gap_minutes"] is not None else usual or 0


def filled(row: Mapping[str, Any], times: Collection[tuple[datetime, datetime]]) -> float:
    """Share of somebody's working time of the last weeks that what they finished would have filled, as on the page
    Fairness; in thousandths."""
    worked = sum((high - low).total_seconds() for low, high in times) / 60
    room = min(worked * row["lanes"], row["week_minutes"] * WEEKS)
    return round(row["done_min"] / room, 3) if row["done_min"] and room >= 1 else 0.0
