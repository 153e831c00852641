"""How good a plan is: at most so much above the best possible one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairlead import engine
from fairlead.allocation import snapshot
from fairlead.allocation.models import Plan
from fairlead.allocation.policy import POLICY
from fairlead.events.actor import system
from fairlead.events.record import record


def prove_plan(plan: Plan, *, now: datetime) -> Plan:
    """Prove what no plan can undercut, and keep how far above it this one is at most.

    Changes no plan's result.
    """
    if plan.snapshot is None or plan.state != Plan.State.DRAFT or plan.gap is not None:
        return plan
    problem, result = snapshot.problem_of(plan.snapshot.content), snapshot.plan_of(plan.result)
    seconds = POLICY.prove_seconds if len(problem.tasks) <= POLICY.most_proven else 0.0
    proof = engine.prove(problem, result, seconds=seconds)
    with transaction.atomic():
        mine = Plan.objects.filter(pk=plan.pk, gap__isnull=True)
        if mine.update(bound=proof.points, bound_by=proof.how, gap=proof.gap):
            percent = None if proof.gap is None else round(proof.gap * 100, 2)
            record("plan.proven", plan, actor=system(plan.workspace_id), now=now, how=proof.how, percent=percent)
    plan.refresh_from_db()
    return plan
