"""Runs of imports: what was read, what became of each row."""

from __future__ import annotations

from typing import Final

from django.db import models

from fairlead.lib.speech import later, mark

CUT_OFF: Final = mark("It was cut off by a restore.")


class Import(models.Model):
    """One upload: read and mapped first (draft), tried without writing, then run as a background job with progress."""

    class State(models.TextChoices):
        DRAFT = "draft", later("Not started")
        RUNNING = "running", later("Running")
        DONE = "done", later("Finished")
        FAILED = "failed", later("Stopped")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    kind = models.CharField(max_length=20)
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    project_key = models.CharField(max_length=8, blank=True)
    people_name = models.CharField(max_length=200, blank=True)
    people_text = models.TextField(blank=True)
    tasks_name = models.CharField(max_length=200, blank=True)
    tasks_text = models.TextField(blank=True)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    done_rows = models.PositiveIntegerField(default=0)
    total_rows = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    after_restore = (
        f"state = 'failed', finished_at = now(), report = report || '{{\"failed\": \"{CUT_OFF}\"}}'"
        " WHERE state = 'running'"
    )

    def __str__(self) -> str:
        return f"{self.kind} import {self.pk}"


class Origin(models.Model):
    """What the last import said of a task, so that the next one can tell who changed what: there, or here."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.OneToOneField("work.Task", models.CASCADE, related_name="origin")
    kind = models.CharField(max_length=20)
    values = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.kind} of {self.task}"
