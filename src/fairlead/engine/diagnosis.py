"""What the doctor finds: the rules in conflict, and changes that were tried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.engine.match.eligibility import Obstacle
from fairlead.engine.plan import plain


@dataclass(frozen=True)
class Fix:
    """A change that was tried out and lets somebody do the task.

    `changes` maps what to change (`needs.scala`, `only`, `dana.max_tasks`) to its new value; `workers` could then.
    """

    code: str
    sentence: str
    changes: Mapping[str, Any]
    workers: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return dict(plain(self))


@dataclass(frozen=True)
class Diagnosis:
    """Why a task has no worker. `conflict` is minimal: without any one of its rules somebody could do the task."""

    task: str
    reason: str
    conflict: tuple[Obstacle, ...]
    fixes: tuple[Fix, ...]

    @property
    def blocked_by(self) -> tuple[str, ...]:
        """Codes of the rules in conflict, each once."""
        return tuple(dict.fromkeys(obstacle.code for obstacle in self.conflict))

    def to_dict(self) -> dict[str, Any]:
        """All fields, ready for JSON."""
        return {**plain(self), "blocked_by": list(self.blocked_by)}
