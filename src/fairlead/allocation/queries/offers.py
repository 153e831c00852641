"""Offers as people see them: what one was asked, and what a manager has to look after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from fairlead.allocation import reading
from fairlead.allocation.models import Offer, Offering
from fairlead.allocation.naming import Face, Faces
from fairlead.allocation.permissions import may_answer, may_see, may_see_everybody, may_see_rates
from fairlead.allocation.words import offer_reason, policy_name
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing, require
from fairlead.lib.hours import minutes_within
from fairlead.lib.prepared import Bound, prepared
from fairlead.lib.speech import later, tr
from fairlead.people.queries import working_time
from fairlead.work.models import Task
from fairlead.work.queries import seen
from fairlead.work.reach import shaped
from fairlead.work.states import WAITING

SHOWN: Final = 50
"""Answered offers on the page, the newest."""
NOT_FOR_CLIENTS: Final = later("Only the team sees offers.")


@dataclass(frozen=True)
class OfferCard:
    """One offer. `left_min` is what is left to answer, in the worker's own working time; None once it is over.

    `pay_cents` is None for those who may not know it, and 0 when nothing is agreed by the hour.
    """

    id: int
    offering_id: int
    key: str
    title: str
    project: str
    priority: int
    due_at: datetime | None
    worker: Face
    state: str
    rank: int
    fit: int
    minutes: int
    pay_cents: int | None
    currency: str
    starts_at: datetime
    ends_at: datetime
    sent_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    reason: str
    message: str
    left_min: int | None
    is_mine: bool

    @property
    def is_open(self) -> bool:
        """Whether it can be answered."""
        return self.left_min is not None

    @property
    def said(self) -> str:
        """The reason in the reader's language, where it is one of the usual ones."""
        return offer_reason(self.reason)


@dataclass(frozen=True)
class OfferSheet:
    """An offer with what one needs to decide: the task in full, and why this worker."""

    card: OfferCard
    description: str
    criteria: tuple[str, ...]
    needs: tuple[tuple[str, int], ...]
    why: reading.Candidate | None
    zone: str
    """The worker's own time zone."""


@dataclass(frozen=True)
class OfferingCard:
    """A task being offered, or for which nobody was found; its offers in the order of asking."""

    id: int
    key: str
    title: str
    project: str
    state: str
    at_once: int
    answer_min: int
    goes_on: bool
    message: str
    by: str
    created_at: datetime
    closed_at: datetime | None
    offers: tuple[OfferCard, ...]


def visible_offers(actor: Actor) -> QuerySet[Offer]:
    """Everything for managers and auditors; their own for others; nothing for clients."""
    rows = seen(Offer.objects.filter(workspace_id=actor.workspace_id), actor)
    if may_see_everybody(actor):
        return rows
    if not may_see(actor) or actor.user_id is None:
        return rows.none()
    return rows.filter(worker__user_id=actor.user_id)


def find_offer(actor: Actor, offer_id: int) -> Offer:
    """The offer. Raises Missing, also for somebody else's."""
    found = visible_offers(actor).select_related("task__project", "worker", "offering").filter(pk=offer_id).first()
    if found is None:
        raise Missing(tr("There is no such offer."))
    return found


def my_offers(actor: Actor, *, now: datetime) -> tuple[list[OfferCard], list[OfferCard]]:
    """What waits for the actor's own answer, the most pressing first; and what is over, the newest first."""
    if actor.user_id is None:
        return [], []
    mine = visible_offers(actor).filter(worker__user_id=actor.user_id)
    waiting = mine.filter(state=Offer.State.OPEN, expires_at__gt=now).order_by("expires_at", "id")
    over = mine.exclude(pk__in=waiting.values("pk")).order_by("-sent_at", "-id")[:SHOWN]
    return cards(waiting, actor=actor, now=now), cards(over, actor=actor, now=now)


