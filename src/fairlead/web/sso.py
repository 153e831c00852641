"""Single sign-on in the browser: off to the provider, and back with a proof.

What a provider vouches for opens the workspace whose provider it is, and nothing else of the account.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from fairlead.accounts import oidc
from fairlead.accounts.actions import sso
from fairlead.accounts.models import IdentityProvider, User
from fairlead.accounts.oidc import SsoFailed
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr
from fairlead.web import device
from fairlead.web.access import client_address, safe_next
from fairlead.web.entering import STRANGERS_S, start_session
from fairlead.web.render import page

log = structlog.get_logger("fairlead.security")
WAITING: Final = "sso"
GOOD_MIN: Final = 10


@require_safe
def go(request: HttpRequest, key: str) -> HttpResponse:
    """Off to the provider. `again`: ask the person anew; `link`: connect the account that is signed in."""
    provider, now = sso.find_provider(key), timezone.now()
    at = oidc.discover(provider.issuer)
    wanted = request.GET
    waiting = {
        "provider": key,
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "target": safe_next(wanted.get("next")),
        "again": bool(wanted.get("again")),
        "link": bool(wanted.get("link")) and request.user.is_authenticated and not request.session.get("only"),
        "at": now.isoformat(),
    }
    if not request.user.is_authenticated:
        request.session.set_expiry(STRANGERS_S)
    request.session[WAITING] = waiting
    asked = {name: str(waiting[name]) for name in ("state", "nonce", "verifier")}
    return redirect(oidc.authorize_address(at, sso.client_of(provider), **asked, again=waiting["again"] is True))


@require_safe
def back(request: HttpRequest, key: str) -> HttpResponse:
    """Back from the provider, once for each time that one went."""
    now = timezone.now()
    try:
        provider, claims, waiting = _proof(request, key, now=now)
        if waiting["link"] and isinstance(request.user, User):
            sso.link_identity(provider, claims, user=request.user, now=now)
            messages.success(request, tr("Your account of %(name)s is connected.", name=provider.name))
            return redirect("settings-sign-in")
        member = sso.arrive(provider, claims, now=now)
    except SsoFailed as refusal:
        log.warning("sign-in refused", address=client_address(request), how="sso", reason=refusal.detail[:200])
        values = {"detail": refusal.detail, "back": "/sign-in/"}
        return page(request, "accounts/passkey_refused.jinja", values, status=refusal.status)
    only = {"workspace": provider.workspace_id, "provider": key}
    response = start_session(request, member.user, "sso", target=str(waiting["target"]), factor="", only=only)
    response.set_cookie(
        device.provider_cookie(), key, max_age=device.KEEP_S, secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        samesite="Lax",
    )  # fmt: skip
    return response


def _proof(request: HttpRequest, key: str, *, now: datetime) -> tuple[IdentityProvider, dict[str, Any], dict[str, Any]]:
    """The provider, its claims, and what was kept when the browser left. Raises SsoFailed."""
    waiting = request.session.pop(WAITING, None)
    answer = request.GET
    if (
        waiting is None
        or waiting["provider"] != key
        or not constant_time_compare(answer.get("state", ""), waiting["state"])
        or now - datetime.fromisoformat(waiting["at"]) > timedelta(minutes=GOOD_MIN)
    ):
        raise SsoFailed(tr("This answer belongs to no sign-in that was begun here. Start once more."))
    provider = sso.find_provider(key)
    at = oidc.discover(provider.issuer)
    said = answer.get("iss")
    if (said is None and at.says_iss) or (said is not None and said != at.issuer):
        raise SsoFailed(tr("The answer came from another provider than the one that was asked."))
    if "code" not in answer:
        raise SsoFailed(tr("The provider let nobody in: %(value)s.", value=answer.get("error", "no code")[:100]))
    client = sso.client_of(provider)
    token = oidc.exchange(at, client, code=answer["code"], verifier=waiting["verifier"])
    claims = oidc.verify_id_token(token, at, client.client_id, nonce=waiting["nonce"], now=now)
    if waiting["again"] and not _is_recent(claims, datetime.fromisoformat(waiting["at"])):
        raise SsoFailed(tr("The provider did not ask you anew. Sign out there, then try again."))
    return provider, claims, waiting


def _is_recent(claims: dict[str, Any], since: datetime) -> bool:
    at = claims.get("auth_time")
    return isinstance(at, int) and at >= since.timestamp() - oidc.LEEWAY_S


@require_safe
def out(request: HttpRequest, key: str) -> HttpResponse:
    """After signing out here: the provider may still know the person."""
    provider = sso.find_provider(key)
    try:
        end = oidc.discover(provider.issuer).end_session
    except SsoFailed:
        end = ""
    return page(request, "accounts/sso_out.jinja", {"name": provider.name, "end": end, "key": key})


def known_provider(request: HttpRequest) -> dict[str, str] | None:
    """The provider that this browser used last, for a button on the sign-in page: key, name."""
    key = request.COOKIES.get(device.provider_cookie(), "")
    if not key or len(key) > 40 or not key.isascii():
        return None
    try:
        return {"key": key, "name": sso.find_provider(key).name}
    except Missing:
        return None


urls = [
    path("sign-in/sso/<str:key>/go/", go, name="sso-go"),
    path("sign-in/sso/<str:key>/back/", back, name="sso-back"),
    path("sign-in/sso/<str:key>/out/", out, name="sso-out"),
]
