"""The web application: /live and the probes are served here, everything else by Django.

Django runs as WSGI in a few threads: its own ASGI handler takes 1.2 to 1.9 times the processor time for each page and
opens a thread and a database connection for each request. What a slow client could hold a thread with is done before:
request bodies are read here, with a limit and a timeout.
"""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, Final
from urllib.parse import quote_from_bytes, unquote

from fairlead.config import choose_settings_module, config

choose_settings_module()

from a2wsgi import WSGIMiddleware  # noqa: E402  # Django reads its settings when it is imported
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import get_resolver  # noqa: E402

MB: Final = 1024 * 1024
BODY_BYTES: Final = 32 * MB
"""The largest request without attached files, an import file included."""
FILES_AT_ONCE: Final = 4
"""How many of the largest files one form may hold."""
BODY_S: Final = 60.0
UPLOAD_S: Final = 1800.0
PIECE_BYTES: Final = 256 * 1024
UPLOADS: Final = re.compile(
    r"/tasks/[^/]+/(files/add|comments)/|/files/\d+/renew/|/api/v1/.*attachments(/\d+/versions)?"
)
"""Addresses that take files; their bodies wait on the disk."""

Scope = dict[str, Any]

django: Any = WSGIMiddleware(get_wsgi_application(), workers=config().web_threads)  # type: ignore[arg-type]

# Everything that the first page would load is loaded before the port opens; what cannot be loaded ends the start.
get_resolver().url_patterns  # noqa: B018
engines.all()

from fairlead.health import PROBES, Probe  # noqa: E402  # these need Django to be set up
from fairlead.lib import lifeline  # noqa: E402
from fairlead.lib.blobs import INCOMING  # noqa: E402
from fairlead.lib.downloads import HANDOVER, SENDS_FILES  # noqa: E402
from fairlead.lib.garbage import Warming  # noqa: E402
from fairlead.live import Hub, Receive, Send  # noqa: E402

hub = Hub()
prober = ThreadPoolExecutor(max_workers=1, thread_name_prefix="probe")
warming = Warming()


class TooLarge(Exception):
    """The request has more bytes than one may have."""


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
        warming.page()


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
    with _room(scope) as body:
        try:
            length = await asyncio.wait_for(_read(scope, receive, body), UPLOAD_S if _takes_files(scope) else BODY_S)
        except TooLarge:
            await _answer(send, 413, f"This is more than {_most(scope) // MB} MB. Send it in smaller parts.\n".encode())
            return
        except TimeoutError:
            await _answer(send, 408, b"The request did not arrive in time. Try again.\n")
            return
        except Gone:
            return
        body.seek(0)

        async def next_piece() -> dict[str, Any]:
            piece = body.read(PIECE_BYTES)
            return {"type": "http.request", "body": piece, "more_body": body.tell() < length}

        await django({**_tidy(scope, length), SENDS_FILES: True}, next_piece, _Sender(send).send)


def _takes_files(scope: Scope) -> bool:
    """Whether a signed-in person or a program sends to one of the addresses that take files."""
    named = {name for name, _ in scope["headers"]}
    return (
        scope["method"] == "POST"
        and UPLOADS.fullmatch(scope["path"]) is not None
        and bool(named & {b"cookie", b"authorization"})
    )


def _most(scope: Scope) -> int:
    return BODY_BYTES + FILES_AT_ONCE * config().file_max_mb * MB if _takes_files(scope) else BODY_BYTES


def _room(scope: Scope) -> IO[bytes]:
    """Where the body waits: in memory, files on the disk beside the place that they are kept in."""
    if not _takes_files(scope):
        return io.BytesIO()
    folder = config().files_path / INCOMING
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return tempfile.TemporaryFile(dir=folder)


async def _read(scope: Scope, receive: Receive, body: IO[bytes]) -> int:
    """Read the whole request body, and say how long it is. Nothing is read where there is none, so that a page costs no
    extra round."""
    headers = dict(scope["headers"])
    length, most = headers.get(b"content-length", b""), _most(scope)
    if b"transfer-encoding" not in headers and length in (b"", b"0"):
        return 0
    if length.isdigit() and int(length) > most:
        raise TooLarge
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body.write(message.get("body", b""))
        if body.tell() > most:
            raise TooLarge
        more = message.get("more_body", False)
    return body.tell()


class _Sender:
    """Passes an answer on. A file that it only names is sent from here, so that no thread waits for a slow reader."""

    def __init__(self, send: Send) -> None:
        self._send = send  # the server's own `send` is not a coroutine function, which the adapter needs
        self._file: tuple[int, int, str] | None = None

    async def send(self, message: dict[str, Any]) -> None:
        """The next message of the answer."""
        if message["type"] == "http.response.start":
            self._file = _handover(message)
        elif self._file is not None:
            if not message.get("more_body", False):
                await self._send_file(*self._file)
            return
        await self._send(message)

    async def _send_file(self, first: int, length: int, path: str) -> None:
        with open(path, "rb") as file:
            file.seek(first)
            while length > 0 and (piece := await asyncio.to_thread(file.read, min(PIECE_BYTES, length))):
                length -= len(piece)
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def _handover(message: dict[str, Any]) -> tuple[int, int, str] | None:
    """(first byte, length, path) of the file that the answer names; the header is taken out."""
    named = HANDOVER.lower().encode()
    found = next((value for name, value in message["headers"] if name.lower() == named), None)
    if found is None:
        return None
    message["headers"] = [(name, value) for name, value in message["headers"] if name.lower() != named]
    first, length, path = found.decode().split(" ", 2)
    return int(first), int(length), unquote(path)


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
