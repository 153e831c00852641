"""Settings: single sign-on. Who vouches for people of this workspace."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from fairlead.accounts import oidc, queries
from fairlead.accounts.actions import directory, sso
from fairlead.accounts.actions.groups import RANKS
from fairlead.accounts.actions.sso import ProviderDraft
from fairlead.accounts.directory import kept_by
from fairlead.accounts.permissions import may_change_workspace
from fairlead.lib.errors import Missing, Refused, require
from fairlead.lib.speech import later, tr
from fairlead.web.access import Request, member_page
from fairlead.web.blame import blame
from fairlead.web.settings_pages.frame import settings_page
from fairlead.web.step_up import fresh_page

MAY_NOT: Final = later("Only an owner or admin can change single sign-on.")
ROLES: Final = [(role.value, role.label) for role in RANKS]


class ProviderForm(forms.Form):
    """An OpenID Connect provider."""

    name = forms.CharField(
        label=later("Name"), max_length=60, help_text=later("It stands on the button: Continue with …")
    )
    issuer = forms.CharField(
        label=later("Issuer"), max_length=300, help_text=later("What the provider calls its issuer, such as https://id.example.com/realms/acme."),
    )  # fmt: skip
    client_id = forms.CharField(label=later("Client id"), max_length=200)
    secret = forms.CharField(
        label=later("Client secret"), max_length=500, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    joins = forms.BooleanField(
        label=later("Whom it vouches for may join"), required=False,
        help_text=later("New people become members when they first come. Otherwise they must have been invited."),
    )  # fmt: skip
    role = forms.ChoiceField(label=later("As"), choices=ROLES, initial="contributor")
    group_claim = forms.CharField(
        label=later("Claim with the groups"), required=False, max_length=60,
        help_text=later("Such as groups. Empty: what a sign-in says of groups does not count."),
    )  # fmt: skip
    group_roles = forms.CharField(
        label=later("Roles by group"), required=False, max_length=4000,
        help_text=later(
            "One a line: group = role, such as staff = contributor. The role follows the groups, at each sign-in and"
            " whenever the directory says so."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )  # fmt: skip

    def clean_group_roles(self) -> dict[str, str]:
        """Group → role."""
        pairs = [line.rpartition("=") for line in self.cleaned_data["group_roles"].splitlines() if line.strip()]
        return {group.strip(): role.strip().lower() for group, _, role in pairs}


@member_page
@fresh_page
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Add a provider."""
    return _edit(request, None)


@member_page
@fresh_page
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, number: int) -> HttpResponse:
    """Change a provider, and copy the addresses that it and one's people need."""
    return _edit(request, number)


def _edit(request: Request, number: int | None) -> HttpResponse:
    require(may_change_workspace(request.actor), MAY_NOT)
    shown = _found(request, number) if number else None
    if request.method != "POST":
        return _page(request, ProviderForm(initial=_typed(shown) if shown else None), shown)
    form = ProviderForm(request.POST)
    if form.is_valid():
        draft = ProviderDraft(**form.cleaned_data)
        try:
            oidc.discover(draft.issuer.strip())
        except oidc.SsoFailed as refusal:
            form.add_error("issuer", refusal.detail)
            return _page(request, form, shown, status=422)
        try:
            saved = sso.save_provider(draft, actor=request.actor, now=timezone.now(), number=number)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, tr("%(name)s is saved. Try it out in another browser.", name=saved.name))
            return redirect("settings-provider", number=saved.pk)
    return _page(request, form, shown, status=422)


def _found(request: Request, number: int) -> dict[str, Any]:
    found = next((row for row in queries.providers(request.actor) if row["id"] == number), None)
    if found is None:
        raise Missing(tr("There is no such provider."))
    return found


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "group_roles": "\n".join(f"{group} = {role}" for group, role in row["group_roles"].items())}


def _page(
    request: Request, form: ProviderForm, shown: dict[str, Any] | None, *, status: int = 200, secret: str = ""
) -> HttpResponse:
    base = f"{settings.BASE_URL}/sign-in/sso/{shown['key']}" if shown else ""
    values = {
        "form": form, "shown": shown, "redirect": f"{base}/back/", "start": f"{base}/go/", "secret": secret,
        "scim": f"{settings.BASE_URL}/scim/v2",
        "directory": kept_by(shown["id"], request.actor.workspace_id) if shown else None,
    }  # fmt: skip
    return settings_page(request, "settings/provider.jinja", values, status=status)


@member_page
@fresh_page
@require_POST
def make_token(request: Request, number: int) -> HttpResponse:
    """A token for the provider's directory, shown on the page that answers and never again."""
    secret = directory.make_directory_token(number, actor=request.actor, now=timezone.now())
    shown = _found(request, number)
    return _page(request, ProviderForm(initial=_typed(shown)), shown, secret=secret)


@member_page
@fresh_page
@require_POST
def withdraw_token(request: Request, number: int) -> HttpResponse:
    """The directory can do nothing any more."""
    directory.withdraw_directory_token(number, actor=request.actor, now=timezone.now())
    messages.success(request, tr("The token no longer works. Members and groups stay as they are."))
    return redirect("settings-provider", number=number)


@member_page
@fresh_page
@require_POST
def remove(request: Request, number: int) -> HttpResponse:
    """Nobody comes in through it any more."""
    sso.remove_provider(number, actor=request.actor, now=timezone.now())
    messages.success(request, tr("Nobody comes in through this provider any more."))
    return redirect("settings-security")


urls = [
    path("settings/security/providers/new/", new, name="settings-provider-new"),
    path("settings/security/providers/<int:number>/", edit, name="settings-provider"),
    path("settings/security/providers/<int:number>/token/", make_token, name="settings-provider-token"),
    path("settings/security/providers/<int:number>/token/withdraw/", withdraw_token, name="settings-provider-withdraw"),
    path("settings/security/providers/<int:number>/remove/", remove, name="settings-provider-remove"),
]
