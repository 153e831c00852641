"""Entries of the time log, and the weeks that are handed in and approved."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairlead.lib.speech import later, later_as

DAY_MIN = 1440


class TimeEntry(models.Model):
    """Time that a worker spent on a task. A running timer has neither `minutes` nor an end; a worker has one at most.

    `day` is the worker's own day that it counts for. An entry that was typed as a length has no times of day.
    `confirmed_at`: when somebody said that a timer that ran for long is no mistake.
    """

    class Source(models.TextChoices):
        TIMER = "timer", later("Timer")
        MANUAL = "manual", later("By hand")
        AGENT = "agent", later("AI agent")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    worker = models.ForeignKey("people.Worker", models.CASCADE, related_name="time_entries")
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="time_entries")
    day = models.DateField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    billable = models.BooleanField(default=True)
    source = models.CharField(max_length=8, choices=Source)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "work"
        constraints = [
            models.UniqueConstraint(
                fields=["worker"], condition=Q(minutes__isnull=True, deleted_at__isnull=True), name="time_one_running"
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True, started_at__isnull=False, ended_at__isnull=True)
                | Q(minutes__gte=1, minutes__lte=DAY_MIN, started_at__isnull=True, ended_at__isnull=True)
                | Q(minutes__gte=1, minutes__lte=DAY_MIN, ended_at__gt=F("started_at")),
                name="time_has_a_length",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "day"], name="time_of_worker", condition=Q(deleted_at__isnull=True)),
            models.Index(fields=["task"], name="time_of_task", condition=Q(deleted_at__isnull=True)),
            models.Index(fields=["workspace", "-day", "-id"], name="time_latest", condition=Q(deleted_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"time on {self.task}"

    @property
    def project_id(self) -> int:
        """The project that the task belongs to."""
        return self.task.project_id


class TimeWeek(models.Model):
    """A worker's week. Handed in it waits for a manager; approved it is locked. `note`: why it came back."""

    class State(models.TextChoices):
        OPEN = "open", later_as("time", "Open")
        SUBMITTED = "submitted", later_as("time", "Handed in")
        APPROVED = "approved", later_as("time", "Approved")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    worker = models.ForeignKey("people.Worker", models.CASCADE, related_name="time_weeks")
    monday = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    note = models.CharField(max_length=300, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "work"
        constraints = [
            models.UniqueConstraint(fields=["worker", "monday"], name="time_week_once"),
            models.CheckConstraint(condition=Q(monday__iso_week_day=1), name="time_week_begins_on_monday"),
        ]
        indexes = [models.Index(fields=["workspace", "monday"], name="time_week_waits", condition=Q(state="submitted"))]

    def __str__(self) -> str:
        return f"week of {self.monday.isoformat()}"
