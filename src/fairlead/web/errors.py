"""Pages for what went wrong: each says what happened and what to do next, and none shows internals.

They are drawn without a look at the database, which may be what went wrong.
"""

from __future__ import annotations

import json

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines

from fairlead.lib.errors import Forbidden, Refused, TooMany
from fairlead.lib.speech import tr

log = structlog.get_logger("fairlead.security")


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """A refusal as a page; as problem JSON for scripts; as a toast for a fragment."""
    if isinstance(error, Forbidden):
        log.warning("access refused", code=error.code, user=_user_id(request), method=request.method)
    if wants_json(request):
        response = _problem(error)
    elif request.headers.get("HX-Request"):
        response = _toast(error)
    else:
        response = _page(request, error.status, error.title, error.detail)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, not a person."""
    return "json" in request.headers.get("Accept", "")


def _problem(error: Refused) -> HttpResponse:
    problem = {
        "type": f"about:blank#{error.code}",
        "title": str(error.title),
        "detail": error.detail,
        "status": error.status,
    }
    return JsonResponse(problem, status=error.status, content_type="application/problem+json")


def _toast(error: Refused) -> HttpResponse:
    response = HttpResponse(status=error.status)
    response.headers["HX-Reswap"] = "none"
    response.headers["HX-Trigger"] = json.dumps({"toast": {"level": "error", "text": error.detail}})
    return response


def _user_id(request: HttpRequest) -> int | None:
    user = getattr(request, "user", None)
    return user.pk if user else None


def _page(request: HttpRequest, status: int, title: str, detail: str) -> HttpResponse:
    values = {
        "status": status,
        "title": title,
        "detail": detail,
        "request_id": getattr(request, "request_id", ""),
        "theme": "system",
    }
    env = engines["jinja2"].env  # type: ignore[attr-defined]
    return HttpResponse(env.get_template("errors/error.jinja").render(values), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django names it
    return _page(request, 400, tr("This request could not be read"), tr("Go back, reload the page and try once more."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django names it
    return _page(request, 403, tr("You may not do this"), tr("Ask an admin of the workspace for access."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django names it
    detail = tr("The address may be mistyped, or it belongs to a workspace that you are not in.")
    return _page(request, 404, tr("Nothing is here"), detail)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django names it
    log.warning("form without a valid token", user=_user_id(request), method=request.method)
    detail = tr("The form was open for too long or cookies are blocked. Go back, reload the page and send it again.")
    return _page(request, 403, tr("The form could not be accepted"), detail)


def server_error(request: HttpRequest) -> HttpResponse:
    detail = tr("The fault is ours and it was logged. Nothing that you had saved is lost; try again in a moment.")
    return _page(request, 500, tr("Something broke"), detail)
