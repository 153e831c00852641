"""A cookie for devices that have signed in to an account before.

Guessing is slowed down per account, so a stranger could lock its owner out by guessing. A device that the owner has
used is counted apart. The cookie proves nothing else and signs nobody in.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from fairlead.accounts.models import User

KEEP_S: Final = 180 * 24 * 3600
SALT: Final = "fairlead.device"


def cookie_name() -> str:
    """With the prefix that browsers protect, where there is TLS."""
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def provider_cookie() -> str:
    """The name of the cookie that remembers which single sign-on this browser used last."""
    return "__Host-sso" if settings.SESSION_COOKIE_SECURE else "sso"


def bucket(request: HttpRequest, email: str) -> str:
    """Where tries for this account are counted: with a device that the account knows, else with the account."""
    email = email.strip().lower()
    known = _read(request)
    return f"device:{known['mark']}" if known.get("email") == email else f"account:{email}"


def knows(request: HttpRequest, email: str) -> bool:
    """Whether this account has signed in with this device before."""
    return _read(request).get("email") == email


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        return dict(signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=KEEP_S))
    except signing.BadSignature:
        return {}


def remember(response: HttpResponse, user: User) -> None:
    """Mark this device as one that the user has signed in with."""
    value = signing.dumps({"email": user.email, "mark": secrets.token_hex(8)}, salt=SALT)
    response.set_cookie(
        cookie_name(), value, max_age=KEEP_S, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
