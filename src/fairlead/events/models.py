"""The event log: one row for each committed change. Append-only, gap-free and hash-chained per workspace."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """What happened. `seq`, `previous` and `hash` are set by the database when the row is inserted."""

    workspace_id = models.BigIntegerField()
    seq = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10)
    actor_user_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    token_id = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(max_length=200)
    project_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    previous = models.BinaryField(default=b"")
    hash = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace_id", "seq"], name="event_seq_once")]
        indexes = [
            models.Index(fields=["workspace_id", "subject_kind", "subject_id", "seq"], name="event_subject"),
            models.Index(fields=["workspace_id", "project_id", "seq"], name="event_project"),
            models.Index(
                fields=["workspace_id", "actor_user_id", "seq"],
                condition=models.Q(actor_user_id__isnull=False),
                name="event_actor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.subject_label}"


class Head(models.Model):
    """The last event of each workspace; written by the database only, in the transaction that adds the event."""

    workspace_id = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.workspace_id} at {self.seq}"


class Redaction(models.Model):
    """An event from which a person's name was taken out. Written by the database only, whenever that happens: `digest`
    is the SHA-256 of what the event says now, so that it can be verified although its own hash is of what it said."""

    workspace_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace_id", "seq"], name="redaction_once")]

    def __str__(self) -> str:
        return f"{self.workspace_id} event {self.seq}"
