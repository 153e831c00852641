"""What every page shows around its content: who is signed in, where one can go, and messages.

What costs a query is looked up when the template first asks for it: a part of a page shows nothing of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html

from fairlead.accounts.models import User
from fairlead.accounts.permissions import STAFF
from fairlead.accounts.queries import workspaces_of
from fairlead.events.actor import Actor
from fairlead.notices.queries import unread_count
from fairlead.people.queries import own_presence
from fairlead.web.navigation import items, projects
from fairlead.web.palette import SHORTCUTS, commands
from fairlead.work.time.queries import running_timer


def shell(request: HttpRequest) -> dict[str, Any]:
    """The variables of layout.jinja; see its head for their shapes."""
    user: User | None = request.user if request.user.is_authenticated else None
    actor: Actor | None = getattr(request, "actor", None)
    now = timezone.now()
    token = get_token(request)
    return {
        "user": user,
        "workspace": getattr(request, "workspace", None),
        "member": getattr(request, "member", None),
        "actor": actor,
        "theme": user.theme if user else "system",
        "zone": user.time_zone if user else "UTC",
        "now": now,
        "csrf_token": token,
        "csrf_input": format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token),
        "path": request.path,
        "timer_roles": actor is not None and actor.role in STAFF,
        "shortcuts": SHORTCUTS,
        "workspaces": SimpleLazyObject(lambda: _workspaces(request, user)) if user else [],
        "messages": SimpleLazyObject(lambda: _told(request)),
        **(_around(actor, request.path, now) if actor else NOTHING_AROUND),
    }


NOTHING_AROUND: Final[dict[str, Any]] = {
    "unread_notices": 0, "timer": None, "own_presence": None, "nav": [], "nav_projects": [], "commands": [],
}  # fmt: skip


def _around(actor: Actor, path: str, now: datetime) -> dict[str, Any]:
    """The frame of a page for somebody who is signed in."""
    nav = SimpleLazyObject(lambda: items(actor, path, now=now))
    nav_projects = SimpleLazyObject(lambda: projects(actor, path))
    timer = SimpleLazyObject(lambda: running_timer(actor, now=now))
    return {
        "unread_notices": SimpleLazyObject(lambda: unread_count(actor, now=now)),
        "timer": timer,
        "own_presence": SimpleLazyObject(lambda: own_presence(actor, now)),
        "nav": nav,
        "nav_projects": nav_projects,
        "commands": SimpleLazyObject(lambda: commands(actor, nav, nav_projects, running=bool(timer))),
    }


def _told(request: HttpRequest) -> list[dict[str, Any]]:
    """What the last action had to say; reading it is showing it. A script that reads a part of a page, or keeps one,
    leaves it for the page that will show it: the answer to an action can come after the news of it."""
    if "X-Part" in request.headers:
        return []
    return [{"level": m.level_tag, "text": m.message, "undo_url": m.extra_tags or ""} for m in get_messages(request)]


def _workspaces(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    """Those that this session can open: single sign-on opens one."""
    only: int | None = request.session.get("only")
    return [w for w in workspaces_of(user) if only in (None, w["id"])]
