"""Taking back what was done to one or many tasks in one go."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from fairlead.allocation import actions as allocation
from fairlead.lib.errors import Refused
from fairlead.web.access import Request, member_page, safe_next
from fairlead.work import actions
from fairlead.work.models import Batch
from fairlead.work.queries import find_batch


@member_page
@require_POST
def undo(request: Request, number: int) -> HttpResponse:
    """Give every task its former values back, where nobody changed it since; then go on where one was."""
    batch = find_batch(request.actor, number)
    back = safe_next(request.GET.get("next"))
    try:
        outcome = allocation.take_back(batch, actor=request.actor, now=timezone.now())
    except Refused as refused:
        if refused.status in (403, 404):
            raise
        messages.error(request, refused.detail)
        return redirect(back)
    messages.success(request, told_undone(outcome))
    return redirect(back)


def undo_address(batch: Batch, back: str) -> str:
    """Where the button of a toast takes the batch back, and then goes on at `back`."""
    return f"/batches/{batch.pk}/undo/?{urlencode({'next': back}, safe='/')}"


def told_undone(outcome: actions.Outcome) -> str:
    """What came of taking something back, in one sentence."""
    names = outcome.changed[0] if len(outcome.changed) == 1 else f"{len(outcome.changed)} tasks"
    text = f"{names} as before." if outcome.changed else "Nothing could be taken back."
    if outcome.skipped:
        key, why = outcome.skipped[0]
        more = f" and {len(outcome.skipped) - 1} more stay" if len(outcome.skipped) > 1 else " stays"
        text += f" {key}{more} as it is: {why}"
    return text


urls = [path("batches/<int:number>/undo/", undo, name="undo-batch")]
