"""ETags: `"<version>-<digest>"`. The digest tells caches whether anything differs; writes compare the version."""

from __future__ import annotations

import hashlib
import re

from django.http import HttpRequest, HttpResponse

from fairlead.lib.errors import Refused
from fairlead.lib.speech import later, tr


class PreconditionFailed(Refused):
    """If-Match names another version."""

    code = "precondition-failed"
    status = 412
    title = later("This has changed in the meantime")


def expected(request: HttpRequest, current: int) -> int | None:
    """The version that an action has to find: `current` if If-Match names it, None without If-Match.

    Raises PreconditionFailed when If-Match names only other versions.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    versions = [int(text) for text in re.findall(r'"(\d{1,9})(?:-[0-9a-f]*)?"', header)]
    if current not in versions:
        raise PreconditionFailed(tr("It was changed since you read it. Read it again, then decide whether to write."))
    return current


def tag(reply: HttpResponse, version: int | None) -> str:
    """The ETag of a reply's body."""
    digest = hashlib.sha256(reply.content).hexdigest()[:16]
    return f'"{digest}"' if version is None else f'"{version}-{digest}"'


def answer(request: HttpRequest, reply: HttpResponse, version: int | None) -> HttpResponse:
    """Tag a good reply; for a reader who has it already, say only that (304)."""
    if reply.streaming or "ETag" in reply.headers:  # a file, which has its own
        return reply
    reading = request.method in ("GET", "HEAD")
    if reply.status_code not in (200, 201) or not (reading or version is not None):
        return reply
    reply.headers["ETag"] = tag(reply, version)
    if not reading or not _known(request, reply.headers["ETag"]):
        return reply
    short = HttpResponse(status=304)
    short.headers["ETag"] = reply.headers["ETag"]
    del short.headers["Content-Type"]
    return short


def _known(request: HttpRequest, etag: str) -> bool:
    named = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    return etag in named or "*" in named
