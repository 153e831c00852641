"""Keeping and forgetting the replies to requests with an Idempotency-Key. No events: nothing of the work changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from fairlead.api.models import Reply
from fairlead.events.actor import Actor

KEEP = timedelta(hours=24)


@dataclass(frozen=True)
class Slot:
    """Where a reply is kept: a key means something else for another workspace, user or route."""

    workspace_id: int
    user_id: int | None
    route: str
    key: str


def slot(route: str, key: str, *, actor: Actor) -> Slot:
    """The slot of this actor's key on this route."""
    return Slot(actor.workspace_id, actor.user_id, route, key)


def take_slot(where: Slot) -> bool:
    """Hold the slot until the transaction ends; False while another request holds it. A crash lets it go by itself."""
    name = f"{where.workspace_id}/{where.user_id}/{where.route}/{where.key}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def kept_reply(where: Slot, *, now: datetime) -> Reply | None:
    """The reply of an earlier request with this key, if it is young enough."""
    return Reply.objects.filter(**where.__dict__, created_at__gt=now - KEEP).first()


def keep_reply(where: Slot, *, now: datetime, **reply: Any) -> None:
    """Keep a reply, in the transaction of the change that it reports. `reply`: fingerprint, status, headers, body."""
    Reply.objects.update_or_create(**where.__dict__, defaults={**reply, "created_at": now})


def forget_replies(workspace_id: int, *, now: datetime) -> int:
    """Remove the replies that are too old to be given again; returns how many there were."""
    removed, _ = Reply.objects.filter(workspace_id=workspace_id, created_at__lte=now - KEEP).delete()
    return removed
