"""When a search ends. The clock is passed in: the engine never looks at one by itself."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Protocol

ENDLESS = 1 << 62
"""More iterations than anybody does."""


class Stop(Protocol):
    """A stop rule. `progress` runs from 0 to 1; `name` is what the plan says it was stopped by."""

    @property
    def name(self) -> str: ...

    def done(self, iterations: int, /) -> bool:
        """True when the search should end now."""
        ...

    def progress(self, iterations: int, /) -> float:
        """Share of the search that is over."""
        ...

    def remaining(self, iterations: int, /) -> int:
        """Iterations that may still be done at most."""
        ...

    def seconds(self) -> float:
        """Seconds since the rule was made; 0 without a clock, so that the same search gives the same bytes."""
        ...


class Iterations:
    """Stop after a number of iterations."""

    name = "iterations"

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def done(self, iterations: int, /) -> bool:
        return iterations >= self.limit

    def progress(self, iterations: int, /) -> float:
        return min(1.0, iterations / self.limit) if self.limit else 1.0

    def remaining(self, iterations: int, /) -> int:
        return self.limit - iterations

    def seconds(self) -> float:
        return 0.0


class Deadline:
    """Stop some seconds after the rule was made, by a clock such as time.monotonic."""

    name = "time"

    def __init__(self, limit_seconds: float, clock: Callable[[], float]) -> None:
        self.limit_seconds = limit_seconds
        self.clock = clock
        self.started = clock()

    def done(self, _iterations: int, /) -> bool:
        return self.seconds() >= self.limit_seconds

    def progress(self, _iterations: int, /) -> float:
        return min(1.0, self.seconds() / self.limit_seconds) if self.limit_seconds > 0 else 1.0

    def remaining(self, _iterations: int, /) -> int:
        return ENDLESS

    def seconds(self) -> float:
        return self.clock() - self.started


class FirstOf:
    """Stop as soon as one of several rules says so."""

    def __init__(self, *rules: Stop) -> None:
        self.rules = rules
        self.name = rules[0].name

    def done(self, iterations: int, /) -> bool:
        for rule in self.rules:
            if rule.done(iterations):
                self.name = rule.name
                return True
        return False

    def progress(self, iterations: int, /) -> float:
        return max(rule.progress(iterations) for rule in self.rules)

    def remaining(self, iterations: int, /) -> int:
        return min(rule.remaining(iterations) for rule in self.rules)

    def seconds(self) -> float:
        return max(rule.seconds() for rule in self.rules)


class Cancel:
    """Stop when somebody asks for it, from another thread too: combine it with a limit in FirstOf."""

    name = "cancelled"

    def __init__(self) -> None:
        self._asked = Event()

    def cancel(self) -> None:
        """End the search soon; the best plan found so far is returned."""
        self._asked.set()

    def done(self, _iterations: int, /) -> bool:
        return self._asked.is_set()

    def progress(self, _iterations: int, /) -> float:
        return 0.0

    def remaining(self, _iterations: int, /) -> int:
        return ENDLESS

    def seconds(self) -> float:
        return 0.0


CONSTRUCT_ONLY = Iterations(0)
"""Greedy construction without improvement."""
