"""Making plans: many tasks at once, as a draft to look at. Applying them is in plan_apply.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from fairlead import engine
from fairlead.allocation import snapshot
from fairlead.allocation.actions.receipts import keep_snapshot
from fairlead.allocation.models import Plan, Planning
from fairlead.allocation.permissions import may_assign
from fairlead.allocation.policy import POLICY
from fairlead.allocation.publish import draft_of, write_lines
from fairlead.allocation.queries.figures import figures
from fairlead.allocation.queries.plan_tasks import against_rules, tasks_of
from fairlead.allocation.replay import at_present, question_of
from fairlead.allocation.solver import Answer, SolverDied, answer_apart, cores
from fairlead.allocation.weights import full
from fairlead.events.actor import Actor
from fairlead.events.models import Head
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.work.models import Project
from fairlead.work.queries import seen

State, Scope = Plan.State, Plan.Scope
STEPS = 100
"""Progress is shown in hundredths: reading takes the first few, writing the last few, the engine the rest."""
READ, SOLVED = 5, 95
NOT_A_MANAGER = later("Only managers allocate work; an AI agent never does.")


def make_plan(
    project: Project | None,
    *,
    actor: Actor,
    now: datetime,
    seed: int = 0,
    scope: str = Scope.WAITING,
    weights: Mapping[str, int] | None = None,
    other: Plan | None = None,
) -> Plan:
    """Propose somebody for every open task that nobody holds, of one project or of the whole workspace.

    With the scope "all" also for held tasks that are not begun; these move only where that buys something. `weights`:
    percent by name, else the workspace's. `other`: the draft that this one is an alternative to. A small plan is a
    draft at once; a large one is made in the background and shows its progress until then. Nothing changes before it is
    applied. Raises Refused when there is nothing to do.
    """
    require(may_assign(actor), NOT_A_MANAGER)
    plan = Plan(
        workspace_id=actor.workspace_id, project=project, state=State.MAKING, created_by_id=actor.user_id,
        created_at=now, seed=seed, total=STEPS, scope=scope, other=other,
        weights=full(usual_weights(actor.workspace_id) if weights is None else weights),
    )  # fmt: skip
    count = seen(tasks_of(plan), actor, "project").count()
    if not count:
        raise Refused(_nothing_to_do(plan))
    is_large = count > POLICY.quick_tasks
    plan.iterations, plan.threads = steps_for(count), cores() if is_large else 1
    with transaction.atomic():
        plan.save(force_insert=True)
        if is_large:
            record("plan.requested", plan, actor=actor, now=now, tasks=count)
    return plan if is_large else finish_plan(plan, actor=actor, now=now)


def remake_plan(plan: Plan, *, weights: Mapping[str, int], actor: Actor, now: datetime) -> Plan:
    """The same plan with other weights, beside the first one: nothing is lost until one of them is applied."""
    require(may_assign(actor), NOT_A_MANAGER)
    if plan.state != State.DRAFT or plan.scope == Scope.REPAIR:
        raise Conflict(tr("Only a draft that you asked for can be made anew with other weights."))
    return make_plan(plan.project, actor=actor, now=now, seed=plan.seed, scope=plan.scope, weights=weights, other=plan)


def usual_weights(workspace_id: int) -> dict[str, int]:
    """What the workspace's plans begin with."""
    return Planning.objects.filter(workspace_id=workspace_id).values_list("weights", flat=True).first() or {}


def _nothing_to_do(plan: Plan) -> str:
    if plan.project is None:
        if plan.scope == Scope.ALL:
            return tr(
                "Every open task of this workspace is begun, pinned or being offered. There is nothing to plan anew."
            )
        return tr("Every open task of this workspace has somebody already. Add tasks, or plan anew what is held.")
    name = plan.project.name
    if plan.scope == Scope.ALL:
        return tr(
            "Every open task of %(project)s is begun, pinned or being offered. There is nothing to plan anew.",
            project=name,
        )
    return tr(
        "Every open task of %(project)s has somebody already. Add tasks, or plan anew what is held.", project=name
    )


def steps_for(tasks: int) -> int:
    """Rounds of the search for so many tasks."""
    return min(POLICY.most_iterations, POLICY.iterations_per_task * tasks)


def finish_plan(plan: Plan, *, actor: Actor, now: datetime) -> Plan:
    """Compute a plan that is being made and store its lines, all or nothing; one no longer being made is left alone."""
    wanted = set(seen(tasks_of(plan), actor, "project").values_list("pk", flat=True))
    if plan.scope == Scope.ALL:
        wanted -= against_rules(plan.workspace_id, wanted, on=now.date())
    as_of_seq = last_seq(plan.workspace_id)
    picture = snapshot.take(plan.workspace_id, wanted=wanted, now=now, weights=plan.weights)
    _show(plan, READ)
    try:
        found = ask(picture.problem, plan)
    except SolverDied:
        return fail_plan(plan, actor=actor, now=now)
    plan.as_of_seq, plan.stopped_at = as_of_seq, found.stopped_at
    before = at_present(picture.problem).assignments
    plan.figures = {
        "before": figures(picture.problem, before), "after": figures(picture.problem, found.plan.assignments),
    }  # fmt: skip
    keep(plan, picture, found, before=before, wanted=wanted, actor=actor, now=now)
    return plan


