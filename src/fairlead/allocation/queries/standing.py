"""Why not this one? How a worker stands for a task, what weighs against them, and the least that would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fairlead import engine
from fairlead.allocation import judgement, snapshot
from fairlead.allocation.models import Assignment, Receipt
from fairlead.allocation.naming import Face, Faces
from fairlead.allocation.permissions import may_see, may_see_everybody, may_see_rates
from fairlead.allocation.reading import LABELS, CostPart
from fairlead.allocation.snapshot import worker_name
from fairlead.engine.explain import compare
from fairlead.events.actor import Actor
from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import OPEN

ONLY_OWN: Final = later("You can ask this about yourself; managers and auditors about everybody.")
LEAST_POINTS: Final = 0.05
MONEY: Final = ("labour",)
"""Terms that tell what somebody else costs."""


@dataclass(frozen=True)
class Change:
    """The least of one kind that would make the worker first. `proven`: whether the whole plan, made again with it,
    gives them the task; None when that was not tried."""

    sentence: str
    proven: bool | None


@dataclass(frozen=True)
class Standing:
    """How a worker stands for a task, now or when it was decided (`decided_at`).

    `place` is None when a rule keeps them from it, which `reason` then tells. `against` came first, or second when the
    worker is first; `parts` are the points by which the worker costs more (or less, below 0) than they do. `is_known`:
    False for those of a large workspace of whom only skills were kept when it was decided, so that nobody can say which
    changes would have done.
    """

    task_key: str
    worker: Face
    place: int | None
    eligible: int
    reason: str
    against: Face | None
    parts: tuple[CostPart, ...]
    changes: tuple[Change, ...]
    decided_at: datetime | None
    is_known: bool = True

    @property
    def is_first(self) -> bool:
        """Whether nobody comes before them."""
        return self.place == 1


def may_ask(actor: Actor, worker: Worker) -> bool:
    """Managers and auditors about everybody, others about themselves."""
    mine = actor.user_id is not None and worker.user_id == actor.user_id
    return worker.workspace_id == actor.workspace_id and (may_see_everybody(actor) or (may_see(actor) and mine))


def standing(task: Task, worker: Worker, *, actor: Actor, now: datetime) -> Standing:
    """How the worker stands: when the task was given to whoever has it, or now while nobody has it."""
    require(may_ask(actor, worker), ONLY_OWN)
    made = Assignment.objects.filter(task=task).select_related("receipt__snapshot", "receipt__plan")
    last = made.order_by("-created_at", "-id").first()
    if last is not None and (task.assignee_id is not None or task.state not in OPEN):
        problem, plan = _decided(last.receipt)
        signals = last.receipt.ranking.get("signals", {})
        return _standing(task, worker, problem, plan, signals, actor=actor, made=last)
    if task.state not in OPEN:
        raise Refused(tr("%(task)s is over, and nobody was ever given it.", task=task))
    found = judgement.judge(task.pk, workspace_id=actor.workspace_id, now=now, named=[worker.pk])
    problem = found.picture.problem
    return _standing(task, worker, problem, snapshot.queue(problem), found.signals, actor=actor, made=None)


def _decided(kept: Receipt) -> tuple[engine.Problem, engine.Plan]:
    """What was known when it was decided."""
    problem = snapshot.problem_of(kept.snapshot.content)
    if kept.ranking or kept.plan is None:
        return problem, snapshot.queue(problem)
    return problem, snapshot.plan_of(kept.plan.result)


def _standing(
    task: Task, worker: Worker, problem: engine.Problem, plan: engine.Plan, signals: Mapping[str, Any], *,
    actor: Actor, made: Assignment | None,
) -> Standing:  # fmt: skip
    holder = None if made is None else worker_name(made.worker_id)
    name, faces, rates = worker_name(worker.pk), Faces(actor.workspace_id), may_see_rates(actor)
    if name not in problem.worker_index:
        raise Refused(
            tr("%(name)s was not in the directory of people, or took no work, when this was decided.", name=worker.name)
        )
    ranker = _with_holder(problem, plan, str(task), holder)
    ranking = ranker.rank(str(task), signals=signals)
    compared = compare(ranker, ranking, worker_id=name)
    mine = ranking.candidate(name)
    out = next((item for item in ranking.ruled_out if item.worker == name), None)
    is_known = problem.worker(name).calendar is not None
    against = None if compared.against is None else faces.of(compared.against)
    return Standing(
        task_key=str(task), worker=faces.of(name), place=None if mine is None else mine.rank,
        eligible=ranking.eligible, reason="" if out is None else faces.in_words(out.sentence), against=against,
        parts=_parts(compared.difference, rates=rates), decided_at=None if made is None else made.created_at,
        is_known=is_known,
        changes=tuple(
            Change(faces.in_words(flip.sentence), flip.proven)
            for flip in compared.flips
            if is_known and (rates or not any(path.endswith(".rate") for path in flip.changes))
        ),
    )  # fmt: skip


def _with_holder(problem: engine.Problem, plan: engine.Plan, key: str, holder: str | None) -> engine.Ranker:
    """The plan with the task in the hands of whoever was given it, or of the best candidate, to compare with."""
    ranker = engine.Ranker(problem, plan)
    ranking = ranker.rank(key)
    chosen = ranking.best if holder is None else ranking.candidate(holder)
    if ranking.current is not None or chosen is None:
        return ranker
    given = engine.Assignment(key, chosen.worker, chosen.lane, chosen.start, chosen.finish)
    return engine.Ranker(problem, engine.Plan((given, *ranker.state.assignments())))


def _parts(difference: engine.Cost | None, *, rates: bool) -> tuple[CostPart, ...]:
    """What the worker costs more, the largest first; without money for those who may not know what others earn."""
    if difference is None:
        return ()
    shown = {name: points for name, points in difference.parts.items() if rates or name not in MONEY}
    found = [(name, points) for name, points in shown.items() if abs(points) >= LEAST_POINTS]
    return tuple(
        CostPart(str(LABELS.get(name, name)), points) for name, points in sorted(found, key=lambda item: -item[1])
    )
