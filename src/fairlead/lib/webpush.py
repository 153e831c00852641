"""Messages to a browser that is not open: encrypted for it alone, and signed so that its push service takes them.

The encryption is RFC 8291 over RFC 8188 (aes128gcm), the signature RFC 8292 (VAPID). The push service sees neither what
a message says nor whom it is for. The server's pair of keys is derived from its secret key and kept nowhere.
"""

from __future__ import annotations

import base64
import json
import struct
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE: Final = ec.SECP256R1()
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256 (SEC 2, section 2.4.2)."""
RECORD_BYTES: Final = 4096
MOST_BYTES: Final = 3993
"""Of plain text: every push service takes 4096 bytes, and header, delimiter and tag need 103 of them (RFC 8291, 4)."""
SIGNED_FOR_S: Final = 12 * 3600
"""RFC 8292 allows a day; push services dislike clocks that differ."""


def encrypt(text: bytes, *, public: bytes, auth: bytes, own: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """One message. `public` (65 bytes, a point of P-256) and `auth` (16 bytes) are the browser's; `own` is a pair of
    keys for this message alone, `salt` 16 random bytes. Raises ValueError for a point that is none."""
    if len(text) > MOST_BYTES:
        raise ValueError(f"A push holds {MOST_BYTES} bytes at most, not {len(text)}.")
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public))
    sender = point(own)
    secret = _derive(auth, shared, b"WebPush: info\0" + public + sender, 32)
    key = _derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(salt, secret, b"Content-Encoding: nonce\0", 12)
    header = salt + struct.pack("!IB", RECORD_BYTES, len(sender)) + sender
    return header + AESGCM(key).encrypt(nonce, text + b"\2", None)


def _derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half of a pair: 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def fresh_key() -> ec.EllipticCurvePrivateKey:
    """A new pair of keys."""
    return ec.generate_private_key(CURVE)


@lru_cache(maxsize=4)
def server_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """The pair with which the server whose secret key this is proves itself to push services."""
    seed = HKDF(algorithm=SHA256(), length=48, salt=None, info=b"fairlead.vapid").derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(seed) % (ORDER - 1) + 1, CURVE)


def authorization(endpoint: str, *, key: ec.EllipticCurvePrivateKey, contact: str, now: datetime) -> str:
    """The header that lets the push service of `endpoint` know who sends. `contact`: https:// or mailto:."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(now.timestamp()) + SIGNED_FOR_S, "sub": contact}
    signed = b".".join(encoded(json.dumps(it).encode()).encode() for it in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256())))
    token = signed.decode() + "." + encoded(r.to_bytes(32) + s.to_bytes(32))
    return f"vapid t={token}, k={encoded(point(key))}"


def encoded(raw: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """What `encoded` was given. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
