"""Applying a draft in one transaction, and taking it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from fairlead.allocation.actions.assign import record_assigned, record_unassigned
from fairlead.allocation.actions.notices import give_notice
from fairlead.allocation.actions.plans import NOT_A_MANAGER
from fairlead.allocation.models import Assignment, Plan, PlanLine, Receipt
from fairlead.allocation.permissions import may_assign
from fairlead.allocation.reading import PLAN_UNDONE
from fairlead.allocation.room import without_room
from fairlead.allocation.stale import Stale, StalePlan, stale_lines
from fairlead.events.actor import ENGINE, Actor
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Worker
from fairlead.work.actions import hold_tasks
from fairlead.work.models import Task
from fairlead.work.reach import reach_of
from fairlead.work.states import OPEN, WAITING

State, Outcome, Kind, EndReason = Plan.State, PlanLine.Outcome, PlanLine.Kind, Assignment.EndReason
BATCH = 500
AT_ONCE = later("it changed at the same moment")
ALSO_PRIVATE: Final = later(
    "This plan also gave out work of a private project that you do not see. An admin can undo it."
)


def apply_plan(plan: Plan, *, actor: Actor, now: datetime, leave_out: Collection[int] = ()) -> Plan:
    """Do what the draft proposes, except the lines in `leave_out` (ids), all in one transaction.

    Raises StalePlan, and changes nothing, when something happened to any of the chosen lines since the plan was made,
    or when they alone would give somebody more tasks than they take at once; Conflict when the plan is not a draft any
    more.
    """
    require(may_assign(actor), NOT_A_MANAGER)
    with transaction.atomic():
        chosen = _begin(plan, leave_out, actor=actor, now=now)
        if stale := stale_lines(plan, [line for line in chosen if line.kind != Kind.SAME]):
            raise StalePlan(stale)
        if too_many := without_room(chosen):
            raise StalePlan(too_many)
        return _apply(plan, chosen, actor=actor, now=now)


def apply_rest(plan: Plan, *, actor: Actor, now: datetime, leave_out: Collection[int] = ()) -> Plan:
    """Like `apply_plan`, without the lines that something happened to or for which somebody has no room: those stay as
    they are and say so."""
    require(may_assign(actor), NOT_A_MANAGER)
    with transaction.atomic():
        chosen = _begin(plan, leave_out, actor=actor, now=now)
        stale = {item.line_id for item in stale_lines(plan, chosen)}
        PlanLine.objects.filter(pk__in=stale).exclude(kind=Kind.SAME).update(outcome=Outcome.TAKEN)
        rest = [line for line in chosen if line.pk not in stale]
        full = {item.line_id for item in without_room(rest)}
        PlanLine.objects.filter(pk__in=full).update(outcome=Outcome.FULL)
        return _apply(plan, [line for line in rest if line.pk not in full], actor=actor, now=now)


def _begin(plan: Plan, leave_out: Collection[int], *, actor: Actor, now: datetime) -> list[PlanLine]:
    """Take the draft for applying, exactly one caller; the chosen lines. Lines of private projects that the actor does
    not see are left out."""
    if not Plan.objects.filter(pk=plan.pk, state=State.DRAFT).update(state=State.APPLIED, applied_at=now):
        raise Conflict(tr("This plan was applied or discarded already. Make a new one."))
    plan.refresh_from_db()
    lines = PlanLine.objects.filter(plan=plan, worker__isnull=False)
    if hidden := reach_of(actor).hidden:
        unknown = lines.filter(task__project_id__in=hidden).values_list("pk", flat=True)
        leave_out = {*leave_out, *unknown}
    lines.filter(pk__in=list(leave_out)).exclude(kind=Kind.SAME).update(outcome=Outcome.LEFT_OUT)
    related = lines.select_related("task__project", "worker", "before_worker").order_by("starts_at", "id")
    return [line for line in related if line.pk not in leave_out]


def _apply(plan: Plan, chosen: Sequence[PlanLine], *, actor: Actor, now: datetime) -> Plan:
    """Give, move and shift."""
    given = [line for line in chosen if line.kind in (Kind.NEW, Kind.MOVED)]
    stay = [line for line in chosen if line.kind in (Kind.SHIFTED, Kind.SAME)]
    _assign_all(plan, given, actor=actor, now=now)
    _set_times({line.task_id: (line.starts_at, line.ends_at) for line in stay}, _mine(stay))
    told = [line for line in chosen if line.kind != Kind.SAME]
    PlanLine.objects.filter(pk__in=[line.pk for line in told]).update(outcome=Outcome.APPLIED)
    kinds = Counter(line.kind for line in told)
    record(
        "plan.applied", plan, actor=actor, now=now, assigned=kinds[Kind.NEW], moved=kinds[Kind.MOVED],
        shifted=kinds[Kind.SHIFTED],
    )  # fmt: skip
    if plan.scope != Plan.Scope.WAITING:
        give_notice(plan, told, actor=actor, now=now)
    plan.refresh_from_db()
    return plan


def _assign_all(plan: Plan, lines: Sequence[PlanLine], *, actor: Actor, now: datetime) -> None:
    """Race, do not lock: whoever was quicker wins, is seen afterwards, and then nothing of the plan is done."""
    moved = [line for line in lines if line.kind == Kind.MOVED]
    former = _mine(moved)
    former.update(ended_at=now, end_reason=EndReason.REPLACED)
    receipts = Receipt.objects.bulk_create([_receipt(plan, line, now=now) for line in lines], batch_size=BATCH)
    made = [
        _assignment(plan, line, receipt, actor=actor, now=now) for line, receipt in zip(lines, receipts, strict=True)
    ]
    Assignment.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
    for worker, tasks in _by_worker((line.worker, line.task) for line in lines).items():
        hold_tasks(tasks, worker, now=now)
    won = _won(plan, lines)
    if lost := [line for line in lines if line.task_id not in won]:
        raise StalePlan([Stale(line.pk, str(line.task), line.task.title, str(AT_ONCE)) for line in lost])
    engine_actor = replace(actor, kind=ENGINE)
    for line in lines:
        record_assigned(
            line.task, won[line.task_id], actor=engine_actor, now=now, previous=line.before_worker,
        )  # fmt: skip


def _won(plan: Plan, lines: Sequence[PlanLine]) -> dict[int, Assignment]:
    """{task id: the plan's assignment} of what is now held as proposed, and was neither begun nor closed meanwhile."""
    going = Assignment.objects.filter(plan=plan, ended_at__isnull=True, task__deleted_at__isnull=True)
    held = going.filter(Q(task__state__in=WAITING) | Q(task__state__in=OPEN, task__in=_were_waiting(lines)))
    return {item.task_id: item for item in held.filter(task__assignee=F("worker")).select_related("worker")}


def _were_waiting(lines: Iterable[PlanLine]) -> list[int]:
    return [line.task_id for line in lines if line.before_worker_id is None]


def _mine(lines: Iterable[PlanLine]) -> QuerySet[Assignment]:
    """The going assignments of these lines' former holders."""
    holders = {line.task_id: line.before_worker_id for line in lines}
    going = Assignment.objects.filter(task_id__in=holders, ended_at__isnull=True)
    rows = going.values_list("pk", "task_id", "worker_id")
    return going.filter(pk__in=[pk for pk, task_id, worker_id in rows if holders[task_id] == worker_id])


def _set_times(times: Mapping[int, tuple[datetime | None, datetime | None]], going: QuerySet[Assignment]) -> None:
    """When each of these tasks is to be done now: the order in which their holders go through them."""
    rows = list(going)
    for row in rows:
        row.starts_at, row.ends_at = times[row.task_id]
    Assignment.objects.bulk_update(rows, ["starts_at", "ends_at"], batch_size=BATCH)


def _by_worker(given: Iterable[tuple[Worker | None, Task]]) -> dict[Worker | None, list[Task]]:
    found: dict[Worker | None, list[Task]] = {}
    for worker, task in given:
        found.setdefault(worker, []).append(task)
    return found


def _receipt(plan: Plan, line: PlanLine, *, now: datetime) -> Receipt:
    return Receipt(  # type: ignore[misc]  # a plan that is no longer being made has a snapshot: plan_has_snapshot
        workspace_id=plan.workspace_id, task_id=line.task_id, snapshot_id=plan.snapshot_id, plan=plan,
        engine_version=plan.engine_version, ranking={}, evidence=line.evidence, seed=plan.seed, created_at=now,
    )  # fmt: skip


def _assignment(plan: Plan, line: PlanLine, receipt: Receipt, *, actor: Actor, now: datetime) -> Assignment:
    return Assignment(  # type: ignore[misc]  # only lines with a worker are assigned
        workspace_id=plan.workspace_id, task_id=line.task_id, worker_id=line.worker_id, receipt=receipt, plan=plan,
        by_kind=ENGINE, by_user_id=actor.user_id, fit=line.fit, starts_at=line.starts_at, ends_at=line.ends_at,
        reason=line.reason if line.kind == Kind.MOVED else "", created_at=now,
    )  # fmt: skip


def undo_plan(plan: Plan, *, actor: Actor, now: datetime) -> Plan:
    """Take back what the plan did, in one transaction: new tasks wait again, moved ones go back to whoever held them.

    What somebody began, closed or reassigned since is kept.
    """
    require(may_assign(actor), NOT_A_MANAGER)
    with transaction.atomic():
        done = PlanLine.objects.filter(plan=plan, outcome=Outcome.APPLIED)
        require(not done.filter(task__project_id__in=reach_of(actor).hidden).exists(), ALSO_PRIVATE)
        won = Plan.objects.filter(pk=plan.pk, state=State.APPLIED).update(state=State.UNDONE)
        if not won:
            raise Conflict(tr("Only a plan that is applied can be undone, and only once."))
        back = _take_back(plan, actor=actor, now=now) + _shift_back(plan)
        lines = PlanLine.objects.filter(plan=plan, outcome=Outcome.APPLIED)
        kept = lines.exclude(task_id__in=back).update(outcome=Outcome.KEPT)
        restored = lines.filter(task_id__in=back).update(outcome=Outcome.UNDONE)
        record("plan.undone", plan, actor=actor, now=now, restored=restored, kept=kept)
    plan.refresh_from_db()
    return plan


def _take_back(plan: Plan, *, actor: Actor, now: datetime) -> list[int]:
    """End what the plan gave and nobody went on with; the ids of the tasks."""
    given = Assignment.objects.filter(plan=plan, ended_at__isnull=True)
    going = given.filter(task__state__in=WAITING, task__deleted_at__isnull=True)
    mine = list(going.select_related("task__project", "worker").order_by("task_id"))
    Assignment.objects.filter(pk__in=[item.pk for item in mine]).update(ended_at=now, end_reason=EndReason.UNDONE)
    former = _former(plan, [item.task_id for item in mine])
    again = Assignment.objects.bulk_create(
        [_again(item, actor=actor, now=now) for item in former.values()], batch_size=BATCH
    )
    back = {item.task_id: item for item in again}
    holders = {pk: item.worker for pk, item in former.items()}
    for worker, tasks in _by_worker((holders.get(item.task_id), item.task) for item in mine).items():
        hold_tasks(tasks, worker, now=now)
    for item in mine:
        if item.task_id in back:
            record_assigned(item.task, back[item.task_id], actor=actor, now=now, previous=item.worker)
        else:
            record_unassigned(item, actor=actor, now=now, reason=PLAN_UNDONE)
    return [item.task_id for item in mine]


def _former(plan: Plan, task_ids: Collection[int]) -> dict[int, Assignment]:
    """{task id: who had it until the plan moved it, as far as they still take work}."""
    ended = Assignment.objects.filter(
        task_id__in=task_ids, ended_at=plan.applied_at, end_reason=EndReason.REPLACED,
        worker__deactivated_at__isnull=True,
    )  # fmt: skip
    return {item.task_id: item for item in ended.select_related("worker")}


def _again(former: Assignment, *, actor: Actor, now: datetime) -> Assignment:
    """The same assignment anew, on the grounds that it was first made on."""
    return Assignment(
        workspace_id=former.workspace_id, task_id=former.task_id, worker=former.worker, receipt_id=former.receipt_id,
        plan_id=former.plan_id, by_kind=former.by_kind, by_user_id=actor.user_id, reason=PLAN_UNDONE,
        fit=former.fit, starts_at=former.starts_at, ends_at=former.ends_at, created_at=now,
    )  # fmt: skip


def _shift_back(plan: Plan) -> list[int]:
    """Put the times back of what stayed with its holder and still does; the ids of the tasks."""
    lines = list(PlanLine.objects.filter(plan=plan, kind__in=(Kind.SHIFTED, Kind.SAME)))
    going = _mine(lines).filter(task__state__in=WAITING)
    _set_times({line.task_id: (line.before_starts_at, line.before_ends_at) for line in lines}, going)
    return list(going.values_list("task_id", flat=True))
