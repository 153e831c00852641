"""What clients and the team agree on: request forms, what is asked through them, and work that is put to a client."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from fairlead.lib.speech import later


class RequestForm(models.Model):
    """Questions that a client answers to ask for something in a project.

    `questions` and `needs` are documents that `work.forms` reads and writes; `version` grows with each change, so that
    an answer to older questions is noticed. Only the digest of a public address is kept.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    project = models.ForeignKey("work.Project", models.CASCADE, related_name="request_forms")
    name = models.CharField(max_length=80)
    intro = models.CharField(max_length=500, blank=True)
    questions = models.JSONField(default=list)
    labels = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    priority = models.PositiveSmallIntegerField(default=0)
    needs = models.JSONField(default=dict)
    published_at = models.DateTimeField(null=True, blank=True)
    public_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, null=True, unique=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    wall_also = "digest = (SELECT fairlead_bearer())"

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], condition=Q(removed_at__isnull=True), name="request_form_name_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="request_form_has_name"),
            models.CheckConstraint(condition=Q(priority__lte=4), name="request_form_priority"),
            models.CheckConstraint(
                condition=Q(public_at__isnull=True, digest__isnull=True)
                | Q(public_at__isnull=False, digest__isnull=False),
                name="request_form_public_has_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FormEntry(models.Model):
    """A form as it was filled in, with the task that came of it. `answers` is a list of [question, answer] as shown."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    form = models.ForeignKey(RequestForm, models.PROTECT, related_name="entries")
    task = models.OneToOneField("work.Task", models.CASCADE, related_name="form_entry")
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    answers = models.JSONField(default=list)
    form_version = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.form} for {self.task}"


class RequestDraft(models.Model):
    """What somebody has typed into a form (None: the plain one of the project) and not sent yet."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    project = models.ForeignKey("work.Project", models.CASCADE)
    form = models.ForeignKey(RequestForm, models.CASCADE, null=True)
    typed = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "project", "form"], nulls_distinct=False, name="request_draft_once")
        ]

    def __str__(self) -> str:
        return f"draft of {self.user}"


class LastLook(models.Model):
    """When a client last looked at a request, to say what has changed since."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "task"], name="last_look_once")]

    def __str__(self) -> str:
        return f"{self.user} saw {self.task}"


class Handover(models.Model):
    """Work in review that was put to clients, what they were shown, and their verdict. One at a time for each task.

    `shown` is the text that they judge: title, description, criteria; `task_version` the version of the task then.
    `round` counts from 1; `remind_days` 0 means no reminders. Ratings belong to an approval only: `rating` is the
    client's of the work, `client_rating` the team's of working with the client.
    """

    class State(models.TextChoices):
        OPEN = "open", later("Waits for the client")
        APPROVED = "approved", later("Approved")
        CHANGES = "changes", later("Changes asked for")
        WITHDRAWN = "withdrawn", later("Withdrawn")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="handovers")
    round = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    message = models.TextField(blank=True)
    shown = models.JSONField()
    task_version = models.PositiveIntegerField()
    remind_days = models.PositiveSmallIntegerField(default=3)
    asked_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="handovers_asked")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="handovers_answered")
    answered_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField(blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    rating_words = models.CharField(max_length=500, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    client_rating = models.PositiveSmallIntegerField(null=True, blank=True)
    client_rating_words = models.CharField(max_length=500, blank=True)
    client_rated_at = models.DateTimeField(null=True, blank=True)
    client_rated_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(state="open"), name="handover_one_open"),
            models.UniqueConstraint(fields=["task", "round"], name="handover_round_once"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True) | ~Q(state="open") & Q(answered_at__isnull=False),
                name="handover_answered",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5, state="approved"),
                name="handover_rating",
            ),
            models.CheckConstraint(
                condition=Q(client_rating__isnull=True)
                | Q(client_rating__gte=1, client_rating__lte=5, state="approved"),
                name="handover_client_rating",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "asked_at"], condition=Q(state="open"), name="handover_open")]

    def __str__(self) -> str:
        return f"round {self.round} of {self.task}"


class Reviewer(models.Model):
    """A client who was asked for a verdict, and what reminded them. `stopped_at`: they want no more reminders."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    handover = models.ForeignKey(Handover, models.CASCADE, related_name="reviewers")
    user = models.ForeignKey("accounts.User", models.CASCADE)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handover", "user"], name="reviewer_once")]

    def __str__(self) -> str:
        return f"{self.user} for {self.handover}"
