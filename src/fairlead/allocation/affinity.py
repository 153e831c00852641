"""How well somebody suits a task beyond being able to do it: wishes and experience, and their worth in points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fairlead.allocation.policy import POLICY
from fairlead.allocation.rows import Rows, Wishes

NEUTRAL = 0.5
Needs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Evidence:
    """One worker and one task. Preference and familiarity are 0 to 1 (1 is best), each with the facts behind it."""

    preference: float
    wants: tuple[str, ...]
    avoids: tuple[str, ...]
    familiarity: float
    done_here: int
    done_alike: int

    @property
    def signals(self) -> dict[str, float]:
        """What the engine shows among the factors."""
        return {"preference": round(self.preference, 3), "familiarity": round(self.familiarity, 3)}


class Affinity:
    """Computes evidence and misfit from rows; remembers what many pairs share."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._skilled: dict[Needs, list[int]] = {}
        self._surpluses: dict[Needs, list[float]] = {}
        self._strange: dict[tuple[int, tuple[str, ...]], dict[int, float]] = {}

    def skilled(self, task_id: int) -> list[int]:
        """Ids of the workers who have every needed skill at the needed level."""
        needs = self._needs(task_id)
        found = self._skilled.get(needs)
        if found is None:
            levels = self.rows.levels
            found = self._skilled[needs] = [
                pk for pk in self.rows.workers if all(levels.get(pk, {}).get(skill, 0) >= n for skill, n in needs)
            ]
        return found

    def misfits(self, task: Mapping[str, Any]) -> dict[int, float]:
        """{id of a skilled worker: points (0 = perfect)}: levels above the needed ones, work that is not wished for, an
        unfamiliar project. What tasks with the same needs, or in one project with the same
        labels, have in common is computed once: a re-plan of 5,000 tasks asks for 400,000 pairs."""
        skilled, needs = self.skilled(task["id"]), self._needs(task["id"])
        surpluses = self._surpluses.get(needs)
        if surpluses is None:
            surpluses = self._surpluses[needs] = [
                POLICY.surplus_points * self._surplus(task["id"], pk) for pk in skilled
            ]
        strange = self._strange.setdefault((task["project_id"], tuple(task["labels"])), {})
        for pk in skilled:
            if pk not in strange:
                strange[pk] = POLICY.unfamiliar_points * (1 - self._familiarity(task, pk)[0])
        plain, wishes = POLICY.preference_points * (1 - NEUTRAL), self.rows.wishes
        return {
            pk: surplus
            + (POLICY.preference_points * (1 - self._preference(task, pk)[0]) if pk in wishes else plain)
            + strange[pk]
            for pk, surplus in zip(skilled, surpluses, strict=True)
        }

    def _needs(self, task_id: int) -> Needs:
        return tuple(self.rows.needs.get(task_id, {}).items())

    def evidence(self, task: Mapping[str, Any], worker_id: int) -> Evidence:
        """Everything about one pair, with the facts in words' reach."""
        preference, wants, avoids = self._preference(task, worker_id)
        familiarity, here, alike = self._familiarity(task, worker_id)
        return Evidence(preference, wants, avoids, familiarity, here, alike)

    def _surplus(self, task_id: int, worker_id: int) -> float:
        needs, levels = self.rows.needs.get(task_id), self.rows.levels.get(worker_id, {})
        if not needs:
            return 0.0
        return sum(max(0, levels.get(skill, 0) - level) for skill, level in needs.items()) / len(needs)

    @cached_property
    def _no_wishes(self) -> Wishes:
        return Wishes()

    def _preference(self, task: Mapping[str, Any], worker_id: int) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
        """The share of wishes for it among the wishes about it; one half without any."""
        mine = self.rows.wishes.get(worker_id, self._no_wishes)
        needs, labels = self.rows.needs.get(task["id"], {}), task["labels"]
        names = self.rows.skills
        wants = [names[s] for s in needs if s in mine.wanted_skills]
        wants += [label for label in labels if label.casefold() in mine.wanted_labels]
        avoids = [names[s] for s in needs if s in mine.avoided_skills]
        avoids += [label for label in labels if label.casefold() in mine.avoided_labels]
        score = NEUTRAL if not wants and not avoids else len(wants) / (len(wants) + len(avoids))
        return score, tuple(wants), tuple(avoids)

    def _familiarity(self, task: Mapping[str, Any], worker_id: int) -> tuple[float, int, int]:
        """n / (n + half) for finished tasks in the project, and the same for those with its most familiar label;
        the mean of both where the task has labels. 0 for a stranger, below 1 for everybody."""
        history, half = self.rows.history, POLICY.half_familiar_tasks
        here = history.in_project.get((worker_id, task["project_id"]), 0)
        score = here / (here + half)
        if not task["labels"]:
            return score, here, 0
        alike = max(history.with_label.get((worker_id, label.casefold()), 0) for label in task["labels"])
        return (score + alike / (alike + half)) / 2, here, alike
