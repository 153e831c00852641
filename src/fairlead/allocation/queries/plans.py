"""Reading plans: what was proposed, what it costs, how full everybody would be, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from fairlead import engine
from fairlead.allocation import snapshot
from fairlead.allocation.models import Offering, Plan, PlanLine
from fairlead.allocation.naming import Face, Faces
from fairlead.allocation.permissions import may_see, may_see_rates
from fairlead.allocation.queries.loads import planned
from fairlead.allocation.reading import LABELS, CostPart
from fairlead.allocation.rows import active_workers
from fairlead.allocation.snapshot import WEEK_MIN, worker_number
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.work.models import Project, Task
from fairlead.work.states import OPEN

WEEKS: Final = 4
"""Weeks over which loads before and after are compared."""


@dataclass(frozen=True)
class Line:
    """One task of a plan. `worker` is None where nobody can do it; `reason` and `fixes` then say why."""

    id: int
    task_id: int
    key: str
    title: str
    priority: int
    due_at: datetime | None
    worker: Face | None
    starts_at: datetime | None
    ends_at: datetime | None
    late_min: int
    fit: int
    reason: str
    fixes: tuple[str, ...]
    outcome: str


@dataclass(frozen=True)
class Share:
    """One worker's hours in the coming weeks: held now, with the plan, and what there is. Minutes."""

    worker: Face
    tasks: int
    before_min: int
    after_min: int
    room_min: int

    @property
    def before(self) -> float:
        """Share of the room that is taken now."""
        return self.before_min / self.room_min if self.room_min else 0.0

    @property
    def after(self) -> float:
        """Share of the room that is taken with the plan."""
        return self.after_min / self.room_min if self.room_min else 0.0


@dataclass(frozen=True)
class PlanSheet:
    """A plan with everything its page shows."""

    plan: Plan
    lines: tuple[Line, ...]
    left_open: tuple[Line, ...]
    shares: tuple[Share, ...]
    cost: tuple[CostPart, ...]

    @property
    def late(self) -> int:
        """Tasks that would be finished after they are due."""
        return sum(1 for line in self.lines if line.late_min)

    def count(self, outcome: str) -> int:
        """Lines with this outcome."""
        return sum(1 for line in self.lines if line.outcome == outcome)


def may_see_plans(actor: Actor) -> bool:
    """Plans tell what people cost: for those who decide and those who audit."""
    return may_see(actor) and may_see_rates(actor)


def visible_plans(actor: Actor) -> QuerySet[Plan]:
    """The plans of the workspace; none for those who may not see plans."""
    return Plan.objects.filter(workspace_id=actor.workspace_id) if may_see_plans(actor) else Plan.objects.none()


def waiting_tasks(workspace_id: int, project: Project | None) -> QuerySet[Task]:
    """The tasks that a plan is made for: open, held by nobody, not being offered, in projects that are not archived."""
    found = Task.objects.filter(
        ~Exists(Offering.objects.filter(task_id=OuterRef("pk"), state=Offering.State.OPEN)),
        workspace_id=workspace_id, state__in=OPEN, assignee__isnull=True, deleted_at__isnull=True,
        project__archived_at__isnull=True,
    )  # fmt: skip
    return found if project is None else found.filter(project=project)


def waiting_count(actor: Actor, project: Project | None) -> int:
    """How many tasks a plan would be made for."""
    return waiting_tasks(actor.workspace_id, project).count()


def worker_count(actor: Actor) -> int:
    """How many workers could be given work."""
    return int(active_workers(actor.workspace_id).count())


def outcomes(plan: Plan) -> dict[str, int]:
    """{outcome: how many lines of the plan}."""
    given = PlanLine.objects.filter(plan=plan, worker__isnull=False).order_by()
    return dict(given.values_list("outcome").annotate(n=Count("id")))


def find_plan(actor: Actor, plan_id: int) -> Plan:
    """The plan with this number. Raises Missing."""
    found = visible_plans(actor).select_related("project", "created_by", "snapshot").filter(pk=plan_id).first()
    if found is None:
        raise Missing("There is no such plan.")
    return found


