"""Every error of the API as a problem document (RFC 9457): what happened, what to do next, and no internals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from ninja.errors import HttpError, ValidationError

from fairlead.api.wording import wrong
from fairlead.lib.errors import Missing, Refused, TooMany, Unavailable
from fairlead.lib.speech import later, mark, tr

CONTENT_TYPE = "application/problem+json"
NOWHERE = later("Nothing is at this address, or it belongs to a workspace that the token is not for.")
log = structlog.get_logger("fairlead.api")

# Every code that a client can meet, with its status and what it means; the reference page lists them.
CODES: dict[str, tuple[int, str]] = {
    "malformed": (400, later("The request cannot be read: broken JSON, a wrong header or a wrong cursor.")),
    "unauthenticated": (401, later("There is no token, or it is wrong, expired or revoked.")),
    "missing-scope": (403, later("The token was not granted the scope that this operation needs.")),
    "forbidden": (403, later("The role of the token's user does not allow it.")),
    "not-found": (404, later("There is no such thing, or the token's user may not know that there is.")),
    "method-not-allowed": (
        405,
        later("The address exists, the method does not; the header Allow lists those that do."),
    ),
    "conflict": (409, later("The state has moved on. Read again, then decide.")),
    "stale-plan": (
        409,
        later("Lines of the plan do not hold: something changed, or they are too many; `errors` says what."),
    ),
    "in-flight": (409, later("A request with the same Idempotency-Key is still running. Try again in a moment.")),
    "precondition-failed": (412, later("The resource is not the one that If-Match names. Read again, then decide.")),
    "too-large": (413, later("The body is larger than the limit.")),
    "quota": (413, later("The files of the workspace have no room for another one.")),
    "wrong-type": (
        415,
        later("The body is not JSON (or a form, where files are sent), or its Content-Type does not say so."),
    ),
    "invalid": (422, later("Some fields or parameters are missing or wrong; `errors` says which.")),
    "refused": (422, later("A rule of the product says no; `detail` says what to do next.")),
    "infected": (422, later("The virus scanner found something in the file.")),
    "key-reused": (422, later("This Idempotency-Key was used for a request with another body.")),
    "too-many-requests": (429, later("The token's allowance is used up; Retry-After says for how many seconds.")),
    "crash": (500, later("The fault is ours. It was logged with the request's id.")),
    "scanner-down": (503, later("The virus scanner does not answer, so no file is taken. Try again later.")),
    "unavailable": (503, later("Something outside did not answer. Try again later.")),
}

# The titles of what the framework answers by a bare status.
PHRASES = (
    mark("Bad Request"), mark("Unauthorized"), mark("Forbidden"), mark("Not Found"), mark("Method Not Allowed"),
    mark("Request Entity Too Large"), mark("Internal Server Error"), mark("Service Unavailable"),
)  # fmt: skip


class Malformed(Refused):
    """The request cannot be read at all."""

    code = "malformed"
    status = 400
    title = later("This request cannot be read")


class InvalidInput(Refused):
    """Input that has the right form but wrong content; `errors` as in the problem document."""

    code = "invalid"
    title = later("Some fields need another look")

    def __init__(self, detail: str, errors: Iterable[Mapping[str, str]]) -> None:
        super().__init__(detail)
        self.errors = [dict(error) for error in errors]


def problem(
    request: HttpRequest, status: int, *, code: str, title: str, detail: str, errors: Iterable[Mapping[str, str]] = ()
) -> HttpResponse:
    """A problem document. `errors`: items with `detail` and one of `pointer` (body), `parameter`, `header`."""
    body: dict[str, Any] = {
        "type": f"{settings.BASE_URL}/api/v1/docs#problem-{code}",
        "title": str(title),
        "status": status,
        "detail": str(detail),
        "code": code,
        "request_id": getattr(request, "request_id", ""),
    }
    if listed := [dict(error) for error in errors]:
        body["errors"] = listed
    return HttpResponse(json.dumps(body), status=status, content_type=CONTENT_TYPE)


def translate(request: HttpRequest, error: Exception) -> HttpResponse:
    """Any exception as a problem; what nobody foresaw is logged and becomes a 500 without details."""
    if isinstance(error, Refused):
        return _refused(request, error)
    if isinstance(error, ValidationError):
        return _invalid(request, error.errors)
    if isinstance(error, Http404):
        return _refused(request, Missing(NOWHERE))
    if isinstance(error, RequestDataTooBig):
        return plain(request, 413)
    if isinstance(error, UnreadablePostError):
        return _refused(request, Malformed(tr("The body ended before it was complete.")))
    if isinstance(error, HttpError):
        return plain(request, error.status_code)
    if isinstance(error, Unavailable):
        return plain(request, 503)
    log.exception("the API crashed", path=request.path, exc_info=error)
    return plain(request, 500)


def plain(request: HttpRequest, status: int) -> HttpResponse:
    """The problem document for a bare status."""
    code, detail = next(
        ((code, text) for code, (known, text) in CODES.items() if known == status),
        ("malformed" if status < 500 else "crash", tr("The request cannot be answered.")),
    )
    return problem(request, status, code=code, title=tr(HTTPStatus(status).phrase), detail=detail)


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    errors = getattr(error, "errors", None) or [
        {"pointer": f"#/{escaped(_sent(request, name))}", "detail": text} for name, text in error.fields.items()
    ]
    reply = problem(request, error.status, code=error.code, title=error.title, detail=error.detail, errors=errors)
    if isinstance(error, TooMany):
        reply.headers["Retry-After"] = str(error.retry_after_s)
    if error.status == 401:
        reply.headers["WWW-Authenticate"] = 'Bearer realm="Fairlead", error="invalid_token"'
    return reply


def _sent(request: HttpRequest, name: str) -> str:
    """The name that the client used: what an action calls `status` comes in as `status_id`."""
    sent = getattr(request, "json", None) or {}
    return f"{name}_id" if name not in sent and f"{name}_id" in sent else name


def _invalid(request: HttpRequest, found: Iterable[Mapping[str, Any]]) -> HttpResponse:
    """What pydantic found. A path that cannot name anything is simply not there."""
    found = list(found)
    if any(item["loc"][0] == "path" for item in found):
        return _refused(request, Missing(NOWHERE))
    errors = [_place(item["loc"]) | {"detail": wrong(item)} for item in found]
    names = ", ".join(dict.fromkeys(next(iter(error.values())).removeprefix("#/") for error in errors))
    return _refused(request, InvalidInput(tr("Look at: %(names)s.", names=names or tr("the body")), errors))


def _place(loc: tuple[Any, ...]) -> dict[str, str]:
    """Where it is: pydantic's location starts with body, query or header; the function's argument follows."""
    source, *rest = loc
    if source == "body":
        return {"pointer": "#" + "".join(f"/{escaped(str(part))}" for part in rest[1:])}
    return {"header" if source == "header" else "parameter": str(rest[-1]) if rest else ""}


def escaped(name: str) -> str:
    """A name inside a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
