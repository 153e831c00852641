"""Asking again who it is: what opens doors (tokens, roles, security, exports) wants a proof of the last ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fairlead.accounts import actions
from fairlead.accounts.actions.passkeys import use_passkey
from fairlead.accounts.actions.session_store import BEGAN
from fairlead.accounts.models import User
from fairlead.accounts.queries import factors
from fairlead.lib.errors import Invalid, Refused
from fairlead.lib.secrets import digest
from fairlead.lib.speech import later, tr
from fairlead.web.access import View, client_address, safe_next, user_page
from fairlead.web.challenge import here, take_challenge
from fairlead.web.render import page

log = structlog.get_logger("fairlead.security")
FRESH_MIN: Final = 10
CONFIRMED: Final = "confirmed_at"
FIELDS: Final = ("confirm_code", "confirm_password", "confirm_passkey")


def is_fresh(request: HttpRequest, *, now: datetime) -> bool:
    """Whether this session has proven within the last ten minutes whose it is."""
    proofs = [request.session.get(BEGAN), request.session.get(CONFIRMED)]
    return any(proof and now - datetime.fromisoformat(proof) < timedelta(minutes=FRESH_MIN) for proof in proofs)


def confirmed(request: HttpRequest) -> None:
    """Note that a proof was given just now."""
    request.session[CONFIRMED] = timezone.now().isoformat()


def fresh_page(view: View) -> View:
    """Ask for a proof first when the last one is old. What was sent is kept, and done right after the proof."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if is_fresh(request, now=timezone.now()):
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return redirect("/confirm/?" + urlencode({"next": request.get_full_path()}))
        if any(name in request.POST for name in FIELDS):
            wrong = _check(request)
            return _ask(request, wrong) if wrong else view(request, *args, **kwargs)
        return _ask(request, "")

    return guarded


def fresh_post(view: View) -> View:
    """Like `fresh_page`, for a page that may be looked at without: only what it sends asks for a proof."""
    careful = fresh_page(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return (careful if request.method == "POST" else view)(request, *args, **kwargs)

    return guarded


@user_page
@sensitive_post_parameters(*FIELDS)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The question on a page of its own, before one that shows or leads to something that needs a fresh proof."""
    target = safe_next(request.POST.get("next") or request.GET.get("next"))
    if request.method != "POST":
        return _ask(request, "", target=target)
    wrong = _check(request)
    return _ask(request, wrong, target=target) if wrong else redirect(target)


def _check(request: HttpRequest) -> str:
    """What is wrong with the proof; nothing when it is good, and then the session is fresh."""
    user: User = request.user  # type: ignore[assignment]
    bucket, now = f"confirm:{digest(request.session.session_key or str(user.pk))}", timezone.now()
    try:
        actions.count_attempt(bucket, now=now)
        _prove(request, user, now=now)
    except Refused as refusal:
        log.warning("confirmation refused", user=user.pk, address=client_address(request))
        return refusal.detail
    actions.forget_attempts(bucket)
    confirmed(request)
    return ""


def _prove(request: HttpRequest, user: User, *, now: datetime) -> None:
    """Raise Invalid unless the strongest proof that the user has was given."""
    have = factors(user)
    if answer := request.POST.get("confirm_passkey"):
        use_passkey(answer, challenge=take_challenge(request, now=now), at=here(), now=now, user=user,
                    agent=request.headers.get("User-Agent", ""))  # fmt: skip
    elif have["app"] or have["passkeys"]:
        actions.use_code(user, request.POST.get("confirm_code", ""), now=now)
    elif not user.check_password(request.POST.get("confirm_password", "")):
        raise Invalid({"password": tr("This is not your password.")})


def _ask(request: HttpRequest, wrong: str, *, target: str | None = None) -> HttpResponse:
    """`target`: the page to go to afterwards; None: what was sent is sent again with the proof."""
    user: User = request.user  # type: ignore[assignment]
    have = factors(user)
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in (*FIELDS, "csrfmiddlewaretoken", "next")
    ]
    values = {
        "wrong": wrong,
        "kept": kept if target is None else [("next", target)],
        "action": request.path if target is None else "/confirm/",
        "way": _way(request, user, have),
        "provider": request.session.get("provider", ""),
        "app": have["app"],
        "passkeys": have["passkeys"],
        "back": safe_next(target) if target else "/settings/",
    }
    status = 422 if wrong else 200 if target is not None else 403
    return page(request, "accounts/confirm.jinja", values, status=status)


def _way(request: HttpRequest, user: User, have: dict[str, Any]) -> str:
    if request.session.get("only"):
        return "sso"
    if have["app"] or have["passkeys"]:
        return "code"
    return "password" if user.has_usable_password() else "link"


class CodeForm(forms.Form):
    """Six digits of an app, or a recovery code."""

    code = forms.CharField(
        label=later("Code"),
        max_length=40,
        help_text=later("The six digits that your app shows now, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false", "autocapitalize": "none"}
        ),
    )


urls = [path("confirm/", confirm, name="confirm")]
