"""Pins on images and pages: setting, answering, resolving, making tasks of them; and two versions side by side."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.accounts.models import Role
from fairlead.lib.errors import Invalid, Refused
from fairlead.lib.speech import tr
from fairlead.web.access import Request, View, member_page
from fairlead.web.refusals import refusals_told
from fairlead.web.render import page
from fairlead.work import actions
from fairlead.work.models import AttachmentVersion, ProofPin
from fairlead.work.queries import find_attachment, find_pin, find_version, page_sizes, pins, version_rows


def _percent(request: Request, name: str) -> float:
    """A place in hundredths of the image, as 0 to 1."""
    try:
        value = float(request.POST.get(name, ""))
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:
        raise Invalid({name: tr("Set the pin inside the image.")})
    return value / 100


def _posted_page(request: Request) -> int:
    text = request.POST.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _back(pin: ProofPin) -> HttpResponse:
    version = pin.version
    turned = f"?page={pin.page}" if pin.page > 1 else ""
    return redirect(f"/files/{version.attachment_id}/versions/{version.number}/{turned}#pin-{pin.number}")


@member_page
@require_POST
def set_pin(request: Request, attachment_id: int, number: int) -> HttpResponse:
    """Say something about a place."""
    version = find_version(request.actor, attachment_id, number)
    internal = request.actor.role != Role.CLIENT and request.POST.get("to") != "client"
    try:
        pin = actions.set_pin(
            version, request.POST.get("body", ""), x=_percent(request, "x"), y=_percent(request, "y"),
            internal=internal, page=_posted_page(request), actor=request.actor, now=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        if request.htmx or refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
        return redirect(f"/files/{attachment_id}/versions/{number}/?page={_posted_page(request)}")
    return _back(pin)


@member_page
@require_POST
def answer(request: Request, attachment_id: int, pin_id: int) -> HttpResponse:
    """Say something more at a pin."""
    pin = find_pin(request.actor, attachment_id, pin_id)
    with refusals_told(request, unless=bool(request.htmx)):
        actions.answer_pin(pin, request.POST.get("body", ""), actor=request.actor, now=timezone.now())
    return _back(pin)


def _step(act: Callable[..., Any]) -> View:
    """A view that does something with a pin and shows it again."""

    @member_page
    @require_POST
    def view(request: Request, attachment_id: int, pin_id: int) -> HttpResponse:
        pin = find_pin(request.actor, attachment_id, pin_id)
        act(pin, actor=request.actor, now=timezone.now())
        return _back(pin)

    return view


resolve, reopen = _step(actions.resolve_pin), _step(actions.reopen_pin)


@member_page
@require_POST
def make_task(request: Request, attachment_id: int, pin_id: int) -> HttpResponse:
    """A subtask for what was said at a pin."""
    pin = find_pin(request.actor, attachment_id, pin_id)
    task = actions.make_pin_task(pin, actor=request.actor, now=timezone.now())
    messages.success(request, tr("%(task)s was made of pin %(n)s.", task=task, n=pin.number))
    return _back(pin)


@member_page
@require_GET
def compare(request: Request, attachment_id: int) -> HttpResponse:
    """Two versions side by side: ?left=1&right=2, else the last two."""
    attachment = find_attachment(request.actor, attachment_id)
    last = attachment.revision
    numbers = (_number(request, "left", max(1, last - 1), last), _number(request, "right", last, last))
    sides = [_side(request, find_version(request.actor, attachment_id, number)) for number in numbers]
    most = max(side["version"].pages for side in sides)
    values = {
        "file": attachment,
        "task": attachment.task,
        "versions": version_rows(attachment),
        "sides": sides,
        "pages": most,
        "page_number": max(1, min(_number(request, "page", 1, 10**5), most)),
        "client": request.actor.role == Role.CLIENT,
    }
    return page(request, "files/compare.jinja", values)


def _side(request: Request, version: AttachmentVersion) -> dict[str, Any]:
    """A version, the page of it that is asked for (None: it has fewer), and the pins there."""
    asked = _number(request, "page", 1, 10**5)
    sheet = next((sheet for sheet in page_sizes(version) if sheet["number"] == asked), None)
    fewer = bool(version.pages) and sheet is None
    found = [pin for pin in pins(request.actor, version) if pin.page == (asked if version.pages else 1)]
    return {"version": version, "sheet": sheet, "fewer": fewer, "pins": found}


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.GET.get(name, "")
    return min(int(text), most) if text.isdecimal() and 0 < len(text) < 7 and int(text) else default


urls = [
    path("files/<int:attachment_id>/compare/", compare, name="compare-versions"),
    path("files/<int:attachment_id>/versions/<int:number>/pins/", set_pin, name="set-pin"),
    path("files/<int:attachment_id>/pins/<int:pin_id>/answer/", answer, name="answer-pin"),
    path("files/<int:attachment_id>/pins/<int:pin_id>/resolve/", resolve, name="resolve-pin"),
    path("files/<int:attachment_id>/pins/<int:pin_id>/reopen/", reopen, name="reopen-pin"),
    path("files/<int:attachment_id>/pins/<int:pin_id>/task/", make_task, name="pin-task"),
]
