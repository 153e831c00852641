"""What a workspace asks of a session before it opens: its age, how it began, a second factor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_safe

from fairlead.accounts.actions.session_store import BEGAN
from fairlead.accounts.models import Membership, User
from fairlead.accounts.queries import has_second_factor, membership_in, membership_of, ways_to
from fairlead.accounts.rules import rules_of
from fairlead.events.tenancy import tenant
from fairlead.lib.speech import tr
from fairlead.web.access import user_page
from fairlead.web.filters import written
from fairlead.web.render import page

OVER: Final = "over"
NEEDS_FACTOR: Final = "/needs/second-factor/"
NEEDS_STRONGER: Final = "/needs/stronger-sign-in/"


def member_here(session: Any, user: User) -> Membership | None:
    """The membership that this session works in; one of single sign-on opens the provider's workspace alone.

    Needs `enter(…, user_id=user)`.
    """
    only: int | None = session.get("only")
    return membership_in(user.pk, only) if only else membership_of(user, session.get("workspace"))


def barrier(session: Any, member: Membership, *, now: datetime) -> str:
    """Nothing when the workspace is open to this session; OVER; or the page that says what is missing."""
    rules = rules_of(member.workspace)
    began: str = session.get(BEGAN, "")
    if began and rules.session_is_over(datetime.fromisoformat(began), now=now):
        return OVER
    how = session.get("how", "")
    if not rules.lets_in(how):
        return NEEDS_STRONGER
    due = rules.factor_due(member)
    return NEEDS_FACTOR if due and due <= now and not has_factor(session) else ""


def has_factor(session: Mapping[str, Any]) -> bool:
    """Whether this session began, or went on, with more than one proof."""
    return bool(session.get("factor")) or session.get("how") in ("passkey", "sso")


def remind(request: HttpRequest, member: Membership) -> None:
    """Tell a member who has time left that a second factor will be needed."""
    due = rules_of(member.workspace).factor_due(member)
    if due and not has_factor(request.session):
        text = tr(
            "%(name)s asks for a second factor from %(due)s on. Set one up under Settings, Sign-in.",
            name=member.workspace.name,
            due=written(due, "date"),
        )
        messages.warning(request, text)


@user_page
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """A second factor has to be set up before anything else."""
    return _ask(request, NEEDS_FACTOR, "accounts/needs_factor.jinja")


@user_page
@require_safe
def stronger(request: HttpRequest) -> HttpResponse:
    """One has to sign in with a passkey or single sign-on."""
    return _ask(request, NEEDS_STRONGER, "accounts/needs_stronger.jinja")


def _ask(request: HttpRequest, which: str, template: str) -> HttpResponse:
    if getattr(request, "barrier", "") != which:
        return redirect("/")
    member: Membership = request.barred  # type: ignore[attr-defined]
    with tenant(member.workspace_id):
        providers = ways_to(member.workspace_id)
    has = has_second_factor(member.user)
    values = {"asking": member.workspace.name, "has_factor": has, "providers": providers}
    return page(request, template, values)


urls = [
    path("needs/second-factor/", second_factor, name="needs-factor"),
    path("needs/stronger-sign-in/", stronger, name="needs-stronger"),
]
