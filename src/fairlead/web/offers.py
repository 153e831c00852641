"""Offers: what one was asked, answering it, and for managers what is being offered and what nobody wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.allocation import actions, queries
from fairlead.allocation.links import MISSING, read_offer_secret
from fairlead.allocation.models import Offer
from fairlead.allocation.permissions import may_answer, may_assign, may_see, may_see_everybody
from fairlead.allocation.words import DECLINES
from fairlead.events.tenancy import tenant
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Missing, Refused, require
from fairlead.lib.speech import tr
from fairlead.people.models import Worker
from fairlead.people.queries import visible_workers, worker_of
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page
from fairlead.web.allocation_task import panel
from fairlead.web.render import page
from fairlead.web.undoing import read_was, taken_back, undo_link
from fairlead.work.queries import find_task


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """What waits for an answer, and for managers all offers."""
    require(may_see(request.actor), tr("Only the team sees offers."))
    now = timezone.now()
    waiting, over = queries.my_offers(request.actor, now=now)
    values: dict[str, Any] = {
        "me": worker_of(request.actor),
        "waiting": waiting,
        "over": over,
        "sees_all": may_see_everybody(request.actor),
        "may_assign": may_assign(request.actor),
        "nobody": [],
        "going": [],
        "most": queries.OFFERS_SHOWN,
    }
    if values["sees_all"]:
        values["nobody"], values["going"] = queries.offerings(request.actor, now=now)
    return page(request, "offers/index.jinja", values, block="offers")


@member_page
@require_GET
def show(request: Request, number: int) -> HttpResponse:
    """One offer with all that is needed to decide."""
    return _sheet(request, queries.find_offer(request.actor, number))


def _sheet(request: Request, offer: Offer, refused: Refused | None = None) -> HttpResponse:
    sheet = queries.offer_sheet(offer, actor=request.actor, now=timezone.now())
    values = {
        "sheet": sheet, "base": f"/offers/{offer.pk}/", "declines": DECLINES, "refused": refused,
        "answer": request.GET.get("answer", ""),
    }  # fmt: skip
    return page(request, "offers/show.jinja", values, status=refused.status if refused else 200)


@member_page
@require_POST
def accept(request: Request, number: int) -> HttpResponse:
    """Take the task."""
    offer = queries.find_offer(request.actor, number)
    try:
        actions.accept_offer(offer, actor=request.actor, now=timezone.now())
    except Conflict as refused:
        return _sheet(request, queries.find_offer(request.actor, number), refused)
    messages.success(request, tr("%(task)s is yours.", task=offer.task))
    return redirect("task", str(offer.task))


@member_page
@require_POST
def decline(request: Request, number: int) -> HttpResponse:
    """Leave it to others."""
    offer = queries.find_offer(request.actor, number)
    try:
        actions.decline_offer(offer, actor=request.actor, now=timezone.now(), reason=request.POST.get("reason", ""))
    except Conflict as refused:
        return _sheet(request, queries.find_offer(request.actor, number), refused)
    undo = undo_link(request, reverse("offer-reopen", args=[number]), f"declined offer {number}", {})
    messages.success(request, tr("You declined %(task)s. That costs you nothing.", task=offer.task), extra_tags=undo)
    return redirect("offers")


@member_page
@require_POST
def reopen(request: Request, number: int) -> HttpResponse:
    """Undo of declining."""
    offer = queries.find_offer(request.actor, number)
    require(may_answer(request.actor, offer.worker), tr("Only whoever was asked can answer an offer."))

    def act() -> str:
        read_was(request, f"declined offer {number}")
        actions.take_back_decline(offer, actor=request.actor, now=timezone.now())
        return tr("%(task)s waits for your answer again.", task=offer.task)

    return taken_back(request, act, reverse("offers"))


# -- by managers, on the page of a task ---------------------------------------------------------------------------


@member_page
@require_POST
def offer(request: Request, key: str) -> HttpResponse:
    """Offer the task to `worker` (several may be given), or to the best `at_once`."""
    task = find_task(request.actor, key)
    try:
        made = actions.offer_task(
            task, actor=request.actor, now=timezone.now(), terms=_terms(request), workers=_workers(request)
        )
    except (Forbidden, Missing):
        raise
    except Refused as refused:
        return panel(request, find_task(request.actor, key), refused=refused, typed=request.POST)
    names = list(made.offers.order_by("rank").values_list("worker__name", flat=True))
    told = tr("%(task)s was offered to %(names)s.", task=task, names=", ".join(names))
    messages.success(request, told, extra_tags=f"/tasks/{task}/offer/withdraw/")
    return redirect("task", str(task))


def _terms(request: Request) -> actions.Terms:
    sent, named = request.POST, len(request.POST.getlist("worker"))
    return actions.Terms(
        at_once=_number(sent.get("at_once", str(max(1, named))), "at_once"),
        answer_min=_number(sent.get("answer_min", "120"), "answer_min"),
        goes_on="only" not in sent,
        message=sent.get("message", ""),
    )


def _number(text: str, name: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise Invalid({name: tr("Choose one from the list.")})
    return int(text)


def _workers(request: Request) -> list[Worker]:
    numbers = [_number(text, "worker") for text in request.POST.getlist("worker")]
    found = list(visible_workers(request.actor).filter(pk__in=numbers))
    if len(found) != len(set(numbers)):
        raise Invalid({"worker": tr("Choose people from the list.")})
    return found


@member_page
@require_POST
def withdraw(request: Request, key: str) -> HttpResponse:
    """Stop offering the task."""
    task = find_task(request.actor, key)
    require(may_assign(request.actor), tr("Only managers withdraw offers."))
    offering = queries.find_offering(request.actor, task)
    reason = request.POST.get("reason", "")
    actions.withdraw_offers(offering, actor=request.actor, now=timezone.now(), reason=reason)
    messages.success(request, tr("%(task)s is not offered any more. It waits for somebody.", task=task))
    return redirect("task", str(task))


# -- by the link of the mail --------------------------------------------------------------------------------------


def _linked(request: HttpRequest, secret: str, act: Callable[[Offer], str] | None = None) -> HttpResponse:
    """The page behind the link, after doing what was asked. A scanner that only opens it changes nothing."""
    workspace_id, offer_id = read_offer_secret(secret)
    with tenant(workspace_id):
        found = Offer.objects.select_related("task__project", "worker", "offering").filter(pk=offer_id).first()
        if found is None:
            raise Missing(MISSING)
        done, refused = "", None
        try:
            actions.bearer(found)
            done = act(found) if act else ""
        except Conflict as error:
            refused = error
        values = {
            "sheet": queries.linked_sheet(found, now=timezone.now()),
            "base": f"/offer/{secret}/",
            "declines": DECLINES,
            "refused": refused,
            "done": done,
        }
        return page(request, "offers/link.jinja", values, status=refused.status if refused else 200)


@require_GET
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """The offer of a mail, to be answered without signing in."""
    return _linked(request, secret)


@require_POST
def link_accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the task."""

    def act(found: Offer) -> str:
        actions.accept_by_link(found, now=timezone.now())
        return tr("%(task)s is yours.", task=found.task)

    return _linked(request, secret, act)


@require_POST
def link_decline(request: HttpRequest, secret: str) -> HttpResponse:
    """Leave it to others."""

    def act(found: Offer) -> str:
        actions.decline_by_link(found, now=timezone.now(), reason=request.POST.get("reason", ""))
        return tr("You declined %(task)s. That costs you nothing.", task=found.task)

    return _linked(request, secret, act)


urls = [
    path("offers/", index, name="offers"),
    path("offers/<int:number>/", show, name="offer"),
    path("offers/<int:number>/accept/", accept, name="offer-accept"),
    path("offers/<int:number>/decline/", decline, name="offer-decline"),
    path("offers/<int:number>/reopen/", reopen, name="offer-reopen"),
    path("tasks/<task:key>/offer/", offer, name="offer-task"),
    path("tasks/<task:key>/offer/withdraw/", withdraw, name="offers-withdraw"),
    path("offer/<str:secret>/", link, name="offer-link"),
    path("offer/<str:secret>/accept/", link_accept, name="offer-link-accept"),
    path("offer/<str:secret>/decline/", link_decline, name="offer-link-decline"),
]
