"""Provisioning: whom a provider's directory keeps in the workspace, in which of its groups, and by which token."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from fairlead.accounts.models.members import Membership, Role, Workspace
from fairlead.accounts.models.sso import IdentityProvider


class DirectoryToken(models.Model):
    """The key by which a provider's directory comes in. Only the digest is kept; one works at a time.

    `role`: of who made it; the directory does nothing to members that this role may not do.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    provider = models.ForeignKey(IdentityProvider, models.CASCADE, related_name="directory_tokens")
    role = models.CharField(max_length=12, choices=Role)
    hint = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    wall_also = "digest = (SELECT fairlead_bearer())"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider"], condition=Q(revoked_at__isnull=True), name="directory_token_once"
            ),
            models.CheckConstraint(condition=Q(role__in=["owner", "admin"]), name="directory_token_role_known"),
        ]

    def __str__(self) -> str:
        return self.hint


class DirectoryEntry(models.Model):
    """A member as their directory knows them. A membership is kept by one directory at most.

    `made_account`: the directory made the account, nobody signed up for it.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    provider = models.ForeignKey(IdentityProvider, models.CASCADE, related_name="directory_entries")
    member = models.OneToOneField(Membership, models.CASCADE, related_name="directory_entry")
    user_name = models.CharField(max_length=254)
    external_id = models.CharField(max_length=255, blank=True)
    given_name = models.CharField(max_length=120, blank=True)
    family_name = models.CharField(max_length=120, blank=True)
    made_account = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("provider", Lower("user_name"), name="directory_user_name_once")]

    def __str__(self) -> str:
        return self.user_name


class DirectoryGroup(models.Model):
    """A group of the directory. What its name gives as a role, `IdentityProvider.group_roles` says."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    provider = models.ForeignKey(IdentityProvider, models.CASCADE, related_name="directory_groups")
    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("provider", Lower("name"), name="directory_group_once")]

    def __str__(self) -> str:
        return self.name


class DirectoryPlace(models.Model):
    """Somebody's place in a group of the directory; it stays while they are deactivated."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    group = models.ForeignKey(DirectoryGroup, models.CASCADE, related_name="places")
    entry = models.ForeignKey(DirectoryEntry, models.CASCADE, related_name="places")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "entry"], name="directory_place_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.group_id}"
