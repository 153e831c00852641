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
from fairlead.web.people import PAGE_ROWS, neighbours, number_in
from fairlead.web.render import page


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """The last 4, 12 or 26 weeks."""
    text = request.GET.get("weeks", "4")
    weeks = int(text) if text.isdecimal() and len(text) < 4 else 0
    team, start = number_in(request.GET.get("team")), number_in(request.GET.get("from")) or 0
    now = timezone.now()
    told, first, total = queries.fairness_page(
        request.actor, now=now, weeks=weeks, team_id=team, start=start, size=PAGE_ROWS
    )
    values = {
        "told": told, "rows": told.rows, "first": first, "total": total,
        "as_of": told.as_of if told.as_of < now else None,
        "pages": neighbours(request, first, total, size=PAGE_ROWS),
        "shows_pay": any(row.pay_cents is not None for row in told.rows),
        "windows": queries.FAIRNESS_WINDOWS, "team": team, "teams": team_choices(request.actor),
        "load_index": _index(told.load_index), "opportunity_index": _index(told.opportunity_index),
    }  # fmt: skip
    return page(request, "people/fairness.jinja", values)


def _index(value: float | None) -> str:
    return "–" if value is None else str(format_decimal(value, "0.00", locale=locale()))


urls = [path("people/fairness/", index, name="fairness")]
