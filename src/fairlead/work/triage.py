"""What came in and waits for a first look: one row for each task that did not begin on the team's own pages."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairlead.lib.speech import later


class Triage(models.Model):
    """A task that came in. `settled_at` None: nobody has looked at it yet; `snoozed_until`: it shows up again then.

    `reason` is what the requester was told; `into` the task that it was merged into.
    """

    class Source(models.TextChoices):
        REQUEST = "request", later("Client request")
        FORM = "form", later("Form")
        MAIL = "mail", later("E-mail")
        API = "api", "API"
        IMPORT = "import", later("Import")

    class Outcome(models.TextChoices):
        NONE = "", later("Not looked at")
        ACCEPTED = "accepted", later("Accepted")
        MERGED = "merged", later("Merged")
        DECLINED = "declined", later("Declined")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.OneToOneField("work.Task", models.CASCADE, related_name="triage")
    source = models.CharField(max_length=8, choices=Source)
    created_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.NONE, blank=True)
    reason = models.CharField(max_length=600, blank=True)
    into = models.ForeignKey("work.Task", models.SET_NULL, null=True, blank=True, related_name="merged")
    settled_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True)

    class Meta:
        app_label = "work"
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, outcome="") | (Q(settled_at__isnull=False) & ~Q(outcome="")),
                name="triage_settled_somehow",
            ),
            models.CheckConstraint(condition=~Q(task=F("into")), name="triage_not_into_itself"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "-created_at"], name="triage_waits", condition=Q(settled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"first look at {self.task}"
