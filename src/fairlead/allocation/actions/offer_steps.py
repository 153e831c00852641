"""Steps that offering and answering share.

Whatever changes an offering holds its row first, so that of all who answer at the same moment one is first and the
others find it over. The event log's own lock comes last, so that nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from fairlead.allocation.models import Offer, Offering
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.work.models import Task
from fairlead.work.states import WAITING


def hold(offering: Offering) -> Offering:
    """The offering as it is now, held until the transaction ends."""
    return Offering.objects.select_for_update(no_key=True).get(pk=offering.pk)


def can_be_had(task: Task) -> bool:
    """Whether the task still waits for somebody."""
    return task.deleted_at is None and task.state in WAITING and task.assignee_id is None


def close(offering: Offering, state: Offering.State, *, now: datetime) -> None:
    """End the offering in this way."""
    Offering.objects.filter(pk=offering.pk).update(state=state, closed_at=now)


def stop(offering: Offering, *, reason: str, actor: Actor, now: datetime) -> None:
    """Withdraw every open offer and close the offering, which the caller holds."""
    gone = withdraw(offering.offers.all(), reason=reason, now=now)
    close(offering, Offering.State.WITHDRAWN, now=now)
    tell_withdrawn(gone, reason=reason, actor=actor, now=now)


def withdraw(offers: QuerySet[Offer], *, reason: str, now: datetime) -> list[Offer]:
    """The open ones of these, withdrawn."""
    ids = list(offers.filter(state=Offer.State.OPEN).values_list("pk", flat=True))
    Offer.objects.filter(pk__in=ids).update(state=Offer.State.WITHDRAWN, answered_at=now, reason=reason)
    return list(Offer.objects.filter(pk__in=ids).select_related("task__project", "worker").order_by("rank", "pk"))


def tell_withdrawn(gone: Iterable[Offer], *, reason: str, actor: Actor, now: datetime) -> None:
    """The events of withdrawn offers."""
    for offer in gone:
        record("task.offer_withdrawn", offer.task, actor=actor, now=now, **about(offer, reason=reason))


def about(offer: Offer, *, reason: str | None = None) -> dict[str, Any]:
    """What an event says of an offer."""
    known: dict[str, Any] = {"worker": {"id": offer.worker_id, "name": offer.worker.name}, "offer": offer.pk}
    return known if reason is None else {**known, "reason": reason}
