"""Second factors: an authenticator app, and the recovery codes that help when it is lost."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from fairlead.accounts.actions.chronicle import record_for_user
from fairlead.accounts.models import Passkey, RecoveryCode, TotpDevice, User
from fairlead.accounts.totp import DIGITS, matching_step, new_totp_secret
from fairlead.lib.errors import Conflict, Invalid, Missing
from fairlead.lib.seal import seal, unseal
from fairlead.lib.speech import tr

CODES: Final = 10
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS: Final = 3
GROUP: Final = 4
"""Twelve of 31 letters: 59 bits for each code."""
APP: Final = "authenticator app"
RECOVERY: Final = "recovery code"


class WrongCode(Invalid):
    """The code belongs to nothing, is too old, or was used already."""

    code = "wrong-code"

    def __init__(self) -> None:
        super().__init__(
            {"code": tr("This code is not right, or was used already. Wait for the next one and try again.")}
        )


def begin_totp(user: User, *, now: datetime) -> None:
    """A fresh secret for an app that is not confirmed yet. Raises Conflict when there is one that is."""
    with transaction.atomic():
        TotpDevice.objects.filter(user=user, confirmed_at__isnull=True).delete()
        if TotpDevice.objects.filter(user=user).exists():
            raise Conflict(tr("You have an authenticator app already. Remove it first, then set up another."))
        TotpDevice.objects.create(user=user, sealed=_seal(user, new_totp_secret()), created_at=now)


def totp_secret(user: User) -> str:
    """The secret of the app that waits to be confirmed. Raises Missing."""
    waiting = TotpDevice.objects.filter(user=user, confirmed_at__isnull=True).first()
    if waiting is None:
        raise Missing(tr("Nothing is being set up. Start again in the settings, under Sign-in."))
    return _unseal(waiting)


def _seal(user: User, secret: str) -> str:
    return seal(secret, key=settings.SECRET_KEY, purpose=f"totp:{user.pk}")


def _unseal(device: TotpDevice) -> str:
    return unseal(device.sealed, key=settings.SECRET_KEY, purpose=f"totp:{device.user_id}")


def confirm_totp(user: User, code: str, *, now: datetime) -> list[str]:
    """The app shows the right code, so it counts from now on; the recovery codes, if these are the first ones."""
    step = matching_step(totp_secret(user), _plain(code), now=now)
    if step is None:
        raise WrongCode
    with transaction.atomic():
        waiting = TotpDevice.objects.filter(user=user, confirmed_at__isnull=True)
        if not waiting.update(confirmed_at=now, last_step=step):
            raise Conflict(tr("This was confirmed a moment ago."))
        added(user, APP, now=now)
        return first_recovery_codes(user, now=now)


def added(user: User, factor: str, *, now: datetime) -> None:
    """Write down that a factor was added."""
    record_for_user("factor.added", user, now=now, factor=factor)


def removed(user: User, factor: str, *, now: datetime) -> None:
    """Write down that a factor was removed."""
    record_for_user("factor.removed", user, now=now, factor=factor)
    if not _has_factor(user):
        RecoveryCode.objects.filter(user=user).delete()


def _has_factor(user: User) -> bool:
    app = TotpDevice.objects.filter(user=user, confirmed_at__isnull=False)
    return app.exists() or Passkey.objects.filter(user=user).exists()


def remove_totp(user: User, *, now: datetime) -> None:
    """Take the app away. Raises Missing when there is none."""
    with transaction.atomic():
        gone, _ = TotpDevice.objects.filter(user=user, confirmed_at__isnull=False).delete()
        if not gone:
            raise Missing(tr("There is no authenticator app to remove."))
        removed(user, APP, now=now)


def use_code(user: User, code: str, *, now: datetime) -> str:
    """Accept a code of the app or a recovery code, each once; which of the two it was. Raises WrongCode."""
    plain = _plain(code)
    if len(plain) == DIGITS and plain.isdigit():
        _use_totp(user, plain, now=now)
        return APP
    _use_recovery_code(user, plain, now=now)
    return RECOVERY


def _plain(code: str) -> str:
    return "".join(c for c in code.lower() if c.isascii() and c.isalnum())[:40]


def _use_totp(user: User, code: str, *, now: datetime) -> None:
    device = TotpDevice.objects.filter(user=user, confirmed_at__isnull=False).first()
    step = matching_step(_unseal(device), code, now=now) if device else None
    if device is None or step is None:
        raise WrongCode
    if not TotpDevice.objects.filter(pk=device.pk, last_step__lt=step).update(last_step=step):
        raise WrongCode


def _use_recovery_code(user: User, code: str, *, now: datetime) -> None:
    with transaction.atomic():
        mine = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at__isnull=True)
        if not mine.update(used_at=now):
            raise WrongCode
        left = RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()
        record_for_user("factor.recovery_used", user, now=now, left=left)


def first_recovery_codes(user: User, *, now: datetime) -> list[str]:
    """Ten codes for somebody who has none; else nothing."""
    if RecoveryCode.objects.filter(user=user).exists():
        return []
    return _write_codes(user, now=now)


def new_recovery_codes(user: User, *, now: datetime) -> list[str]:
    """Ten codes in the place of those that there are, which stop working. Raises Conflict without a factor."""
    if not _has_factor(user):
        raise Conflict(tr("Recovery codes come with an authenticator app or a passkey: set one up first."))
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        record_for_user("factor.recovery_renewed", user, now=now)
        return _write_codes(user, now=now)


def _write_codes(user: User, *, now: datetime) -> list[str]:
    codes = ["-".join(_letters() for _ in range(GROUPS)) for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_digest(user, _plain(code)), created_at=now) for code in codes
    )
    return codes


def _letters() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(GROUP))


def _digest(user: User, code: str) -> str:
    """scrypt with a salt for each user that also needs the server's key: slow to guess, even with the table in hand."""
    salt = hashlib.sha256(f"fairlead.recovery:{user.pk}:{settings.SECRET_KEY}".encode()).digest()
    return hashlib.scrypt(code.encode(), salt=salt, n=2**13, r=8, p=1, dklen=32).hex()
