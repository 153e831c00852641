"""record(): the one way to add an event, called by every action as its last step inside its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone

from fairlead import jobs
from fairlead.events.actor import Actor
from fairlead.events.catalogue import CATALOGUE
from fairlead.events.models import Event


class NotAtomic(RuntimeError):
    """An event must be written in the transaction of the change that it reports."""


def record(kind: str, subject: models.Model, /, *, actor: Actor, now: datetime, **payload: Any) -> Event:
    """Add one event about `subject` and start the jobs that follow its kind; both vanish if the change is rolled back.

    `payload` holds plain data: ids, names, and `changes` as {field: [before, after]}.
    """
    if not connection.in_atomic_block:
        raise NotAtomic(kind)
    event = Event(**_row(kind, subject, actor=actor, now=now, payload=payload))
    event.save(force_insert=True)
    for job in jobs.followers(kind):
        jobs.follow(job, workspace_id=event.workspace_id, event_id=event.pk)
    return event


def _row(
    kind: str, subject: models.Model, *, actor: Actor, now: datetime, payload: Mapping[str, Any]
) -> dict[str, Any]:
    CATALOGUE[kind]  # an unknown kind is a bug and stops here
    timezone.localtime(now)  # refuses a naive time
    model = str(subject._meta.model_name)
    return {
        "workspace_id": actor.workspace_id,
        "at": now,
        "kind": kind,
        "actor_kind": actor.kind,
        "actor_user_id": actor.user_id,
        "actor_name": actor.name[:200],
        "token_id": actor.token_id,
        "subject_kind": model,
        "subject_id": subject.pk,
        "subject_label": str(subject)[:200],
        "project_id": subject.pk if model == "project" else getattr(subject, "project_id", None),
        "payload": _plain(payload),
    }


def _plain(payload: Mapping[str, Any]) -> Any:
    import json

    return json.loads(json.dumps(payload, cls=DjangoJSONEncoder))
