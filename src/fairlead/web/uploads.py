"""The frame of every view that takes files: members only, the token is asked for, and files go to disk."""

from __future__ import annotations

from functools import wraps

from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from fairlead.config import config
from fairlead.lib.uploads import Received, ToDisk
from fairlead.web.access import Request, View, member_page
from fairlead.work.files import Upload, most_bytes, uploaded


def upload_page(view: View) -> View:
    """A POST with files. They are written to disk while the form is read, which Django otherwise does before it knows
    where to: hence its check of the token comes here, after the handler is set, and no sooner."""
    checked = csrf_protect(view)

    @csrf_exempt
    @require_POST
    @member_page
    @wraps(view)
    def guarded(request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        handler = ToDisk(request, config().files_path, most_bytes=most_bytes())
        request.upload_handlers = [handler]
        try:
            return checked(request, *args, **kwargs)
        finally:
            handler.close()

    return guarded


def uploads(request: Request, field: str = "files") -> list[Upload]:
    """The files of a form. Raises TooLarge when one of them was too large."""
    received = [file for file in request.FILES.getlist(field) if isinstance(file, Received)]
    return [uploaded(file.name or "", file.arrived) for file in received]
