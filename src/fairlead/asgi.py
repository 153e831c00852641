"""The web application: /live and the probes are served here, everything else by Django.

Django runs as WSGI in a few threads: its own ASGI handler takes 1.2 to 1.9 times the processor time for each page and
opens a thread and a database connection for each request. What a slow client could hold a thread with is done before:
request bodies are read here, with a limit and a timeout.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import quote_from_bytes

from fairlead.config import choose_settings_module, config

choose_settings_module()

from a2wsgi import WSGIMiddleware  # noqa: E402  # Django reads its settings when it is imported
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import get_resolver  # noqa: E402

BODY_BYTES: Final = 32 * 1024 * 1024
"""The largest request, an import file included."""
BODY_S: Final = 60.0

Scope = dict[str, Any]

django: Any = WSGIMiddleware(get_wsgi_application(), workers=config().web_threads)  # type: ignore[arg-type]

# Everything that the first page would load is loaded before the port opens; what cannot be loaded ends the start.
get_resolver().url_patterns  # noqa: B018
engines.all()

from fairlead.health import PROBES, Probe  # noqa: E402  # these need Django to be set up
from fairlead.lib import lifeline  # noqa: E402
from fairlead.live import Hub, Receive, Send  # noqa: E402

hub = Hub()
prober = ThreadPoolExecutor(max_workers=1, thread_name_prefix="probe")


class TooLarge(Exception):
    """The request has more than BODY_BYTES."""


class Gone(Exception):
    """The client left, or stopped in the middle of its request."""


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application that `granian fairlead.asgi:app` serves."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/live":
        await hub.serve(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] in PROBES:
        await _probe(scope, send)
    elif scope["type"] == "http":
        await _page(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    if multiprocessing.parent_process() is not None:
        lifeline.end_with_parent(os.getppid())  # the server's own worker process
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _probe(scope: Scope, send: Send) -> None:
    client = (scope.get("client") or ("", 0))[0]
    headers = {name.decode("latin1").lower(): value.decode("latin1") for name, value in scope["headers"]}
    ask = PROBES[scope["path"]]
    answer = await asyncio.get_running_loop().run_in_executor(prober, ask, Probe(client, headers))
    await _answer(send, answer.status, answer.body, kind=answer.content_type)


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        body = await asyncio.wait_for(_read(scope, receive), BODY_S)
    except TooLarge:
        await _answer(send, 413, b"This is more than 32 MB. Send it in smaller parts.\n")
        return
    except TimeoutError:
        await _answer(send, 408, b"The request did not arrive within a minute. Try again.\n")
        return
    except Gone:
        return

    async def whole_body() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def pass_on(message: dict[str, Any]) -> None:
        await send(message)  # the server's own `send` is not a coroutine function, which the adapter needs

    await django(_tidy(scope, len(body)), whole_body, pass_on)


async def _read(scope: Scope, receive: Receive) -> bytes:
    """The whole request body. Nothing is read where there is none, so that a page costs no extra round."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    if b"transfer-encoding" not in headers and length in (b"", b"0"):
        return b""
    if length.isdigit() and int(length) > BODY_BYTES:
        raise TooLarge
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if len(body) > BODY_BYTES:
            raise TooLarge
        more = message.get("more_body", False)
    return bytes(body)


def _tidy(scope: Scope, length: int) -> Scope:
    """The scope as WSGI can take it.

    A header with an underscore would be taken for the one with hyphens, so that X_Forwarded_For could forge
    X-Forwarded-For behind a proxy that cleans only the latter. A body sent in chunks gets the length it turned out to
    have. A query with bytes outside ASCII is escaped instead of failing.
    """
    headers = [
        (name, value) for name, value in scope["headers"] if b"_" not in name and name.lower() != b"content-length"
    ]
    if length:
        headers.append((b"content-length", str(length).encode()))
    query = scope["query_string"]
    if not query.isascii():
        query = quote_from_bytes(query, safe="=&%+/?:@!$'()*,;~-._").encode()
    return {**scope, "headers": headers, "query_string": query}


async def _answer(send: Send, status: int, body: bytes, *, kind: str = "text/plain; charset=utf-8") -> None:
    headers = [
        (b"content-type", kind.encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
