"""A POST that carries an Idempotency-Key has its effect once, however often it is sent within a day.

The reply is kept in the transaction of the change itself: after a crash there are both or neither. While the first
request runs, others with its key are told to wait (409); afterwards they get the same reply, to the byte
and in its language.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse

from fairlead.api import actions
from fairlead.api.calls import Call
from fairlead.api.models import Reply
from fairlead.api.problems import Malformed
from fairlead.lib.errors import Conflict, Refused
from fairlead.lib.speech import current, later, tr

KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")


class InFlight(Conflict):
    """The first request with this key has not ended yet."""

    code = "in-flight"
    title = later("The same request is still running")


class KeyReused(Refused):
    """The key belongs to another request."""

    code = "key-reused"
    title = later("This Idempotency-Key was used for something else")


def key_of(request: Call) -> str | None:
    """The request's key, if it has one. Raises Malformed for one that cannot be kept."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch(r"[\x21-\x7e]{1,255}", key):
        raise Malformed(tr("An Idempotency-Key has 1 to 255 visible ASCII characters, such as a UUID."))
    return key


def once(request: Call, key: str, run: Callable[[], HttpResponse]) -> HttpResponse:
    """The kept reply of an earlier request with this key, else that of `run`, which is kept when it did something."""
    where = actions.slot(f"{request.method} {request.path}"[:200], key, actor=request.actor)
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        if not actions.take_slot(where):
            raise InFlight(tr("A request with this Idempotency-Key is still running. Try again in a moment."))
        kept = actions.kept_reply(where, now=request.now)
        if kept is not None:
            return _again(kept, fingerprint)
        reply = run()
        reply.headers.setdefault("Content-Language", current())
        if reply.status_code >= 400:
            transaction.set_rollback(True)
            return reply
        headers = {name: reply.headers[name] for name in KEPT_HEADERS if name in reply.headers}
        actions.keep_reply(
            where,
            now=request.now,
            fingerprint=fingerprint,
            status=reply.status_code,
            headers=headers,
            body=reply.content,
        )
    return reply


def _again(kept: Reply, fingerprint: str) -> HttpResponse:
    if kept.fingerprint != fingerprint:
        raise KeyReused(tr("This Idempotency-Key was used with another body. Use a new key for a new request."))
    reply = HttpResponse(bytes(kept.body), status=kept.status, headers=kept.headers)
    reply.headers["Idempotent-Replayed"] = "true"
    return reply


def _fingerprint(request: Call) -> str:
    """What makes two requests the same one: the address with its parameters, and the body; of a form what is in it."""
    if request.files is not None:
        files = [(file.name, file.arrived.sha256) for file in request.files.received]
        form = json.dumps([request.get_full_path(), sorted(request.POST.lists()), files])
        return hashlib.sha256(form.encode()).hexdigest()
    return hashlib.sha256(f"{request.get_full_path()}\n".encode() + request.body).hexdigest()
