"""Which tasks are pinned, and what a choice costs before it is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from fairlead import engine
from fairlead.allocation import snapshot
from fairlead.allocation.judgement import judge
from fairlead.allocation.models import Pin
from fairlead.allocation.naming import Face, Faces
from fairlead.allocation.permissions import may_see_everybody, may_see_rates
from fairlead.allocation.reading import LABELS, CostPart
from fairlead.allocation.snapshot import worker_name
from fairlead.events.actor import Actor
from fairlead.lib.errors import Refused, require
from fairlead.lib.figures import number
from fairlead.lib.speech import tr, tr_count
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import OPEN

LEAST_POINTS = 0.05
MONEY = "labour"


def pinned() -> Q:
    """The condition that a task is pinned to whoever has it."""
    going = Pin.objects.filter(task_id=OuterRef("pk"), worker_id=OuterRef("assignee_id"), ended_at__isnull=True)
    return Q(Exists(going))


def pin_of(task: Task) -> Pin | None:
    """The task's pin, as far as it holds."""
    going = Pin.objects.filter(task=task, ended_at__isnull=True, worker=F("task__assignee"))
    return going.select_related("worker", "by_user").first()


@dataclass(frozen=True)
class Price:
    """What it would mean to give a task to a worker, not before a time.

    `obstacle` says which rule is in the way; then there are no times. `parts` are points more than the best choice
    (`best`) would cost, `points` their sum, and `words` says the same for people. `late_min`: minutes after it is due.
    """

    key: str
    worker: Face
    best: Face | None
    obstacle: str
    starts_at: datetime | None
    ends_at: datetime | None
    late_min: int
    points: float
    parts: tuple[CostPart, ...]
    words: str


def price(task: Task, worker: Worker, *, at: datetime | None, actor: Actor, now: datetime) -> Price:
    """The price of a choice. Changes nothing. Raises Refused for a task that is over, Conflict for one that was closed
    or deleted at the same moment."""
    require(may_see_everybody(actor), tr("Only managers and auditors see what a choice would cost."))
    if task.state not in OPEN:
        raise Refused(tr("%(task)s is over; nobody has to do it any more.", task=task))
    name, faces = worker_name(worker.pk), Faces(task.workspace_id)
    usual = judge(task.pk, workspace_id=task.workspace_id, now=now, named=[worker.pk])
    picture, best = usual.picture, usual.ranking.best
    ranking = usual.ranking
    if at is not None:
        problem = _not_before(picture.problem, str(task), int((at - picture.start).total_seconds() // 60))
        ranking = engine.rank(problem, snapshot.queue(problem), task_id=str(task))
    mine = ranking.candidate(name)
    told: dict[str, Any] = {"key": str(task), "worker": faces.of(name), "best": faces.of(best.worker) if best else None}
    if mine is None:
        out = next((it.sentence for it in ranking.ruled_out if it.worker == name), "")
        rule = faces.in_words(out) or tr("does not take work")
        return Price(**told, obstacle=rule, starts_at=None, ends_at=None, late_min=0, points=0.0, parts=(),
                     words=tr("%(name)s is ruled out: %(why)s", name=worker.name, why=rule))  # fmt: skip
    due = picture.problem.task(str(task)).due
    late_min = 0 if due is None else max(0, mine.finish - due)
    parts = _parts(mine, best, rates=may_see_rates(actor))
    return Price(
        **told, obstacle="", starts_at=picture.at(mine.start), ends_at=picture.at(mine.finish), late_min=late_min,
        points=round(sum(part.points for part in parts), 2), parts=parts,
        words=_words(parts, late_min, faces.of(best.worker) if best else None, is_best=not parts),
    )  # fmt: skip


def _not_before(problem: engine.Problem, key: str, minute: int) -> engine.Problem:
    tasks = tuple(replace(it, release=max(it.release, minute)) if it.id == key else it for it in problem.tasks)
    return replace(problem, tasks=tasks)


def _parts(mine: engine.Candidate, best: engine.Candidate | None, *, rates: bool) -> tuple[CostPart, ...]:
    if best is None:
        return ()
    before = best.cost.parts
    more = {name: points - before.get(name, 0.0) for name, points in mine.cost.parts.items()}
    shown = [(name, points) for name, points in more.items() if abs(points) >= LEAST_POINTS]
    found = [(name, points) for name, points in shown if rates or name != MONEY]
    return tuple(
        CostPart(str(LABELS.get(name, name)), round(points, 2)) for name, points in sorted(found, key=_by_points)
    )


def _by_points(item: tuple[str, float]) -> float:
    return -item[1]


def _words(parts: tuple[CostPart, ...], late_min: int, best: Face | None, *, is_best: bool) -> str:
    """Such as: 2 h late. 14.2 points more than Ada: Lateness 9, Cost 5.2."""
    late = tr("Done in time.") if not late_min else tr("%(hours)s late.", hours=_span(late_min))
    if is_best or best is None:
        return late + " " + tr("Nobody would be better.")
    total = sum(part.points for part in parts)
    told = {"points": number(abs(total), ".1f"), "name": best.name,
            "parts": ", ".join(f"{part.label} {number(part.points, '+.1f')}" for part in parts)}  # fmt: skip
    if total >= 0:
        return late + " " + tr("%(points)s points more than %(name)s: %(parts)s.", **told)
    return late + " " + tr("%(points)s points fewer than %(name)s: %(parts)s.", **told)


def _span(minutes: int) -> str:
    hours = minutes / 60
    if minutes < 60:
        return f"{minutes} min"
    return f"{hours:.0f} h" if hours < 48 else tr_count("%(n)s day", "%(n)s days", round(hours / 24))