def last_seq(workspace_id: int) -> int:
    """The number of the workspace's newest event."""
    return Head.objects.filter(workspace_id=workspace_id).values_list("seq", flat=True).first() or 0


def keep(
    plan: Plan,
    picture: snapshot.Picture,
    found: Answer,
    *,
    before: Collection[engine.Assignment],
    wanted: Collection[int],
    actor: Actor,
    now: datetime,
) -> None:
    """Make a plan that is being made a draft with its lines; one that was discarded meanwhile is left alone."""
    reasons = {move.task: move.reason for move in found.moves}
    draft = draft_of(plan, picture, found.plan, before=before, reasons=reasons)
    cost = found.plan.cost.to_dict() if found.plan.cost else {}
    with transaction.atomic():
        kept = keep_snapshot(plan.workspace_id, picture.problem, now=now)
        won = Plan.objects.filter(pk=plan.pk, state=State.MAKING).update(
            state=State.DRAFT, done=STEPS, snapshot=kept, engine_version=engine.ENGINE_VERSION, cost=cost,
            as_of_seq=plan.as_of_seq, result=snapshot.plan_content(found.plan), stopped_at=plan.stopped_at,
            figures=plan.figures,
        )  # fmt: skip
        if won:
            counts = write_lines(draft, wanted=wanted)
            record("plan.made", plan, actor=actor, now=now, cost=round(cost.get("total", 0), 1), **counts)
    plan.refresh_from_db()


def ask(problem: engine.Problem, plan: Plan) -> Answer:
    """The engine's answer for this plan, in a process of its own. Raises SolverDied."""

    def on_progress(news: engine.Progress) -> bool:
        return _show(plan, READ + int((SOLVED - READ) * news.share))

    return answer_apart(question_of(plan, problem), on_progress=on_progress)


def stop_plan(plan: Plan, *, actor: Actor, now: datetime) -> Plan:
    """Take the best that was found so far of a plan that is being made."""
    require(may_assign(actor), NOT_A_MANAGER)
    with transaction.atomic():
        if not Plan.objects.filter(pk=plan.pk, state=State.MAKING, stop_asked=False).update(stop_asked=True):
            raise Conflict(tr("This plan is not being made any more."))
        record("plan.stopped", plan, actor=actor, now=now)
    plan.refresh_from_db()
    return plan


def fail_plan(plan: Plan, *, actor: Actor, now: datetime) -> Plan:
    """Give up a plan whose solver died; nothing else changes, and the page says so."""
    with transaction.atomic():
        if Plan.objects.filter(pk=plan.pk, state=State.MAKING).update(state=State.FAILED):
            record("plan.failed", plan, actor=actor, now=now)
    plan.refresh_from_db()
    return plan


def _show(plan: Plan, done: int) -> bool:
    """Tell the page how far it is, never backwards; whether somebody wants it to stop, or does not want it any more."""
    if done <= plan.done:
        return plan.stop_asked
    making = Plan.objects.filter(pk=plan.pk, state=State.MAKING)
    goes_on = making.update(done=done)
    plan.done, plan.stop_asked = done, not goes_on or making.filter(stop_asked=True).exists()
    return plan.stop_asked


def discard_plan(plan: Plan, *, actor: Actor, now: datetime) -> Plan:
    """Throw a draft away; nothing else changes."""
    require(may_assign(actor), NOT_A_MANAGER)
    with transaction.atomic():
        mine = Plan.objects.filter(pk=plan.pk, state__in=(State.DRAFT, State.MAKING))
        if not mine.update(state=State.DISCARDED):
            raise Conflict(tr("This plan was applied or discarded already."))
        record("plan.discarded", plan, actor=actor, now=now)
    plan.refresh_from_db()
    return plan


def restore_plan(plan: Plan, *, actor: Actor, now: datetime) -> Plan:
    """Undo of `discard_plan`: a draft to look at again. Raises Conflict for one that was never finished, and where a
    newer proposal says the same."""
    require(may_assign(actor), NOT_A_MANAGER)
    gone = Plan.objects.filter(pk=plan.pk, state=State.DISCARDED, snapshot__isnull=False).exclude(result=b"")
    try:
        with transaction.atomic():
            if not gone.update(state=State.DRAFT):
                raise Conflict(tr("This plan cannot be brought back. Make a new one."))
            record("plan.restored", plan, actor=actor, now=now)
    except IntegrityError as error:
        raise Conflict(tr("There is a newer proposal for the same meanwhile. Look at that one.")) from error
    plan.refresh_from_db()
    return plan
