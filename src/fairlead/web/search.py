"""The search: tasks by words and operators, grouped by project, with the hits marked."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairlead.lib.errors import Invalid
from fairlead.web.access import Request, member_page, to_portal
from fairlead.web.board import today_of
from fairlead.web.render import page
from fairlead.work import grammar, queries
from fairlead.work.queries.search import SHOWN

FILES_SHOWN = 8


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """?q= is what is looked for; what cannot be understood is said, with what can be. With ?exact=1 words stand for
    nothing but themselves, else what finds nothing is looked for without its typing errors."""
    if client := to_portal(request):
        return client
    text, now = request.GET.get("q", "").strip()[: grammar.MAX_TEXT], timezone.now()
    found, files, error = queries.Found((), more=False), list[Any](), ""
    try:
        wanted = grammar.read(text)
        if len(wanted.words) == len(wanted.terms):
            files = queries.named_files(request.actor, wanted.words, limit=FILES_SHOWN)
        look = queries.search if files or request.GET.get("exact") else queries.forgiving
        found = look(request.actor, wanted, now=now, zone=request.user.time_zone)
    except Invalid as refused:
        error = refused.detail
    values = {
        "text": text,
        "found": found,
        "files": files,
        "error": error,
        "examples": grammar.EXAMPLES,
        "shown": SHOWN,
        "today": today_of(request, now),
    }
    return page(request, "search/index.jinja", values, status=422 if error else 200)


urls = [path("search/", index, name="search")]
