"""Changing many tasks of the list in one go: first what would happen, then doing it, with a way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from fairlead.allocation import actions as allocation
from fairlead.lib.errors import Invalid, Refused, require
from fairlead.lib.speech import tr, tr_count
from fairlead.lib.text import one_line
from fairlead.people.models import Worker
from fairlead.people.queries import find_worker, worker_called
from fairlead.web.access import Request, member_page, safe_next
from fairlead.web.batches import undo_address
from fairlead.web.errors import wants_json
from fairlead.web.own_filters import own_fields
from fairlead.web.own_values import read_value
from fairlead.web.render import page
from fairlead.web.task_cells import due_of
from fairlead.web.task_filters import MOST_CHOSEN, asked
from fairlead.work import actions
from fairlead.work.actions import Outcome, TaskEdit
from fairlead.work.fields.asking import NONE
from fairlead.work.fields.definitions import by_key
from fairlead.work.fields.stored import people_of
from fairlead.work.models import Batch, Project
from fairlead.work.permissions import may_change_many
from fairlead.work.queries import find_batch, find_project, visible_tasks
from fairlead.work.queries.families import topmost
from fairlead.work.queries.projects import led_projects
from fairlead.work.types.definitions import find_type

FIELDS = (
    "status", "priority", "type", "assignee", "due", "shift_days", "add_labels", "remove_labels", "own_field",
    "own_value", "place_in", "move_to", "trash",
)  # fmt: skip
STEP: Final = 100
"""Tasks of one transaction: the log of the workspace waits so long."""
STEP_MOVING: Final = 50
"""The same for tasks that move to another project, about thirty statements each."""


@member_page
@require_POST
def preview(request: Request) -> HttpResponse:
    """How many tasks would change, and which would not and why. Of many the first are tried."""
    try:
        keys = _keys(request)
        tried = keys[: _step(request)]
        outcome = _try(request, tried)
    except Refused as refused:
        return _refused(request, refused)
    sent = [(name, value) for name in FIELDS if (value := request.POST.get(name, ""))]
    skipped = dict(outcome.skipped)
    changing = [key for key in keys if key not in skipped]
    values = {
        "outcome": outcome, "keys": changing, "tried": len(tried), "rest": len(keys) - len(tried), "sent": sent,
        "back": _back(request), "step": _step(request), "giving": bool(request.POST.get("assignee")),
        "moving": _destination(request),
    }  # fmt: skip
    return page(request, "tasks/bulk.jinja", values, block="preview")


@member_page
@require_POST
def move(request: Request) -> HttpResponse:
    """To which project the chosen tasks should move; the answer goes on to the preview."""
    require(may_change_many(request.actor), tr("Only members of the team change tasks."))
    try:
        keys = topmost(request.actor, _keys(request))
        if not keys:
            raise Invalid({"tasks": tr("Choose at least one task.")})
    except Refused as refused:
        return _refused(request, refused)
    homes = {key.rpartition("-")[0] for key in keys}
    choices = [(key, name) for key, name in led_projects(request.actor) if homes != {key}]
    return page(
        request, "tasks/bulk_move.jinja", {"keys": keys, "choices": choices, "back": _back(request)}, block="move"
    )


@member_page
@require_POST
def do(request: Request) -> HttpResponse:
    """Change them; a script sends a part after the other into one batch, and hears how far each one came."""
    batch = _begun(request)
    try:
        outcome = _done(request, _keys(request), batch)
    except Refused as refused:
        if wants_json(request):
            raise
        return _refused(request, refused)
    if wants_json(request):
        number = outcome.batch.pk if outcome.batch else None
        return JsonResponse({"batch": number, "changed": len(outcome.changed), "skipped": len(outcome.skipped)})
    return _told(request, outcome.batch, outcome.changed, len(outcome.skipped))


def _done(request: Request, keys: list[str], batch: Batch | None) -> Outcome:
    """All of them, a step at a time."""
    changed: list[str] = []
    skipped: list[tuple[str, str]] = []
    step = _step(request)
    for first in range(0, max(len(keys), 1), step):
        done = _change(request, keys[first : first + step], batch)
        batch, changed, skipped = done.batch, changed + list(done.changed), skipped + list(done.skipped)
    return Outcome(tuple(changed), tuple(skipped), batch)


@member_page
@require_POST
def told(request: Request) -> HttpResponse:
    """After a script has sent all parts: what came of it, with the way back."""
    require(may_change_many(request.actor), tr("Only members of the team change tasks."))
    batch = _begun(request)
    lines = [] if batch is None else batch.lines.select_related("task__project").order_by("pk")
    return _told(
        request, batch, [str(line.task) for line in lines], _whole(request.POST.get("skipped", ""), "skipped") or 0
    )


def _begun(request: Request) -> Batch | None:
    """The batch into which a script sends its parts. Raises Missing."""
    number = request.POST.get("into", "")
    known = number.isascii() and number.isdecimal() and len(number) < 16
    return find_batch(request.actor, int(number)) if known else None


def _told(request: Request, batch: Batch | None, changed: Sequence[str], skipped: int) -> HttpResponse:
    if batch is None or not changed:
        messages.info(request, tr("Nothing was changed."))
        return redirect(_back(request))
    text = _done_to(changed, trashed=bool(request.POST.get("trash")), moved=_destination(request))
    if skipped:
        text += " " + tr_count("%(n)s left as they are.", "%(n)s left as they are.", skipped)
    messages.success(request, text, extra_tags=undo_address(batch, _back(request)))
    return redirect(_back(request))


def _done_to(changed: Sequence[str], *, trashed: bool, moved: Project | None) -> str:
    """What came of the changed tasks: one by its key, several by how many they are."""
    if moved is not None and len(changed) == 1:
        return tr("%(task)s is in %(project)s now.", task=changed[0], project=moved.name)
    if moved is not None:
        return tr_count(
            "%(n)s task is in %(project)s now.", "%(n)s tasks are in %(project)s now.", len(changed), project=moved.name
        )
    if len(changed) == 1:
        said = tr("%(task)s put into the trash.") if trashed else tr("%(task)s changed.")
        return said % {"task": changed[0]}
    if trashed:
        return tr_count("%(n)s task put into the trash.", "%(n)s tasks put into the trash.", len(changed))
    return tr_count("%(n)s task changed.", "%(n)s tasks changed.", len(changed))


def _keys(request: Request) -> list[str]:
    """The chosen tasks, or all that fit the filters of the address. Raises Invalid for too many."""
    named = [*request.POST.getlist("task"), *request.POST.get("tasks", "").split(",")]
    if not request.POST.get("all"):
        keys = list(dict.fromkeys(key for key in named if key))
    else:
        fitting = asked(request).apply(
            visible_tasks(request.actor), now=timezone.now(), user_id=request.actor.user_id, zone=request.user.time_zone
        )
        rows = fitting.order_by("project__key", "number").values_list("project__key", "number")[: MOST_CHOSEN + 1]
        keys = [f"{project}-{number}" for project, number in rows]
    if len(keys) > MOST_CHOSEN:
        raise Invalid({"tasks": tr("At most %(n)s tasks at once. Narrow the list with a filter.", n=MOST_CHOSEN)})
    return topmost(request.actor, keys) if request.POST.get("move_to") else keys


def _step(request: Request) -> int:
    """How many tasks one transaction takes."""
    if request.POST.get("move_to"):
        return STEP_MOVING
    return allocation.MOST_GIVEN if request.POST.get("assignee") else STEP


def _try(request: Request, keys: list[str]) -> Outcome:
    if request.POST.get("assignee"):
        return allocation.preview_assign(keys, _receiver(request), actor=request.actor, now=timezone.now())
    return actions.preview_many(keys, _edit(request), actor=request.actor, now=timezone.now())


def _change(request: Request, keys: list[str], into: Batch | None) -> Outcome:
    if request.POST.get("assignee"):
        return allocation.assign_many(keys, _receiver(request), actor=request.actor, now=timezone.now(), into=into)
    return actions.change_many(keys, _edit(request), actor=request.actor, now=timezone.now(), into=into)


def _receiver(request: Request) -> Worker | None:
    """Who gets the tasks; None: nobody. Giving is a change of its own, since rules about people are asked for it."""
    if any(request.POST.get(name) for name in FIELDS if name not in ("assignee", "own_field")):
        raise Invalid({"assignee": tr("Give tasks to somebody in one step, and change the rest of them in another.")})
    text = " ".join(request.POST["assignee"].split())
    if text == NONE:
        return None
    if text.isdecimal():
        return find_worker(request.actor, _whole(text, "assignee") or 0)
    return worker_called(request.actor, text)


def _refused(request: Request, refused: Refused) -> HttpResponse:
    if request.htmx or refused.status in (403, 404):
        raise refused
    messages.error(request, refused.detail)
    return redirect(_back(request))


def _back(request: Request) -> str:
    back = safe_next(request.POST.get("next"))
    return back if back != "/" else "/tasks/?all=1"


def _destination(request: Request) -> Project | None:
    """The project to which the tasks should move. Raises Missing."""
    key = one_line(request.POST.get("move_to", ""))
    return find_project(request.actor, key) if key else None


def _edit(request: Request) -> TaskEdit:
    home = _destination(request)
    sent = {name: request.POST.get(name, "").strip() for name in FIELDS}
    status = sent["status"]
    column = int(status) if status.isdecimal() and status.isascii() and len(status) < 16 else None
    return TaskEdit(
        status_id=column,
        state="" if column is not None else status,
        priority=_whole(sent["priority"], "priority"),
        type_id=find_type(request.actor, sent["type"]).pk if sent["type"] else None,
        due_at=due_of(sent["due"], request.user.time_zone) if sent["due"] not in ("", "none") else None,
        no_due=sent["due"] == "none",
        shift_days=_whole(sent["shift_days"], "shift_days"),
        add_labels=_labels(sent["add_labels"]),
        remove_labels=_labels(sent["remove_labels"]),
        place_in=one_line(sent["place_in"])[:8],
        project_id=None if home is None else home.pk,
        trash=bool(sent["trash"]),
        fields=_own(request, sent["own_field"], sent["own_value"]),
    )


def _own(request: Request, key: str, text: str) -> tuple[tuple[int, Any], ...]:
    """The custom field and its value; "none" takes it away, and no text at all means that none was meant."""
    if not key or not text:
        return ()
    field = by_key(own_fields(request), key)
    if field is None:
        raise Invalid({"own_field": tr("This field was switched off or deleted. Reload the list.")})
    people = people_of(request.actor.workspace_id, [field])
    return ((field.id, None if text.lower() == NONE else read_value(field, text, people)),)


def _whole(text: str, name: str) -> int | None:
    digits = text.removeprefix("-").removeprefix("+")
    if not text:
        return None
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 5:
        raise Invalid({name: tr("Write a whole number.")})
    return int(text)


def _labels(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


urls = [
    path("tasks/bulk/", preview, name="preview-bulk"),
    path("tasks/bulk/move/", move, name="move-bulk"),
    path("tasks/bulk/do/", do, name="do-bulk"),
    path("tasks/bulk/told/", told, name="told-bulk"),
]
