"""Workspaces (the tenants), their members, and how people and programs prove who they are."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from fairlead.lib.speech import later


class Role(models.TextChoices):
    """What a member is in a workspace; `permissions` says what each may do."""

    OWNER = "owner", later("Owner")
    ADMIN = "admin", later("Admin")
    MANAGER = "manager", later("Manager")
    CONTRIBUTOR = "contributor", later("Contributor")
    CLIENT = "client", later("Client")
    AUDITOR = "auditor", later("Auditor")


class UserManager(BaseUserManager["User"]):
    """Looks users up by their address, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Somebody who signs in, or an AI agent that works through tokens. Global: one user may be in many workspaces.

    `language`: a code of `lib.languages`; empty: as the browser asks.
    """

    class Kind(models.TextChoices):
        PERSON = "person", later("Person")
        AGENT = "agent", "AI agent"

    class Theme(models.TextChoices):
        SYSTEM = "system", later("Like the device")
        LIGHT = "light", later("Light")
        DARK = "dark", later("Dark")

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PERSON)
    time_zone = models.CharField(max_length=64, default="UTC")
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    language = models.CharField(max_length=8, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    email_confirmed_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower")]

    def __str__(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    # Django asks these of every user model; what anybody may do is decided by membership and permissions.
    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002  Django names them
        return False

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002  Django names it
        return False


class Workspace(models.Model):
    """The tenant: everything that belongs to one team. `ends_at`: when it is removed, if an owner asked for that.

    `language`: what people read who have not chosen one and whose browser is not at hand; empty: the server's.
    `has_project_roles`: whether any of its projects is private or has members of its own; where none does, nobody has
    to ask who may see what.
    """

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=8, blank=True, default="")
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    has_project_roles = models.BooleanField(default=False)

    wall_column = "id"
    wall_also = (
        "id IN (SELECT workspace_id FROM accounts_membership"
        " WHERE user_id = (SELECT fairlead_user()) AND removed_at IS NULL)"
    )

    def __str__(self) -> str:
        return self.name


class Branding(models.Model):
    """What clients see of a workspace: its name, logo, colour and words. Read from outside by who has its link.

    `accent` is a colour like #2f5bd7 that white text can be read on; `words` maps states of tasks to what clients read.
    """

    workspace = models.OneToOneField(Workspace, models.CASCADE)
    name = models.CharField(max_length=80)
    welcome = models.CharField(max_length=600, blank=True)
    accent = models.CharField(max_length=7)
    words = models.JSONField(default=dict)
    shows_names = models.BooleanField(default=False)
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=20, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    wall_also = "digest = (SELECT fairlead_bearer())"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user in a workspace with a role. Removed members stay, so that history keeps its names."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    wall_also = "user_id = (SELECT fairlead_user())"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class Invitation(models.Model):
    """A link that lets its receiver join; only the digest of its secret is kept."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    wall_also = "digest = (SELECT fairlead_bearer())"

    def __str__(self) -> str:
        return self.email


class ApiToken(models.Model):
    """A key for programs and agents: it acts as its user, limited to its scopes. Only the digest is kept."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE)
    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    networks = ArrayField(models.CharField(max_length=50), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    wall_also = "digest = (SELECT fairlead_bearer())"

    def __str__(self) -> str:
        return self.name


class SignInLink(models.Model):
    """A mailed link that signs in once, within minutes. Only the digest of its secret is kept."""

    user = models.ForeignKey(User, models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link for {self.user}"


class Attempt(models.Model):
    """A try to sign in, counted per account and per address to slow guessing down; pruned after a day."""

    bucket = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["bucket", "at"], name="attempt_bucket")]

    def __str__(self) -> str:
        return self.bucket