def my_offer_of(task: Task, *, actor: Actor, now: datetime) -> OfferCard | None:
    """The open offer of this task to the actor."""
    if actor.user_id is None:
        return None
    mine = visible_offers(actor).filter(task=task, worker__user_id=actor.user_id, state=Offer.State.OPEN)
    return next(iter(cards(mine.filter(expires_at__gt=now), actor=actor, now=now)), None)


def offers_wait(actor: Actor, *, now: datetime) -> tuple[Bound, ...]:
    """What waits for this actor on the page of offers, to be counted: answers, and tasks that nobody wanted."""
    if not may_see(actor) or actor.user_id is None:
        return ()
    reader = shaped(actor)
    mine = _unanswered.bound(reader, now)
    return (mine, _unwanted.bound(reader)) if may_see_everybody(actor) else (mine,)


@prepared
def _unanswered(actor: Actor, now: datetime) -> QuerySet[Offer, Any]:
    mine = visible_offers(actor).filter(worker__user_id=actor.user_id or 0, state=Offer.State.OPEN)
    return mine.filter(expires_at__gt=now).values("id")


@prepared
def _unwanted(actor: Actor) -> QuerySet[Offering, Any]:
    return nobody_found(actor).values("id")


def offerings(actor: Actor, *, now: datetime) -> tuple[list[OfferingCard], list[OfferingCard]]:
    """Tasks for which nobody was found and which still wait, then tasks being offered; of both the oldest SHOWN."""
    require(may_see_everybody(actor), tr("Managers and auditors see all offers; yours are on this page."))
    going = seen(Offering.objects.filter(workspace_id=actor.workspace_id, state=Offering.State.OPEN), actor)
    return (
        _offering_cards(_first(nobody_found(actor), "closed_at"), actor=actor, now=now),
        _offering_cards(_first(going, "created_at"), actor=actor, now=now),
    )


def _first(found: QuerySet[Offering], moment: str) -> QuerySet[Offering]:
    """The oldest SHOWN. Put in order are the offerings as such: of all, nothing is read that stands around them."""
    return Offering.objects.filter(pk__in=found.order_by(moment, "id").values("pk")[:SHOWN]).order_by(moment, "id")


def offering_of(task: Task, *, actor: Actor, now: datetime) -> OfferingCard | None:
    """How the task is, or was last, offered; None when it never was, or for those who may not see it."""
    if not may_see_everybody(actor):
        return None
    last = Offering.objects.filter(workspace_id=actor.workspace_id, task=task).order_by("-created_at", "-id")[:1]
    return next(iter(_offering_cards(last, actor=actor, now=now)), None)


def find_offering(actor: Actor, task: Task) -> Offering:
    """The open offering of a task. Raises Missing."""
    found = Offering.objects.filter(workspace_id=actor.workspace_id, task=task, state=Offering.State.OPEN).first()
    if found is None or not may_see_everybody(actor):
        raise Missing(tr("%(task)s is not being offered.", task=task))
    return found


def offer_sheet(offer: Offer, *, actor: Actor, now: datetime) -> OfferSheet:
    """Everything about one offer that the actor may see already."""
    require(may_see(actor), NOT_FOR_CLIENTS)
    (card,) = cards(Offer.objects.filter(pk=offer.pk), actor=actor, now=now)
    return _sheet(offer, card, rates=may_see_rates(actor) or card.is_mine)


def linked_sheet(offer: Offer, *, now: datetime) -> OfferSheet:
    """The same for whoever holds the link of the mail: the worker."""
    (row,) = Offer.objects.filter(pk=offer.pk).select_related("task__project", "worker", "offering", "workspace")
    card = _card(row, is_mine=True, left_min=minutes_left([row], now).get(row.pk), rates=True)
    return _sheet(offer, card, rates=True)


def _sheet(offer: Offer, card: OfferCard, *, rates: bool) -> OfferSheet:
    read = reading.read(offer.receipt.ranking, Faces(offer.workspace_id), rates=rates)
    task = offer.task
    return OfferSheet(
        card=card,
        description=task.description,
        criteria=tuple(task.criteria.values_list("text", flat=True)),
        needs=tuple(task.needs.order_by("-level", "skill__name").values_list("skill__name", "level")),
        why=next((item for item in read.candidates if item.worker.id == offer.worker_id), None),
        zone=offer.worker.time_zone,
    )


