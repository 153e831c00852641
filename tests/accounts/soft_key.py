"""An authenticator made of software: it makes passkeys and answers with them as a browser would send it."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as text

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """One key pair for `host`; pages are at `origin`. `counter` grows with every answer, unless it is kept at 0."""

    origin: str = "http://localhost:8400"
    host: str = "localhost"
    counter: int = 0
    counts: bool = True
    verifies: bool = True
    handle: bytes = b""
    number: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any], **other: str) -> str:
        """The answer to a question for a new passkey."""
        from webauthn.helpers import base64url_to_bytes

        self.handle = base64url_to_bytes(options["user"]["id"])
        point = self.private.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.number).to_bytes(2, "big") + self.number + public
        data = self._data(ATTESTED) + attested
        said = self._said({"type": "webauthn.create", "challenge": options["challenge"], **other})
        proof = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": text(said), "attestationObject": text(proof)})

    def answer(self, options: dict[str, Any], **other: str) -> str:
        """The answer to a question for a passkey that is known. `other`: what a page of an attacker would say."""
        self.counter += self.counts
        data, said = self._data(0), self._said({"type": "webauthn.get", "challenge": options["challenge"], **other})
        signature = self.private.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer({
            "clientDataJSON": text(said), "authenticatorData": text(data), "signature": text(signature),
            "userHandle": text(self.handle),
        })  # fmt: skip

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _said(self, what: dict[str, str]) -> bytes:
        return json.dumps({"origin": self.origin, **what}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        number = text(self.number)
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": response})
