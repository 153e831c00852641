"""The door for a provider's directory: its token, which is shown once and opens nothing but /scim/v2/."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from fairlead.accounts.actions.sso import own_provider
from fairlead.accounts.actions.tokens import note_use
from fairlead.accounts.directory import Directory
from fairlead.accounts.models import DirectoryToken, IdentityProvider
from fairlead.accounts.permissions import may_change_workspace, may_grant
from fairlead.events.actor import SYSTEM, Actor
from fairlead.events.record import record
from fairlead.events.tenancy import enter
from fairlead.lib.errors import require
from fairlead.lib.secrets import digest, new_secret
from fairlead.lib.speech import tr


def make_directory_token(number: int, *, actor: Actor, now: datetime) -> str:
    """A token for the directory of this provider; returns the secret, which is shown once. An older one stops."""
    with transaction.atomic():
        provider = _own(number, actor)
        roles = {provider.role, *provider.group_roles.values()}
        require(all(may_grant(actor, role) for role in roles), tr("Only an owner can let a provider make admins."))
        _live(provider).update(revoked_at=now)
        secret = new_secret("fld_")
        DirectoryToken.objects.create(
            workspace_id=provider.workspace_id, provider=provider, role=actor.role, hint=secret[:9],
            digest=digest(secret), created_at=now,
        )  # fmt: skip
        record("directory.opened", provider, actor=actor, now=now, name=provider.name)
    return secret


def withdraw_directory_token(number: int, *, actor: Actor, now: datetime) -> None:
    """Stop the token at once. Members and groups stay as they are."""
    with transaction.atomic():
        provider = _own(number, actor)
        if _live(provider).update(revoked_at=now):
            record("directory.closed", provider, actor=actor, now=now, name=provider.name)


def _own(number: int, actor: Actor) -> IdentityProvider:
    """The provider, locked: two who renew at the same time come one after the other."""
    require(may_change_workspace(actor), tr("Only an owner or admin can change single sign-on."))
    return own_provider(number, actor, IdentityProvider.objects.select_for_update())


def _live(provider: IdentityProvider) -> QuerySet[DirectoryToken]:
    return DirectoryToken.objects.filter(provider=provider, revoked_at__isnull=True)


def open_directory(secret: str, *, now: datetime) -> Directory | None:
    """The directory behind a token, or None; enters its workspace and notes when it came (once a minute)."""
    enter(None, bearer_of=digest(secret))
    token = DirectoryToken.objects.filter(digest=digest(secret), revoked_at__isnull=True).first()
    enter(token.workspace_id if token else None)
    if token is None:
        return None
    provider = IdentityProvider.objects.filter(pk=token.provider_id, removed_at__isnull=True).first()
    if provider is None:
        enter(None)
        return None
    note_use(token, now=now)
    actor = Actor(workspace_id=token.workspace_id, kind=SYSTEM, name=provider.name, role=token.role)
    return Directory(provider, actor, token.pk)
