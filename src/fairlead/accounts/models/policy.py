"""What a workspace asks of everybody who comes in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from fairlead.accounts.models.members import Workspace
from fairlead.lib.speech import later


class WaysIn(models.TextChoices):
    """How one may have signed in."""

    ANY = "any", later("In any way")
    STRONG = "strong", later("With a passkey or single sign-on only")


class SecurityPolicy(models.Model):
    """The rules of one workspace; one without a row has the defaults of `accounts.rules`."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="security")
    factor_roles = ArrayField(models.CharField(max_length=12), default=list)
    factor_since = models.DateTimeField(null=True)
    grace_days = models.PositiveSmallIntegerField(default=7)
    session_hours = models.PositiveSmallIntegerField(null=True)
    invite_domains = ArrayField(models.CharField(max_length=253), default=list)
    token_days = models.PositiveSmallIntegerField(null=True)
    token_networks = ArrayField(models.CharField(max_length=50), default=list)
    ways_in = models.CharField(max_length=10, choices=WaysIn, default=WaysIn.ANY)

    wall_also = (
        "workspace_id IN (SELECT workspace_id FROM accounts_membership"
        " WHERE user_id = (SELECT fairlead_user()) AND removed_at IS NULL)"
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ways_in__in=WaysIn.values), name="ways_in_known")]

    def __str__(self) -> str:
        return f"security of {self.workspace_id}"
