"""Who is there at this moment: a policy never gives work to somebody who is away, in focus or out of hours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fairlead.lib.speech import later
from fairlead.people.queries import availability_now

NOT_AT_WORK: Final = later("not at work now")


@dataclass(frozen=True)
class Absence:
    """Why somebody is not there now, and when they are next at work; None when that is not known."""

    why: str
    until: datetime | None


def absences(worker_ids: Collection[int], *, now: datetime) -> dict[int, Absence]:
    """{worker id: absence} of those of the workers who are not there at this moment."""
    found = {}
    for pk, it in availability_now(worker_ids, now).items():
        if not it.is_available:
            found[pk] = Absence(it.state, it.free_at)
        elif not it.is_working_now:
            found[pk] = Absence(NOT_AT_WORK, it.free_at)
    return found
