"""Secrets that must be read again: encrypted with the server's key, so that a copied database gives nothing away."""

from __future__ import annotations

import base64
import secrets
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION: Final = "v1."
NONCE_BYTES: Final = 12


class BrokenSeal(ValueError):
    """The text was not sealed with this key for this purpose, or was changed."""


def seal(text: str, *, key: str, purpose: str) -> str:
    """AES-256-GCM of the text. `purpose` names the row that it belongs to: moved to another one it cannot be read."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(key).encrypt(nonce, text.encode(), purpose.encode())
    return VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, key: str, purpose: str) -> str:
    """What was sealed. Raises BrokenSeal."""
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(VERSION))
        return _cipher(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], purpose.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise BrokenSeal("A secret cannot be read: the server's key is not the one that it was sealed with.") from error


@lru_cache(maxsize=4)
def _cipher(key: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"fairlead.seal").derive(key.encode()))
