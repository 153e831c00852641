"""What a place remembers of restores, exports and removals, and how long a workspace keeps things."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from fairlead.lib.speech import later


class Epoch(models.Model):
    """One restore into this place: what was sent before `cut_at` belongs to the place that the backup came from, and
    is not sent from here again. Its number is the epoch."""

    cut_at = models.DateTimeField()
    restored_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"epoch {self.pk}"


class Export(models.Model):
    """A copy of the workspace for its owner to take away: made by a job, fetched from the page, gone after a week.
    `files`: contents that it holds, `files_done` while it is made, `files_lost`: missing or damaged on disk; `why`: it
    stopped."""

    class State(models.TextChoices):
        MAKING = "making", later("Being made")
        READY = "ready", later("Ready")
        FAILED = "failed", later("Stopped")
        EXPIRED = "expired", later("Removed")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    requested_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    state = models.CharField(max_length=10, choices=State, default=State.MAKING)
    file_name = models.CharField(max_length=120, blank=True)
    bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    files = models.PositiveIntegerField(default=0)
    files_done = models.PositiveIntegerField(default=0)
    files_lost = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    after_restore = "state = 'failed' WHERE state = 'making'"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(state="making"), name="export_one_at_once"
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"


class Retention(models.Model):
    """How long a workspace keeps what it no longer needs. None: for ever."""

    workspace = models.OneToOneField("accounts.Workspace", models.CASCADE, related_name="retention")
    trash_days = models.PositiveSmallIntegerField(null=True, blank=True)
    notice_months = models.PositiveSmallIntegerField(null=True, blank=True)
    receipt_months = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(receipt_months__isnull=True) | models.Q(receipt_months__gte=6),
                name="retention_explains_half_a_year",
            ),
        ]

    def __str__(self) -> str:
        return f"retention of {self.workspace_id}"


class Removed(models.Model):
    """A workspace that was here and was removed at its owner's wish, so that its event log is not missed."""

    number = models.BigIntegerField(unique=True)
    events = models.BigIntegerField()
    removed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"workspace {self.number}"


class Twin(models.Model):
    """A row that was brought in from another workspace's export, so that bringing it in again makes nothing twice."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    source = models.CharField(max_length=64)
    kind = models.CharField(max_length=60)
    there = models.BigIntegerField()
    here = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "source", "kind", "there"], name="twin_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.there} is {self.here}"


class Erasure(models.Model):
    """A person whose traces in the workspace are taken out. `names` (what to look for) are kept until that is done."""

    class State(models.TextChoices):
        ASKED = "asked", later("Under way")
        ERASED = "erased", later("Taken out")
        DONE = "done", later("Done")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    worker = models.ForeignKey("people.Worker", models.CASCADE)
    asked_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    names = ArrayField(models.CharField(max_length=254), default=list)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    rows = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"erasure {self.pk}"
