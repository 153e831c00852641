"""Secrets that are shown once: made here, kept only as a digest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


def new_secret(prefix: str) -> str:
    """A fresh secret of 192 random bits, such as `fl_…`; the prefix lets scanners recognise a leaked one."""
    return prefix + secrets.token_urlsafe(24)


def digest(secret: str) -> str:
    """The SHA-256 that is kept instead of the secret (64 hex digits). The secret is random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def derived_secret(prefix: str, key: str, purpose: str) -> str:
    """The secret that `key` gives for `purpose`, the same every time: for what is sent later without being kept."""
    code = hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest()
    return prefix + base64.urlsafe_b64encode(code[:24]).decode()
