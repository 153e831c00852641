"""What a dispatcher looks at first: the most pressing of each kind, one press away from where it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairlead.allocation.models import Assignment, Offer, Plan, Routing
from fairlead.allocation.naming import Face
from fairlead.allocation.permissions import may_assign
from fairlead.allocation.queries.offers import OfferCard, cards, visible_offers
from fairlead.allocation.queries.plans import visible_plans
from fairlead.allocation.queries.routing import by_urgency, going
from fairlead.events.actor import ENGINE, RULE, Actor


@dataclass(frozen=True)
class Given:
    """The last task that a policy or a plan gave to somebody."""

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
    """The offer with the least time left, the most urgent task that nobody can do, the newest draft, the last decision;
    and how many there are of each that is not the only one."""

    offer: OfferCard | None
    offers: int
    stuck: Stuck | None
    stuck_count: int
    plan: Plan | None
    given: Given | None


def dispatch(actor: Actor, *, now: datetime) -> Dispatch | None:
    """The same for whoever gives work to people; None for others. Eight queries at most, however much there is."""
    if not may_assign(actor):
        return None
    open_offers = visible_offers(actor).filter(state=Offer.State.OPEN, expires_at__gt=now).order_by("expires_at", "id")
    first = cards(open_offers[:1], actor=actor, now=now)
    stuck = by_urgency(going(actor.workspace_id).filter(state=Routing.State.UNROUTABLE), now=now)
    drafts = visible_plans(actor).filter(state=Plan.State.DRAFT).order_by("-created_at", "-id")
    return Dispatch(
        offer=first[0] if first else None,
        offers=open_offers.count() if first else 0,
        stuck=Stuck(stuck[0].task.key, stuck[0].task.title, stuck[0].reason) if stuck else None,
        stuck_count=len(stuck),
        plan=drafts.first(),
        given=_given(actor),
    )


def _given(actor: Actor) -> Given | None:
    going_on = Assignment.objects.filter(
        workspace_id=actor.workspace_id,
        ended_at__isnull=True,
        by_kind__in=(ENGINE, RULE),
        task__deleted_at__isnull=True,
    )
    related = going_on.select_related("task__project", "worker", "receipt__policy_version__policy")
    made = related.order_by("-created_at", "-id").first()
    if made is None:
        return None
    worker, version = made.worker, made.receipt.policy_version
    by = f"policy “{version.policy.name}”" if version else f"plan {made.plan_id}"
    face = Face(worker.pk, worker.name, worker.kind, worker.deactivated_at is None)
    return Given(str(made.task), made.task.title, face, by)
