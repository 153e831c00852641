"""Taking back what was done to one or many tasks in one go."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from fairlead.allocation import actions as allocation
from fairlead.lib.speech import tr
from fairlead.web.access import Request, member_page, safe_next
from fairlead.web.refusals import refusals_told
from fairlead.work import actions
from fairlead.work.models import Batch
from fairlead.work.queries import find_batch


@member_page
@require_POST
def undo(request: Request, number: int) -> HttpResponse:
    """Give every task its former values back, where nobody changed it since; then go on where one was."""
    batch = find_batch(request.actor, number)
    back = safe_next(request.GET.get("next"))
    with refusals_told(request):
        outcome = allocation.take_back(batch, actor=request.actor, now=timezone.now())
        messages.success(request, told_undone(outcome))
    return redirect(back)


def undo_address(batch: Batch, back: str) -> str:
    """Where the button of a toast takes the batch back, and then goes on at `back`."""
    return f"/batches/{batch.pk}/undo/?{urlencode({'next': back}, safe='/')}"


def told_undone(outcome: actions.Outcome) -> str:
    """What came of taking something back, in one sentence."""
    text = tr("Nothing could be taken back.")
    if outcome.changed:
        one, n = outcome.changed[0], len(outcome.changed)
        text = tr("%(key)s as before.", key=one) if n == 1 else tr("%(n)s tasks as before.", n=n)
    return f"{text} {_told_skipped(outcome.skipped)}" if outcome.skipped else text


def _told_skipped(skipped: Sequence[tuple[str, str]]) -> str:
    (key, why), more = skipped[0], len(skipped) - 1
    if more:
        return tr("%(key)s and %(n)s more stay as it is: %(why)s", key=key, n=more, why=why)
    return tr("%(key)s stays as it is: %(why)s", key=key, why=why)


urls = [path("batches/<int:number>/undo/", undo, name="undo-batch")]
