"""OpenID Connect 1.0 as a client: discovery, the code flow with PKCE, and what an ID token must be to count.

Nothing is believed that was not checked: the issuer, the audience, the nonce, the times, and a signature by one of the
provider's own public keys with an algorithm that goes with that key. What the token says about where keys lie is
ignored. See OpenID Connect Core 3.1.3.7, RFC 7636 (PKCE), RFC 9207 (iss) and RFC 8725 (JWT).
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import jwt
from django.core.cache import cache

from fairlead.config import config
from fairlead.lib.errors import Refused
from fairlead.lib.http import FetchError, Limits, fetch, send_form
from fairlead.lib.speech import later, tr

ALGORITHMS: Final = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "EC", "ES384": "EC", "ES512": "EC", "EdDSA": "OKP",
}  # fmt: skip
"""Algorithm → kind of key. None that signs with a shared secret, and not "none"."""
KEYS_KEPT_S: Final = 600
AGAIN_S: Final = 30
"""An unknown key makes us look again, at most this often."""
LEEWAY_S: Final = 60
MOST_BYTES: Final = 512 * 1024


class SsoFailed(Refused):
    """The provider did not vouch for anybody."""

    code = "sso-failed"
    title = later("Single sign-on did not work")


@dataclass(frozen=True)
class Discovery:
    """What a provider says about itself."""

    issuer: str
    authorize: str
    token: str
    keys: str
    end_session: str
    algorithms: tuple[str, ...]
    says_iss: bool
    basic: bool


@dataclass(frozen=True)
class Client:
    """Who we are for a provider."""

    client_id: str
    secret: str
    redirect: str


def discover(issuer: str) -> Discovery:
    """The provider's description, kept for ten minutes. Raises SsoFailed."""
    kept: Discovery | None = cache.get(f"oidc:{issuer}")
    if kept is not None:
        return kept
    said = _get(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise SsoFailed(
            tr(
                "The provider calls itself %(value)s, not %(issuer)s.",
                value=repr(str(said.get("issuer"))[:200]),
                issuer=repr(issuer),
            )
        )
    try:
        found = Discovery(
            issuer=issuer,
            authorize=str(said["authorization_endpoint"]),
            token=str(said["token_endpoint"]),
            keys=str(said["jwks_uri"]),
            end_session=str(said.get("end_session_endpoint", "")),
            algorithms=tuple(
                a for a in said.get("id_token_signing_alg_values_supported", ["RS256"]) if a in ALGORITHMS
            ),
            says_iss=said.get("authorization_response_iss_parameter_supported") is True,
            basic="client_secret_basic" in said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]),
        )
    except (KeyError, TypeError) as error:
        raise SsoFailed(tr("What the provider says about itself is incomplete.")) from error
    cache.set(f"oidc:{issuer}", found, KEYS_KEPT_S)
    return found


def _limits() -> Limits:
    trusted = tuple(host.strip() for host in config().private_hosts.split(",") if host.strip())
    return Limits(most_bytes=MOST_BYTES, seconds=10, trusted=trusted)


def _get(address: str) -> dict[str, Any]:
    try:
        return _object(fetch(address, limits=_limits()).content)
    except FetchError as error:
        raise SsoFailed(
            tr("The provider did not answer: %(reason)s %(advice)s", reason=error.reason, advice=error.advice)
        ) from error


def _object(content: bytes) -> dict[str, Any]:
    try:
        read = json.loads(content)
    except ValueError as error:
        raise SsoFailed(tr("The provider answered with something that is no JSON.")) from error
    if not isinstance(read, dict):
        raise SsoFailed(tr("The provider answered with something unexpected."))
    return read


