"""What an operation of the API gets: a request whose token was accepted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from fairlead.api.limits import Allowance
from fairlead.events.actor import Actor


class Call(HttpRequest):
    """One call. Operations may set `version` (of the resource in the reply) and `next_page` (the cursor of it)."""

    actor: Actor
    now: datetime
    json: dict[str, Any]
    version: int | None
    next_page: str | None
    allowance: Allowance | None
    request_id: str


def begin(request: Call, *, now: datetime) -> None:
    """Nothing is known yet but the time."""
    request.now, request.json = now, {}
    request.version = request.next_page = request.allowance = None
