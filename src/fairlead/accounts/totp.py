"""One-time codes by time (RFC 6238): SHA-1, six digits, thirty seconds, as every authenticator app reads them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

STEP_S: Final = 30
DIGITS: Final = 6
DRIFT: Final = 1
"""So many steps may the clock of the app be wrong, either way."""
SECRET_BYTES: Final = 20
"""RFC 4226, section 4: 160 bits are recommended."""


def new_totp_secret() -> str:
    """A fresh secret in base 32, as it is typed into an app."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_at(now: datetime) -> int:
    """The number of the thirty seconds that `now` lies in."""
    return int(now.timestamp()) // STEP_S


def code_for(secret: str, step: int) -> str:
    """The six digits that an app shows in this step."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    start = mac[-1] & 0x0F
    number = struct.unpack(">I", mac[start : start + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, code: str, *, now: datetime) -> int | None:
    """The step whose code this is, within the drift; None when it is no code of now."""
    here = step_at(now)
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(code_for(secret, step).encode(), code.encode()):
            found = step
    return found


def totp_address(secret: str, account: str, *, issuer: str) -> str:
    """What the QR code holds."""
    asked = urlencode({"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP_S}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{asked}"
