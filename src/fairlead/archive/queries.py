"""Reading exports, what a workspace keeps, and what pruning would remove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from fairlead.allocation.models import Assignment, Offer, Receipt
from fairlead.archive.models import Erasure, Export, Retention
from fairlead.archive.permissions import may_keep_data
from fairlead.events.actor import Actor
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.notices.models import Notice
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import OVER

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Kept:
    """How long things are kept, in days and months; None: for ever."""

    trash_days: int | None = None
    notice_months: int | None = None
    receipt_months: int | None = None


@dataclass(frozen=True)
class Counts:
    """How much pruning removes."""

    tasks: int
    notices: int
    receipts: int


def kept(workspace_id: int) -> Kept:
    """What the workspace has chosen."""
    found = Retention.objects.filter(workspace_id=workspace_id).first()
    return Kept(found.trash_days, found.notice_months, found.receipt_months) if found else Kept()


def old_tasks(workspace_id: int, days: int | None, *, now: datetime) -> QuerySet[Task]:
    """Tasks that are in the trash for longer."""
    found = Task.objects.filter(workspace_id=workspace_id)
    return found.none() if days is None else found.filter(deleted_at__lt=now - timedelta(days=days))


def old_notices(workspace_id: int, months: int | None, *, now: datetime) -> QuerySet[Notice]:
    """Notices that are older and wait for no mail."""
    found = Notice.objects.filter(workspace_id=workspace_id)
    if months is None:
        return found.none()
    return found.filter(created_at__lt=now - months * MONTH).exclude(mail_at__isnull=False, mailed_at__isnull=True)


def old_receipts(workspace_id: int, months: int | None, *, now: datetime) -> QuerySet[Receipt]:
    """Receipts of decisions about tasks that are over for longer, and that nothing rests on any more."""
    found = Receipt.objects.filter(workspace_id=workspace_id)
    if months is None:
        return found.none()
    before = now - months * MONTH
    active = Assignment.objects.filter(receipt=OuterRef("pk"), ended_at__isnull=True)
    asked = Offer.objects.filter(receipt=OuterRef("pk"), state=Offer.State.OPEN)
    over = Q(task__state__in=OVER, task__done_at__lt=before)
    return found.filter(over, ~Exists(active), ~Exists(asked), created_at__lt=before)


def would_remove(workspace_id: int, chosen: Kept, *, now: datetime) -> Counts:
    """How much would go now if this was chosen."""
    return Counts(
        old_tasks(workspace_id, chosen.trash_days, now=now).count(),
        old_notices(workspace_id, chosen.notice_months, now=now).count(),
        old_receipts(workspace_id, chosen.receipt_months, now=now).count(),
    )


def exports(actor: Actor) -> list[Export]:
    """The exports of the workspace, the newest first, for its owners."""
    found = Export.objects.filter(workspace_id=actor.workspace_id).select_related("requested_by").order_by("-pk")
    return list(found[:10]) if may_keep_data(actor) else []


def find_export(actor: Actor, number: int) -> Export:
    """One export. Raises Missing."""
    found = Export.objects.filter(workspace_id=actor.workspace_id, pk=number).first() if may_keep_data(actor) else None
    if found is None:
        raise Missing(tr("There is no such export."))
    return found


def erasable(workspace_id: int) -> QuerySet[Worker]:
    """Who has traces here that can be taken out, by name."""
    gone = Erasure.objects.filter(workspace_id=workspace_id).values("worker_id")
    return Worker.objects.filter(workspace_id=workspace_id).exclude(pk__in=gone).order_by("name", "pk")
