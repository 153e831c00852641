"""The first page after sign-in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_safe

from fairlead.web.access import Request, member_page


@member_page
@require_safe
def index(_request: Request) -> HttpResponse:
    """Start at the projects."""
    return redirect("projects")


urls = [path("", index, name="home")]
