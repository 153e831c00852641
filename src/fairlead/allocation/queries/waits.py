"""What stands beside a task that nobody has: that it is being offered and for how long, or that nobody can do it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from fairlead.allocation.models import Assignment, Offer, Routing
from fairlead.allocation.permissions import may_see, may_see_policies
from fairlead.allocation.queries.offers import minutes_left, visible_offers
from fairlead.allocation.sayings import in_own_words
from fairlead.events.actor import Actor


@dataclass(frozen=True)
class Wait:
    """Why a task has nobody at the moment. `asked`: who may still answer; `left_min`: working minutes that the last of
    them has; `offer_id`: the reader's own offer; `reason`: why nobody can do it, where that is so."""

    asked: tuple[str, ...] = ()
    left_min: int = 0
    offer_id: int | None = None
    reason: str = ""


def waits_of(actor: Actor, task_ids: Collection[int], *, now: datetime) -> dict[int, Wait]:
    """{task id: why it has nobody}, of those of which the reader may know: managers and auditors of all, others of what
    is offered to themselves, clients of none. Two queries, and three more while something is offered."""
    if not task_ids or not may_see(actor):
        return {}
    found = _offered(actor, task_ids, now=now)
    if may_see_policies(actor):
        stuck = Routing.objects.filter(
            workspace_id=actor.workspace_id, task_id__in=task_ids, state=Routing.State.UNROUTABLE,
            closed_at__isnull=True,
        )  # fmt: skip
        rows = stuck.values_list("task_id", "reason", "told")
        found |= {pk: Wait(reason=in_own_words(reason, told)) for pk, reason, told in rows}
    return found


def _offered(actor: Actor, task_ids: Collection[int], *, now: datetime) -> dict[int, Wait]:
    going = visible_offers(actor).filter(task_id__in=task_ids, state=Offer.State.OPEN, expires_at__gt=now)
    rows = list(going.select_related("worker").order_by("id"))
    left = minutes_left(rows, now)
    found: dict[int, Wait] = {}
    for row in rows:
        old = found.get(row.task_id, Wait())
        mine = row.pk if actor.user_id is not None and row.worker.user_id == actor.user_id else old.offer_id
        found[row.task_id] = Wait((*old.asked, row.worker.name), max(old.left_min, left.get(row.pk, 0)), mine)
    return found


def decided(task_ids: Collection[int]) -> dict[int, int | None]:
    """{task id: 0 to 100, how well it matches its holder, or None for one given against a rule}: the tasks that
    somebody was given, so that a receipt says why. One query."""
    rows = Assignment.objects.filter(task_id__in=task_ids, ended_at__isnull=True)
    return {pk: fit if at else None for pk, fit, at in rows.values_list("task_id", "fit", "starts_at")}
