"""Settings of the workspace: its name, and what its calendar and money look like."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from fairlead.accounts import actions
from fairlead.accounts.choices import country_choices, currency_choices, zone_choices
from fairlead.accounts.permissions import may_change_workspace
from fairlead.lib.errors import Refused, require
from fairlead.lib.languages import LANGUAGES
from fairlead.lib.speech import later, tr
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.settings_pages.frame import settings_page


class WorkspaceForm(forms.Form):
    """The defaults for everybody in it."""

    name = forms.CharField(label=later("Name"), max_length=80)
    time_zone = forms.ChoiceField(
        label=later("Time zone"), help_text=later("New people start with it; days and weeks begin by it.")
    )
    country = forms.ChoiceField(
        label=later("Country"),
        required=False,
        choices=lambda: [("", tr("None")), *country_choices()],
        help_text=later("Its public holidays are kept free for people who have no other country in their profile."),
    )
    currency = forms.ChoiceField(
        label=later("Currency"),
        choices=currency_choices,
        help_text=later("Of rates and costs. Amounts that are there already keep their number."),
    )

    language = forms.ChoiceField(
        label=later("Language"),
        required=False,
        choices=[("", later("The server's")), *LANGUAGES.items()],
        help_text=later(
            "Of mails to people without a language of their own, and of pages when a browser asks for none."
        ),
    )

    def __init__(self, *args: Any, zone: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zone_choices(now, zone)  # type: ignore[attr-defined]


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def workspace(request: Request) -> HttpResponse:
    """Name, time zone, country, currency."""
    require(may_change_workspace(request.actor), tr("Only an owner or admin can change the workspace's settings."))
    shown, now = request.workspace, timezone.now()
    initial = {name: getattr(shown, name) for name in WorkspaceForm.base_fields}
    form = WorkspaceForm(request.POST or None, initial=initial, zone=shown.time_zone, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_workspace(shown, actor=request.actor, now=now, **form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, tr("The workspace's settings are saved."))
            return redirect("settings-workspace")
    status = 422 if request.method == "POST" else 200
    return settings_page(request, "settings/workspace.jinja", {"form": form}, status=status)


urls = [path("settings/workspace/", workspace, name="settings-workspace")]
