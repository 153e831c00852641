"""Replies kept so that a repeated request has its effect once."""

from __future__ import annotations

from django.db import models


class Reply(models.Model):
    """The answer to a POST that carried an Idempotency-Key, given again, to the byte, when the request is repeated."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user", "route", "key"], name="reply_once")]
        indexes = [models.Index(fields=["workspace", "created_at"], name="reply_age")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
