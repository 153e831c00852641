"""Who should do a task, and why somebody was given one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead import engine
from fairlead.allocation import doctor, judgement, reading, snapshot
from fairlead.allocation.models import Assignment, Offer, Plan, PlanLine, PolicyVersion, Receipt
from fairlead.allocation.naming import Face, Faces
from fairlead.allocation.permissions import may_see, may_see_rates
from fairlead.allocation.replay import is_same
from fairlead.allocation.routing import STRATEGIES
from fairlead.allocation.snapshot import worker_name
from fairlead.events.actor import RULE, Actor
from fairlead.lib.errors import Missing, Refused, require
from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import current, later, tr
from fairlead.work.models import Task
from fairlead.work.queries import visible_tasks
from fairlead.work.states import OPEN

MOST_REPLAYED = 100_000
"""Rounds of the search: some seconds."""
NOT_FOR_CLIENTS = later("Only the team sees who could do a task.")


def recommend(task: Task, *, actor: Actor, now: datetime, k: int = judgement.MOST_CANDIDATES) -> reading.Recommendation:
    """The first `k` candidates for an open task, best first, and everybody who is ruled out. When nobody can do it: the
    exact reason, and changes that were checked to free it. Cost appears only for those who may know rates."""
    require(may_see(actor), NOT_FOR_CLIENTS)
    if task.state not in OPEN:
        raise Refused(tr("%(task)s is over; there is nobody to find for it.", task=task))
    found = judgement.judge(task.pk, workspace_id=actor.workspace_id, now=now, k=k)
    faces = Faces(actor.workspace_id)
    reason, fixes = ("", ()) if found.ranking.candidates else doctor.examine(found, faces)
    return reading.read(found.file(k=k), faces, rates=may_see_rates(actor), reason=reason, fixes=fixes)


@dataclass(frozen=True)
class Decision:
    """One assignment as its receipt tells it: who decided, when, on what grounds, and how everybody stood then."""

    receipt_id: int
    worker: Face
    chosen: reading.Candidate | None
    recommendation: reading.Recommendation
    by_kind: str
    by_name: str
    reason: str
    at: datetime
    ended_at: datetime | None
    end_reason: str
    plan_id: int | None
    engine_version: str
    digest: str
    offered_by: str = ""
    """Who offered it, when the worker accepted an offer."""
    policy: str = ""
    """By which policy and step it was chosen, in a sentence; empty when no policy had a hand in it."""


@dataclass(frozen=True)
class Replay:
    """A decision computed again from what its receipt kept. `is_same`: to the byte."""

    receipt_id: int
    is_same: bool
    engine_version: str
    engine_now: str
    digest: str

    @property
    def sentence(self) -> str:
        """What came out, in words."""
        if self.is_same:
            return tr("Computed again from the same data: the same result, to the byte.")
        if self.engine_version != self.engine_now:
            return tr(
                "This engine (%(now)s) comes to another result than engine %(then)s, which decided. With that engine's "
                "release the result is the same.",
                now=self.engine_now, then=self.engine_version,
            )  # fmt: skip
        return tr(
            "Computed again, the result differs: the receipt is not what was decided on. Tell whoever looks after this."
        )


def decision_of(task: Task, *, actor: Actor) -> Decision:
    """Why the task is with whoever has it now, or had it last. Raises Missing when nobody ever did."""
    made = Assignment.objects.filter(workspace_id=actor.workspace_id, task=task).order_by("-created_at", "-id").first()
    if made is None:
        raise Missing(tr("Nobody was ever given %(task)s.", task=task))
    return receipt(actor, made.receipt_id)


def receipt(actor: Actor, receipt_id: int) -> Decision:
    """The decision that this receipt stands for. Raises Missing."""
    require(may_see(actor), NOT_FOR_CLIENTS)
    related = Assignment.objects.select_related(
        "receipt__snapshot", "receipt__plan", "receipt__policy_version__policy", "task__project", "by_user"
    )
    made = related.filter(workspace_id=actor.workspace_id, receipt_id=receipt_id, task__in=visible_tasks(actor)).first()
    if made is None:
        raise Missing(tr("There is no such receipt."))
    faces = Faces(actor.workspace_id)
    read = reading.read(case_file(made.receipt, made), faces, rates=may_see_rates(actor))
    worker = faces.by_number(made.worker_id)
    if worker is None:
        raise Missing(tr("There is no such receipt."))
    return Decision(
        receipt_id=made.receipt_id,
        worker=worker,
        chosen=next((c for c in read.candidates if c.worker.id == worker.id), None),
        recommendation=read,
        by_kind=made.by_kind,
        by_name=_by_name(made),
        reason=_reason(made, faces),
        at=made.created_at,
        ended_at=made.ended_at,
        end_reason=made.end_reason,
        plan_id=made.plan_id,
        engine_version=made.receipt.engine_version,
        digest=made.receipt.snapshot.digest,
        offered_by=_offered_by(made),
        policy=_policy(made.receipt, worker),
    )


def _reason(made: Assignment, faces: Faces) -> str:
    """Why, in the language that is spoken; what a plan said was kept with its line."""
    if made.plan_id and made.reason and current() != ENGLISH:
        lines = PlanLine.objects.filter(plan_id=made.plan_id, task_id=made.task_id, reason=made.reason)
        if told := lines.values_list("told", flat=True).first():
            return faces.in_words(made.reason, told["reason"])
    return reading.shown_reason(made.reason)


def _by_name(made: Assignment) -> str:
    if made.by_user:
        return made.by_user.name
    version = made.receipt.policy_version
    return _policy_name(version) if made.by_kind == RULE and version else tr("Somebody who left")


def _policy(kept: Receipt, worker: Face) -> str:
    """What a policy had to do with it."""
    version = kept.policy_version
    if version is None:
        return ""
    told, order = kept.evidence, [row[0] for row in kept.evidence.get("order", ())]
    step = {"policy": version.policy.name, "version": version.number, "step": told.get("step", "")}
    if told.get("how") == "claim":
        return tr(
            "Policy “%(policy)s” (version %(version)s), step “%(step)s”: %(name)s claimed it from the queue.",
            **step, name=worker.name,
        )  # fmt: skip
    by = next((_small(str(it.title)) for it in STRATEGIES if it.name == told.get("strategy")), "")
    if worker.id in order:
        text = tr(
            "Policy “%(policy)s” (version %(version)s), step “%(step)s”, in the order “%(by)s”, %(name)s at place "
            "%(place)s of %(n)s.",
            **step, by=by, name=worker.name, place=order.index(worker.id) + 1, n=len(order),
        )  # fmt: skip
    else:
        text = tr("Policy “%(policy)s” (version %(version)s), step “%(step)s”, in the order “%(by)s”.", **step, by=by)
    lowered = " " + tr("Needs were lowered by %(levels)s.", levels=told["relax"]) if told.get("relax") else ""
    return text + lowered


def _small(title: str) -> str:
    """The title inside an English sentence; in other languages words keep their capitals."""
    return title.lower() if current() == ENGLISH else title


def _policy_name(version: PolicyVersion) -> str:
    return tr("Policy “%(name)s”", name=version.policy.name)


def _offered_by(made: Assignment) -> str:
    accepted = Offer.objects.filter(receipt_id=made.receipt_id, worker_id=made.worker_id, state=Offer.State.ACCEPTED)
    offer = accepted.select_related("offering__by_user").first()
    if offer is None:
        return ""
    by, version = offer.offering.by_user, made.receipt.policy_version
    return by.name if by else _policy_name(version) if version else tr("Somebody who left")


def case_file(kept: Receipt, made: Assignment) -> dict[str, Any]:
    """The receipt's case file. That of a plan's assignment follows from the plan's snapshot and result."""
    if kept.ranking:
        return dict(kept.ranking)
    problem = snapshot.problem_of(kept.snapshot.content)
    result = snapshot.plan_of(kept.plan.result) if kept.plan else engine.Plan()
    return judgement.planned_file(
        problem, result, str(made.task), worker=worker_name(made.worker_id), evidence=kept.evidence,
        workspace_id=made.workspace_id,
    )  # fmt: skip


def replay_receipt(actor: Actor, receipt_id: int) -> Replay:
    """Compute the decision of a visible receipt again. Raises Missing; Refused for a plan too large to do while one
    waits."""
    told = receipt(actor, receipt_id)
    kept = Receipt.objects.select_related("snapshot", "plan").get(pk=receipt_id)
    if not kept.ranking and kept.plan and kept.plan.iterations > MOST_REPLAYED:
        raise Refused(
            tr("This decision is part of a large plan, which takes minutes to compute again. "
               "On the server: %(command)s", command=f"fairlead audit replay {receipt_id}")
        )  # fmt: skip
    return Replay(receipt_id, replay(kept), told.engine_version, engine.ENGINE_VERSION, told.digest)


def replay(kept: Receipt) -> bool:
    """Compute the decision again from what the receipt kept: True when the result is the same to the byte."""
    problem = snapshot.problem_of(kept.snapshot.content)
    if kept.ranking:
        return judgement.replay(kept.ranking, problem)
    plan: Plan | None = kept.plan
    if plan is None:
        return False
    return is_same(plan, problem)
