"""After a restore nothing is sent a second time: what waited to go out is fenced off, timers are set again from rows.

A model says with `after_restore` (SQL behind `UPDATE its table SET`) what becomes of its rows that were about to do
something outside: the place that the backup comes from may have done it since.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.apps import apps
from django.db.models import F
from psycopg import sql

from fairlead.allocation.jobs import expire_offer, time_task
from fairlead.allocation.models import Offer
from fairlead.archive.models import Epoch
from fairlead.archive.parcel import Manifest
from fairlead.archive.tables import Connection
from fairlead.events.models import Event
from fairlead.events.tenancy import tenant, workspace_ids
from fairlead.jobs import enqueue
from fairlead.notices.jobs import remind_of_offer, reminder_at
from fairlead.people.jobs import end_presence
from fairlead.people.models import Worker
from fairlead.work.models import Task
from fairlead.work.states import State


def fence(database: Connection, manifest: Manifest, fingerprint: str, *, now: datetime) -> tuple[int, int]:
    """Begin a new epoch; its number, and how many rows no longer wait for something outside."""
    touched = 0
    for model in apps.get_models():
        says = getattr(model, "after_restore", "")
        if says:
            query = sql.SQL("UPDATE {} SET ").format(sql.Identifier(model._meta.db_table)) + sql.SQL(says)
            touched += database.execute(query).rowcount
    row = database.execute(
        sql.SQL("INSERT INTO {} (cut_at, restored_at, fingerprint) VALUES (%s, %s, %s) RETURNING id").format(
            sql.Identifier(Epoch._meta.db_table)
        ),
        [datetime.fromisoformat(manifest.made_at), now, fingerprint],
    ).fetchone()
    return (row[0] if row else 0), touched


def set_timers(*, now: datetime) -> int:
    """Every timer that a row asks for, in every workspace; how many. What comes round by itself needs none."""
    count = 0
    for number in workspace_ids():
        with tenant(number):
            count += sum(timer(number, now) for timer in TIMERS)
    return count


def _offers(workspace_id: int, now: datetime) -> int:
    found = list(Offer.objects.filter(workspace_id=workspace_id, state=Offer.State.OPEN))
    for offer in found:
        enqueue(expire_offer, at=offer.expires_at, workspace_id=workspace_id, offer_id=offer.pk)
        if reminder_at(offer) > now:  # one that is due by now may have gone out from the other place
            enqueue(remind_of_offer, at=reminder_at(offer), workspace_id=workspace_id, offer_id=offer.pk)
    return len(found)


def _presence(workspace_id: int, now: datetime) -> int:  # noqa: ARG001  every timer is told the time
    away = Worker.objects.filter(workspace_id=workspace_id, presence_until__isnull=False)
    found = list(away.values_list("pk", "presence_until"))
    for worker_id, until in found:
        enqueue(end_presence, at=until, workspace_id=workspace_id, worker_id=worker_id)
    return len(found)


def _overruns(workspace_id: int, now: datetime) -> int:  # noqa: ARG001  every timer is told the time
    running = Task.objects.filter(workspace_id=workspace_id, state=State.RUNNING, effort_min__isnull=False)
    begun = Event.objects.filter(
        workspace_id=workspace_id, kind="task.started", subject_id__in=running.values("pk")
    ).order_by("subject_id", "-seq")
    found = list(begun.distinct("subject_id").values_list(F("pk"), flat=True))
    for event_id in found:
        enqueue(time_task, workspace_id=workspace_id, event_id=event_id)
    return len(found)


TIMERS: Final[tuple[Callable[[int, datetime], int], ...]] = (_offers, _presence, _overruns)
"""What sets the timers of one workspace and says how many."""
