"""Settings: where one is signed in, and ending that from afar."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from fairlead.accounts import actions, queries
from fairlead.lib.secrets import digest
from fairlead.lib.speech import later, tr, tr_count
from fairlead.web.access import Request, account_page, member_page
from fairlead.web.settings_pages.frame import settings_page

WAYS = {
    "password": later("with a password"),
    "link": later("with a mailed link"),
    "invitation": later("with an invitation"),
    "passkey": later("with a passkey"),
    "sso": later("with single sign-on"),
}


@account_page
@member_page
@require_safe
def sessions(request: Request) -> HttpResponse:
    """Every browser that is signed in to this account."""
    here = digest(request.session.session_key or "")
    rows = [
        {**row, "here": row["number"] == here, "way": WAYS.get(row["how"], "")}
        for row in queries.sessions(request.user, now=timezone.now())
    ]
    rows.sort(key=lambda row: not row["here"])
    return settings_page(request, "settings/sessions.jinja", {"rows": rows})


@account_page
@member_page
@require_POST
def end(request: Request, number: str) -> HttpResponse:
    """End one session; ending the present one is signing out."""
    actions.end_session(number, user=request.user, actor=request.actor, now=timezone.now())
    if number == digest(request.session.session_key or ""):
        request.session.flush()
        return redirect("sign-in")
    messages.success(request, tr("That session has ended: its next click leads to the sign-in page."))
    return redirect("settings-sessions")


@account_page
@member_page
@require_POST
def end_others(request: Request) -> HttpResponse:
    """End every session but this one."""
    here = digest(request.session.session_key or "")
    ended = actions.end_other_sessions(here, user=request.user, actor=request.actor, now=timezone.now())
    messages.success(
        request,
        tr_count(
            "%(n)s other session ended. This one goes on.", "%(n)s other sessions ended. This one goes on.", ended
        ),
    )
    return redirect("settings-sessions")


urls = [
    path("settings/sessions/", sessions, name="settings-sessions"),
    path("settings/sessions/end-others/", end_others, name="settings-sessions-end-others"),
    path("settings/sessions/<str:number>/end/", end, name="settings-session-end"),
]
