"""What a public set of instances is: how to read a file, how to score a plan, what the best published values are."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fairlead.bench import Unusable
from fairlead.engine import Plan, Problem


class BadPlan(Exception):
    """The plan breaks a rule of the set; the message says which."""


@dataclass(frozen=True)
class PublicSet:
    """`read` makes a problem of a file; `score` gives a plan's value in the set's own terms, by a check of its own that
    shares nothing with the engine, and raises BadPlan for a plan that breaks a rule. `is_instance` tells files of
    the set from others; `best_column` is where a CSV file has the best published value.
    """

    name: str
    about: str
    read: Callable[[Path], Problem]
    score: Callable[[Path, Plan], float]
    is_instance: Callable[[Path], bool]
    best_column: str

    def files(self, folder: Path) -> list[Path]:
        """All instances in a folder and below, by name."""
        return sorted(path for path in folder.rglob("*") if path.is_file() and self.is_instance(path))

    def best(self, path: Path) -> dict[str, float]:
        """Best published values by instance. Unusable when the columns are not there."""
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        if not rows or not {"instance", self.best_column} <= rows[0].keys():
            raise Unusable(f"{path} has no columns instance and {self.best_column}.")
        return {row["instance"]: float(row[self.best_column]) for row in rows if row[self.best_column]}


def owners(plan: Plan) -> dict[str, str]:
    """Who does each task. BadPlan when some are left out."""
    if plan.unassigned:
        raise BadPlan(f"{len(plan.unassigned)} left out")
    return {row.task: row.worker for row in plan.assignments}
