"""The door of /scim/v2/: the directory's token, how often it may come, and every error in the form of RFC 7644, 3.12.

Cookies count for nothing here, so no other site can ride on them and no form token is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from fairlead.accounts.actions.directory import open_directory
from fairlead.accounts.directory import Directory
from fairlead.api import bodies, limits
from fairlead.api.limits import Meter
from fairlead.api.tokens import Unauthenticated
from fairlead.lib.errors import Refused, TooMany
from fairlead.lib.speech import later, tr

CONTENT_TYPE: Final = "application/scim+json"
TYPES: Final = (CONTENT_TYPE, "application/json")
ERROR: Final = "urn:ietf:params:scim:api:messages:2.0:Error"
KINDS: Final = {
    "taken": "uniqueness", "fixed": "mutability", "malformed": "invalidSyntax", "invalid": "invalidValue",
    "invalid-filter": "invalidFilter", "invalid-path": "invalidPath", "no-target": "noTarget",
}  # fmt: skip
"""Code of a refusal → `scimType`."""
METER = Meter()
"""Apart from that of the API: numbers of tokens are those of another table."""
log = structlog.get_logger("fairlead.api")


class Call(HttpRequest):
    """One request of a directory whose token was accepted. `json`: the body, if the method has one."""

    directory: Directory
    now: datetime
    json: dict[str, Any]


View = Callable[..., HttpResponse]


class InvalidPath(Refused):
    """The path of an operation cannot be read."""

    code = "invalid-path"
    status = 400
    title = later("This path cannot be read")


def entrance(**methods: View) -> View:
    """One address; each method has its view."""

    @csrf_exempt
    @wraps(next(iter(methods.values())))
    def guarded(request: HttpRequest, **places: int | str) -> HttpResponse:
        method = "GET" if request.method == "HEAD" else str(request.method)
        try:
            return _answered(request, methods, method, places)
        except Refused as refusal:
            return refused(refusal)
        except RequestDataTooBig:
            return plain(413)
        except UnreadablePostError:
            return plain(400)
        except Exception as error:  # the boundary of a request: a directory is told in its own form, without details
            log.exception("SCIM crashed", path=request.path, exc_info=error)
            return plain(500)

    return guarded


def _answered(
    request: HttpRequest, methods: Mapping[str, View], method: str, places: dict[str, int | str]
) -> HttpResponse:  # fmt: skip
    if method not in methods:
        reply = plain(405)
        reply.headers["Allow"] = ", ".join(methods)
        return reply
    call, now = request, timezone.now()
    directory = authenticate(request, now=now)
    allowance = METER.count(directory.token_id, now=now)
    limits.check(allowance)
    call.directory, call.now = directory, now  # type: ignore[attr-defined]
    call.json = bodies.read(call, TYPES) if method in ("POST", "PUT", "PATCH") else {}  # type: ignore[attr-defined]
    reply = methods[method](call, **places)
    limits.tell(reply, allowance)
    return reply


def authenticate(request: HttpRequest, *, now: datetime) -> Directory:
    """The directory of the request's token. Raises Unauthenticated."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    secret = secret.strip()
    found = None
    if scheme.lower() == "bearer" and 0 < len(secret) <= 200 and secret.isascii():
        found = open_directory(secret, now=now)
    if found is None:
        raise Unauthenticated(
            tr("Send Authorization: Bearer <token> with a token of Settings, Security, your provider, Provisioning.")
        )
    return found


def refused(error: Refused) -> HttpResponse:
    """A refusal in SCIM's form. What our forms call invalid (422) is 400 here."""
    reply = said(400 if error.status == 422 else error.status, error.detail, KINDS.get(error.code, ""))
    if isinstance(error, TooMany):
        reply.headers["Retry-After"] = str(error.retry_after_s)
    if error.status == 401:
        reply.headers["WWW-Authenticate"] = 'Bearer realm="Fairlead", error="invalid_token"'
    return reply


def plain(status: int) -> HttpResponse:
    """The error for a bare status."""
    return said(status, tr(HTTPStatus(status).phrase), "")


def said(status: int, detail: str, kind: str) -> HttpResponse:
    """An error document."""
    body = {"schemas": [ERROR], "status": str(status), "detail": detail, **({"scimType": kind} if kind else {})}
    return answer(body, status=status)


def answer(body: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A document."""
    return HttpResponse(json.dumps(body), status=status, content_type=CONTENT_TYPE)
