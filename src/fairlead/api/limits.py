"""How many requests a token may send in a minute, counted in this process.

With several web processes each counts for itself, so the real limit is up to that many times higher; the limit
protects the server from a runaway script, it is no billing meter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from django.http import HttpResponse

from fairlead.config import config
from fairlead.lib.errors import TooMany
from fairlead.lib.speech import tr

WINDOW_S = 60


@dataclass(frozen=True)
class Allowance:
    """What is left of the present window."""

    limit: int
    left: int
    reset_s: int


@dataclass
class Meter:
    """Counts requests per token in windows of one minute; forgets everybody when a window ends."""

    window: int = 0
    counts: dict[int, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def count(self, token_id: int, *, now: datetime) -> Allowance:
        """Count one request. Its allowance is below 0 when it is one too many."""
        second = int(now.timestamp())
        with self.lock:
            if self.window != second // WINDOW_S:
                self.window, self.counts = second // WINDOW_S, {}
            used = self.counts[token_id] = self.counts.get(token_id, 0) + 1
        limit = config().api_per_minute
        return Allowance(limit, limit - used, WINDOW_S - second % WINDOW_S)


METER = Meter()


def check(allowance: Allowance) -> None:
    """Raise TooMany when nothing is left."""
    if allowance.left < 0:
        detail = tr(
            "A token may send %(limit)s requests a minute; wait %(seconds)s seconds.",
            limit=allowance.limit, seconds=allowance.reset_s,
        )  # fmt: skip
        raise TooMany(detail, retry_after_s=allowance.reset_s)


def tell(reply: HttpResponse, allowance: Allowance) -> None:
    """Say in the reply's headers what is left."""
    reply.headers["RateLimit-Limit"] = str(allowance.limit)
    reply.headers["RateLimit-Remaining"] = str(max(allowance.left, 0))
    reply.headers["RateLimit-Reset"] = str(allowance.reset_s)
