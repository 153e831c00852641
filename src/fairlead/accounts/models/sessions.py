"""Sessions of browsers: one row each, so that they can be listed and ended."""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from fairlead.accounts.models.members import User


class Session(AbstractBaseSession):
    """A browser that somebody uses. `session_key` is the digest of what the cookie holds: the table signs nobody in.

    What is in the columns beside Django's own is written by the store from the session's own values.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    agent = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=45, blank=True)
    how = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-seen_at"], name="session_of_user")]
