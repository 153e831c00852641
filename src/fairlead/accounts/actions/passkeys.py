"""Passkeys (WebAuthn level 3): registering several, signing in with one, and noticing a copied one."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import structlog
import webauthn
from django.conf import settings
from django.db import IntegrityError, transaction
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from fairlead.accounts.actions.chronicle import record_for_user
from fairlead.accounts.actions.factors import added, first_recovery_codes, removed
from fairlead.accounts.devices import LONGEST as LONGEST_AGENT
from fairlead.accounts.models import Passkey, User
from fairlead.lib.errors import Conflict, Invalid, Missing
from fairlead.lib.speech import tr

MOST: Final = 20
"""Passkeys of one account."""
LONGEST: Final = 20_000
"""Characters of an authenticator's answer; a real one has about 2,000."""
TRANSPORTS: Final = ("internal", "hybrid", "usb", "nfc", "ble", "smart-card")
MALFORMED: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
PASSKEY: Final = "passkey"
log = structlog.get_logger("fairlead.security")


class WrongPasskey(Invalid):
    """The answer was not made by a passkey of this account, for this server, just now."""

    code = "wrong-passkey"

    def __init__(self, detail: str = "") -> None:
        super().__init__({"passkey": detail or tr("This passkey was not accepted. Try again, or sign in otherwise.")})


@dataclass(frozen=True)
class Site:
    """For whom passkeys are made: the host name, and the address that pages must come from."""

    host: str
    origin: str


def site(base_url: str) -> Site | None:
    """The site of this base address; None where it is a bare IP address, for which browsers make no passkeys.

    This machine's own address stands for localhost.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return Site(host, base_url)
    if not address.is_loopback:
        return None
    port = f":{parts.port}" if parts.port else ""
    return Site("localhost", f"{parts.scheme}://localhost{port}")


def registration_options(user: User, at: Site) -> tuple[str, str]:
    """What the browser needs to make a passkey, as JSON, and the challenge that its answer must hold."""
    options = webauthn.generate_registration_options(
        rp_id=at.host,
        rp_name="Fairlead",
        user_id=_handle(user),
        user_name=user.email,
        user_display_name=user.name,
        exclude_credentials=_known(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


def request_options(at: Site, *, user: User | None = None) -> tuple[str, str]:
    """What the browser needs to answer with a passkey, as JSON, and the challenge. Without `user`: with any of its."""
    options = webauthn.generate_authentication_options(
        rp_id=at.host,
        allow_credentials=_known(user) if user else [],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


def _handle(user: User) -> bytes:
    """What a passkey keeps of the account: no name and no number."""
    return hmac.new(settings.SECRET_KEY.encode(), f"fairlead.passkey:{user.pk}".encode(), hashlib.sha256).digest()


def _known(user: User) -> list[PublicKeyCredentialDescriptor]:
    ids = Passkey.objects.filter(user=user).values_list("credential_id", flat=True)
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in ids]


def add_passkey(user: User, name: str, answer: str, *, challenge: str, at: Site, now: datetime) -> list[str]:
    """Keep a new passkey; the recovery codes, if these are the first ones. Raises Invalid or WrongPasskey."""
    name = _named(name)
    if Passkey.objects.filter(user=user).count() >= MOST:
        raise Conflict(tr("An account has at most %(most)s passkeys: remove one first.", most=MOST))
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=at.host,
            expected_origin=at.origin,
            require_user_verification=True,
        )
    except MALFORMED as error:
        log.warning("passkey refused", user=user.pk, reason=type(error).__name__)
        raise WrongPasskey(tr("This passkey could not be added. Start again, on this page.")) from error
    row = Passkey(
        user=user, name=name, credential_id=bytes_to_base64url(made.credential_id), created_at=now,
        public_key=made.credential_public_key, sign_count=made.sign_count, synced=made.credential_backed_up,
        transports=_transports(answer),
    )  # fmt: skip
    with transaction.atomic():
        _keep(row)
        added(user, PASSKEY, now=now)
        return first_recovery_codes(user, now=now)


def _named(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not 0 < len(name) <= 80:
        raise Invalid({"name": tr("Give the passkey a name of at most 80 characters, such as the device's.")})
    return name


def _transports(answer: str) -> list[str]:
    """How the browser says that it reaches the key; only words that we know."""
    response = _read(answer).get("response")
    told = response.get("transports") if isinstance(response, dict) else None
    return [name for name in TRANSPORTS if isinstance(told, list) and name in told]


def rename_passkey(user: User, number: int, name: str, *, now: datetime) -> None:
    """Give one of one's own passkeys another name. Raises Invalid or Missing."""
    name = _named(name)
    with transaction.atomic():
        mine = Passkey.objects.filter(pk=number, user=user)
        if mine.exclude(name=name).update(name=name):
            record_for_user("factor.renamed", user, now=now, factor=PASSKEY)
        elif not mine.exists():
            raise Missing(tr("There is no such passkey."))


def _keep(row: Passkey) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(tr("This passkey is known already.")) from error


def _read(answer: str) -> dict[str, object]:
    if len(answer) > LONGEST:
        raise ValueError("too long")
    read: dict[str, object] = json.loads(answer)
    return read


def use_passkey(
    answer: str, *, challenge: str, at: Site, now: datetime, user: User | None = None, agent: str = ""
) -> User:
    """Whose passkey answered. `user`: it must be one of theirs; `agent`: the browser's User-Agent, kept to be shown.
    Raises WrongPasskey.

    A counter that did not grow shows that the key was copied; then neither of the two is let in.
    """
    try:
        read = _read(answer)
        key = Passkey.objects.select_related("user").get(credential_id=str(read["id"]), user__is_active=True)
        proof = webauthn.verify_authentication_response(
            credential=read,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=at.host,
            expected_origin=at.origin,
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
        _check_owner(key, read, user)
    except (*MALFORMED, Passkey.DoesNotExist) as error:
        log.warning("passkey refused", reason=type(error).__name__, detail=str(error)[:200])
        raise WrongPasskey from error
    used = Passkey.objects.filter(pk=key.pk, sign_count=key.sign_count)
    seen = {"last_used_at": now, "last_agent": agent[:LONGEST_AGENT], "synced": proof.credential_backed_up}
    if not used.update(sign_count=proof.new_sign_count, **seen):
        raise WrongPasskey
    return key.user


def _check_owner(key: Passkey, read: dict[str, object], user: User | None) -> None:
    response = read["response"]
    handle = response.get("userHandle") if isinstance(response, dict) else None
    if handle and not hmac.compare_digest(base64url_to_bytes(str(handle)), _handle(key.user)):
        raise ValueError("the passkey belongs to another account")
    if user is not None and key.user_id != user.pk:
        raise ValueError("the passkey is somebody else's")


def remove_passkey(user: User, number: int, *, now: datetime) -> None:
    """Take one of one's own passkeys away. Raises Missing."""
    with transaction.atomic():
        gone, _ = Passkey.objects.filter(pk=number, user=user).delete()
        if not gone:
            raise Missing(tr("There is no such passkey."))
        removed(user, PASSKEY, now=now)
