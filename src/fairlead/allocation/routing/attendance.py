"""Who is there at this moment: a policy never gives work to somebody who is away or out of hours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fairlead.people.queries import working_time

LOOK_AHEAD: Final = timedelta(days=15)
"""Somebody who does not come to work for so long has no known time of return."""


@dataclass(frozen=True)
class Absence:
    """Why somebody is not there now, and when they are next at work; None when that is not known."""

    why: str
    until: datetime | None


def absences(worker_ids: Collection[int], *, now: datetime) -> dict[int, Absence]:
    """{worker id: absence} of those of the workers who are not at work at this moment."""
    times = working_time(worker_ids, now, now + LOOK_AHEAD)
    found = {}
    for pk in worker_ids:
        intervals = times.get(pk, [])
        if not intervals:
            found[pk] = Absence("away", None)
        elif intervals[0][0] > now:
            found[pk] = Absence("not at work now", intervals[0][0])
    return found
