"""Below /api/ every error is a problem document, below /scim/ one of SCIM, also those that arise before an operation
is found."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from fairlead.api.problems import CONTENT_TYPE, plain
from fairlead.api.scim.door import CONTENT_TYPE as SCIM_TYPE
from fairlead.api.scim.door import plain as plain_scim
from fairlead.lib.speech import heard, speaking

Handler = Callable[[HttpRequest], HttpResponse]


def api_problems(get_response: Handler) -> Handler:
    """Replace error pages of the framework (unknown address, wrong method, broken host) by problem documents."""

    def middleware(request: HttpRequest) -> HttpResponse:
        reply = get_response(request)
        is_scim = request.path.startswith("/scim/")
        if not (is_scim or request.path.startswith("/api/")) or reply.status_code < 400:
            return reply
        if reply.headers.get("Content-Type", "").startswith((CONTENT_TYPE, SCIM_TYPE)):
            return reply
        with speaking(heard(request.headers.get("Accept-Language", ""))) as spoken:
            replaced = plain_scim(reply.status_code) if is_scim else plain(request, reply.status_code)
        replaced.headers["Content-Language"] = spoken
        patch_vary_headers(replaced, ["Accept-Language"])
        if "Allow" in reply.headers:
            replaced.headers["Allow"] = reply.headers["Allow"]
        return replaced

    return middleware
