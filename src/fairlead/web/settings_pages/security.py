"""Settings: what the workspace asks of everybody who comes in, and who does not meet it yet."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from fairlead.accounts import actions, queries
from fairlead.accounts.models import Role, WaysIn
from fairlead.accounts.permissions import may_change_workspace
from fairlead.accounts.rules import Rules, rules_in
from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, tr
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.people import neighbours, number_in
from fairlead.web.settings_pages.frame import settings_page
from fairlead.web.step_up import fresh_page

MAY_NOT: Final = later("Only an owner or admin can see and change the security rules.")
SHOWN: Final = 50
"""Members on one page."""
HOURS: Final = [
    ("", later("30 days")),
    (168, later("A week")),
    (24, later("A day")),
    (12, later("12 hours")),
    (8, later("8 hours")),
    (1, later("An hour")),
]
DAYS: Final = [
    ("", later("As long as they like")),
    (365, later("A year")),
    (90, later("90 days")),
    (30, later("30 days")),
    (7, later("A week")),
]


class RulesForm(forms.Form):
    """All rules at once; see `accounts.rules`."""

    factor_roles = forms.MultipleChoiceField(
        label=later("Who needs a second factor"),
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    grace_days = forms.IntegerField(
        label=later("Days to set it up"), min_value=0, max_value=90,
        help_text=later("From now on, and for new members from when they join. Then nothing else is possible first."),
    )  # fmt: skip
    ways_in = forms.ChoiceField(label=later("How they sign in"), choices=WaysIn.choices)
    session_hours = forms.TypedChoiceField(
        label=later("A sign-in lasts"), required=False, coerce=int, empty_value=None, choices=HOURS,
    )  # fmt: skip
    invite_domains = forms.CharField(
        label=later("Addresses that can be invited"), required=False, max_length=2000,
        help_text=later("Domains such as example.com, with spaces between. Empty: any address."),
        widget=forms.TextInput(attrs={"placeholder": later("any"), "spellcheck": "false"}),
    )  # fmt: skip
    token_days = forms.TypedChoiceField(
        label=later("API tokens live at most"), required=False, coerce=int, empty_value=None, choices=DAYS,
        help_text=later("Also those that are there already."),
    )  # fmt: skip
    token_networks = forms.CharField(
        label=later("API tokens work from"), required=False, max_length=4000,
        help_text=later(
            "Networks such as 203.0.113.0/24 or 2001:db8::/32, with spaces between. Empty: from everywhere."
        ),
        widget=forms.TextInput(attrs={"placeholder": later("everywhere"), "spellcheck": "false"}),
    )  # fmt: skip

    def clean_invite_domains(self) -> tuple[str, ...]:
        """One text for each domain."""
        return _several(self.cleaned_data["invite_domains"])

    def clean_token_networks(self) -> tuple[str, ...]:
        """One text for each network."""
        return _several(self.cleaned_data["token_networks"])

    def clean_factor_roles(self) -> tuple[str, ...]:
        """As the rules hold them."""
        return tuple(self.cleaned_data["factor_roles"])


def _several(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


@member_page
@fresh_page
@require_http_methods(["GET", "HEAD", "POST"])
def security(request: Request) -> HttpResponse:
    """The rules, and the members and tokens that they concern."""
    require(may_change_workspace(request.actor), MAY_NOT)
    if request.method != "POST":
        return _security_page(request, RulesForm(initial=_typed(rules_in(request.actor.workspace_id))))
    form = RulesForm(request.POST)
    if form.is_valid():
        try:
            actions.change_rules(request.workspace, Rules(**form.cleaned_data), actor=request.actor, now=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, tr("The security rules are saved. They hold from the next click on."))
            return redirect("settings-security")
    return _security_page(request, form, status=422)


def _typed(rules: Rules) -> dict[str, Any]:
    """As the form shows it."""
    return {name: value if name == "factor_roles" or not isinstance(value, tuple) else " ".join(value)
            for name, value in asdict(rules).items()}  # fmt: skip


def _security_page(request: Request, form: RulesForm, *, status: int = 200) -> HttpResponse:
    now, rules = timezone.now(), rules_in(request.actor.workspace_id)
    text, start = request.GET.get("q", "").replace("\0", "")[:80], number_in(request.GET.get("from")) or 0
    members, first, total = queries.factors_page(request.actor, text, start=start, size=SHOWN)
    rows = [
        {**row, "role_name": Role(row["role"]).label, "due": rules.factor_due_at(row["role"], row["created_at"])}
        for row in members
    ]
    values = {
        "form": form,
        "providers": queries.providers(request.actor),
        "rows": [{**row, "over": row["due"] is not None and row["due"] <= now} for row in rows],
        "text": text,
        "first": first,
        "total": total,
        "pages": neighbours(request, first, total, size=SHOWN),
        "searched": bool(text) or total > SHOWN,
        "chosen": form["factor_roles"].value() or [],
        "roles": [(role.value, role.label) for role in Role],
    }
    return settings_page(request, "settings/security.jinja", values, status=status)


urls = [path("settings/security/", security, name="settings-security")]
