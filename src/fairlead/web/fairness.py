"""Fairness: how evenly work was given, with the formula."""

from __future__ import annotations

from babel.numbers import format_decimal
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairlead.allocation import queries
from fairlead.lib.speech import locale
from fairlead.people.queries import team_choices
from fairlead.web.access import Request, member_page
from fairlead.web.people import PAGE_ROWS, neighbours
from fairlead.web.render import page


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """The last 4, 12 or 26 weeks."""
    text = request.GET.get("weeks", "4")
    weeks = int(text) if text.isdecimal() and len(text) < 4 else 0
    chosen = request.GET.get("team", "")
    team = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 16 else None
    told = queries.fairness(request.actor, now=timezone.now(), weeks=weeks, team_id=team)
    start = request.GET.get("from", "")
    first = int(start) if start.isascii() and start.isdecimal() and len(start) < 8 else 0
    values = {
        "told": told, "rows": told.rows[first : first + PAGE_ROWS], "first": first,
        "pages": neighbours(request, first, len(told.rows)),
        "shows_pay": any(row.pay_cents is not None for row in told.rows),
        "windows": queries.FAIRNESS_WINDOWS, "team": team, "teams": team_choices(request.actor),
        "load_index": _index(told.load_index), "opportunity_index": _index(told.opportunity_index),
    }  # fmt: skip
    return page(request, "people/fairness.jinja", values)


def _index(value: float | None) -> str:
    return "–" if value is None else str(format_decimal(value, "0.00", locale=locale()))


urls = [path("people/fairness/", index, name="fairness")]
