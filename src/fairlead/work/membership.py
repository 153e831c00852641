"""Who belongs to a project, and as what: a person, somebody without an account (an AI agent), or a whole team."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.lib.speech import later


class ProjectRole(models.TextChoices):
    """What somebody may do in one project; each may also what those below it may."""

    LEAD = "lead", later("Lead")
    CONTRIBUTOR = "contributor", later("Contributor")
    COMMENTER = "commenter", later("Commenter")
    VIEWER = "viewer", later("Viewer")


class ProjectMember(models.Model):
    """One entry in the list of a project's people: exactly one of `user`, `worker` and `team`.

    `worker` is for those who have no account. A team stands for everybody in it, at any time.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    project = models.ForeignKey("work.Project", models.CASCADE, related_name="members")
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, blank=True, related_name="project_roles")
    worker = models.ForeignKey("people.Worker", models.CASCADE, null=True, blank=True, related_name="project_roles")
    team = models.ForeignKey("people.Team", models.CASCADE, null=True, blank=True, related_name="project_roles")
    role = models.CharField(max_length=12, choices=ProjectRole)
    added_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "work"
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="project_member_user_once"),
            models.UniqueConstraint(fields=["project", "worker"], name="project_member_worker_once"),
            models.UniqueConstraint(fields=["project", "team"], name="project_member_team_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, worker__isnull=True, team__isnull=True)
                | Q(user__isnull=True, worker__isnull=False, team__isnull=True)
                | Q(user__isnull=True, worker__isnull=True, team__isnull=False),
                name="project_member_is_one",
            ),
            models.CheckConstraint(condition=Q(role__in=ProjectRole.values), name="project_member_role_known"),
        ]

    def __str__(self) -> str:
        return str(self.user or self.worker or self.team)
