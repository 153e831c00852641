"""Settings of one's own: name, time zone, theme, password, leaving the workspace."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from fairlead.accounts import actions
from fairlead.accounts.choices import zone_choices
from fairlead.accounts.models import User
from fairlead.lib.errors import Refused
from fairlead.lib.languages import LANGUAGES
from fairlead.lib.secrets import digest
from fairlead.lib.speech import later, speaking, tr
from fairlead.web.access import Request, account_page, member_page, user_page
from fairlead.web.blame import blame
from fairlead.web.languages import chosen
from fairlead.web.settings_pages.frame import settings_page
from fairlead.web.step_up import fresh_post

PROOF_MIN = 15
"""So long after a mailed link a new password needs no present one."""


class ProfileForm(forms.Form):
    """How one is called, where one lives and what one reads."""

    name = forms.CharField(label=later("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    time_zone = forms.ChoiceField(label=later("Time zone"), help_text=later("Times on all pages are shown in it."))
    language = forms.ChoiceField(
        label=later("Language"),
        required=False,
        choices=[("", later("As the browser")), *LANGUAGES.items()],
        help_text=later("Of all pages, and of mails to you."),
    )

    def __init__(self, *args: Any, zone: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zone_choices(now, zone)  # type: ignore[attr-defined]


class NewPasswordForm(forms.Form):
    """A password for somebody who has just proven to own the address."""

    password = forms.CharField(
        label=later("New password"),
        strip=False,
        max_length=4096,
        help_text=later("At least 8 characters. A few words that only you would put together are best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class PasswordForm(NewPasswordForm):
    """A new password in the place of the present one."""

    current = forms.CharField(
        label=later("Present password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "password")


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: Request) -> HttpResponse:
    """Name and time zone."""
    user, now = request.user, timezone.now()
    initial = _initial(user)
    form = ProfileForm(request.POST or None, initial=initial, zone=user.time_zone, now=now)
    if request.method != "POST":
        return _profile_page(request, form)
    if form.is_valid():
        try:
            actions.change_profile(user, **form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            with speaking(chosen(request)):
                messages.success(request, tr("Your profile is saved."))
            return redirect("settings")
    return _profile_page(request, form, status=422)


def _initial(user: User) -> dict[str, str]:
    return {"name": user.name, "time_zone": user.time_zone, "language": user.language}


def _profile_page(
    request: Request, form: ProfileForm, *, password: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    values = {
        "form": form,
        "password_form": password or _password_form(request)(),
        "has_password": request.user.has_usable_password(),
    }
    return settings_page(request, "settings/profile.jinja", values, status=status)


def _password_form(request: Request) -> type[forms.Form]:
    return NewPasswordForm if _proven(request) else PasswordForm


def _proven(request: Request) -> bool:
    """Whether this session began with a mailed link a moment ago."""
    proved_at: str = request.session.get("proved_at", "")
    return bool(proved_at) and timezone.now() - datetime.fromisoformat(proved_at) < timedelta(minutes=PROOF_MIN)


@account_page
@member_page
@sensitive_post_parameters("current", "password")
@require_POST
def password(request: Request) -> HttpResponse:
    """A new password; every other session of this user ends."""
    form = _password_form(request)(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            if "current" in typed:
                _count_and_change(request, typed["password"], current=typed["current"])
            else:
                actions.set_password(request.user, typed["password"])
        except Refused as refusal:
            blame(form, refusal)
        else:
            update_session_auth_hash(request, request.user)
            actions.end_sessions_of(request.user, keep=digest(request.session.session_key or ""))
            request.session.pop("proved_at", None)
            messages.success(request, tr("Your password is changed. Other devices have to sign in again."))
            return redirect("settings")
    user = request.user
    profile_form = ProfileForm(initial=_initial(user), zone=user.time_zone, now=timezone.now())
    return _profile_page(request, profile_form, password=form, status=422)


def _count_and_change(request: Request, new: str, *, current: str) -> None:
    """An open session must not be a place for guessing."""
    bucket = f"password:{request.user.pk}"
    actions.count_attempt(bucket, now=timezone.now())
    actions.change_password(request.user, new, current=current)
    actions.forget_attempts(bucket)


@user_page
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or like the device."""
    actions.change_theme(request.user, request.POST.get("theme", ""))  # type: ignore[arg-type]
    return redirect("settings")


@member_page
@fresh_post
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request) -> HttpResponse:
    """Leave the workspace, after a page that says what this means."""
    if request.method != "POST":
        return settings_page(request, "settings/leave.jinja", {})
    actions.remove_member(request.member.pk, actor=request.actor, now=timezone.now())
    request.session.pop("workspace", None)
    messages.success(request, tr("You have left %(name)s.", name=request.workspace.name))
    return redirect("/")


urls = [
    path("settings/", profile, name="settings"),
    path("settings/password/", password, name="settings-password"),
    path("settings/theme/", theme, name="settings-theme"),
    path("settings/leave/", leave, name="settings-leave"),
]
