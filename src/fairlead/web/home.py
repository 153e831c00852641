"""The first page after sign-in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_safe

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import STAFF
from fairlead.people.queries import worker_of
from fairlead.web.access import Request, member_page


@member_page
@require_safe
def index(request: Request) -> HttpResponse:
    """Start at one's own work; whoever does no tasks themselves at the projects, clients in
    their portal."""
    if request.actor.role == Role.CLIENT:
        return redirect("portal")
    works = request.actor.role in STAFF and worker_of(request.actor) is not None
    return redirect("my-work" if works else "projects")


urls = [path("", index, name="home")]
