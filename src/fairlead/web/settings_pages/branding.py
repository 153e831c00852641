"""Settings: what clients see of the workspace."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from fairlead.accounts import actions
from fairlead.accounts.actions.branding import LOGO, MAX_WORD, MOST_LOGO_BYTES, ONLY_ADMINS
from fairlead.accounts.brand import WORDS, Brand, brand_of
from fairlead.accounts.permissions import may_change_workspace
from fairlead.lib.errors import Refused, require
from fairlead.lib.speech import later, tr
from fairlead.web.access import Request, member_page, posted
from fairlead.web.blame import blame
from fairlead.web.settings_pages.frame import settings_page
from fairlead.web.undoing import read_was, taken_back, undo_link
from fairlead.work.states import State


class BrandingForm(forms.Form):
    """Name, welcome, colour, and whether people of the team are named."""

    name = forms.CharField(label=later("Name"), max_length=80, help_text=later("Who you are to clients."))
    welcome = forms.CharField(
        label=later("Welcome"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=later("What they read first."),
    )  # fmt: skip
    accent = forms.CharField(
        label=later("Accent colour"), max_length=7,
        help_text=later("Like #2f5bd7. White text must be readable on it (WCAG AA)."),
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )  # fmt: skip
    shows_names = forms.BooleanField(
        label=later("Clients see first names of the team"), required=False,
        help_text=later("Otherwise everybody is called by the name above. An AI agent is always called one."),
    )  # fmt: skip


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def branding(request: Request) -> HttpResponse:
    """Everything but the logo."""
    require(may_change_workspace(request.actor), ONLY_ADMINS)
    brand = brand_of(request.workspace)
    initial = {name: getattr(brand, name) for name in BrandingForm.base_fields}
    form = BrandingForm(request.POST or None, initial=initial)
    typed = {state: posted(request, f"word-{state}") for state in WORDS} if request.POST else dict(brand.words)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "words": typed}
        try:
            actions.change_branding(request.workspace, actor=request.actor, now=timezone.now(), **values)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, tr("Saved: clients see it from now on."))
            return redirect("settings-branding")
    return _page(request, brand, form, typed, status=422 if request.method == "POST" else 200)


def _page(
    request: Request, brand: Brand, form: forms.Form, typed: dict[str, str], *, status: int = 200, **more: Any
) -> HttpResponse:
    values = {
        "brand": brand, "form": form, "max_word": MAX_WORD, "logo_error": "",
        "words": [(state.value, state.label, WORDS[state], typed.get(state, "")) for state in State],
        "door": f"{settings.BASE_URL}/portal/sign-in/{request.workspace.slug}/" if brand.digest else "", **more,
    }  # fmt: skip
    return settings_page(request, "settings/branding.jinja", values, status=status)


@member_page
@require_POST
def logo(request: Request) -> HttpResponse:
    """A new picture; what it is, its first bytes say."""
    require(may_change_workspace(request.actor), ONLY_ADMINS)
    given = request.FILES.get("logo")
    picture = given.read(MOST_LOGO_BYTES + 1) if given else b""
    try:
        kept = actions.set_logo(request.workspace, picture, actor=request.actor, now=timezone.now())
    except Refused as refusal:
        brand = brand_of(request.workspace)
        initial = {name: getattr(brand, name) for name in BrandingForm.base_fields}
        form = BrandingForm(initial=initial)
        return _page(request, brand, form, dict(brand.words), status=refusal.status, logo_error=refusal.detail)
    messages.success(request, tr("The logo was saved."), extra_tags=_undo(request, kept))
    return redirect("settings-branding")


@member_page
@require_POST
def remove_logo(request: Request) -> HttpResponse:
    """The name alone."""
    kept = actions.remove_logo(request.workspace, actor=request.actor, now=timezone.now())
    messages.success(request, tr("The logo was removed."), extra_tags=_undo(request, kept))
    return redirect("settings-branding")


def _undo(request: Request, kept: int | None) -> str:
    """Where the logo that was there before is brought back; empty when there was none."""
    return "" if kept is None else undo_link(request, reverse("settings-logo-restore"), LOGO, {"kept": kept})


@member_page
@require_POST
def restore_logo(request: Request) -> HttpResponse:
    """Undo of another logo, or of none."""
    require(may_change_workspace(request.actor), ONLY_ADMINS)

    def act() -> str:
        kept = read_was(request, LOGO)["kept"]
        actions.restore_logo(request.workspace, kept, actor=request.actor, now=timezone.now())
        return tr("The former logo is back.")

    return taken_back(request, act, reverse("settings-branding"))


urls = [
    path("settings/branding/", branding, name="settings-branding"),
    path("settings/branding/logo/", logo, name="settings-logo"),
    path("settings/branding/logo/remove/", remove_logo, name="settings-logo-remove"),
    path("settings/branding/logo/restore/", restore_logo, name="settings-logo-restore"),
]
