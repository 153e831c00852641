"""Keys under which tasks were known before they moved to another project."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class FormerKey(models.Model):
    """WEB-42, of a task that is OPS-7 now: it leads to the task for ever, and is its key again when it comes back."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    project = models.ForeignKey("work.Project", models.CASCADE, related_name="former_keys")
    number = models.PositiveIntegerField()
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="former_keys")

    class Meta:
        app_label = "work"
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="former_key_once"),
            models.UniqueConstraint(fields=["task", "project"], name="former_key_of_project_once"),
        ]

    def __str__(self) -> str:
        return f"{self.project.key}-{self.number}"


def with_key(project: str, number: int | str) -> Q:
    """Tasks that have this key, or had it before they moved."""
    former = FormerKey.objects.filter(project__key=project.upper(), number=int(number)).values("task_id")
    return Q(project__key=project.upper(), number=int(number)) | Q(pk__in=former)