def authorize_address(
    at: Discovery, client: Client, *, state: str, nonce: str, verifier: str, again: bool = False
) -> str:
    """Where the browser is sent. `again`: the provider is to ask the person anew, whatever it remembers."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "client_id": client.client_id, "redirect_uri": client.redirect,
        "scope": "openid email profile", "state": state, "nonce": nonce, "code_challenge": challenge,
        "code_challenge_method": "S256", **({"prompt": "login", "max_age": "0"} if again else {}),
    }  # fmt: skip
    return at.authorize + ("&" if "?" in at.authorize else "?") + urlencode(asked)


def exchange(at: Discovery, client: Client, *, code: str, verifier: str) -> str:
    """The ID token for a code. Raises SsoFailed."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect,
        "code_verifier": verifier,
    }
    headers = {"accept": "application/json"}
    if at.basic:
        pair = urlencode({client.client_id: client.secret}).replace("=", ":", 1)
        headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        fields |= {"client_id": client.client_id, "client_secret": client.secret}
    try:
        reply = send_form(at.token, fields, limits=_limits(), headers=headers)
    except FetchError as error:
        raise SsoFailed(tr("The provider did not answer: %(reason)s", reason=error.reason)) from error
    said = _object(reply.content)
    token = said.get("id_token")
    if reply.status != 200 or not isinstance(token, str):
        raise SsoFailed(
            tr("The provider refused: %(value)s. Sign in once more.", value=str(said.get("error", reply.status))[:100])
        )
    return token


def verify_id_token(token: str, at: Discovery, client_id: str, *, nonce: str, now: datetime) -> dict[str, Any]:
    """The claims of a token that is what it should be in every way. Raises SsoFailed."""
    try:
        head = jwt.get_unverified_header(token)
        algorithm = head.get("alg", "")
        if algorithm not in at.algorithms:
            raise SsoFailed(tr("The provider's answer is not signed in a way that counts."))
        key = _key(at, head.get("kid"), algorithm)
        claims = jwt.decode(
            token, key, algorithms=[algorithm], audience=client_id, issuer=at.issuer,
            options={"require": ["exp", "iat", "sub", "aud", "iss"], "verify_exp": False, "verify_iat": False,
                     "verify_nbf": False},
        )  # fmt: skip
    except jwt.PyJWTError as error:
        raise SsoFailed(tr("The provider's answer could not be verified.")) from error
    _check(claims, client_id, nonce, now)
    return claims


def _check(claims: dict[str, Any], client_id: str, nonce: str, now: datetime) -> None:
    at = now.timestamp()
    times = [claims[name] for name in ("exp", "iat")]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in times):
        raise SsoFailed(tr("The provider's answer has no times."))
    if times[0] <= at - LEEWAY_S or times[1] > at + LEEWAY_S:
        raise SsoFailed(tr("The provider's answer is too old, or its clock is wrong. Sign in once more."))
    if claims.get("nonce") != nonce:
        raise SsoFailed(tr("The provider's answer belongs to another sign-in. Sign in once more."))
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", client_id if not several else None) != client_id:
        raise SsoFailed(tr("The provider's answer is meant for somebody else."))
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise SsoFailed(tr("The provider's answer does not say who it is."))


def _key(at: Discovery, kid: object, algorithm: str) -> jwt.PyJWK:
    """The provider's key of this name; an unknown one makes us look again, since keys are changed."""
    for anew in (False, True):
        for raw in _keys(at.keys, anew=anew):
            fits = raw.get("kty") == ALGORITHMS[algorithm] and raw.get("use", "sig") == "sig"
            named = kid is None or raw.get("kid") == kid
            if fits and named and raw.get("alg", algorithm) == algorithm:
                return jwt.PyJWK(raw, algorithm=algorithm)
    raise SsoFailed(tr("The provider's answer is signed with a key that it does not name as its own."))


def _keys(address: str, *, anew: bool) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] | None = cache.get(f"jwks:{address}")
    if kept is not None and not (anew and cache.add(f"jwks-again:{address}", True, AGAIN_S)):
        return kept
    found = [raw for raw in _get(address).get("keys", []) if isinstance(raw, dict)]
    cache.set(f"jwks:{address}", found, KEYS_KEPT_S)
    return found
