"""What a place remembers of its own restores."""

from __future__ import annotations

from django.db import models


class Epoch(models.Model):
    """One restore into this place: what was sent before `cut_at` belongs to the place that the backup came from, and
    is not sent from here again. Its number is the epoch."""

    cut_at = models.DateTimeField()
    restored_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"epoch {self.pk}"
