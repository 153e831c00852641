"""Answering with a file: whole or the part that was asked for, and never as something that a browser would run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

PIECE_BYTES: Final = 256 * 1024
HANDOVER: Final = "X-Fairlead-Send"
"""Asks the server in front to send `first length path` itself, so that a slow reader holds no thread."""
SENDS_FILES: Final = "fairlead.sends_files"
"""Set in the scope by a server that understands HANDOVER."""
POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
HARMLESS: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})
"""Served under their own type; whatever else comes as bytes."""


@dataclass(frozen=True)
class Part:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def send(request: HttpRequest, path: Path, *, digest: str, mime: str, name: str = "") -> HttpResponse:
    """The file at `path`. With a `name` it is saved under it, without one it is shown in its place on the page.

    Understands one Range (206, or 416 when it lies outside), If-Range and If-None-Match.
    """
    size, etag = path.stat().st_size, f'"{digest}"'
    if not name and etag in request.headers.get("If-None-Match", ""):
        return _dressed(HttpResponse(status=304), etag)
    asked = request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""
    part = wanted(asked, size)
    if part is None:
        refused = HttpResponse(status=416)
        refused.headers["Content-Range"] = f"bytes */{size}"
        return _dressed(refused, etag)
    response = _body(request, path, part, status=206 if part.length < size else 200)
    response.headers["Content-Type"] = mime if mime in HARMLESS else "application/octet-stream"
    response.headers["Content-Length"] = str(part.length)
    response.headers["Accept-Ranges"] = "bytes"
    if part.length < size:
        response.headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    if name:
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    else:
        response.headers["Cache-Control"] = "private, no-cache"
    return _dressed(response, etag)


def wanted(header: str, size: int) -> Part | None:
    """The part that a Range header asks for: the whole for none or one that is not understood, None for one outside."""
    found = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", header.strip())
    if found is None or found.groups() == ("", ""):
        return Part(0, size - 1)
    first, last = found.groups()
    if not first:
        return Part(max(0, size - int(last)), size - 1) if int(last) else None
    end = min(int(last), size - 1) if last else size - 1
    return Part(int(first), end) if int(first) <= end else None


def _dressed(response: HttpResponseBase, etag: str) -> HttpResponse:
    response.headers["ETag"] = etag
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    return cast(HttpResponse, response)  # a stream is none in Django's tree, but is all that a view may give back


def _body(request: HttpRequest, path: Path, part: Part, *, status: int) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse(status=status)
    if request.META.get("asgi.scope", {}).get(SENDS_FILES):
        response = HttpResponse(status=status)
        response.headers[HANDOVER] = f"{part.first} {part.length} {quote(str(path))}"
        return response
    return StreamingHttpResponse(_pieces(path, part), status=status)


def _pieces(path: Path, part: Part) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(part.first)
        left = part.length
        while left > 0 and (piece := file.read(min(PIECE_BYTES, left))):
            left -= len(piece)
            yield piece
