"""What an operation of the API gets: a request whose token was accepted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from fairlead.api.bodies import WrongType
from fairlead.api.limits import Allowance
from fairlead.api.problems import Malformed
from fairlead.config import config
from fairlead.events.actor import Actor
from fairlead.lib.speech import later, tr
from fairlead.lib.uploads import Received, ToDisk
from fairlead.work.files import Upload, most_bytes, uploaded


class Call(HttpRequest):
    """One call. Operations may set `version` (of the resource in the reply) and `next_page` (the cursor of it)."""

    actor: Actor
    now: datetime
    json: dict[str, Any]
    version: int | None
    next_page: str | None
    allowance: Allowance | None
    request_id: str
    files: ToDisk | None


def begin(request: Call, *, now: datetime) -> None:
    """Nothing is known yet but the time."""
    request.now, request.json = now, {}
    request.version = request.next_page = request.allowance = request.files = None


class NoForm(WrongType):
    """The body is not declared as a form."""

    title = later("The body must be a form")


def read_files(request: Call) -> None:
    """Read a form with files, to disk. Raises NoForm or Malformed."""
    if request.content_type != "multipart/form-data":
        raise NoForm(tr("Send the file as a form, with the header Content-Type: multipart/form-data."))
    request.files = ToDisk(request, config().files_path, most_bytes=most_bytes())
    request.upload_handlers = [request.files]
    try:
        request.FILES  # noqa: B018  reading it reads the form
    except MultiPartParserError as error:
        raise Malformed(tr("The form cannot be read. Check its parts and the boundary between them.")) from error


def close_files(request: Call) -> None:
    """Remove what came with the request and was not kept."""
    if request.files is not None:
        request.files.close()


def upload_of(file: UploadedFile) -> Upload:  # type: ignore[type-arg]  # generic in the stubs only
    """The file of a form. Raises TooLarge."""
    if not isinstance(file, Received):
        raise Malformed(tr("The file did not arrive as a file."))
    return uploaded(file.name or "", file.arrived)
