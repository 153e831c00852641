"""Fairlead itself, through the public interface of its engine."""

from __future__ import annotations

import inspect
import time
from typing import Any

from fairlead import __version__
from fairlead.bench.peers import Limits
from fairlead.engine import ENGINE_VERSION, Deadline, Plan, Problem, Progress, solve

NAME = "fairlead"
VERSION = f"{__version__} engine {ENGINE_VERSION}"


class FirstNews:
    """Remembers when the search first had a complete plan, in seconds."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.seconds: float | None = None

    def __call__(self, _progress: Progress) -> None:
        if self.seconds is None:
            self.seconds = time.monotonic() - self.began


def plan(problem: Problem, limits: Limits) -> tuple[Plan, float | None]:
    """The plan, and the seconds until the first complete one (None when the search told nothing)."""
    news = FirstNews()
    more: dict[str, Any] = {}
    if "threads" in inspect.signature(solve).parameters:
        more["threads"] = limits.threads
    stop = Deadline(limits.seconds, time.monotonic)
    found = solve(problem, stop=stop, seed=limits.seed, on_progress=news, **more)
    return found, news.seconds
