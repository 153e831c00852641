"""What was told to whom, and how each person wants to be told."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fairlead.lib.speech import later


class Notice(models.Model):
    """One piece of news for one person. `occasion` names what it is about, so that nothing is told twice.

    `in_app` notices stand in the centre; those with a `mail_at` go out by mail then, unless they were read before.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20)
    occasion = models.CharField(max_length=60)
    event_id = models.BigIntegerField(null=True)
    project = models.ForeignKey("work.Project", models.CASCADE, null=True)
    task = models.ForeignKey("work.Task", models.CASCADE, null=True)
    title = models.CharField(max_length=300)
    body = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=200)
    actor_name = models.CharField(max_length=200, blank=True)
    in_app = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    after_restore = "mail_at = NULL WHERE mail_at IS NOT NULL AND mailed_at IS NULL"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "occasion", "kind", "workspace"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "workspace", "-created_at"], name="notice_recent"),
            models.Index(
                fields=["user", "workspace"], condition=Q(read_at__isnull=True, in_app=True), name="notice_unread"
            ),
            models.Index(
                fields=["user", "workspace"], condition=Q(mail_at__isnull=False, mailed_at__isnull=True),
                name="notice_to_mail",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class NoticeSettings(models.Model):
    """When mails go out to a person, on their own clock: minutes after midnight, weekdays 0 = Monday.

    Quiet hours begin on each of `quiet_days` and last until `quiet_to_min`, on the next day when that is earlier.
    """

    class Digest(models.TextChoices):
        NOW = "now", later("As it happens")
        HOURLY = "hourly", later("Once an hour")
        DAILY = "daily", later("Once a day")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    digest = models.CharField(max_length=6, choices=Digest, default=Digest.NOW)
    daily_at_min = models.PositiveSmallIntegerField(default=540)
    quiet_from_min = models.PositiveSmallIntegerField(default=1200)
    quiet_to_min = models.PositiveSmallIntegerField(default=480)
    quiet_days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="notice_settings_once"),
            models.CheckConstraint(
                condition=Q(daily_at_min__lt=1440, quiet_from_min__lt=1440, quiet_to_min__lt=1440)
                & ~Q(quiet_from_min=F("quiet_to_min")),
                name="notice_settings_times",
            ),
        ]

    def __str__(self) -> str:
        return f"notices of {self.user}"


class Choice(models.Model):
    """The channels that a person chose for one kind; without a row its defaults hold."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    kind = models.CharField(max_length=20)
    in_app = models.BooleanField()
    mail = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user", "kind"], name="notice_choice_once")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user}"
