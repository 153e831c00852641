"""Settings of planning: what matters, and how much an event may change by itself."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from fairlead.allocation import actions, queries
from fairlead.allocation.weights import MOST_PERCENT, WEIGHTS
from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, tr
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.settings_pages.frame import settings_page

KEPT: Final = ("proposes", "most_moved", "most_moved_each", "gap_min")


class PlanningForm(forms.Form):
    """The budget of proposals, then the weights in percent."""

    proposes = forms.BooleanField(
        label=later("Propose changes after events"),
        required=False,
        help_text=later(
            "When somebody is away, leaves, or a task becomes urgent or runs over, a small draft is proposed."
        ),
    )
    most_moved = forms.IntegerField(label=later("Tasks that a proposal moves at most"), min_value=0, max_value=1000)
    most_moved_each = forms.IntegerField(label=later("For each person at most"), min_value=0, max_value=1000)
    frozen_hours = forms.FloatField(
        label=later("Hours in which nothing moves"),
        min_value=0,
        max_value=168,
        help_text=later(
            "What somebody begins within so many of their own working hours from now stays, unless it cannot."
        ),
    )
    gap_min = forms.IntegerField(
        label=later("Minutes between two tasks"),
        required=False,
        min_value=0,
        max_value=240,
        help_text=later(
            "People get them before the next task begins; AI agents need none. A profile can say otherwise."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weight in WEIGHTS:
            self.fields[weight.name] = forms.IntegerField(
                label=tr("%(weight)s, percent", weight=weight.label),
                min_value=0,
                max_value=MOST_PERCENT,
                help_text=weight.hint,
            )

    def values(self) -> dict[str, Any]:
        """What the action is told."""
        sent = self.cleaned_data
        kept = {name: sent[name] for name in KEPT if sent[name] is not None}
        weights = {weight.name: sent[weight.name] for weight in WEIGHTS}
        return {**kept, "frozen_min": round(sent["frozen_hours"] * 60), "weights": weights}


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def planning(request: Request) -> HttpResponse:
    """Weights, budget and frozen window."""
    may = actions.may_change_planning(request.actor)
    require(may, tr("Only an owner or admin can change how the workspace plans."))
    rules = queries.planning(request.actor)
    initial = {name: getattr(rules, name) for name in KEPT}
    initial |= {"frozen_hours": rules.frozen_min / 60, **rules.weights}
    form = PlanningForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_planning(actor=request.actor, now=timezone.now(), **form.values())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, tr("Plans and proposals follow this from now on."))
            return redirect("settings-planning")
    status = 422 if request.method == "POST" else 200
    return settings_page(request, "settings/planning.jinja", {"form": form}, status=status)


urls = [path("settings/planning/", planning, name="settings-planning")]
