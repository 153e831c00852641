"""Changing many tasks of the list in one go: first what would happen, then doing it, with a way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from fairlead.lib.errors import Invalid, Refused
from fairlead.lib.text import one_line
from fairlead.web.access import Request, member_page, safe_next
from fairlead.web.batches import undo_address
from fairlead.web.own_filters import own_fields
from fairlead.web.own_values import read_value
from fairlead.web.render import page
from fairlead.web.task_cells import due_of
from fairlead.work import actions
from fairlead.work.actions import TaskEdit
from fairlead.work.fields.asking import NONE
from fairlead.work.fields.definitions import by_key
from fairlead.work.fields.stored import people_of

FIELDS = (
    "status", "priority", "due", "shift_days", "add_labels", "remove_labels", "own_field", "own_value", "place_in",
    "trash",
)  # fmt: skip


@member_page
@require_POST
def preview(request: Request) -> HttpResponse:
    """How many tasks would change, and which would not and why."""
    keys = request.POST.getlist("task")
    try:
        outcome = actions.preview_many(keys, _edit(request), actor=request.actor, now=timezone.now())
    except Refused as refused:
        if request.htmx or refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
        return redirect(_back(request))
    sent = [(name, value) for name in FIELDS if (value := request.POST.get(name, ""))]
    values = {"outcome": outcome, "keys": outcome.changed, "sent": sent, "back": _back(request)}
    return page(request, "tasks/bulk.jinja", values, block="preview")


@member_page
@require_POST
def do(request: Request) -> HttpResponse:
    """Change them."""
    keys = request.POST.getlist("task")
    try:
        outcome = actions.change_many(keys, _edit(request), actor=request.actor, now=timezone.now())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
        return redirect(_back(request))
    if outcome.batch is None:
        messages.info(request, "Nothing was changed.")
        return redirect(_back(request))
    which = outcome.changed[0] if len(outcome.changed) == 1 else f"{len(outcome.changed)} tasks"
    text = f"{which} put into the trash." if request.POST.get("trash") else f"{which} changed."
    if outcome.skipped:
        text += f" {len(outcome.skipped)} left as they are."
    messages.success(request, text, extra_tags=undo_address(outcome.batch, _back(request)))
    return redirect(_back(request))


def _back(request: Request) -> str:
    back = safe_next(request.POST.get("next"))
    return back if back != "/" else "/tasks/?all=1"


def _edit(request: Request) -> TaskEdit:
    sent = {name: request.POST.get(name, "").strip() for name in FIELDS}
    status = sent["status"]
    column = int(status) if status.isdecimal() and status.isascii() and len(status) < 16 else None
    return TaskEdit(
        status_id=column,
        state="" if column is not None else status,
        priority=_whole(sent["priority"], "priority"),
        due_at=due_of(sent["due"], request.user.time_zone) if sent["due"] not in ("", "none") else None,
        no_due=sent["due"] == "none",
        shift_days=_whole(sent["shift_days"], "shift_days"),
        add_labels=_labels(sent["add_labels"]),
        remove_labels=_labels(sent["remove_labels"]),
        place_in=one_line(sent["place_in"])[:8],
        trash=bool(sent["trash"]),
        fields=_own(request, sent["own_field"], sent["own_value"]),
    )


def _own(request: Request, key: str, text: str) -> tuple[tuple[int, Any], ...]:
    """The custom field and its value; "none" takes it away, and no text at all means that none was meant."""
    if not key or not text:
        return ()
    field = by_key(own_fields(request), key)
    if field is None:
        raise Invalid({"own_field": "This field was switched off or deleted. Reload the list."})
    people = people_of(request.actor.workspace_id, [field])
    return ((field.id, None if text.lower() == NONE else read_value(field, text, people)),)


def _whole(text: str, name: str) -> int | None:
    digits = text.removeprefix("-").removeprefix("+")
    if not text:
        return None
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 5:
        raise Invalid({name: "Write a whole number."})
    return int(text)


def _labels(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


urls = [
    path("tasks/bulk/", preview, name="preview-bulk"),
    path("tasks/bulk/do/", do, name="do-bulk"),
]
