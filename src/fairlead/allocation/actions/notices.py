"""Telling each person, once, what an applied plan changes for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fairlead.allocation.models import Plan, PlanLine
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.people.models import Worker

Kind = PlanLine.Kind


def give_notice(plan: Plan, lines: Iterable[PlanLine], *, actor: Actor, now: datetime) -> None:
    """One event for each person whose list changes, with the lines: what they get, give away, do at another time."""
    told: dict[int, dict[str, list[int]]] = defaultdict(lambda: {"gets": [], "gives": [], "shifts": []})
    names: dict[int, Worker] = {}
    for line in lines:
        if line.worker is not None:
            names[line.worker.pk] = line.worker
            told[line.worker.pk]["shifts" if line.kind == Kind.SHIFTED else "gets"].append(line.pk)
        if line.kind == Kind.MOVED and line.before_worker is not None:
            names[line.before_worker.pk] = line.before_worker
            told[line.before_worker.pk]["gives"].append(line.pk)
    for worker_id, changes in told.items():
        named: dict[str, Any] = {"id": worker_id, "name": names[worker_id].name}
        record("plan.notice", plan, actor=actor, now=now, worker=named, reason=plan.cause, **changes)
