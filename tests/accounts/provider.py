"""A small OpenID Connect provider on a real socket, with real keys; each test may make it misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """Issues a code for who is `claims`; `forge` may replace the token that it gives for one."""

    client_id: str = "acme"
    secret: str = "s3cret & more"
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    forge: Callable[[dict[str, Any]], str] | None = None
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    kid: str = "one"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def start(self) -> None:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                pages = {"/.well-known/openid-configuration": provider.discovery(), "/keys": provider.keys()}
                self._say(200 if self.path in pages else 404, pages.get(self.path, {}))

            def do_POST(self) -> None:
                provider.asked.append(self.path)
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = {name: values[0] for name, values in parse_qs(sent).items()}
                status, said = provider.give(fields, self.headers.get("Authorization", ""))
                self._say(status, said)

            def _say(self, status: int, said: dict[str, Any]) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def discovery(self) -> dict[str, Any]:
        at = self.issuer
        return {
            "issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys", "end_session_endpoint": f"{at}/logout",
            "id_token_signing_alg_values_supported": ["RS256"], **self.metadata,
        }  # fmt: skip

    def keys(self) -> dict[str, Any]:
        return {"keys": [{**self.public_jwk(), "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def public_jwk(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return found

    def public_pem(self) -> bytes:
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, kind)

    def sign_in(self, address: str) -> dict[str, str]:
        """What the person does there: the address that we sent them to → what comes back in the query."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == self.client_id
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def give(self, fields: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A token for a code: once, with the secret, for the same redirect address, and with the PKCE verifier."""
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        asked = self.codes.pop(fields.get("code", ""), None)
        verifier = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        good = (
            asked is not None
            and pair == "acme:s3cret+%26+more"
            and fields["redirect_uri"] == asked["redirect_uri"]
            and base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() == asked["code_challenge"]
        )
        if not good or asked is None:
            return 400, {"error": "invalid_grant"}
        claims = self.standard(asked["nonce"])
        return 200, {"id_token": self.forge(claims) if self.forge else self.token(claims), "token_type": "Bearer"}

    def standard(self, nonce: str) -> dict[str, Any]:
        at = int(time.time())
        return {"iss": self.issuer, "aud": self.client_id, "nonce": nonce, "iat": at, "exp": at + 300, "auth_time": at,
                **self.claims}  # fmt: skip

    def token(self, claims: dict[str, Any], **head: Any) -> str:
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.kid, **head})
