"""The second step of signing in, for those who have more than one proof: a code, or a passkey."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fairlead import jobs
from fairlead.accounts import actions
from fairlead.accounts.actions.factors import RECOVERY
from fairlead.accounts.devices import device_name
from fairlead.accounts.jobs import NO_WORKSPACE, note_failed_sign_in
from fairlead.accounts.models import User
from fairlead.accounts.queries import factors
from fairlead.lib.errors import Refused
from fairlead.lib.speech import tr
from fairlead.web import device
from fairlead.web.access import client_address
from fairlead.web.blame import blame
from fairlead.web.entering import PENDING, start_session, tell_change
from fairlead.web.render import page
from fairlead.web.step_up import CodeForm

log = structlog.get_logger("fairlead.security")
PENDING_MIN: Final = 10


def pending_user(request: HttpRequest, *, now: datetime) -> User | None:
    """Who has given the first proof in this session within ten minutes; None when nobody has."""
    waiting: dict[str, Any] = request.session.get(PENDING, {})
    if not waiting or now - datetime.fromisoformat(waiting["at"]) > timedelta(minutes=PENDING_MIN):
        return None
    user = User.objects.filter(pk=waiting["user"], is_active=True).first()
    same = user is not None and constant_time_compare(waiting["hash"], user.get_session_auth_hash())
    return user if same else None


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Ask for a code of the app or a recovery code."""
    now = timezone.now()
    user = pending_user(request, now=now)
    if user is None:
        return redirect("sign-in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _second_page(request, user, form)
    if form.is_valid():
        try:
            used = _check_code(request, user, form.cleaned_data["code"], now=now)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return finish(request, user, used)
    return _second_page(request, user, form, status=422)


def _check_code(request: HttpRequest, user: User, code: str, *, now: datetime) -> str:
    """Which kind of code it was. Only who knows the first factor gets here; a known device is counted apart."""
    bucket = f"factor:{device.bucket(request, user.email)}"
    actions.count_attempt(bucket, now=now)
    try:
        used = actions.use_code(user, code, now=now)
    except actions.WrongCode:
        note_refusal(request, user.email, "code")
        raise
    actions.forget_attempts(bucket)
    return used


def note_refusal(request: HttpRequest, email: str, how: str) -> None:
    """Write a refused sign-in down: at once for whoever watches the server, soon in the account's workspaces."""
    log.warning("sign-in refused", address=client_address(request), how=how)
    agent = device_name(request.headers.get("User-Agent", ""))
    jobs.enqueue(note_failed_sign_in, workspace_id=NO_WORKSPACE, email=email[:254], how=how, device=agent)


def finish(request: HttpRequest, user: User, used: str) -> HttpResponse:
    """Both proofs are given: start the session that was waiting."""
    waiting = request.session[PENDING]
    response = start_session(request, user, waiting["how"], target=waiting["target"], factor=used)
    if used == RECOVERY:
        left = factors(user)["codes"]
        tell_change(user, tr("A recovery code of your account was used; %(left)s are left", left=left))
        messages.warning(
            request,
            tr("You have %(left)s recovery codes left. Make new ones under Sign-in before they run out.", left=left),
        )
    return response


def _second_page(request: HttpRequest, user: User, form: CodeForm, *, status: int = 200) -> HttpResponse:
    have = factors(user)
    values = {"form": form, "app": have["app"], "passkeys": have["passkeys"]}
    return page(request, "accounts/second.jinja", values, status=status)


urls = [path("sign-in/second/", second, name="second-factor")]
