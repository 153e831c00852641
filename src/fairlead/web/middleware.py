"""What happens around every request: whose workspace it is, how refusals look, and one line in the log."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import structlog
from django.contrib.auth import logout as log_out
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from fairlead.accounts.actions import touch_session
from fairlead.accounts.queries import actor_in
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Refused
from fairlead.web import errors, gate

Handler = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("fairlead.web")
SILENT = ("/static/", "/healthz")
HIDDEN_BELOW = "/calendar/"


def request_log(get_response: Handler) -> Handler:
    """Give each request an id and log one line for it, without its query string or body."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex[:16]  # type: ignore[attr-defined]
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request.request_id):  # type: ignore[attr-defined]
            response = get_response(request)
            if not request.path.startswith(SILENT):
                spent_ms = round((time.perf_counter() - started) * 1000, 1)
                path = _said(request.path)
                log.info("request", method=request.method, path=path, status=response.status_code, ms=spent_ms)
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def _said(path: str) -> str:
    """The path for the log, without a secret that works for long."""
    return HIDDEN_BELOW + "…" if path.startswith(HIDDEN_BELOW) else path


def careful_headers(get_response: Handler) -> Handler:
    """Pages are for one reader and no cache, and ask for no device. Django and django-csp add the other headers."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response

    return middleware


def workspace(get_response: Handler) -> Handler:
    """Open the signed-in user's current workspace. Every request does so: the connection outlives it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(SILENT):
            return get_response(request)
        enter(None)
        if request.user.is_authenticated:
            _open(request)
        return get_response(request)

    return middleware


def _open(request: HttpRequest) -> None:
    enter(None, user_id=request.user.pk)
    row = getattr(request.session, "row", None)
    if row is not None:
        touch_session(row, now=timezone.now())
    member = gate.member_here(request.session, request.user)  # type: ignore[arg-type]
    if member is None:
        return
    barrier = gate.barrier(request.session, member, now=timezone.now())
    if barrier == gate.OVER:
        log_out(request)
        return
    if barrier:
        request.barrier, request.barred = barrier, member  # type: ignore[attr-defined]
        return
    enter(member.workspace_id, user_id=request.user.pk)
    request.member = member  # type: ignore[attr-defined]
    request.workspace = member.workspace  # type: ignore[attr-defined]
    request.actor = actor_in(member)  # type: ignore[attr-defined]


def refusals(get_response: Handler) -> Handler:
    """A refusal that no view has caught becomes a page (or, for a fragment, a message) that says what to do."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.refused(request, exception) if isinstance(exception, Refused) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
