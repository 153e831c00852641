"""The centre of notifications: the bell, the list, and the page behind the link that stops mails."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.accounts.models import User
from fairlead.events.tenancy import tenant
from fairlead.lib.errors import Conflict
from fairlead.lib.speech import later, tr, tr_count
from fairlead.notices import actions, queries
from fairlead.notices.actions.reading import SNOOZED, SNOOZES
from fairlead.notices.kinds import BY_NAME
from fairlead.notices.links import read_seen_secret, read_stop_secret
from fairlead.web.access import Request, member_page, safe_next
from fairlead.web.render import page
from fairlead.web.undoing import read_was, taken_back, undo_link

READ: Final = "notifications read"
ROWS: Final = 100
RECENT: Final = 8
VIEWS: Final = {
    "all": later("All"),
    "unread": later("Unread"),
    "mentions": later("Mentions"),
    "snoozed": later("Snoozed"),
}
ICONS: Final = {
    "assigned": "user-check", "unassigned": "undo-2", "offered": "handshake", "withdrawn": "handshake",
    "expiring": "timer", "mentioned": "at-sign", "commented": "message-square", "due": "calendar",
    "approval_asked": "stamp", "approval_answered": "stamp",
    "overdue": "calendar-x", "plan_applied": "wand-sparkles", "time_off_decided": "tree-palm",
    "exhausted": "triangle-alert", "unroutable": "triangle-alert", "time_off_asked": "tree-palm",
    "plan_made": "wand-sparkles", "joined": "user-plus", "unblocked": "lock-open", "to_approve": "stamp",
    "asked": "message-circle-question-mark", "approved": "circle-check-big", "changes": "pencil-line",
    "change_order": "file-pen-line", "requested": "inbox", "calendar_failed": "calendar-x", "absent": "tree-palm",
}  # fmt: skip


@member_page
@require_safe
def index(request: Request) -> HttpResponse:
    """The list, filtered by the address."""
    show = request.GET.get("show", "all")
    show = show if show in VIEWS else "all"
    return page(request, "notices/index.jinja", _values(request, show, ROWS), block="list")


def _values(request: Request, show: str, limit: int) -> dict[str, Any]:
    now = timezone.now()
    rows = queries.notices(request.actor, show, now=now, limit=limit)
    return {"rows": rows, "show": show, "views": VIEWS, "icons": ICONS, "snoozes": SNOOZES, "limit": limit}


@member_page
@require_safe
def recent(request: Request) -> HttpResponse:
    """The latest ones, for the menu of the bell."""
    return page(request, "notices/recent.jinja", _values(request, "all", RECENT))


@member_page
@require_safe
def count(request: Request) -> HttpResponse:
    """The number on the bell."""
    return page(request, "notices/count.jinja", {})


@member_page
@require_POST
def read(request: Request, number: int) -> HttpResponse:
    """Seen; with `go` on to what it is about."""
    notice = queries.find_notice(request.actor, number)
    actions.mark_read(notice, actor=request.actor, now=timezone.now())
    return redirect(notice.url) if "go" in request.POST else _back(request)


@member_page
@require_POST
def read_all(request: Request) -> HttpResponse:
    """Everything is seen."""
    now = timezone.now()
    if done := actions.mark_all_read(actor=request.actor, now=now):
        told = tr_count("%(n)s notification is marked as read.", "%(n)s notifications are marked as read.", done)
        undo = undo_link(request, reverse("notices-unread-again"), READ, {"at": now.isoformat()})
        messages.success(request, told, extra_tags=undo)
    return _back(request)


@member_page
@require_POST
def unread_again(request: Request) -> HttpResponse:
    """Undo of marking everything as read."""

    def act() -> str:
        at = datetime.fromisoformat(read_was(request, READ)["at"])
        done = actions.mark_unread_again(at, actor=request.actor)
        if not done:
            raise Conflict(tr("This was taken back already."))
        return tr_count("%(n)s notification is unread again.", "%(n)s notifications are unread again.", done)

    return taken_back(request, act, reverse("notices"))


@member_page
@require_POST
def snooze(request: Request, number: int) -> HttpResponse:
    """Come back later."""
    notice = queries.find_notice(request.actor, number)
    zone, choice = request.user.time_zone, request.POST.get("until", "")
    actions.snooze(notice, choice, zone=zone, actor=request.actor, now=timezone.now())
    messages.success(request, str(SNOOZED[choice]))
    return _back(request)


def _back(request: Request) -> HttpResponse:
    return redirect(safe_next(request.POST.get("next") or "/notices/"))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, secret: str) -> HttpResponse:
    """The link in a mail. Opening it changes nothing; a POST, from the page or a mail program, stops these mails.

    A mail program has no session and sends no token of ours (RFC 8058): the signed secret says all that is needed.
    """
    workspace_id, user_id, kinds = read_stop_secret(secret)
    with tenant(workspace_id):
        if request.method == "POST":
            actions.stop_mails(workspace_id, user_id, kinds)
        user = User.objects.get(pk=user_id)
        labels = [BY_NAME[kind].label for kind in kinds]
        values = {"labels": labels, "done": request.method == "POST", "address": user.email}
        return page(request, "notices/stop.jinja", values)


@csrf_exempt
@require_POST
def seen(_: HttpRequest, secret: str) -> HttpResponse:
    """A push was pressed. The service worker has no token of ours: the signed secret says all that is needed."""
    workspace_id, user_id, notice_id = read_seen_secret(secret)
    with tenant(workspace_id):
        actions.mark_seen(workspace_id, user_id, notice_id, now=timezone.now())
    return HttpResponse(status=204)


urls = [
    path("notices/", index, name="notices"),
    path("notices/recent/", recent, name="notices-recent"),
    path("notices/count/", count, name="notices-count"),
    path("notices/read-all/", read_all, name="notices-read-all"),
    path("notices/read-all/undo/", unread_again, name="notices-unread-again"),
    path("notices/<int:number>/read/", read, name="notice-read"),
    path("notices/<int:number>/snooze/", snooze, name="notice-snooze"),
    path("notices/stop/<str:secret>/", stop, name="notices-stop"),
    path("notices/seen/<str:secret>/", seen, name="notices-seen"),
]
