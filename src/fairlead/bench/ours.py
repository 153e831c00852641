"""Fairlead itself, through the public interface of its engine."""

from __future__ import annotations

import inspect
import time
from typing import Any

from fairlead import __version__
from fairlead.bench.peers import Limits
from fairlead.engine import ENGINE_VERSION, Deadline, Plan, Problem, Progress, solve

NAME = "fairlead"
WITH_PROOF = "fairlead+proof"
"""The same, with most of the time for exact answers and the bound."""

SEARCH_SHARE, SEARCH_S = 0.25, 10.0
"""Of the time of a run with proof: at most this share, and so many seconds, go to the search."""

VERSION = f"{__version__} engine {ENGINE_VERSION}"


class FirstNews:
    """Remembers when the search first had a complete plan, in seconds."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.seconds: float | None = None

    def __call__(self, _progress: Progress) -> None:
        if self.seconds is None:
            self.seconds = time.monotonic() - self.began


def plan(problem: Problem, limits: Limits, *, prove: bool = False) -> tuple[Plan, float | None]:
    """The plan, and the seconds until the first complete one (None when the search told nothing)."""
    news = FirstNews()
    more: dict[str, Any] = {}
    if "threads" in inspect.signature(solve).parameters:
        more["threads"] = limits.threads
    search = min(SEARCH_S, SEARCH_SHARE * limits.seconds) if prove else limits.seconds
    stop = Deadline(search, time.monotonic)
    more["prove"] = limits.seconds - search
    found = solve(problem, stop=stop, seed=limits.seed, on_progress=news, **more)
    return found, news.seconds
