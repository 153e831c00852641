"""What the type of a task brings to its page: changing it, deciding about an approval, and the checklist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from fairlead.accounts.models import User
from fairlead.lib.errors import Invalid
from fairlead.lib.speech import later, tr
from fairlead.people.queries import active_workers, find_worker
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, View, member_page, safe_next, sent
from fairlead.web.refusals import refusals_told
from fairlead.work import actions
from fairlead.work.models import ChecklistItem, Task
from fairlead.work.permissions import may_edit_task
from fairlead.work.queries import find_task
from fairlead.work.queries.approvals import approval_of, checklist, find_item, members_who_decide, possible_approvers
from fairlead.work.types.definitions import task_types, type_of


def kind_of(request: Request, task: Task) -> dict[str, Any]:
    """The type with the others to choose from, the approval if it is one, and the checklist."""
    types = task_types(task.workspace_id)
    mine = type_of(types, task.type_id)
    may = may_edit_task(request.actor, task) and task.project.archived_at is None
    items = checklist(task)
    values: dict[str, Any] = {
        "kind": mine,
        "kinds": [t for t in types if not t.archived or t == mine],
        "items": items,
        "items_done": sum(1 for item in items if item["done_at"]),
        "item_people": list(active_workers(request.actor).order_by("name").values_list("id", "name")) if may else [],
        "approval": None,
    }
    if mine and mine.is_approval:
        values["approval"] = approval_of(request.actor, task)
        values["possible"] = possible_approvers(request.actor, task) if may else []
    return values


@member_page
@require_POST
def retype(request: Request, key: str) -> HttpResponse:
    """Give the task another type."""
    task = find_task(request.actor, key)
    text = request.POST.get("type", "")
    with refusals_told(request):
        actions.change_task(task, type=_number(text), actor=request.actor, now=timezone.now())
    return _back(request, task, "")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _back(request: Request, task: Task, part: str) -> HttpResponse:
    """The page again; a script is told to load it anew, since much of it may be different now."""
    if request.htmx and not part:
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    return redirect(f"/tasks/{task}/{part}")


@member_page
@require_POST
def name_approvers(request: Request, key: str) -> HttpResponse:
    """Say who decides, and how many of them must say yes."""
    task = find_task(request.actor, key)
    chosen = [_number(text) for text in request.POST.getlist("approver")]
    users = list(User.objects.filter(pk__in=members_who_decide(request.actor, chosen)))
    return _tried(
        request, task,
        lambda: actions.name_approvers(
            task, users, _number(request.POST.get("quorum", "1")), actor=request.actor, now=timezone.now()
        ),
    )  # fmt: skip


def _decision(act: Callable[..., Task], said: str) -> View:
    @member_page
    @require_POST
    def view(request: Request, key: str) -> HttpResponse:
        task = find_task(request.actor, key)
        comment = request.POST.get("comment", "").replace("\x00", "")
        return _tried(request, task, lambda: act(task, comment, actor=request.actor, now=timezone.now()), said)

    return view


def _tried(request: Request, task: Task, act: Callable[[], Any], said: str = "") -> HttpResponse:
    with refusals_told(request):
        act()
        if said:
            messages.success(request, said % {"task": task})
    return _back(request, task, "")


approve, reject, ask = (
    _decision(actions.give_approval, later("You approved %(task)s.")),
    _decision(actions.refuse_approval, later("You rejected %(task)s.")),
    _decision(actions.send_back, later("You asked for changes to %(task)s.")),
)


@member_page
@require_POST
def withdraw(request: Request, key: str) -> HttpResponse:
    """Take one's own answer back."""
    task = find_task(request.actor, key)
    return _tried(
        request, task, lambda: actions.withdraw_verdict(task, actor=request.actor, now=timezone.now()),
        tr("You took your answer to %(task)s back."),
    )  # fmt: skip


@member_page
@require_POST
def add_item(request: Request, key: str) -> HttpResponse:
    """One more item of the checklist; again one, where `instead` names the subtask that was made of it."""
    task = find_task(request.actor, key)

    def add(now: Any) -> None:
        who, day, instead = sent(request, "assignee"), sent(request, "due_on"), sent(request, "instead")
        act = partial(actions.subtask_to_item, find_task(request.actor, instead)) if instead else actions.add_item
        act(
            task, sent(request, "text"), actor=request.actor, now=now,
            assignee=find_worker(request.actor, _number(who)) if who else None, due_on=_day(day) if day else None,
        )  # fmt: skip

    return _listed(request, task, add)


