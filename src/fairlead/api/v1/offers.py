"""Offers: asking workers whether they take a task, and their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Query
from pydantic import Field

from fairlead.allocation import actions, queries
from fairlead.allocation.models import Offer
from fairlead.api import paging
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, OfferState, PathId, Shown, TaskKey
from fairlead.api.paging import Order, Paging
from fairlead.api.routes import Routes
from fairlead.api.v1.allocation import FactorOut
from fairlead.api.v1.shapes import WorkerName
from fairlead.people.queries import find_worker
from fairlead.work.queries import find_task

routes = Routes(tags=["Offers"])
NEWEST = Order("offers", ("id",), descending=True)


class OfferOut(Shown):
    """A task put to one worker, to be answered before it expires."""

    id: int
    key: str = Field(examples=["WEB-42"])
    title: str
    worker: WorkerName
    state: OfferState
    minutes: int = Field(description="What the work would take this worker.")
    pay_cents: int | None = Field(description="null for those who may not know; 0: nothing is agreed by the hour.")
    currency: str = Field(examples=["EUR"])
    due_at: datetime | None
    starts_at: datetime = Field(description="When it would fit into the worker's calendar.")
    ends_at: datetime
    sent_at: datetime
    expires_at: datetime
    left_min: int | None = Field(description="Minutes left, of the worker's own working time; null when it is over.")
    answered_at: datetime | None
    reason: str
    message: str
    fit: int = Field(description="0 to 100, when it was offered.")


class OfferPage(Shown):
    items: list[OfferOut]
    next_cursor: str | None


class OfferDetails(OfferOut):
    """An offer with what one needs to decide."""

    description: str
    criteria: list[str]
    why: str = Field(description="Why this worker was asked, in a sentence.")
    factors: list[FactorOut]


class OfferingOut(Shown):
    """A task being offered: to whom, and what they said."""

    key: str
    state: str = Field(examples=["open"], description="`open`, `filled`, `exhausted` or `withdrawn`.")
    at_once: int
    answer_min: int
    goes_on: bool
    message: str
    created_at: datetime
    closed_at: datetime | None
    offers: list[OfferOut]


class NewOffers(Body):
    workers: list[Id] = Field([], max_length=20, description="Whom to ask. Without them, the best candidates.")
    at_once: int | None = Field(None, strict=True, ge=1, le=20, description="How many are asked at the same time.")
    answer_min: int = Field(120, strict=True, ge=1, le=4800, description="Each worker's own working time to answer.")
    goes_on: bool = Field(True, description="Whether the next candidates are asked when these do not want it.")
    message: str = Field("", max_length=500)


class Decline(Body):
    reason: str = Field("", max_length=300, description="Need not be given, and costs nothing.")


class OfferQuery(Paging):
    state: OfferState | None = None


@routes.on("POST", "/tasks/{key}/offers", scope="allocation:write", gives=OfferingOut, status=201)
def offer_task(request: Call, key: TaskKey, body: NewOffers) -> Any:
    """Offer a task

    To these workers, or to its best candidates; the first to accept has it. Who declines or does not answer in time
    makes room for the next one.
    """
    task = find_task(request.actor, key)
    workers = [find_worker(request.actor, number) for number in dict.fromkeys(body.workers)]
    terms = actions.Terms(
        at_once=body.at_once or max(1, len(workers)),
        answer_min=body.answer_min,
        goes_on=body.goes_on,
        message=body.message,
    )
    actions.offer_task(task, actor=request.actor, now=request.now, terms=terms, workers=workers)
    return queries.offering_of(task, actor=request.actor, now=request.now)


@routes.on("DELETE", "/tasks/{key}/offers", scope="allocation:write", gives=None, status=204)
def withdraw_offers(request: Call, key: TaskKey, wanted: Query[Decline]) -> None:
    """Stop offering a task

    Whoever was asked and has not answered is told.
    """
    offering = queries.find_offering(request.actor, find_task(request.actor, key))
    actions.withdraw_offers(offering, actor=request.actor, now=request.now, reason=wanted.reason)


@routes.on("GET", "/offers", scope="allocation:read", gives=OfferPage)
def list_offers(request: Call, wanted: Query[OfferQuery]) -> dict[str, Any]:
    """List offers

    One's own; for managers and auditors everybody's. The latest first.
    """
    rows = queries.visible_offers(request.actor)
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    columns = ("id",)
    found = paging.cut(request, rows.values(*columns), NEWEST, wanted)
    numbers = [row["id"] for row in found]
    shown = {card.id: card for card in _cards(request, numbers)}
    page = paging.page(request, found)
    return {**page, "items": [shown[row["id"]] for row in page["items"]]}


def _cards(request: Call, numbers: list[int]) -> list[queries.OfferCard]:
    return queries.cards(Offer.objects.filter(pk__in=numbers), actor=request.actor, now=request.now)


@routes.on("GET", "/offers/{offer_id}", scope="allocation:read", gives=OfferDetails)
def show_offer(request: Call, offer_id: PathId) -> dict[str, Any]:
    """Show an offer

    With the task's text and why this worker was asked.
    """
    return _details(request, queries.find_offer(request.actor, offer_id))


@routes.on("POST", "/offers/{offer_id}/accept", scope="allocation:write", gives=OfferDetails)
def accept_offer(request: Call, offer_id: PathId) -> dict[str, Any]:
    """Accept an offer

    The task is then one's own. Of several who accept the same task at the same moment exactly one gets it; the others
    get 409.
    """
    offer = queries.find_offer(request.actor, offer_id)
    actions.accept_offer(offer, actor=request.actor, now=request.now)
    return _details(request, queries.find_offer(request.actor, offer_id))


@routes.on("POST", "/offers/{offer_id}/decline", scope="allocation:write", gives=OfferDetails)
def decline_offer(request: Call, offer_id: PathId, body: Decline) -> dict[str, Any]:
    """Decline an offer

    It goes to the next candidate, and nothing is held against whoever declines.
    """
    offer = queries.find_offer(request.actor, offer_id)
    actions.decline_offer(offer, actor=request.actor, now=request.now, reason=body.reason)
    return _details(request, queries.find_offer(request.actor, offer_id))


def _details(request: Call, offer: Offer) -> dict[str, Any]:
    sheet = queries.offer_sheet(offer, actor=request.actor, now=request.now)
    card = {name: getattr(sheet.card, name) for name in OfferOut.model_fields}
    return {
        **card,
        "description": sheet.description,
        "criteria": list(sheet.criteria),
        "why": sheet.why.summary if sheet.why else "",
        "factors": list(sheet.why.factors) if sheet.why else [],
    }
