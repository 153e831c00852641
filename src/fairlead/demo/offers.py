"""Offers in the made-up company: one that counts down, one to several at once, and a task that nobody wanted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from fairlead.allocation import actions as allocation
from fairlead.allocation.actions import Terms
from fairlead.allocation.models import Offer, Offering
from fairlead.allocation.queries import recommend
from fairlead.lib.errors import Refused
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import WAITING

if TYPE_CHECKING:
    from fairlead.demo.company import Company

MESSAGE: Final = "We would love to have you on this one. The client is easy to work with, and dates can move by a day."


def put_out(company: Company, *, now: datetime) -> None:
    """Offer three of the tasks that nobody has; fewer where fewer suit."""
    _offer_first(company, 1, Terms(answer_min=240, message=MESSAGE), kind="freelancer", now=now)
    _offer_first(company, 3, Terms(at_once=3, answer_min=480), kind="", now=now)
    refused = _offer_first(company, 1, Terms(goes_on=False), kind="freelancer", now=now)
    by_user = {actor.user_id: actor for actor in company.actors.values()}
    for offer in Offer.objects.filter(offering=refused).select_related("worker", "offering", "task__project"):
        allocation.decline_offer(offer, actor=by_user[offer.worker.user_id], now=now, reason="Dates do not suit")


def _offer_first(company: Company, count: int, terms: Terms, *, kind: str, now: datetime) -> Offering | None:
    """Offer the first task that suits so many to them; None when there is none."""
    for task, people in _suitable(company, now=now, kind=kind):
        if len(people) < count:
            continue
        try:
            return allocation.offer_task(task, actor=company.alice, now=now, terms=terms, workers=people[:count])
        except Refused:
            continue  # they are away
    return None


def _suitable(company: Company, *, now: datetime, kind: str) -> Iterator[tuple[Task, list[Worker]]]:
    """Waiting tasks that are not offered yet, each with its candidates of this kind who can sign in, best first."""
    waiting = Task.objects.filter(state__in=WAITING, assignee__isnull=True, deleted_at__isnull=True, offerings=None)
    for task in waiting.select_related("project", "assignee").order_by("-priority", "pk"):
        found = [item.worker.id for item in recommend(task, actor=company.alice, now=now).candidates]
        workers = Worker.objects.in_bulk(found)
        people = [workers[pk] for pk in found if workers[pk].user_id is not None and workers[pk].kind != "agent"]
        able = [worker for worker in people if kind in ("", worker.kind)]
        if able:
            yield task, able
