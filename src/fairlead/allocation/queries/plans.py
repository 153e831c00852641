"""Reading plans: what was proposed, what it costs, how full everybody would be, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from fairlead.allocation import snapshot
from fairlead.allocation.models import Plan, PlanLine, Planning
from fairlead.allocation.naming import Face, Faces
from fairlead.allocation.permissions import may_see, may_see_rates
from fairlead.allocation.queries.figures import room, soon
from fairlead.allocation.queries.plan_tasks import held_tasks, waiting_tasks
from fairlead.allocation.reading import LABELS, CostPart
from fairlead.allocation.rows import active_workers
from fairlead.allocation.sayings import in_language
from fairlead.allocation.snapshot import worker_number
from fairlead.allocation.weights import full
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing, require
from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import current, tr
from fairlead.work.models import Project
from fairlead.work.queries import seen

Kind = PlanLine.Kind


@dataclass(frozen=True)
class Line:
    """One task of a plan. `worker` is None where nobody can do it; `reason` and `fixes` then say why.

    `before`: who held it, and when it would have been done. Of a move `reason` says what it is good for.
    """

    id: int
    kind: str
    task_id: int
    key: str
    title: str
    priority: int
    due_at: datetime | None
    worker: Face | None
    starts_at: datetime | None
    ends_at: datetime | None
    before: Face | None
    before_starts_at: datetime | None
    before_ends_at: datetime | None
    late_min: int
    fit: int
    reason: str
    fixes: tuple[str, ...]
    outcome: str

    @property
    def shift_min(self) -> int:
        """So much later it ends than before; below 0: earlier."""
        if self.ends_at is None or self.before_ends_at is None:
            return 0
        return int((self.ends_at - self.before_ends_at).total_seconds() // 60)


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
class Figures:
    """What holds before or after: minutes late in all and of how many tasks, cost of labour, evenness of the load (0 to
    1, None without work), switches between projects, tasks that go to somebody else, tasks without anybody."""

    late_min: int
    late_tasks: int
    labour_cents: int
    fairness: float | None
    switches: int
    moved: int
    open: int


@dataclass(frozen=True)
class PlanSheet:
    """A plan with everything its page shows. `unchanged`: how many held tasks stay as they are."""

    plan: Plan
    lines: tuple[Line, ...]
    left_open: tuple[Line, ...]
    unchanged: int
    shares: tuple[Share, ...]
    cost: tuple[CostPart, ...]
    before: Figures | None
    after: Figures | None
    other: Figures | None

    def of(self, kind: str) -> tuple[Line, ...]:
        """The lines of this kind."""
        return tuple(line for line in self.lines if line.kind == kind)

    @property
    def late(self) -> int:
        """Tasks that would be finished after they are due."""
        return sum(1 for line in self.lines if line.late_min)

    @property
    def people(self) -> int:
        """How many people's lists change."""
        return len({face.id for line in self.lines for face in (line.worker, line.before) if face})

    @property
    def earliest(self) -> datetime | None:
        """Nothing changes before."""
        return min((line.starts_at for line in self.lines if line.starts_at), default=None)

    def count(self, outcome: str) -> int:
        """Lines with this outcome."""
        return sum(1 for line in self.lines if line.outcome == outcome)


def may_see_plans(actor: Actor) -> bool:
    """Plans tell what people cost: for those who decide and those who audit."""
    return may_see(actor) and may_see_rates(actor)


def visible_plans(actor: Actor) -> QuerySet[Plan]:
    """The plans of the workspace, without those of private projects of others; none for those who may not see plans."""
    found = Plan.objects.filter(workspace_id=actor.workspace_id)
    return seen(found, actor, "project") if may_see_plans(actor) else Plan.objects.none()


def waiting_count(actor: Actor, project: Project | None) -> int:
    """How many tasks a plan of waiting tasks would be made for."""
    return seen(waiting_tasks(actor.workspace_id, project), actor, "project").count()


