"""What somebody has beside a password: an authenticator app, recovery codes, passkeys. All belong to the user."""

from __future__ import annotations

from django.db import models

from fairlead.accounts.models.members import User


class TotpDevice(models.Model):
    """An authenticator app. Its secret is sealed; `last_step` is the latest code that was used, which works once."""

    user = models.OneToOneField(User, models.CASCADE, related_name="totp")
    sealed = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"app of {self.user}"


class RecoveryCode(models.Model):
    """One way back in without the other factors; works once. Only the digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"recovery code of {self.user}"


class Passkey(models.Model):
    """A key pair of a device (WebAuthn); we keep the public half. `sign_count` shows a key that was copied.
    `transports`: how it is reached (internal, hybrid, usb …); `synced`: it is copied to its owner's other devices;
    `last_agent`: what the browser that used it last said of itself."""

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80)
    credential_id = models.CharField(max_length=1400, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    transports = models.JSONField(default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    synced = models.BooleanField(default=False)
    last_agent = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name