def cards(offers: QuerySet[Offer], *, actor: Actor, now: datetime) -> list[OfferCard]:
    """These offers as cards, in their order."""
    rows = list(offers.select_related("task__project", "worker", "offering", "workspace"))
    left = minutes_left(rows, now)
    rates = may_see_rates(actor)
    return [_card(row, is_mine=may_answer(actor, row.worker), left_min=left.get(row.pk), rates=rates) for row in rows]


def _card(row: Offer, *, is_mine: bool, left_min: int | None, rates: bool) -> OfferCard:
    task, worker = row.task, row.worker
    return OfferCard(
        id=row.pk, offering_id=row.offering_id, key=str(task), title=task.title, project=task.project.name,
        priority=task.priority, due_at=task.due_at,
        worker=Face(worker.pk, worker.name, worker.kind, worker.deactivated_at is None),
        state=_state(row, left_min), rank=row.rank, fit=row.fit, minutes=row.minutes,
        pay_cents=row.pay_cents if rates or is_mine else None, currency=row.workspace.currency, starts_at=row.starts_at,
        ends_at=row.ends_at, sent_at=row.sent_at, expires_at=row.expires_at, answered_at=row.answered_at,
        reason=row.reason, message=row.offering.message, left_min=left_min, is_mine=is_mine,
    )  # fmt: skip


def _state(row: Offer, left_min: int | None) -> str:
    """An offer that has run out is over, also in the moment before its timer says so."""
    return Offer.State.EXPIRED if row.state == Offer.State.OPEN and left_min is None else row.state


def minutes_left(rows: Iterable[Offer], now: datetime) -> dict[int, int]:
    """{offer id: minutes left to answer, of the worker's working time}; only offers that can be answered."""
    going = [row for row in rows if row.state == Offer.State.OPEN and row.expires_at > now]
    if not going:
        return {}
    last = max(row.expires_at for row in going) + timedelta(minutes=1)
    times = working_time({row.worker_id for row in going}, now, last)
    return {row.pk: minutes_within(times.get(row.worker_id, []), now, row.expires_at) for row in going}


def nobody_found(actor: Actor) -> QuerySet[Offering]:
    """Exhausted offerings by people, the latest of their task, whose task still waits for somebody. Policies go on by
    themselves and hand their tasks to a manager in the end."""
    newer = Offering.objects.filter(task_id=OuterRef("task_id"), pk__gt=OuterRef("pk"))
    found = Offering.objects.filter(
        ~Exists(newer), workspace_id=actor.workspace_id, state=Offering.State.EXHAUSTED, routing__isnull=True,
        task__state__in=WAITING, task__assignee__isnull=True, task__deleted_at__isnull=True,
    )  # fmt: skip
    return seen(found, actor)


def _offering_cards(found: QuerySet[Offering], *, actor: Actor, now: datetime) -> list[OfferingCard]:
    rows = list(found.select_related("task__project", "by_user", "routing__version__policy"))
    asked: dict[int, list[OfferCard]] = {row.pk: [] for row in rows}
    for card in cards(Offer.objects.filter(offering__in=rows).order_by("id"), actor=actor, now=now):
        asked[card.offering_id].append(card)
    return [_offering_card(row, tuple(asked[row.pk])) for row in rows]


def _offering_card(row: Offering, offers: tuple[OfferCard, ...]) -> OfferingCard:
    values: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("state", "at_once", "answer_min", "goes_on", "message", "created_at", "closed_at")
    }
    by = row.by_user.name if row.by_user else tr("Somebody who left")
    if row.routing and not row.by_user:
        by = policy_name(row.routing.version.policy)
    return OfferingCard(id=row.pk, key=str(row.task), title=row.task.title, project=row.task.project.name, by=by,
                        offers=offers, **values)  # fmt: skip
