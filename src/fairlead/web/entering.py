"""The last steps of every way in: a fresh session, a note in the log, and a mail when the device is a new one."""

from __future__ import annotations

from typing import Any, Final

import structlog
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from fairlead import jobs
from fairlead.accounts import actions
from fairlead.accounts.devices import LONGEST, device_name
from fairlead.accounts.jobs import NO_WORKSPACE, mail_new_device, mail_security_change
from fairlead.accounts.models import User
from fairlead.accounts.queries import has_second_factor, membership_of
from fairlead.events.tenancy import enter
from fairlead.web import device
from fairlead.web.access import client_address
from fairlead.web.gate import remind

log = structlog.get_logger("fairlead.security")
BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


STRANGERS_S: Final = 3600
"""So long is a session kept in which nobody is signed in yet."""
PENDING: Final = "pending"
"""In a session: who has given the first of two proofs, how, and where they want to go."""


def let_in(request: HttpRequest, user: User, how: str, *, target: str = "/") -> HttpResponse:
    """Somebody has proven to be `user`: start their session, or ask for their second factor first."""
    if not has_second_factor(user):
        return start_session(request, user, how, target=target)
    workspace = request.session.get("workspace")
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "how": how,
        "target": target,
        "at": timezone.now().isoformat(),
    }
    request.session.set_expiry(STRANGERS_S)
    if workspace:
        request.session["workspace"] = workspace
    return redirect("second-factor")


def tell_change(user: User, what: str) -> None:
    """Mail somebody that the way into their account has changed."""
    log.info("account changed", user=user.pk, what=what)
    jobs.enqueue(mail_security_change, workspace_id=NO_WORKSPACE, user_id=user.pk, what=what)


def start_session(
    request: HttpRequest,
    user: User,
    how: str,
    *,
    target: str = "/",
    factor: str = "",
    only: dict[str, Any] | None = None,
) -> HttpResponse:
    """A session that is new in every way, whoever was signed in before.

    `only`: the workspace (its number) that it opens alone, and the provider (its key) that it came through.
    """
    new_here = user.last_login is not None and not device.knows(request, user.email)
    workspace, agent = request.session.get("workspace"), request.headers.get("User-Agent", "")[:LONGEST]
    request.session.flush()
    login(request, user, backend=BACKEND)
    now, address = timezone.now(), client_address(request)
    request.session.update({"agent": agent, "address": address, "how": how, "factor": factor})
    if only:
        workspace = only["workspace"]
        request.session.update({"only": workspace, "provider": only["provider"]})
    if workspace:
        request.session["workspace"] = workspace
    if how == "link":
        request.session["proved_at"] = now.isoformat()
    enter(None, user_id=user.pk)
    member = membership_of(user, workspace)
    if member:
        remind(request, member)
        actions.record_sign_in(member, how, device=device_name(agent), factor=factor, now=now)
    log.info("signed in", user=user.pk, how=how, factor=factor, address=address)
    if new_here:
        jobs.enqueue(
            mail_new_device, workspace_id=NO_WORKSPACE, user_id=user.pk, device=device_name(agent), address=address,
            signed_in_at=now.isoformat(),
        )  # fmt: skip
    response = redirect(target)
    device.remember(response, user)
    return response
