"""Passkeys in the browser: questions as JSON for its script, answers through forms."""

from __future__ import annotations

import json
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from fairlead.accounts import actions
from fairlead.accounts.actions import passkeys
from fairlead.accounts.actions.passkeys import PASSKEY
from fairlead.accounts.devices import device_name
from fairlead.accounts.models import User
from fairlead.lib.errors import Invalid, Refused
from fairlead.lib.speech import later, tr
from fairlead.web.access import account_page, client_address, safe_next
from fairlead.web.blame import blame
from fairlead.web.challenge import give_challenge, here, take_challenge
from fairlead.web.entering import start_session, tell_change
from fairlead.web.render import page
from fairlead.web.second_factor import finish, note_refusal, pending_user
from fairlead.web.settings_pages.sign_in import lost_factor, show_codes
from fairlead.web.step_up import fresh_page

ASKED: Final = 300
"""Questions for one address in a quarter of an hour; the sign-in page asks one each time that it opens."""


@require_POST
def ask(request: HttpRequest) -> JsonResponse:
    """The question for a passkey: any for who comes new, one's own for the second step and for confirming."""
    now = timezone.now()
    actions.count_attempt(f"passkey:{client_address(request)}", now=now, limit=ASKED)
    signed_in = request.user if isinstance(request.user, User) else None
    options, challenge = passkeys.request_options(here(), user=signed_in or pending_user(request, now=now))
    give_challenge(request, challenge, now=now)
    return JsonResponse(json.loads(options))


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey, as the only step or as the second one."""
    now, waiting = timezone.now(), pending_user(request, now=timezone.now())
    answer, target = request.POST.get("answer", ""), safe_next(request.POST.get("next"))
    try:
        challenge = take_challenge(request, now=now)
        user = passkeys.use_passkey(answer, challenge=challenge, at=here(), now=now, user=waiting,
                                    agent=request.headers.get("User-Agent", ""))  # fmt: skip
    except passkeys.WrongPasskey as refusal:
        note_refusal(request, waiting.email if waiting else "", PASSKEY)
        values = {"detail": refusal.detail, "back": "/sign-in/second/" if waiting else "/sign-in/"}
        return page(request, "accounts/passkey_refused.jinja", values, status=refusal.status)
    if waiting:
        return finish(request, user, PASSKEY)
    return start_session(request, user, PASSKEY, target=target, factor=PASSKEY)


class PasskeyForm(forms.Form):
    """What a new passkey is called, and what the browser made."""

    name = forms.CharField(
        label=later("Name"), max_length=80, help_text=later("So that you know it again: the device it is on.")
    )
    answer = forms.CharField(widget=forms.HiddenInput(), max_length=20_000)


@account_page
@fresh_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a passkey to one's account."""
    user: User = request.user  # type: ignore[assignment]
    suggestion = device_name(request.headers.get("User-Agent", ""))
    if request.method != "POST":
        return _new_page(request, PasskeyForm(initial={"name": suggestion}))
    form, now = PasskeyForm(request.POST), timezone.now()
    if form.is_valid():
        try:
            challenge = take_challenge(request, now=now)
            codes = passkeys.add_passkey(user, **form.cleaned_data, challenge=challenge, at=here(), now=now)
        except Refused as refusal:
            blame(form, refusal)
        else:
            request.session["factor"] = request.session.get("factor") or PASSKEY
            tell_change(user, tr("Your account has a new %(passkey)s", passkey=PASSKEY))
            return show_codes(request, codes, tr("Your passkey is added"))
    return _new_page(request, form, status=422)


def _new_page(request: HttpRequest, form: PasskeyForm, *, status: int = 200) -> HttpResponse:
    return page(request, "accounts/passkey_new.jinja", {"form": form, "origin": here().origin}, status=status)


@account_page
@fresh_page
@require_POST
def ask_new(request: HttpRequest) -> JsonResponse:
    """What the browser needs to make a passkey."""
    user: User = request.user  # type: ignore[assignment]
    options, challenge = passkeys.registration_options(user, here())
    give_challenge(request, challenge, now=timezone.now())
    return JsonResponse(json.loads(options))


@account_page
@fresh_page
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a passkey away."""
    user: User = request.user  # type: ignore[assignment]
    passkeys.remove_passkey(user, number, now=timezone.now())
    lost_factor(request, user, PASSKEY)
    return redirect("settings-sign-in")


@account_page
@require_POST
def rename(request: HttpRequest, number: int) -> HttpResponse:
    """Give a passkey another name."""
    user: User = request.user  # type: ignore[assignment]
    try:
        passkeys.rename_passkey(user, number, request.POST.get("name", ""), now=timezone.now())
    except Invalid as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, tr("The passkey has its new name."))
    return redirect("settings-sign-in")


urls = [
    path("sign-in/passkey/options/", ask, name="passkey-options"),
    path("sign-in/passkey/", enter, name="passkey"),
    path("settings/sign-in/passkeys/new/", new, name="settings-passkey-new"),
    path("settings/sign-in/passkeys/options/", ask_new, name="settings-passkey-options"),
    path("settings/sign-in/passkeys/<int:number>/rename/", rename, name="settings-passkey-rename"),
    path("settings/sign-in/passkeys/<int:number>/remove/", remove, name="settings-passkey-remove"),
]
