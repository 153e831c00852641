"""The client's own place: what they asked for, what waits for them, and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fairlead.accounts.brand import Brand, brand_of
from fairlead.accounts.models import Role
from fairlead.allocation.queries.promises import planned_finishes
from fairlead.events.actor import Actor
from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, tr
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, posted, posted_rating
from fairlead.web.filters import size
from fairlead.web.render import page
from fairlead.work import actions
from fairlead.work.actions.portal_looks import note_look
from fairlead.work.models import Task
from fairlead.work.queries import visible_projects
from fairlead.work.queries.attachments import file_rows
from fairlead.work.queries.own_fields import shown_fields
from fairlead.work.queries.portal import (
    GROUPS,
    RequestPage,
    RequestRow,
    find_request,
    find_round,
    request_page,
    requests,
)

ONLY_CLIENTS = later("The portal is the clients' place. Open a project's settings to see it as one of them does.")


def portal_page(
    request: Request, template: str, values: Mapping[str, Any], *, brand: Brand | None = None, status: int = 200
) -> HttpResponse:
    """A page in the portal's frame; its template extends portal/layout.jinja."""
    shown = {"brand": brand or brand_of(request.workspace), "base": "/portal/", "preview": None, **values}
    return page(request, template, shown, status=status)


def require_client(request: Request) -> None:
    """Only clients have a portal."""
    require(request.actor.role == Role.CLIENT, ONLY_CLIENTS)


@member_page
@require_safe
def index(request: Request) -> HttpResponse:
    """Everything that was asked for and delivered, what waits for the reader first. The team has its own pages."""
    if request.actor.role != Role.CLIENT:
        return redirect("projects")
    brand = brand_of(request.workspace)
    return portal_page(request, "portal/index.jinja", index_values(request.actor, brand), brand=brand)


def index_values(actor: Actor, brand: Brand, *, project_id: int | None = None) -> dict[str, Any]:
    """What the list shows to this client."""
    rows = requests(actor, brand, project_id=project_id)
    open_ids = [row.id for row in rows if row.group != "over" and row.due_at is None]
    shared = visible_projects(actor).filter(archived_at__isnull=True).order_by("name")
    return {
        "groups": [(name, title, [row for row in rows if row.group == name]) for name, title in GROUPS],
        "projects": list(shared.values("id", "key", "name", "color")),
        "planned": planned_finishes(actor.workspace_id, open_ids, now=timezone.now()) if open_ids else {},
        "waiting": sum(1 for row in rows if row.group in ("approve", "answer")),
    }


@member_page
@require_safe
def show(request: Request, key: str) -> HttpResponse:
    """One request, with the box to answer."""
    task = find_request(request.actor, key)
    require_client(request)
    response = _request_page(request, task)
    if request.method == "GET":
        note_look(task, actor=request.actor, now=timezone.now())
    return response


def request_values(actor: Actor, brand: Brand, task: Task) -> dict[str, Any]:
    """What the page of one request shows to this client."""
    now = timezone.now()
    found: RequestPage = request_page(actor, brand, task, now=now)
    row: RequestRow = found.row
    ids = [] if row.due_at or row.group == "over" else [row.id]
    planned = planned_finishes(actor.workspace_id, ids, now=now) if ids else {}
    files = [{"url": it.url, "name": it.name, "size": size(it.size)} for it in file_rows(actor, task)]
    return {
        "found": found,
        "row": row,
        "planned": planned.get(row.id),
        "may_say": task.project.archived_at is None,
        "own": shown_fields(actor, task),
        "files": files,
    }


def _request_page(request: Request, task: Task, *, status: int = 200, **more: Any) -> HttpResponse:
    brand = brand_of(request.workspace)
    values = {**request_values(request.actor, brand, task), "errors": {}, "typed": {}, **more}
    return portal_page(request, "portal/request.jinja", values, brand=brand, status=status)


def _refused(request: Request, task: Task, refusal: Refused, *names: str) -> HttpResponse:
    """The page again, with what was typed and what is wrong with it beside its field."""
    if refusal.status in (403, 404):
        raise refusal
    errors = refusal.fields or {"": refusal.detail}
    typed = {name: posted(request, name) for name in names}
    return _request_page(request, task, status=refusal.status, errors=errors, typed=typed)


@member_page
@require_POST
def say(request: Request, key: str) -> HttpResponse:
    """Write to the team."""
    task = find_request(request.actor, key)
    require_client(request)
    body = posted(request, "body")
    try:
        actions.add_comment(task, body, internal=False, actor=request.actor, now=timezone.now())
    except Refused as refusal:
        return _refused(request, task, refusal, "body")
    messages.success(request, tr("Your message was sent."))
    return redirect(f"/portal/{task}/#messages")


@member_page
@require_POST
def approve(request: Request, key: str, number: int) -> HttpResponse:
    """Accept the work."""
    task = find_request(request.actor, key)
    require_client(request)
    handover, words = find_round(request.actor, task, number), posted(request, "words")
    try:
        actions.approve(handover, actor=request.actor, now=timezone.now(), words=words)
    except Refused as refusal:
        return _refused(request, task, refusal, "words")
    messages.success(request, tr("Approved. Thank you!"))
    return redirect(f"/portal/{task}/")


@member_page
@require_POST
def ask_for_changes(request: Request, key: str, number: int) -> HttpResponse:
    """Say what should be different."""
    task = find_request(request.actor, key)
    require_client(request)
    handover, words = find_round(request.actor, task, number), posted(request, "changes")
    try:
        actions.ask_for_changes(handover, words, actor=request.actor, now=timezone.now())
    except actions.RevisionsUsed as used:
        messages.warning(request, used.detail)
    except Refused as refusal:
        errors = {"changes" if name == "words" else name: text for name, text in refusal.fields.items()}
        refusal.fields = errors
        return _refused(request, task, refusal, "changes")
    else:
        messages.success(request, tr("Sent. The team goes back to work on it."))
    return redirect(f"/portal/{task}/")


@member_page
@require_POST
def rate(request: Request, key: str, number: int) -> HttpResponse:
    """One to five, with a word."""
    task = find_request(request.actor, key)
    require_client(request)
    handover, words = find_round(request.actor, task, number), posted(request, "rating_words")
    try:
        actions.rate(handover, posted_rating(request), actor=request.actor, now=timezone.now(), words=words)
    except Refused as refusal:
        return _refused(request, task, refusal, "rating", "rating_words")
    messages.success(request, tr("Thank you for your rating."))
    return redirect(f"/portal/{task}/")


urls = [
    path("portal/", index, name="portal"),
    path("portal/<task:key>/", show, name="portal-request"),
    path("portal/<task:key>/say/", say, name="portal-say"),
    path("portal/<task:key>/rounds/<int:number>/approve/", approve, name="portal-approve"),
    path("portal/<task:key>/rounds/<int:number>/changes/", ask_for_changes, name="portal-changes"),
    path("portal/<task:key>/rounds/<int:number>/rate/", rate, name="portal-rate"),
]