def held_count(actor: Actor, project: Project | None) -> int:
    """How many held tasks a re-plan could give to somebody else."""
    return seen(held_tasks(actor.workspace_id, project), actor, "project").count()


def proposals(actor: Actor) -> QuerySet[Plan]:
    """Drafts that an event asked for, the latest first."""
    return visible_plans(actor).filter(scope=Plan.Scope.REPAIR, state=Plan.State.DRAFT).order_by("-id")


def cause_of(plan: Plan) -> str:
    """What a proposal was made for, in the language that is spoken; empty for what somebody asked for."""
    return in_language(plan.cause, plan.told)


def worker_count(actor: Actor) -> int:
    """How many workers could be given work."""
    return int(active_workers(actor.workspace_id).count())


def planning(actor: Actor) -> Planning:
    """How the workspace plans; what nobody has changed is as usual."""
    require(may_see_plans(actor), tr("Only managers and auditors see how the workspace plans."))
    kept = Planning.objects.filter(workspace_id=actor.workspace_id).first()
    found = kept or Planning(workspace_id=actor.workspace_id)
    found.weights = full(found.weights)
    return found


def outcomes(plan: Plan) -> dict[tuple[str, str], int]:
    """{(outcome, kind): how many lines of the plan}."""
    given = PlanLine.objects.filter(plan=plan, worker__isnull=False).exclude(kind=Kind.SAME).order_by()
    return {(outcome, kind): n for outcome, kind, n in given.values_list("outcome", "kind").annotate(n=Count("id"))}


def choosable(plan: Plan, *, only: str = "") -> set[int]:
    """The lines of a draft that can be applied or left out; `only` those of a kind, or of a person ("w12")."""
    lines = PlanLine.objects.filter(plan=plan, worker__isnull=False).exclude(kind=Kind.SAME)
    number = only.removeprefix("w")
    if only in Kind.values:
        lines = lines.filter(kind=only)
    elif only and number.isdecimal() and len(number) < 19:
        lines = lines.filter(Q(worker_id=int(number)) | Q(before_worker_id=int(number)))
    return set(lines.values_list("pk", flat=True))


def find_plan(actor: Actor, plan_id: int) -> Plan:
    """The plan with this number. Raises Missing."""
    found = visible_plans(actor).select_related("project", "created_by", "snapshot", "other").filter(pk=plan_id).first()
    if found is None:
        raise Missing(tr("There is no such plan."))
    return found


def last_plan(actor: Actor, project: Project) -> Plan | None:
    """The newest plan of a project that is still worth a look: being made, a draft, or applied."""
    live = (Plan.State.MAKING, Plan.State.DRAFT, Plan.State.APPLIED)
    return visible_plans(actor).filter(project=project, state__in=live).order_by("-created_at", "-id").first()


def recent_plans(actor: Actor, *, most: int = 20) -> list[dict[str, Any]]:
    """The newest plans with how many tasks they give to somebody; proposals that wait have a place of their own."""
    gone = (Plan.State.DISCARDED, Plan.State.REPLACED)
    rows = visible_plans(actor).exclude(state__in=gone).order_by("-created_at", "-id")
    rows = rows.exclude(scope=Plan.Scope.REPAIR, state=Plan.State.DRAFT)
    told = ~Q(lines__kind=PlanLine.Kind.SAME)
    counted = rows.annotate(
        assigned=Count("lines", filter=Q(lines__worker__isnull=False) & told), tasks=Count("lines", filter=told),
        key=F("project__key"), project_name=F("project__name"), by=F("created_by__name"),
    )  # fmt: skip
    columns = ("id", "state", "scope", "cause", "told", "created_at", "assigned", "tasks", "key", "project_name", "by")
    return [{**row, "cause": in_language(row["cause"], row["told"])} for row in counted.values(*columns)[:most]]


