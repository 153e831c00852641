"""Signing in with a password or a mailed link, signing out, and choosing the workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from fairlead import jobs
from fairlead.accounts import actions
from fairlead.accounts.jobs import NO_WORKSPACE, mail_sign_in_link
from fairlead.accounts.models import User
from fairlead.accounts.queries import has_second_factor, workspaces_of
from fairlead.config import config
from fairlead.lib.errors import Forbidden, Invalid, Missing, TooMany
from fairlead.lib.speech import later, tr
from fairlead.web import device
from fairlead.web.access import ONLY_ONE, client_address, safe_next, user_page
from fairlead.web.blame import blame
from fairlead.web.challenge import origin
from fairlead.web.entering import let_in
from fairlead.web.render import page
from fairlead.web.second_factor import note_refusal
from fairlead.web.sso import known_provider
from fairlead.web.step_up import confirmed

ADDRESS_TRIES: Final = 60
"""From one address in a quarter of an hour, whatever the account: an office shares one."""
MAILS: Final = 4
WRONG: Final = later("The address and the password do not belong together. Try again, or have a link mailed to you.")


class SignInForm(forms.Form):
    """Address and password."""

    email = forms.CharField(
        label=later("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username webauthn", "autofocus": True}),
    )
    password = forms.CharField(
        label=later("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class AddressForm(forms.Form):
    """Where a link is to be mailed."""

    email = forms.EmailField(
        label=later("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page for signing in, and signing in with a password."""
    target = safe_next(request.POST.get("next") or request.GET.get("next"))
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(target)
        return _sign_in_page(request, SignInForm(initial={"email": request.GET.get("email", "")}), target)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, target, status=422)
    try:
        user = _check_password(request, form.cleaned_data["email"], form.cleaned_data["password"], now=timezone.now())
    except (Invalid, TooMany) as refusal:
        blame(form, refusal)
        return _sign_in_page(request, form, target, status=refusal.status)
    return let_in(request, user, "password", target=target)


def _sign_in_page(request: HttpRequest, form: forms.Form, target: str, *, status: int = 200) -> HttpResponse:
    values = {
        "form": form,
        "next": target,
        "open": config().open_sign_up,
        "origin": origin(),
        "provider": known_provider(request),
    }
    return page(request, "accounts/sign_in.jinja", values, status=status)


def _check_password(request: HttpRequest, email: str, password: str, *, now: datetime) -> User:
    """The person. Raises Invalid, or TooMany: alike and after the same time for accounts that do not exist."""
    actions.count_attempt(f"address:{client_address(request)}", now=now, limit=ADDRESS_TRIES)
    bucket = device.bucket(request, email)
    actions.count_attempt(bucket, now=now)
    user = authenticate(request, username=email.strip(), password=password)
    if not isinstance(user, User) or user.kind != User.Kind.PERSON:
        note_refusal(request, email.strip().lower(), "password")
        raise Invalid({"email": WRONG})
    actions.forget_attempts(bucket)
    return user


@require_POST
def mail_link(request: HttpRequest) -> HttpResponse:
    """Have a link mailed. The answer is the same whether there is such an account or not."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, _as_sign_in(form), "/", status=422)
    email, now = form.cleaned_data["email"].lower(), timezone.now()
    try:
        actions.count_attempt(f"address:{client_address(request)}", now=now, limit=ADDRESS_TRIES)
        actions.count_attempt(f"mail:{email}", now=now, limit=MAILS)
    except TooMany as refusal:
        blame(form, refusal)
        return _sign_in_page(request, _as_sign_in(form), "/", status=refusal.status)
    jobs.enqueue(mail_sign_in_link, workspace_id=NO_WORKSPACE, email=email)
    return page(request, "accounts/link_sent.jinja", {"email": email, "mails": bool(settings.MAIL_URL)})


def _as_sign_in(form: AddressForm) -> SignInForm:
    """The form of the page, with what was typed and what was wrong with the address alone."""
    shown = SignInForm({"email": form.data.get("email", "")})
    shown.errors.clear()
    for field, errors in form.errors.items():
        shown.errors[field] = shown.error_class(errors)
    return shown


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """A mailed link. Looking at it changes nothing, since mail scanners look too: a button signs in."""
    now = timezone.now()
    if request.method != "POST":
        user = actions.link_user(secret, now=now)
        return page(request, "accounts/link.jinja", {"person": user, "same": request.user == user})
    user, target = actions.use_sign_in_link(secret, now=now), safe_next(request.GET.get("next"))
    if request.user == user and not request.session.get("only"):
        actions.confirm_email(user, now=now)
        if not has_second_factor(user):
            confirmed(request)
        if target == "/":
            messages.success(request, tr("Thank you: your address is confirmed."))
        return redirect(target)
    dropped = actions.distrust_password(user)
    actions.confirm_email(user, now=now)
    response = let_in(request, user, "link", target="/settings/#password" if dropped else target)
    if dropped:
        messages.info(request, "Your address is confirmed. Please choose a password: the old one was set before that.")
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, here and in the browser's stores."""
    provider = request.session.get("provider")
    logout(request)
    response = redirect("sso-out", key=provider) if provider else redirect("/sign-in/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@user_page
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Work in another of one's workspaces."""
    wanted = request.POST.get("workspace", "")
    mine = {str(w["id"]): w for w in workspaces_of(request.user)}  # type: ignore[arg-type]
    if request.session.get("only") not in (None, mine.get(wanted, {}).get("id")):
        raise Forbidden(ONLY_ONE)
    if wanted not in mine:
        raise Missing(tr("You are not a member of this workspace."))
    request.session["workspace"] = mine[wanted]["id"]
    return redirect("/")


urls = [
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/link/", mail_link, name="mail-link"),
    path("sign-in/link/<str:secret>/", link, name="sign-in-link"),
    path("sign-out/", sign_out, name="sign-out"),
    path("switch/", switch, name="switch"),
]
