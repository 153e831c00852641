"""The engine's answer: who does what when, what is left out and why, and what it costs in points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

SHOWN_DIGITS = 6
"""Digits of points kept in files: far below any weight, and above the noise of adding floats."""

PARTS = ("unassigned", "lateness", "labour", "misfit", "switch", "fairness", "moved", "makespan")
"""The terms of the objective, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One task done by one worker in one lane, from `start` to `finish` (minutes since the problem's start)."""

    task: str
    worker: str
    lane: int
    start: int
    finish: int


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A task left out: a sentence, the codes of the rules in the way, and what would free it."""

    task: str
    reason: str
    blocked_by: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """Points by term of the objective; `total` is their sum. Used for whole plans and for differences."""

    unassigned: float = 0.0
    lateness: float = 0.0
    labour: float = 0.0
    misfit: float = 0.0
    switch: float = 0.0
    fairness: float = 0.0
    moved: float = 0.0
    makespan: float = 0.0

    @property
    def total(self) -> float:
        """Sum of all terms, in points."""
        return math.fsum(getattr(self, name) for name in PARTS)

    @property
    def parts(self) -> dict[str, float]:
        """Points by name of the term."""
        return {name: getattr(self, name) for name in PARTS}

    def minus(self, other: Cost) -> Cost:
        """Term by term difference."""
        return Cost(**{name: getattr(self, name) - getattr(other, name) for name in PARTS})

    def to_dict(self) -> dict[str, float]:
        """Total first, then each term, rounded for files and pages."""
        shown = {name: tidy(points) for name, points in self.parts.items()}
        return {"total": tidy(math.fsum(shown.values())), **shown}


@dataclass(frozen=True)
class Plan:
    """A complete answer. `cost` and `bound` may be missing in plans made by hand.

    `bound_by` is how the bound was proven: alone, linear, whole or optimal (see search/bound/prove.py).
    """

    assignments: tuple[Assignment, ...] = ()
    unassigned: tuple[Unassigned, ...] = ()
    cost: Cost | None = None
    bound: float | None = None
    seconds: float = 0.0
    iterations: int = 0
    seed: int = 0
    stopped_by: str = ""
    bound_by: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The plan file's shape."""
        return {
            "format": "fairlead.plan/1",
            "assignments": [plain(assignment) for assignment in self.assignments],
            "unassigned": [plain(left_out) for left_out in self.unassigned],
            "cost": self.cost.to_dict() if self.cost else None,
            "bound": None if self.bound is None else tidy(self.bound),
            "bound_by": self.bound_by,
            "seconds": round(self.seconds, 3),
            "iterations": self.iterations,
            "seed": self.seed,
            "stopped_by": self.stopped_by,
        }


def tidy(points: float) -> float:
    """Points without the noise of adding floats; never -0.0."""
    return round(points, SHOWN_DIGITS) + 0.0


def plain(value: Any) -> Any:
    """Frozen dataclasses as dictionaries, tuples as lists, floats tidy: ready for JSON."""
    if isinstance(value, Cost):
        return value.to_dict()
    if hasattr(value, "__dataclass_fields__"):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return tidy(value) if isinstance(value, float) else value