def plan_sheet(actor: Actor, plan: Plan) -> PlanSheet:
    """Everything about a finished plan, in a fixed number of queries."""
    faces = Faces(actor.workspace_id)
    told = seen(PlanLine.objects.filter(plan=plan), actor)
    lines, unchanged = _lines(told, faces), told.filter(kind=Kind.SAME).count()
    given = tuple(line for line in lines if line.worker is not None)
    return PlanSheet(
        plan=plan,
        lines=given,
        left_open=tuple(line for line in lines if line.worker is None),
        unchanged=unchanged,
        shares=_shares(plan, given, faces),
        cost=tuple(
            CostPart(str(LABELS[name]), points)
            for name, points in sorted(plan.cost.items(), key=lambda part: -part[1])
            if name in LABELS and points >= 0.05
        ),
        before=_figures(plan, "before"),
        after=_figures(plan, "after"),
        other=_figures(plan.other, "after") if plan.other else None,
    )


def _figures(plan: Plan, when: str) -> Figures | None:
    return Figures(**plan.figures[when]) if when in plan.figures else None


_LINE = (
    "id", "kind", "task_id", "task__project__key", "task__number", "task__title", "task__priority", "task__due_at",
    "worker_id", "starts_at", "ends_at", "before_worker_id", "before_starts_at", "before_ends_at", "late_min", "fit",
    "reason", "fixes", "told", "outcome",
)  # fmt: skip


def _lines(told: QuerySet[PlanLine], faces: Faces) -> list[Line]:
    """All but those that stay as they are."""
    rows = told.exclude(kind=Kind.SAME).order_by("starts_at", "id")
    return [
        Line(
            id=row["id"], kind=row["kind"], task_id=row["task_id"],
            key=f"{row['task__project__key']}-{row['task__number']}",
            title=row["task__title"], priority=row["task__priority"], due_at=row["task__due_at"],
            worker=faces.by_number(row["worker_id"]), starts_at=row["starts_at"], ends_at=row["ends_at"],
            before=faces.by_number(row["before_worker_id"]), before_starts_at=row["before_starts_at"],
            before_ends_at=row["before_ends_at"], late_min=row["late_min"], fit=row["fit"], outcome=row["outcome"],
            **_told(row, faces),
        )
        for row in rows.values(*_LINE)
    ]  # fmt: skip


def _told(row: Mapping[str, Any], faces: Faces) -> dict[str, Any]:
    """Why, in the language that is spoken: in English as it was kept, with the names of that time."""
    told = row["told"]
    if current() == ENGLISH or not told:
        return {"reason": row["reason"], "fixes": tuple(row["fixes"])}
    fixes = zip(row["fixes"], told["fixes"], strict=False)
    return {
        "reason": faces.in_words(row["reason"], told["reason"]),
        "fixes": tuple(faces.in_words(fix, kept) for fix, kept in fixes),
    }


def _shares(plan: Plan, lines: tuple[Line, ...], faces: Faces) -> tuple[Share, ...]:
    """Everybody who gets or gives something, the fullest first."""
    if plan.snapshot is None:
        return ()
    problem = snapshot.problem_of(plan.snapshot.content)
    before = soon(problem, snapshot.decode(problem, snapshot.standing(problem)))
    after = soon(problem, snapshot.plan_of(plan.result).assignments)
    counts: dict[int, int] = {}
    for line in lines:
        if line.worker is not None:
            counts[line.worker.id] = counts.get(line.worker.id, 0) + 1
        if line.before is not None:
            counts.setdefault(line.before.id, 0)
    shares = [
        Share(
            worker=faces.of(worker.id),
            tasks=counts[worker_number(worker.id)],
            before_min=before.get(worker_number(worker.id), 0),
            after_min=after.get(worker_number(worker.id), 0),
            room_min=room(worker),
        )
        for worker in problem.workers
        if worker_number(worker.id) in counts
    ]
    return tuple(sorted(shares, key=lambda share: -share.after))
