"""Settings: API tokens of one's own, and for admins everybody's."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from fairlead.accounts import actions, queries
from fairlead.accounts.permissions import SCOPES, may_make_tokens, may_manage_members
from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, tr
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.settings_pages.frame import settings_page
from fairlead.web.step_up import fresh_post

MAY_NOT = later("Your role cannot make API tokens.")


class TokenForm(forms.Form):
    """What a new token is for, may do and how long."""

    name = forms.CharField(
        label=later("Name"), max_length=80, widget=forms.TextInput(attrs={"placeholder": later("Nightly report")})
    )
    scopes = forms.MultipleChoiceField(
        label=later("It may"), choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=later("It expires"),
        coerce=int,
        empty_value=None,
        required=False,
        initial=90,
        choices=[
            (7, later("In a week")),
            (30, later("In 30 days")),
            (90, later("In 90 days")),
            (365, later("In a year")),
            ("", later("Never")),
        ],
    )

    networks = forms.CharField(
        label=later("It works from"),
        required=False,
        max_length=2000,
        help_text=later("Networks such as 203.0.113.0/24, with spaces between. Empty: from everywhere."),
        widget=forms.TextInput(attrs={"placeholder": later("everywhere"), "spellcheck": "false"}),
    )

    def clean_networks(self) -> tuple[str, ...]:
        """One text for each network."""
        return tuple(str(self.cleaned_data["networks"]).replace(",", " ").split())


@member_page
@fresh_post
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: Request) -> HttpResponse:
    """The tokens and a form for a new one, whose secret is shown once."""
    require(may_make_tokens(request.actor), MAY_NOT)
    if request.method != "POST":
        return _tokens_page(request, TokenForm(initial={"scopes": ["work:read"]}))
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            token, secret = actions.create_token(**form.cleaned_data, actor=request.actor, now=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            fresh = TokenForm(initial={"scopes": ["work:read"]})
            return _tokens_page(request, fresh, new={"name": token.name, "secret": secret})
    return _tokens_page(request, form, status=422)


def _tokens_page(
    request: Request, form: TokenForm, *, new: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    rows = [
        {
            **t,
            "expired": t["expires_at"] is not None and t["expires_at"] <= now,
            "is_mine": t["user_id"] == request.user.pk,
        }
        for t in queries.tokens(request.actor)
    ]
    chosen = form["scopes"].value() or []
    values = {
        "form": form,
        "rows": rows,
        "new": new,
        "everybody": may_manage_members(request.actor),
        "scopes": [(name, text, name in chosen) for name, text in SCOPES.items()],
    }
    return settings_page(request, "settings/tokens.jinja", values, status=status)


@member_page
@require_POST
def revoke(request: Request, token_id: int) -> HttpResponse:
    """Stop a token at once."""
    require(may_make_tokens(request.actor), MAY_NOT)
    actions.revoke_token(token_id, actor=request.actor, now=timezone.now())
    messages.success(request, tr("The token no longer works."))
    return redirect("settings-tokens")


urls = [
    path("settings/tokens/", tokens, name="settings-tokens"),
    path("settings/tokens/<int:token_id>/revoke/", revoke, name="settings-token-revoke"),
]
