"""Single sign-on: who vouches for people of a workspace, and whom they have vouched for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.accounts.models.members import Role, User, Workspace


class IdentityProvider(models.Model):
    """An OpenID Connect provider of one workspace. `key` stands in its sign-in address; the secret is sealed.

    `group_roles`: group of the provider → role here; `joins`: whether whom it vouches for becomes a member as `role`.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    sealed = models.CharField(max_length=1000)
    joins = models.BooleanField(default=False)
    role = models.CharField(max_length=12, choices=Role, default=Role.CONTRIBUTOR)
    group_claim = models.CharField(max_length=60, blank=True)
    group_roles = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    wall_also = "key = (SELECT fairlead_bearer())"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(role__in=Role.values), name="provider_role_known")]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """A user as the provider knows them. `subject` never changes there, whatever becomes of name and address."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    provider = models.ForeignKey(IdentityProvider, models.CASCADE, related_name="identities")
    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "subject"], name="identity_once")]

    def __str__(self) -> str:
        return self.subject
