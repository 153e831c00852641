"""The language of a request: the reader's own choice, else the browser's, else the workspace's, else the server's.

Programs are answered in English unless they ask for a language, whatever the owner of the token reads.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from fairlead.accounts.languages import language_of
from fairlead.accounts.models import User
from fairlead.lib.languages import ENGLISH
from fairlead.lib.speech import heard, speaking

Handler = Callable[[HttpRequest], HttpResponse]
SILENT = ("/static/", "/healthz")


def language(get_response: Handler) -> Handler:
    """Speak it while the request is answered, and say which one it was."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(SILENT):
            return get_response(request)
        with speaking(chosen(request)) as spoken:
            response = get_response(request)
        response.headers.setdefault("Content-Language", spoken)
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware


def chosen(request: HttpRequest) -> str:
    """The code of the language for this request."""
    asked = heard(request.headers.get("Accept-Language", ""))
    if request.path.startswith(("/api/", "/scim/")):
        return asked or ENGLISH
    user: User | None = request.user if request.user.is_authenticated else None
    own = user.language if user else ""
    return own or asked or language_of(None, getattr(request, "workspace", None))
