"""What a dispatcher looks at first: the most pressing of each kind, one press away from where it is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, When

from fairlead.allocation.models import Assignment, Offer, Plan, Routing
from fairlead.allocation.naming import Face
from fairlead.allocation.permissions import may_assign
from fairlead.allocation.queries.offers import OfferCard, cards, visible_offers
from fairlead.allocation.queries.plans import cause_of, visible_plans
from fairlead.allocation.queries.routing import by_urgency, going
from fairlead.allocation.sayings import in_own_words
from fairlead.allocation.words import policy_name
from fairlead.events.actor import Actor
from fairlead.lib.speech import tr
from fairlead.work.queries import seen


@dataclass(frozen=True)
class Given:
    """The task that was given to somebody last, and by whom: a plan, a policy or a person."""

    key: str
    title: str
    worker: Face
    by: str


@dataclass(frozen=True)
class Stuck:
    """A task that nobody can do now, and why."""

    key: str
    title: str
    reason: str


@dataclass(frozen=True)
class Dispatch:
    """The offer with the least time left, the most urgent task that nobody can do, the newest draft that somebody asked
    for, else the newest proposal, and the last decision; and how many there are of each. `cause`: what a proposal was
    made for; `kinds`: the draft's lines."""

    offer: OfferCard | None
    offers: int
    stuck: Stuck | None
    stuck_count: int
    plan: Plan | None
    cause: str
    plans: int
    kinds: Mapping[str, int]
    given: Given | None


def dispatch(actor: Actor, *, now: datetime) -> Dispatch | None:
    """The same for whoever gives work to people; None for others. Ten queries at most, however much there is."""
    if not may_assign(actor):
        return None
    open_offers = visible_offers(actor).filter(state=Offer.State.OPEN, expires_at__gt=now).order_by("expires_at", "id")
    first = cards(open_offers[:1], actor=actor, now=now)
    stuck = by_urgency(seen(going(actor.workspace_id), actor).filter(state=Routing.State.UNROUTABLE), now=now)
    drafts = visible_plans(actor).filter(state=Plan.State.DRAFT)
    plan = drafts.order_by(Case(When(scope=Plan.Scope.REPAIR, then=1), default=0), "-created_at", "-id").first()
    return Dispatch(
        offer=first[0] if first else None,
        offers=open_offers.count() if first else 0,
        stuck=_stuck(stuck[0]) if stuck else None,
        stuck_count=len(stuck),
        plan=plan,
        cause=cause_of(plan) if plan else "",
        plans=drafts.count(),
        kinds=Counter(plan.lines.values_list("kind", flat=True)) if plan else {},
        given=_given(actor),
    )


def _stuck(routing: Routing) -> Stuck:
    return Stuck(routing.task.key, routing.task.title, in_own_words(routing.reason, routing.told))


def _given(actor: Actor) -> Given | None:
    going_on = Assignment.objects.filter(
        workspace_id=actor.workspace_id, ended_at__isnull=True, task__deleted_at__isnull=True
    )
    related = seen(going_on, actor).select_related(
        "task__project", "worker", "by_user", "receipt__policy_version__policy"
    )
    made = related.order_by("-created_at", "-id").first()
    if made is None:
        return None
    worker, version = made.worker, made.receipt.policy_version
    person = made.by_user.name if made.by_user else tr("somebody who left")
    if made.plan_id:
        by = tr("plan %(n)s", n=made.plan_id)
    else:
        by = tr("policy “%(name)s”", name=policy_name(version.policy)) if version else person
    face = Face(worker.pk, worker.name, worker.kind, worker.deactivated_at is None)
    return Given(str(made.task), made.task.title, face, by)