def last_plan(actor: Actor, project: Project) -> Plan | None:
    """The newest plan of a project that is still worth a look: being made, a draft, or applied."""
    live = (Plan.State.MAKING, Plan.State.DRAFT, Plan.State.APPLIED)
    return visible_plans(actor).filter(project=project, state__in=live).order_by("-created_at", "-id").first()


def recent_plans(actor: Actor, *, most: int = 20) -> list[dict[str, Any]]:
    """The newest plans with how many tasks they give to somebody."""
    rows = visible_plans(actor).exclude(state=Plan.State.DISCARDED).order_by("-created_at", "-id")
    counted = rows.annotate(
        assigned=Count("lines", filter=Q(lines__worker__isnull=False)), tasks=Count("lines"),
        key=F("project__key"), project_name=F("project__name"), by=F("created_by__name"),
    )  # fmt: skip
    columns = ("id", "state", "created_at", "assigned", "tasks", "key", "project_name", "by")
    return [dict(row) for row in counted.values(*columns)[:most]]


def plan_sheet(actor: Actor, plan: Plan) -> PlanSheet:
    """Everything about a finished plan, in a fixed number of queries."""
    faces = Faces(actor.workspace_id)
    lines = _lines(plan, faces)
    given = tuple(line for line in lines if line.worker is not None)
    return PlanSheet(
        plan=plan,
        lines=given,
        left_open=tuple(line for line in lines if line.worker is None),
        shares=_shares(plan, given, faces),
        cost=tuple(
            CostPart(LABELS[name], points)
            for name, points in sorted(plan.cost.items(), key=lambda part: -part[1])
            if name in LABELS and points >= 0.05
        ),
    )


_LINE = (
    "id", "task_id", "task__project__key", "task__number", "task__title", "task__priority", "task__due_at",
    "worker_id", "starts_at", "ends_at", "late_min", "fit", "reason", "fixes", "outcome",
)  # fmt: skip


def _lines(plan: Plan, faces: Faces) -> list[Line]:
    rows = PlanLine.objects.filter(plan=plan).order_by("starts_at", "id")
    return [
        Line(
            id=row["id"], task_id=row["task_id"], key=f"{row['task__project__key']}-{row['task__number']}",
            title=row["task__title"], priority=row["task__priority"], due_at=row["task__due_at"],
            worker=faces.by_number(row["worker_id"]), starts_at=row["starts_at"], ends_at=row["ends_at"],
            late_min=row["late_min"], fit=row["fit"], reason=row["reason"], fixes=tuple(row["fixes"]),
            outcome=row["outcome"],
        )
        for row in rows.values(*_LINE)
    ]  # fmt: skip


def _shares(plan: Plan, lines: tuple[Line, ...], faces: Faces) -> tuple[Share, ...]:
    """Everybody who gets something, the fullest first."""
    if plan.snapshot is None:
        return ()
    problem = snapshot.problem_of(plan.snapshot.content)
    before = planned(problem, snapshot.decode(problem, snapshot.queue(problem)))
    after = planned(problem, snapshot.plan_of(plan.result).assignments)
    counts: dict[int, int] = {}
    for line in lines:
        if line.worker is not None:
            counts[line.worker.id] = counts.get(line.worker.id, 0) + 1
    shares = [
        Share(
            worker=faces.of(worker.id),
            tasks=counts[worker_number(worker.id)],
            before_min=_soon(before.get(worker_number(worker.id), {})),
            after_min=_soon(after.get(worker_number(worker.id), {})),
            room_min=_room(worker),
        )
        for worker in problem.workers
        if worker_number(worker.id) in counts
    ]
    return tuple(sorted(shares, key=lambda share: -share.after))


def _soon(by_week: Mapping[int, int]) -> int:
    return sum(minutes for week, minutes in by_week.items() if week < WEEKS)


def _room(worker: engine.Worker) -> int:
    """Minutes that the worker can work in the coming weeks: calendar or weekly cap, whichever is less."""
    found = 0
    for week in range(WEEKS):
        low, high = week * WEEK_MIN, (week + 1) * WEEK_MIN
        minutes = sum(max(0, min(b, high) - max(a, low)) for a, b in worker.calendar or ())
        found += min(minutes * worker.lanes, worker.week_minutes if worker.week_minutes is not None else WEEK_MIN)
    return found
