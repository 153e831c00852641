"""Everything that a workspace holds about one person, for that person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from fairlead.accounts.models import Membership, User
from fairlead.archive import content
from fairlead.events.models import Event
from fairlead.people.models import Worker


def about(worker: Worker, *, now: datetime) -> dict[str, Any]:
    """Rows by kind that name the person, derived from the models, and what they did, as the log tells it."""
    user_id = worker.user_id
    found: dict[str, Any] = {"made_at": now, "person": worker.name, "email": worker.email}
    for model in content.kinds():
        wanted = Q(pk=worker.pk) if model is Worker else _named(model, worker.pk, user_id)
        if wanted:
            inside = model._default_manager.filter(wanted, workspace_id=worker.workspace_id).order_by("pk")
            fields = [f.attname for f in content.fields_of(model) if not isinstance(f, models.BinaryField)]
            found[content.name_of(model)] = list(inside.values(*fields))
    done = Q(subject_kind="worker", subject_id=worker.pk)
    done |= Q(actor_user_id=user_id) if user_id is not None else Q()
    told = Event.objects.filter(done, workspace_id=worker.workspace_id).order_by("seq")
    found["events.event"] = list(told.values("seq", "at", "kind", "actor_name", "subject_label", "payload"))
    return found


def _named(model: type[models.Model], worker_id: int, user_id: int | None) -> Q:
    wanted = Q()
    for column in model._meta.concrete_fields:
        if isinstance(column, models.ForeignKey) and column.related_model is Worker:
            wanted |= Q(**{column.attname: worker_id})
        elif isinstance(column, models.ForeignKey) and column.related_model is User and user_id is not None:
            wanted |= Q(**{column.attname: user_id})
        elif isinstance(column, models.ForeignKey) and column.related_model is Membership and user_id is not None:
            wanted |= Q(**{f"{column.name}__user_id": user_id})
    return wanted
