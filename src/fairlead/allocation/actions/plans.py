"""Allocating many tasks at once: made as a draft, looked at, then applied, undone or discarded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from fairlead import engine
from fairlead.allocation import snapshot
from fairlead.allocation.actions.assign import record_assigned, record_unassigned
from fairlead.allocation.actions.receipts import keep_snapshot
from fairlead.allocation.models import Assignment, Plan, PlanLine, Receipt
from fairlead.allocation.permissions import may_assign
from fairlead.allocation.policy import POLICY
from fairlead.allocation.publish import write_lines
from fairlead.allocation.queries.plans import waiting_tasks
from fairlead.allocation.solver import SolverDied, solve_apart
from fairlead.events.actor import ENGINE, Actor
from fairlead.events.models import Head
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Refused, require
from fairlead.people.models import Worker
from fairlead.work.actions import hold_tasks
from fairlead.work.models import Project, Task
from fairlead.work.states import OPEN, WAITING

State, Outcome = Plan.State, PlanLine.Outcome
BATCH = 500
STEPS = 100
"""Progress is shown in hundredths: reading takes the first few, writing the last few, the engine the rest."""
READ, SOLVED = 5, 95
NOT_A_MANAGER = "Only managers allocate work; an AI agent never does."


def make_plan(project: Project | None, *, actor: Actor, now: datetime, seed: int = 0) -> Plan:
    """Propose somebody for every open task that nobody holds, of one project or of the whole workspace.

    What is held stays with its holders. A small plan is a draft at once; a large one is made in the background and
    shows its progress until then. Nothing changes before it is applied. Raises Refused when there is nothing to do.
    """
    require(may_assign(actor), NOT_A_MANAGER)
    count = waiting_tasks(actor.workspace_id, project).count()
    if not count:
        where = "this workspace" if project is None else project.name
        raise Refused(f"Every open task of {where} has somebody already. Add tasks, or take some back first.")
    with transaction.atomic():
        plan = Plan.objects.create(
            workspace_id=actor.workspace_id, project=project, state=State.MAKING, created_by_id=actor.user_id,
            created_at=now, seed=seed, iterations=steps_for(count), total=STEPS,
        )  # fmt: skip
        if count > POLICY.quick_tasks:
            record("plan.requested", plan, actor=actor, now=now, tasks=count)
    return plan if count > POLICY.quick_tasks else finish_plan(plan, actor=actor, now=now)


def steps_for(tasks: int) -> int:
    """Rounds of the search for so many tasks."""
    return min(POLICY.most_iterations, POLICY.iterations_per_task * tasks)


def finish_plan(plan: Plan, *, actor: Actor, now: datetime) -> Plan:
    """Compute a plan that is being made and store its lines, all or nothing; one no longer being made is left alone."""
    wanted = set(waiting_tasks(plan.workspace_id, plan.project).values_list("pk", flat=True))
    as_of_seq = Head.objects.filter(workspace_id=plan.workspace_id).values_list("seq", flat=True).first() or 0
    picture = snapshot.take(plan.workspace_id, wanted=wanted, now=now)
    _show(plan, READ)
    try:
        result = solve(picture.problem, plan)
    except SolverDied:
        return fail_plan(plan, actor=actor, now=now)
    _show(plan, SOLVED)
    with transaction.atomic():
        kept = keep_snapshot(plan.workspace_id, picture.problem, now=now)
        making = Plan.objects.filter(pk=plan.pk, state=State.MAKING)
        won = making.update(
            state=State.DRAFT, done=STEPS, snapshot=kept, engine_version=engine.ENGINE_VERSION, as_of_seq=as_of_seq,
            result=snapshot.plan_content(result), cost=result.cost.to_dict() if result.cost else {},
        )  # fmt: skip
        if won:
            counts = write_lines(plan, picture, result, wanted=wanted)
            total = round(result.cost.total, 1) if result.cost else 0
            record("plan.made", plan, actor=actor, now=now, cost=total, **counts)
    plan.refresh_from_db()
    return plan


def solve(problem: engine.Problem, plan: Plan) -> engine.Plan:
    """The engine's plan for the problem with the plan's seed and iterations: the same bytes whenever it is asked.

    Raises SolverDied.
    """

    def on_progress(news: engine.Progress) -> None:
        _show(plan, READ + int((SOLVED - READ) * news.share))

    return solve_apart(problem, iterations=plan.iterations, seed=plan.seed, on_progress=on_progress)


def fail_plan(plan: Plan, *, actor: Actor, now: datetime) -> Plan:
    """Give up a plan whose solver died; nothing else changes, and the page says so."""
    with transaction.atomic():
        if Plan.objects.filter(pk=plan.pk, state=State.MAKING).update(state=State.FAILED):
            record("plan.failed", plan, actor=actor, now=now)
    plan.refresh_from_db()
    return plan


def _show(plan: Plan, done: int) -> None:
    """Tell the page how far it is; never backwards."""
    if done > plan.done:
        Plan.objects.filter(pk=plan.pk, state=State.MAKING).update(done=done)
        plan.done = done


def apply_plan(plan: Plan, *, actor: Actor, now: datetime, leave_out: Collection[int] = ()) -> Plan:
    """Assign what the draft proposes, except the lines in `leave_out` (ids), all in one transaction.

    Tasks that changed hands, were closed or deleted since, and workers who were deactivated, are skipped; their lines
    say so. Raises Conflict when the plan is not a draft any more.
    """
    require(may_assign(actor), NOT_A_MANAGER)
    with transaction.atomic():
        won = Plan.objects.filter(pk=plan.pk, state=State.DRAFT).update(state=State.APPLIED, applied_at=now)
        if not won:
            raise Conflict("This plan was applied or discarded already. Make a new one.")
        plan.refresh_from_db()
        lines = PlanLine.objects.filter(plan=plan, worker__isnull=False).select_related("task__project", "worker")
        chosen = [line for line in lines.order_by("starts_at", "id") if line.pk not in leave_out]
        made = _assign_all(plan, chosen, actor=actor, now=now)
        lines.filter(pk__in=list(leave_out)).update(outcome=Outcome.LEFT_OUT)
        record("plan.applied", plan, actor=actor, now=now, assigned=len(made))
    plan.refresh_from_db()
    return plan


def _assign_all(plan: Plan, lines: Sequence[PlanLine], *, actor: Actor, now: datetime) -> list[Assignment]:
    """Race, do not lock: every insert that finds the task taken does nothing, and what is there afterwards was won."""
    able = [line for line in lines if _still_open(line)]
    receipts = Receipt.objects.bulk_create([_receipt(plan, line, now=now) for line in able], batch_size=BATCH)
    offered = [
        _assignment(plan, line, receipt, actor=actor, now=now) for line, receipt in zip(able, receipts, strict=True)
    ]
    Assignment.objects.bulk_create(offered, batch_size=BATCH, ignore_conflicts=True)
    won = {
        a.task_id: a
        for a in Assignment.objects.filter(plan=plan, ended_at__isnull=True).select_related("worker", "task")
    }
    Receipt.objects.filter(plan=plan, assignment__isnull=True).delete()
    engine_actor = replace(actor, kind=ENGINE)
    for worker, tasks in _by_worker(won.values()).items():
        hold_tasks(tasks, worker, now=now)
    for line in able:
        if line.task_id in won:
            record_assigned(line.task, won[line.task_id], actor=engine_actor, now=now)
    assigned = [line.pk for line in able if line.task_id in won]
    taken = [line.pk for line in lines if line.pk not in set(assigned)]
    PlanLine.objects.filter(pk__in=assigned).update(outcome=Outcome.APPLIED)
    PlanLine.objects.filter(pk__in=taken).update(outcome=Outcome.TAKEN)
    return list(won.values())


def _by_worker(given: Iterable[Assignment]) -> dict[Worker, list[Task]]:
    found: dict[Worker, list[Task]] = {}
    for item in given:
        found.setdefault(item.worker, []).append(item.task)
    return found


def _still_open(line: PlanLine) -> bool:
    task, worker = line.task, line.worker
    free = task.assignee_id is None and task.deleted_at is None and task.state in OPEN
    return free and worker is not None and worker.deactivated_at is None


def _receipt(plan: Plan, line: PlanLine, *, now: datetime) -> Receipt:
    return Receipt(  # type: ignore[misc]  # a plan that is no longer being made has a snapshot: plan_has_snapshot
        workspace_id=plan.workspace_id, task_id=line.task_id, snapshot_id=plan.snapshot_id, plan=plan,
        engine_version=plan.engine_version, ranking={}, evidence=line.evidence, seed=plan.seed, created_at=now,
    )  # fmt: skip


def _assignment(plan: Plan, line: PlanLine, receipt: Receipt, *, actor: Actor, now: datetime) -> Assignment:
    return Assignment(  # type: ignore[misc]  # only lines with a worker are assigned
        workspace_id=plan.workspace_id, task_id=line.task_id, worker_id=line.worker_id, receipt=receipt, plan=plan,
        by_kind=ENGINE, by_user_id=actor.user_id, fit=line.fit, starts_at=line.starts_at, ends_at=line.ends_at,
        created_at=now,
    )  # fmt: skip


def undo_plan(plan: Plan, *, actor: Actor, now: datetime) -> Plan:
    """Take back what the plan assigned, in one transaction. What somebody began, closed or reassigned since is kept."""
    require(may_assign(actor), NOT_A_MANAGER)
    with transaction.atomic():
        won = Plan.objects.filter(pk=plan.pk, state=State.APPLIED).update(state=State.UNDONE)
        if not won:
            raise Conflict("Only a plan that is applied can be undone, and only once.")
        going = Assignment.objects.filter(plan=plan, ended_at__isnull=True, task__state__in=WAITING)
        held = going.select_for_update(of=("self",)).select_related("task__project", "worker").order_by("id")
        back = _take_back(list(held), actor=actor, now=now)
        lines = PlanLine.objects.filter(plan=plan, outcome=Outcome.APPLIED)
        kept = lines.exclude(task_id__in=back).update(outcome=Outcome.KEPT)
        lines.filter(task_id__in=back).update(outcome=Outcome.UNDONE)
        record("plan.undone", plan, actor=actor, now=now, restored=len(back), kept=kept)
    plan.refresh_from_db()
    return plan


def _take_back(given: Sequence[Assignment], *, actor: Actor, now: datetime) -> list[int]:
    """End these assignments and leave their tasks to nobody; the ids of the tasks."""
    Assignment.objects.filter(pk__in=[item.pk for item in given]).update(
        ended_at=now, end_reason=Assignment.EndReason.UNDONE
    )
    hold_tasks([item.task for item in given], None, now=now)
    for item in given:
        record_unassigned(item, actor=actor, now=now, reason="the plan was undone")
    return [item.task_id for item in given]


def discard_plan(plan: Plan, *, actor: Actor, now: datetime) -> Plan:
    """Throw a draft away; nothing else changes."""
    require(may_assign(actor), NOT_A_MANAGER)
    with transaction.atomic():
        mine = Plan.objects.filter(pk=plan.pk, state__in=(State.DRAFT, State.MAKING))
        if not mine.update(state=State.DISCARDED):
            raise Conflict("This plan was applied or discarded already.")
        record("plan.discarded", plan, actor=actor, now=now)
    plan.refresh_from_db()
    return plan
