"""What every settings page has around its content: the tabs that the member may open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse

from fairlead.accounts.permissions import may_change_workspace, may_make_tokens, may_see_members
from fairlead.allocation.actions import may_change_planning
from fairlead.archive.permissions import may_keep_data
from fairlead.events.actor import Actor
from fairlead.lib.speech import tr
from fairlead.people.permissions import may_manage_presence
from fairlead.web.access import Request
from fairlead.web.render import page
from fairlead.work.permissions import may_manage_projects

INSIDE: Final = {"/settings/sign-in/": ("/settings/sessions/",)}
"""Pages that hang below another one's tab."""


def settings_page(request: Request, template: str, values: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the settings; its template extends settings/frame.jinja."""
    return page(request, template, {"tabs": _tabs(request.actor, request.path), **values}, status=status)


def _tabs(actor: Actor, here: str) -> list[dict[str, Any]]:
    tabs = [
        ("user", tr("Profile"), "/settings/", True),
        ("shield-check", tr("Sign-in"), "/settings/sign-in/", True),
        ("bell", tr("Notifications"), "/settings/notifications/", True),
        ("building-2", tr("Workspace"), "/settings/workspace/", may_change_workspace(actor)),
        ("palette", tr("Branding"), "/settings/branding/", may_change_workspace(actor)),
        ("calendar-clock", tr("Planning"), "/settings/planning/", may_change_planning(actor)),
        ("lock-keyhole", tr("Security"), "/settings/security/", may_change_workspace(actor)),
        ("users", tr("Members"), "/settings/members/", may_see_members(actor)),
        ("text-cursor-input", tr("Fields"), "/settings/fields/", may_manage_projects(actor)),
        ("shapes", tr("Types"), "/settings/types/", may_manage_projects(actor)),
        ("circle-dot", tr("Presence"), "/settings/presence/", may_manage_presence(actor)),
        ("key-round", tr("API tokens"), "/settings/tokens/", may_make_tokens(actor)),
        ("database", tr("Data"), "/settings/data/", may_keep_data(actor)),
    ]
    return [
        {
            "icon": icon,
            "label": label,
            "href": href,
            "current": here == href
            or here.startswith(INSIDE.get(href, ("none",)))
            or (href != "/settings/" and here.startswith(href)),
        }
        for icon, label, href, shown in tabs
        if shown
    ]
