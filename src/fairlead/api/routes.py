"""How operations are declared, and what happens around each: token, allowance, scope, input, effect once, ETag."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router
from ninja.decorators import decorate_view
from ninja.operation import Operation

from fairlead.api import bodies, etags, idempotency, limits, paging, problems, tokens
from fairlead.api.calls import Call, begin, close_files, read_files
from fairlead.lib.speech import tr

F = TypeVar("F", bound=Callable[..., Any])
View = Callable[..., HttpResponse]


class Routes(Router):
    """The operations of one resource."""

    def on(
        self, method: str, path: str, *, scope: str | None, gives: Any, status: int = 200, matched: bool = False
    ) -> Callable[[F], F]:
        """Declare an operation that needs `scope` and gives a `gives` (None: an empty reply) with `status`.

        `matched`: it honours If-Match.
        """
        methods = ["GET", "HEAD"] if method == "GET" else [method]
        extra = {"x-scope": scope, "x-matched": matched, "security": [{"token": [scope] if scope else []}]}

        def declare(function: F) -> F:
            framed = decorate_view(_frame(scope))(function)
            return self.api_operation(methods, path, auth=None, response={status: gives}, openapi_extra=extra)(framed)

        return declare


def _frame(scope: str | None) -> Callable[[View], View]:
    def decorate(run: View) -> View:
        operation: Operation = run.__self__  # type: ignore[attr-defined]  # ninja hands over the bound method

        def framed(request: Call, **path: Any) -> HttpResponse:
            begin(request, now=timezone.now())
            try:
                _let_in(request, scope)
                _read(request, operation)
                reply = _performed(request, lambda: run(request, **path))
            except Exception as error:  # the request boundary: whatever it is becomes a problem document
                reply = problems.translate(request, error)
            finally:
                close_files(request)
            return _finished(request, reply)

        return framed

    return decorate


def _let_in(request: Call, scope: str | None) -> None:
    request.actor = tokens.authenticate(request, now=request.now)
    request.allowance = limits.METER.count(request.actor.token_id or 0, now=request.now)
    limits.check(request.allowance)
    tokens.demand(request.actor, scope)


def _read(request: Call, operation: Operation) -> None:
    """Look at parameters and body before anything runs; an unknown parameter is a mistake, not a wish to ignore."""
    known = {name for model in operation.models if model.__ninja_param_source__ == "query" for name in _names(model)}
    errors = [
        {"parameter": name[:100], "detail": text}
        for name, values in request.GET.lists()
        if (text := _wrong(name, values, known))
    ]
    if errors:
        raise problems.InvalidInput(tr("Some parameters are not what this operation takes."), errors)
    if any(model.__ninja_param_source__ == "body" for model in operation.models):
        request.json = bodies.read(request)
    if any(model.__ninja_param_source__ == "file" for model in operation.models):
        read_files(request)


def _names(model: Any) -> list[str]:
    return list(getattr(model, "__ninja_flatten_map__", model.model_fields))


def _wrong(name: str, values: list[Any], known: set[str]) -> str | None:
    if name not in known:
        return tr("There is no such parameter here.")
    if len(values) > 1:
        return tr("Give this parameter once.")
    return None if bodies.storable(str(values[0])) else tr("This text has characters that cannot be stored.")


def _performed(request: Call, run: Callable[[], HttpResponse]) -> HttpResponse:
    key = idempotency.key_of(request) if request.method == "POST" else None

    def tagged() -> HttpResponse:
        return etags.answer(request, run(), request.version)

    return tagged() if key is None else idempotency.once(request, key, tagged)


def _finished(request: Call, reply: HttpResponse) -> HttpResponse:
    if request.allowance is not None:
        limits.tell(reply, request.allowance)
    if reply.status_code == 200 and (link := paging.link(request)):
        reply.headers["Link"] = link
    reply.headers["Cache-Control"] = "private, no-cache" if reply.status_code in (200, 304) else "no-store"
    reply.headers["Vary"] = "Authorization"
    return reply
