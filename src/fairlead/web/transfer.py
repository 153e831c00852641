"""What goes over the wire: texts are packed, what every page needs comes in one piece, and addresses of static files
change with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.templatetags.static import static as address_of
from django.urls import path as route
from django.views.decorators.http import require_safe

TEXTS: Final = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml")
"""What is packed. API answers are not: their ETags are compared byte for byte."""

SHEETS: Final = (
    "tokens", "elements", "layout", "parts", "forms", "data", "overlay", "palette", "board", "time", "bare",
)  # fmt: skip
SCRIPTS: Final = ("before", "app", "live", "notices", "timer", "palette", "push", "offline")
JOINED: Final = {
    "css/page.css": tuple(f"css/{name}.css" for name in SHEETS),
    "js/page.js": tuple(f"js/{name}.js" for name in SCRIPTS),
}
"""What every page needs, by the name under which it comes in one piece: a phone asks once instead of for each file.
htmx comes after it and by itself: in one piece with ours it would be one long task for a phone."""
ALWAYS_JOINED: Final = {part for parts in JOINED.values() for part in parts} - {"js/app.js"}
"""What no page asks for by itself. Pages without the frame take app.js alone."""
KINDS: Final = {".css": "text/css", ".js": "text/javascript"}


class Packed(GZipMiddleware):
    """Pack pages, style sheets and scripts. A random filler hides the length of a page, so that secrets in it cannot
    be guessed from how well it packs (Django's own measure against BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").split(";")[0] not in TEXTS or response.status_code == 206:
            return response
        return super().process_response(request, response)


@cache
def static(path: str) -> str:
    """The address of a static file. It changes with the content, so that browsers may keep what they have for good.

    A font's does not: style sheets name fonts themselves, and a browser would fetch it under both addresses.
    """
    content = _content(path)
    if content is None or path.endswith(".woff2"):
        return address_of(path)
    return f"{address_of(path)}?v={hashlib.sha256(content).hexdigest()[:10]}"


@cache
def joined(name: str) -> bytes:
    """The files of JOINED under this name, one after the other. Each layer of a sheet and each script stands alone."""
    return b"\n".join(Path(str(finders.find(part))).read_bytes() for part in JOINED[name])


def _content(path: str) -> bytes | None:
    if path in JOINED:
        return joined(path)
    found = finders.find(path)
    return Path(found).read_bytes() if isinstance(found, str) else None


@require_safe
def in_one_piece(request: HttpRequest) -> HttpResponse:
    """What every page needs. It is for everybody, and its address changes with it."""
    name = request.path.removeprefix(address_of(""))
    answer = HttpResponse(joined(name), content_type=f"{KINDS[Path(name).suffix]}; charset=utf-8")
    answer.headers["Cache-Control"] = "max-age=315360000, public, immutable"
    return answer


urls = [route(f"static/{name}", in_one_piece, name=name.replace("/", "-")) for name in JOINED]
