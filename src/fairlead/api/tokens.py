"""Who calls: the bearer token, and whether it was granted what the operation needs."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from fairlead.accounts.actions import token_actor
from fairlead.accounts.permissions import in_scope
from fairlead.config import config
from fairlead.events.actor import Actor
from fairlead.lib.addresses import client_ip
from fairlead.lib.errors import Forbidden, Refused
from fairlead.lib.speech import later, tr


class Unauthenticated(Refused):
    """There is no usable token."""

    code = "unauthenticated"
    status = 401
    title = later("A valid API token is needed")


class MissingScope(Forbidden):
    """The token is good, but not for this."""

    code = "missing-scope"
    title = later("The token may not do this")


def authenticate(request: HttpRequest, *, now: datetime) -> Actor:
    """The actor of the request's token; cookies count for nothing here. Raises Unauthenticated."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthenticated(
            tr("Send the header Authorization: Bearer <token>. Tokens are made under Settings, API tokens.")
        )
    if len(secret) > 200 or not secret.isascii():
        raise Unauthenticated(tr("This is not a token of Fairlead."))
    forwarded = request.headers.get("X-Forwarded-For", "")
    address = client_ip(str(request.META.get("REMOTE_ADDR", "")), forwarded, trusted=config().trusted_proxies)
    actor = token_actor(secret.strip(), now=now, address=address)
    if actor is None:
        raise Unauthenticated(tr("This token is not known, has expired or was revoked. Make a new one under Settings."))
    return actor


def demand(actor: Actor, scope: str | None) -> None:
    """Raise MissingScope unless the actor's token was granted the scope; None asks for no scope."""
    if scope is not None and not in_scope(actor, scope):
        raise MissingScope(
            tr("This token lacks the scope %(scope)s. Make one that has it under Settings, API tokens.", scope=scope)
        )
