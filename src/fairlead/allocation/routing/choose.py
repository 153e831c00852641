"""Whom a step of a policy would choose for a task at this moment, and why nobody where nobody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from fairlead import engine
from fairlead.allocation.judgement import Judgement, Slant, judge
from fairlead.allocation.routing import facts
from fairlead.allocation.routing.attendance import Absence, absences
from fairlead.allocation.routing.definition import Definition, Step
from fairlead.allocation.routing.expressions import about_worker
from fairlead.allocation.routing.facts import Surroundings
from fairlead.allocation.routing.strategies import Standing, in_order, strategy
from fairlead.allocation.rows import Rows
from fairlead.allocation.snapshot import worker_number
from fairlead.lib.cel import BadExpression
from fairlead.lib.sayings import Saying
from fairlead.work.models import Task

SHOWN: Final = 10
"""Candidates whose measure a receipt keeps."""


class Attendance(Protocol):
    """Says who of these workers is not there at a moment."""

    def __call__(self, worker_ids: Collection[int], *, now: datetime) -> Mapping[int, Absence]: ...


@dataclass(frozen=True)
class Choice:
    """`order`: ids of those who can be asked now, first the one to ask first. Beside them `absent`, who could do it but
    are not there, and `others`, who could do it but whom the step does not mean. `fault`: why the step's condition
    could not be worked out, else empty."""

    step: Step
    judgement: Judgement
    order: tuple[int, ...]
    standings: dict[int, Standing]
    absent: Mapping[int, Absence]
    others: tuple[int, ...]
    fault: Saying | str = ""

    @property
    def meant(self) -> set[int]:
        """Everybody whom the step means and who can do it, there or not."""
        return {*self.order, *self.absent}

    @property
    def candidates(self) -> list[engine.Candidate]:
        """Those of the order, as the engine ranked them."""
        by_id = {worker_number(item.worker): item for item in self.judgement.ranking.candidates}
        return [by_id[pk] for pk in self.order]

    @property
    def evidence(self) -> dict[str, Any]:
        """What a receipt keeps of the choice."""
        measure = strategy(self.step.strategy).measure
        return {
            "step": self.step.name,
            "strategy": self.step.strategy,
            "order": [[pk, measure(self.standings[pk])] for pk in self.order[:SHOWN] if pk in self.standings],
            "relax": self.step.relax,
        }


def choose(
    task: Task, definition: Definition, step: Step, *, policy_id: int, now: datetime, but: Collection[int] = ()
) -> Choice:
    """Whom the step means: able by the engine's rules, meant by the condition, at work now, in the strategy's order;
    nobody of `but`. The task comes with its project."""
    slant = Slant(step.relax, definition.weights)
    judgement = judge(task.pk, workspace_id=task.workspace_id, now=now, slant=slant)
    around = Surroundings(task.workspace_id, now)
    return among(judgement, task, step, policy_id=policy_id, around=around, but=but, absent=absences)


def among(
    judgement: Judgement, task: Task, step: Step, *, policy_id: int, around: Surroundings, but: Collection[int] = (),
    absent: Attendance,
) -> Choice:  # fmt: skip
    """The step's choice among those whom a judgement found able; `absent` says who of them is not there."""
    ranks = {worker_number(item.worker): item.rank for item in judgement.ranking.candidates}
    ranks = {pk: rank for pk, rank in ranks.items() if pk not in but}
    try:
        meant = _meant(judgement.picture.rows, task, step, ranks, around=around)
    except BadExpression as error:
        return Choice(step, judgement, (), {}, {}, tuple(ranks), error.said)
    away = absent(list(meant), now=around.now)
    there = {pk: rank for pk, rank in ranks.items() if pk in meant and pk not in away}
    rows = judgement.picture.rows
    known = facts.standings(rows, task, there, policy_id=policy_id, around=around) if there else {}
    others = tuple(pk for pk in ranks if pk not in meant)
    return Choice(step, judgement, tuple(in_order(step.strategy, known)), known, away, others)


def able(found: Rows, task: Task, step: Step, *, around: Surroundings) -> set[int]:
    """Whom the step means and who have the skills, as far as rows tell: without a look at calendars and loads."""
    needs, reserved = found.needs.get(task.pk, {}), found.reserved.get(task.project_id)
    skilled = [
        pk
        for pk in found.workers
        if all(found.levels.get(pk, {}).get(skill, 0) >= max(1, n - step.relax) for skill, n in needs.items())
        and (reserved is None or pk in reserved)
    ]
    try:
        return _meant(found, task, step, skilled, around=around)
    except BadExpression:
        return set()


def _meant(found: Rows, task: Task, step: Step, ids: Collection[int], *, around: Surroundings) -> set[int]:
    if step.team:
        ids = [pk for pk in ids if step.team in found.workers[pk]["team_names"]]
    if not step.who:
        return set(ids)
    condition, of_task = about_worker(step.who), around.tasks([task])[task.pk]
    of_workers = facts.of_workers(found, task, around=around)
    return {pk for pk in ids if condition.holds({**of_task, **of_workers[pk]})}
