"""What goes over the wire: texts are packed, and addresses of static files change with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.templatetags.static import static as address_of

TEXTS: Final = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml")
"""What is packed. API answers are not: their ETags are compared byte for byte."""


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
    found = finders.find(path)
    if not isinstance(found, str) or path.endswith(".woff2"):
        return address_of(path)
    return f"{address_of(path)}?v={hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]}"
