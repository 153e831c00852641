"""Everything of one workspace, kind by kind, as plain rows; derived from the models, so that none is forgotten."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import models

from fairlead.accounts.models import Membership, User
from fairlead.events.wall import walled

LEFT_OUT: Final = (
    "accounts.apitoken",
    "accounts.directorytoken",
    "accounts.invitation",
    "accounts.kept",
    "api.reply",
    "archive.export",
    "archive.twin",
    "archive.erasure",
    "notices.device",
    "notices.push",
)
"""Kinds that are keys to this place, or of no use in another."""
SECRET: Final = ("secret", "digest", "password", "token", "hash_of")
"""Parts of the names of fields that never leave."""
BATCH: Final = 2000


def kinds() -> list[type[models.Model]]:
    """Every kind that an export holds."""
    return [model for model in walled() if name_of(model) not in LEFT_OUT]


def name_of(model: type[models.Model]) -> str:
    """How a kind is called in an export, such as work.task."""
    return model._meta.label_lower


def fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns of a kind that leave; what is secret does not."""
    return [
        field for field in model._meta.concrete_fields if not any(part in field.attname for part in SECRET)
    ]  # fmt: skip


def rows(model: type[models.Model], workspace_id: int) -> Iterator[dict[str, Any]]:
    """The rows of one kind, in the order of their numbers; values are those of the columns."""
    column = getattr(model, "wall_column", "workspace_id")
    found = model._default_manager.filter(**{column: workspace_id}).order_by("pk")
    yield from found.values(*(field.attname for field in fields_of(model))).iterator(chunk_size=BATCH)


def users(workspace_id: int) -> Iterator[dict[str, Any]]:
    """Who is or was a member: by these rows another place finds them again."""
    members = Membership.objects.filter(workspace_id=workspace_id).values("user_id")
    found = User.objects.filter(pk__in=members).order_by("pk").values("id", "email", "name", "kind", "time_zone")
    return (dict(row) for row in found)


def as_line(row: dict[str, Any]) -> str:
    """A row as one line of JSON."""
    return json.dumps(row, default=_plain, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in an export")