@member_page
@require_POST
def remove_item(request: Request, key: str, item_id: int) -> HttpResponse:
    """Take an item off the checklist, with a way back."""
    task = find_task(request.actor, key)
    item = find_item(request.actor, task, item_id)

    def remove(now: Any) -> None:
        actions.remove_item(item, actor=request.actor, now=now)
        told = tr("“%(item)s” is off the checklist.", item=item.text)
        messages.success(request, told, extra_tags=_again(task, item))

    return _listed(request, task, remove)


def _again(task: Task, item: ChecklistItem, **more: str) -> str:
    """The address that puts the item on the list again."""
    was = {"text": item.text, "assignee": item.assignee_id or "", "due_on": item.due_on or "", **more}
    return f"/tasks/{task}/checklist/?{urlencode(was)}"


@member_page
@require_POST
def item_to_subtask(request: Request, key: str, item_id: int) -> HttpResponse:
    """Make a subtask of it, with a way back."""
    task = find_task(request.actor, key)
    item = find_item(request.actor, task, item_id)

    def convert(now: Any) -> None:
        made = actions.item_to_subtask(item, actor=request.actor, now=now)
        told = tr("“%(item)s” is %(task)s now.", item=item.text, task=made)
        messages.success(request, told, extra_tags=_again(task, item, instead=str(made)))

    return _listed(request, task, convert)


@member_page
@require_POST
def change_item(request: Request, key: str, item_id: int) -> HttpResponse:
    """Its words, who does it, until when."""
    task = find_task(request.actor, key)
    item = find_item(request.actor, task, item_id)
    post = request.POST

    def change(now: Any) -> None:
        who, day = post.get("assignee", ""), post.get("due_on", "")
        values = {
            "text": post.get("text", item.text).replace("\x00", ""),
            "assignee": find_worker(request.actor, _number(who)) if who else None,
            "due_on": _day(day) if day else None,
        }
        actions.change_item(item, actor=request.actor, now=now, **values)

    return _listed(request, task, change)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid({"due_on": tr("Write the day like 2026-11-30.")}) from None


@member_page
@require_POST
def place_item(request: Request, key: str, item_id: int) -> HttpResponse:
    """Put it at another place."""
    task = find_task(request.actor, key)
    item = find_item(request.actor, task, item_id)
    position = _number(request.POST.get("position", "0")) % 1000
    return _listed(request, task, lambda _now: actions.place_item(item, position, actor=request.actor))


def _item_step(act: Callable[..., Any]) -> View:
    @member_page
    @require_POST
    def view(request: Request, key: str, item_id: int) -> HttpResponse:
        task = find_task(request.actor, key)
        item: ChecklistItem = find_item(request.actor, task, item_id)
        return _listed(request, task, lambda now: act(item, actor=request.actor, now=now))

    return view


def _listed(request: Request, task: Task, act: Callable[[Any], Any]) -> HttpResponse:
    with refusals_told(request, unless=bool(request.htmx)):
        act(timezone.now())
    back = safe_next(request.POST.get("next"))
    return redirect(back if back != "/" else f"/tasks/{task}/#checklist")


check_item, uncheck_item = map(_item_step, (actions.check_item, actions.uncheck_item))

urls = [
    path("tasks/<task:key>/type/", retype, name="retype-task"),
    path("tasks/<task:key>/approvers/", name_approvers, name="name-approvers"),
    path("tasks/<task:key>/approve/", approve, name="approve-task"),
    path("tasks/<task:key>/reject/", reject, name="reject-task"),
    path("tasks/<task:key>/ask-for-changes/", ask, name="ask-for-changes"),
    path("tasks/<task:key>/withdraw/", withdraw, name="withdraw-verdict"),
    path("tasks/<task:key>/checklist/", add_item, name="add-item"),
    path("tasks/<task:key>/checklist/<int:item_id>/", change_item, name="change-item"),
    path("tasks/<task:key>/checklist/<int:item_id>/check/", check_item, name="check-item"),
    path("tasks/<task:key>/checklist/<int:item_id>/uncheck/", uncheck_item, name="uncheck-item"),
    path("tasks/<task:key>/checklist/<int:item_id>/place/", place_item, name="place-item"),
    path("tasks/<task:key>/checklist/<int:item_id>/remove/", remove_item, name="remove-item"),
    path("tasks/<task:key>/checklist/<int:item_id>/subtask/", item_to_subtask, name="item-to-subtask"),
]
