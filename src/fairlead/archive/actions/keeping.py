"""How long a workspace keeps what it no longer needs, and removing it for good."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction

from fairlead.allocation.models import Assignment, Offer, Offering, Receipt, Snapshot
from fairlead.archive.models import Retention
from fairlead.archive.permissions import may_keep_data
from fairlead.archive.queries import Counts, Kept, kept, old_notices, old_receipts, old_tasks
from fairlead.events.actor import Actor, system
from fairlead.events.record import record
from fairlead.lib.errors import Invalid, require
from fairlead.lib.speech import later, tr
from fairlead.work.models import Task

BATCH: Final = 500
LIMITS: Final = {"trash_days": (1, 3650), "notice_months": (1, 120), "receipt_months": (6, 120)}
WRONG: Final = {
    "trash_days": later("From 1 to 3650 days; leave it empty to keep everything."),
    "notice_months": later("From 1 to 120 months; leave it empty to keep everything."),
    "receipt_months": later("From 6 to 120 months, so that decisions of the last half year can be explained."),
}


def change_retention(chosen: Kept, *, actor: Actor, now: datetime) -> None:
    """Choose how long things are kept. What is older goes within a day."""
    require(may_keep_data(actor), tr("Only an owner can say how long things are kept. Ask one."))
    values = {name: getattr(chosen, name) for name in LIMITS}
    wrong = {n: WRONG[n] for n, v in values.items() if v is not None and not LIMITS[n][0] <= v <= LIMITS[n][1]}
    if wrong:
        raise Invalid(wrong)
    before = kept(actor.workspace_id)
    changes = {name: [getattr(before, name), value] for name, value in values.items() if getattr(before, name) != value}
    if not changes:
        return
    with transaction.atomic():
        row, _ = Retention.objects.update_or_create(workspace_id=actor.workspace_id, defaults=values)
        record("retention.changed", row, actor=actor, now=now, changes=changes)


def prune(workspace_id: int, *, now: datetime) -> Counts:
    """Remove what is older than the workspace keeps; what was removed. Events stay: they are the history."""
    chosen = kept(workspace_id)
    counts = Counts(
        sum(_remove(Task, batch) for batch in _batches(old_tasks(workspace_id, chosen.trash_days, now=now))),
        old_notices(workspace_id, chosen.notice_months, now=now).delete()[0],
        sum(_forget(batch) for batch in _batches(old_receipts(workspace_id, chosen.receipt_months, now=now))),
    )
    if chosen.receipt_months is not None or counts.tasks:
        lonely = Snapshot.objects.filter(workspace_id=workspace_id, receipt__isnull=True, plan__isnull=True)
        lonely.delete()
    if any((counts.tasks, counts.notices, counts.receipts)):
        row, _ = Retention.objects.get_or_create(workspace_id=workspace_id)
        with transaction.atomic():
            told = {"tasks": counts.tasks, "notices": counts.notices, "receipts": counts.receipts}
            record("retention.pruned", row, actor=system(workspace_id), now=now, **told)
    return counts


def _batches(found: models.QuerySet[Any]) -> Iterable[list[int]]:
    ids = list(found.values_list("pk", flat=True))
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _forget(receipt_ids: list[int]) -> int:
    """Receipts with the ended assignments and answered offers that they explain."""
    with transaction.atomic():
        Assignment.objects.filter(receipt_id__in=receipt_ids).delete()
        offers = Offer.objects.filter(receipt_id__in=receipt_ids)
        offerings = list(offers.values_list("offering_id", flat=True))
        offers.delete()
        Offering.objects.filter(pk__in=offerings, offers__isnull=True).delete()
        Receipt.objects.filter(pk__in=receipt_ids).delete()
    return len(receipt_ids)


def _remove(model: type[models.Model], ids: list[int]) -> int:
    """Rows with everything that hangs on them, whatever protects it; what only names them forgets them."""
    with transaction.atomic():
        _cut(model, ids)
    return len(ids)


def _cut(model: type[models.Model], ids: list[Any]) -> None:
    for relation in model._meta.related_objects:
        child, name = relation.related_model, relation.field.attname
        pointing = child._default_manager.filter(**{f"{name}__in": ids})
        if relation.on_delete is models.SET_NULL:
            pointing.update(**{name: None})
        elif below := list(pointing.values_list("pk", flat=True)):
            _cut(child, below)
    rows = model._default_manager.filter(pk__in=ids)
    rows._raw_delete(rows.db)  # what hung on them is gone already; the foreign keys are checked at the commit
