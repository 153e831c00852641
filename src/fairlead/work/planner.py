"""A worker's own day: private notes, and blocks of time that they keep for something."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fairlead.lib.speech import later


class Capture(models.Model):
    """A private note of one user: one line, with what was understood of it. Nobody else ever sees it.

    It waits until it becomes a `task`, is kept for reference (`kept_at`) or is dropped.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    text = models.CharField(max_length=300)
    due_at = models.DateTimeField(null=True, blank=True)
    labels = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    priority = models.PositiveSmallIntegerField(default=0)
    project = models.ForeignKey("work.Project", models.SET_NULL, null=True, blank=True)
    task = models.ForeignKey("work.Task", models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "work"
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="capture_has_text"),
            models.CheckConstraint(condition=Q(priority__lte=4), name="capture_priority_known"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="capture_waits", condition=Q(dropped_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return "a note"


class OwnBlock(models.Model):
    """Time that a worker keeps. A focus or private block makes them busy: plans lay no work there, and others see only
    that they are. A block for a task says when its worker means to do it, and keeps nothing free."""

    class Kind(models.TextChoices):
        FOCUS = "focus", later("Focus")
        PRIVATE = "private", later("Private")
        TASK = "task", later("Task")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    worker = models.ForeignKey("people.Worker", models.CASCADE, related_name="own_blocks")
    kind = models.CharField(max_length=8, choices=Kind)
    title = models.CharField(max_length=120, blank=True)
    task = models.ForeignKey("work.Task", models.CASCADE, null=True, blank=True, related_name="own_blocks")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "work"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="own_block_in_order"),
            models.CheckConstraint(
                condition=Q(kind="task", task__isnull=False) | (~Q(kind="task") & Q(task__isnull=True)),
                name="own_block_of_a_task",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "starts_at"], name="own_block_day", condition=Q(removed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return "own time"
