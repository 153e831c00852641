"""Answering an offer. Of all who answer at the same moment exactly one is first."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from fairlead.accounts.models import Membership, Role
from fairlead.accounts.queries import actor_of
from fairlead.allocation.actions.assign import MAX_REASON, record_assigned
from fairlead.allocation.actions.offer_steps import about, can_be_had, close, hold, tell_withdrawn, withdraw
from fairlead.allocation.models import Assignment, Offer, Offering
from fairlead.allocation.permissions import may_answer
from fairlead.allocation.words import FIRST
from fairlead.events.actor import PERSON, Actor, system
from fairlead.events.record import record
from fairlead.lib.errors import Conflict, Forbidden, require
from fairlead.lib.speech import later, tr
from fairlead.people.models import Worker
from fairlead.work.actions import hold_task
from fairlead.work.models import Task
from fairlead.work.queries.people import may_do_work_of
from fairlead.work.states import OPEN, WAITING

NOT_ASKED = later("Only whoever was asked can answer an offer.")


class OfferGone(Conflict):
    """The offer was answered, withdrawn, has run out, or somebody else was first."""

    code = "offer-gone"


class FullNow(Conflict):
    """The worker already holds as many tasks as they take at once."""

    code = "full"


def accept_offer(offer: Offer, *, actor: Actor, now: datetime) -> Assignment:
    """The worker takes the task; all other offers of it are withdrawn. Raises OfferGone, FullNow."""
    require(may_answer(actor, offer.worker), NOT_ASKED)
    return _accept(offer, actor=actor, now=now)


def accept_by_link(offer: Offer, *, now: datetime) -> Assignment:
    """The same by whoever holds the link of the mail."""
    return _accept(offer, actor=bearer(offer), now=now)


def decline_offer(offer: Offer, *, actor: Actor, now: datetime, reason: str = "") -> Offer:
    """The worker does not want it, and need not say why; the next one is asked. Raises OfferGone."""
    require(may_answer(actor, offer.worker), NOT_ASKED)
    return _decline(offer, actor=actor, now=now, reason=reason)


def take_back_decline(offer: Offer, *, actor: Actor, now: datetime) -> Offer:
    """Undo of `decline_offer`: the worker is asked again, beside whoever was asked since. It does nothing twice.

    Raises OfferGone when its time is over, somebody has the task, or it went another way because nobody was left.
    """
    require(may_answer(actor, offer.worker), NOT_ASKED)
    with transaction.atomic():
        offering = hold(offer.offering)
        offer.refresh_from_db(fields=["state"])
        if offer.state == Offer.State.OPEN:
            return offer
        task = Task.objects.select_related("project", "assignee").get(pk=offer.task_id)
        declined = Offer.objects.filter(pk=offer.pk, state=Offer.State.DECLINED, expires_at__gt=now)
        again = {"state": Offer.State.OPEN, "answered_at": None, "reason": ""}
        if not (can_be_had(task) and _open_again(offering) and declined.update(**again)):
            raise _gone(offer)
        record("task.offer_reopened", task, actor=actor, now=now, **about(offer))
    offer.refresh_from_db()
    return offer


def _open_again(offering: Offering) -> bool:
    """Open the offering, which the caller holds, if nobody accepted it; False where a policy has gone on from it, the
    task is offered anew, or it ended otherwise."""
    if offering.state == Offering.State.OPEN:
        return True
    anew = Offering.objects.filter(task_id=offering.task_id, state=Offering.State.OPEN)
    if offering.state != Offering.State.EXHAUSTED or offering.routing_id is not None or anew.exists():
        return False
    Offering.objects.filter(pk=offering.pk).update(state=Offering.State.OPEN, closed_at=None)
    return True


def decline_by_link(offer: Offer, *, now: datetime, reason: str = "") -> Offer:
    """The same by whoever holds the link of the mail."""
    return _decline(offer, actor=bearer(offer), now=now, reason=reason)


def bearer(offer: Offer) -> Actor:
    """Who answers by the link, which went to the worker alone; workers need no account. Raises Forbidden for somebody
    who is not a member any more, or does not belong to the private project."""
    worker = offer.worker
    if not may_do_work_of(offer.task, worker):
        raise Forbidden(
            tr("This work is in a private project now, to which you do not belong. The offer is not yours any more.")
        )
    if worker.user_id is None:
        return Actor(workspace_id=offer.workspace_id, kind=PERSON, name=worker.name, role=Role.CONTRIBUTOR)
    here = Membership.objects.filter(workspace_id=offer.workspace_id, user_id=worker.user_id, removed_at__isnull=True)
    member = here.select_related("user").first()
    if member is None:
        raise Forbidden(tr("You are not a member of this workspace any more, so this offer is not yours to answer."))
    return actor_of(member)


def expire_offer(offer: Offer, *, now: datetime) -> bool:
    """End an offer whose time is over; False, and no change, when it was answered or has time left."""
    with transaction.atomic():
        hold(offer.offering)
        going = Offer.objects.filter(pk=offer.pk, state=Offer.State.OPEN, expires_at__lte=now)
        won = bool(going.update(state=Offer.State.EXPIRED, answered_at=now))
        if won:
            actor = system(offer.workspace_id)
            record("task.offer_expired", offer.task, actor=actor, now=now, **about(offer))
    return won


def _accept(offer: Offer, *, actor: Actor, now: datetime) -> Assignment:
    try:
        with transaction.atomic():
            offering = hold(offer.offering)
            worker = Worker.objects.select_for_update(no_key=True).get(pk=offer.worker_id)
            _answer(offer, Offer.State.ACCEPTED, now=now)
            check_room(worker)
            task = Task.objects.select_related("project", "assignee").get(pk=offer.task_id)
            if not can_be_had(task):
                raise _gone(offer)
            made = _assign(offer, task, worker, actor=actor, now=now)
            others = withdraw(offering.offers.all(), reason=FIRST, now=now)
            close(offering, Offering.State.FILLED, now=now)
            record("task.offer_accepted", task, actor=actor, now=now, **about(offer))
            record_assigned(task, made, actor=actor, now=now)
            tell_withdrawn(others, reason=FIRST, actor=system(actor.workspace_id), now=now)
    except IntegrityError as error:
        raise _gone(offer) from error
    return made


def _decline(offer: Offer, *, actor: Actor, now: datetime, reason: str) -> Offer:
    reason = reason.strip()[:MAX_REASON]
    with transaction.atomic():
        hold(offer.offering)
        _answer(offer, Offer.State.DECLINED, now=now, reason=reason)
        record("task.offer_declined", offer.task, actor=actor, now=now, **about(offer, reason=reason))
    offer.refresh_from_db()
    return offer


def _answer(offer: Offer, state: Offer.State, *, now: datetime, reason: str = "") -> None:
    """End the offer in this way if it is open and has not run out. Raises OfferGone."""
    going = Offer.objects.filter(pk=offer.pk, state=Offer.State.OPEN, expires_at__gt=now)
    if not going.update(state=state, answered_at=now, reason=reason):
        raise _gone(offer)


def _gone(offer: Offer) -> OfferGone:
    text = tr("The offer of %(task)s is over: it was answered, has run out, or was withdrawn.", task=offer.task)
    return OfferGone(text)


def check_room(worker: Worker) -> None:
    """Raise FullNow, or OfferGone for somebody who left. The caller holds the worker's row."""
    held = Task.objects.filter(assignee=worker, state__in=OPEN, deleted_at__isnull=True).count()
    if worker.deactivated_at is not None:
        raise OfferGone(tr("%(name)s does not take work any more.", name=worker.name))
    if worker.max_tasks is not None and held >= worker.max_tasks:
        text = tr(
            "%(name)s has %(n)s open tasks already and takes at most %(most)s at once. Finish one or give it back, "
            "then accept.", name=worker.name, n=held, most=worker.max_tasks,
        )  # fmt: skip
        raise FullNow(text)


def _assign(offer: Offer, task: Task, worker: Worker, *, actor: Actor, now: datetime) -> Assignment:
    made = Assignment.objects.create(
        workspace_id=task.workspace_id, task=task, worker=worker, receipt=offer.receipt, by_kind=actor.kind,
        by_user_id=actor.user_id, fit=offer.fit, starts_at=offer.starts_at,
        ends_at=offer.ends_at, created_at=now,
    )  # fmt: skip
    hold_task(task, worker, now=now)
    if task.state not in WAITING or task.deleted_at is not None:  # it was closed at the same moment
        raise _gone(offer)
    return made
