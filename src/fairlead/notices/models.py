"""What was told to whom, how each person wants to be told, and the devices that are told while nobody looks."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fairlead.lib.speech import later


class Notice(models.Model):
    """One piece of news for one person. `occasion` names what it is about, so that nothing is told twice.

    `in_app` notices stand in the centre; those with a `mail_at` go out by mail then, unless they were read before, and
    those with a `push_at` to the person's devices. `pushed_at`: when the first device had it.
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
    push_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)

    after_restore = (
        "mail_at = NULL, push_at = NULL WHERE (mail_at IS NOT NULL AND mailed_at IS NULL) OR push_at IS NOT NULL"
    )

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
            models.Index(fields=["user", "workspace"], condition=Q(push_at__isnull=False), name="notice_to_push"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class NoticeSettings(models.Model):
    """When mails and pushes go out to a person, on their own clock: minutes after midnight, weekdays 0 = Monday.

    Quiet hours begin on each of `quiet_days` and last until `quiet_to_min`, on the next day when that is earlier.
    `spare_mails`: what a device had is not mailed as well.
    """

    class Digest(models.TextChoices):
        NOW = "now", later("As it happens")
        HOURLY = "hourly", later("Once an hour")
        DAILY = "daily", later("Once a day")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    digest = models.CharField(max_length=6, choices=Digest, default=Digest.NOW)
    push_digest = models.CharField(max_length=6, choices=Digest, default=Digest.NOW)
    spare_mails = models.BooleanField(default=False)
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
    """The channels that a person chose for one kind; without a row, and for a `push` of None, its defaults hold."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    kind = models.CharField(max_length=20)
    in_app = models.BooleanField()
    mail = models.BooleanField()
    push = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user", "kind"], name="notice_choice_once")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user}"


class Device(models.Model):
    """A browser that takes pushes for somebody, for as long as the session (its digest) is signed in there.

    `sealed` holds its address at the push service and its keys; `address_digest` finds it again. `discreet`: pushes say
    what kind of news there is and nothing else. `failing_since`: the push service has not taken any since then.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="devices")
    session = models.CharField(max_length=64)
    address_digest = models.CharField(max_length=64)
    sealed = models.TextField()
    name = models.CharField(max_length=60)
    discreet = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "address_digest"], name="device_once")]

    def __str__(self) -> str:
        return self.name


class Push(models.Model):
    """Notices on their way to one device. The row is taken away by whoever sends it, so that nothing goes twice."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    device = models.ForeignKey(Device, models.CASCADE)
    notice_ids = ArrayField(models.BigIntegerField())
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{len(self.notice_ids)} to {self.device}"


class Mute(models.Model):
    """A task or a project of which somebody wants to hear only what is meant for them by name."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE, null=True)
    project = models.ForeignKey("work.Project", models.CASCADE, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "task"], name="mute_task_once"),
            models.UniqueConstraint(fields=["user", "project"], name="mute_project_once"),
            models.CheckConstraint(
                condition=Q(task__isnull=True, project__isnull=False) | Q(task__isnull=False, project__isnull=True),
                name="mute_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} mutes {self.task or self.project}"
