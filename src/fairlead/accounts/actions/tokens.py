"""API tokens: keys that act as their user, limited to scopes, shown once and kept as a digest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from fairlead.accounts.models import ApiToken, Membership
from fairlead.accounts.permissions import SCOPES, may_make_tokens, may_manage_members
from fairlead.accounts.queries import actor_of
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.events.tenancy import bearer, enter
from fairlead.lib.errors import Invalid, Missing, require
from fairlead.lib.secrets import digest, new_secret

LONGEST_DAYS = 3650


def create_token(
    name: str, scopes: Iterable[str], *, actor: Actor, now: datetime, days: int | None
) -> tuple[ApiToken, str]:
    """A token that acts as the actor, limited to `scopes`; returns it and the secret, which is shown once.

    `days` until it expires; None: it stays until it is revoked.
    """
    require(may_make_tokens(actor), "Your role cannot make API tokens.")
    wanted = sorted(set(scopes))
    _check(name, wanted, days)
    secret = new_secret("fl_")
    with transaction.atomic():
        token = ApiToken.objects.create(
            workspace_id=actor.workspace_id, user_id=actor.user_id or 0, name=name.strip(), hint=secret[:9],
            scopes=wanted, digest=digest(secret), created_at=now,
            expires_at=now + timedelta(days=days) if days else None,
        )  # fmt: skip
        record(
            "token.created", token, actor=actor, now=now, name=token.name, scopes=wanted, expires_at=token.expires_at
        )
    return token, secret


def _check(name: str, scopes: list[str], days: int | None) -> None:
    wrong = {}
    if not 0 < len(name.strip()) <= 80:
        wrong["name"] = "Say in at most 80 characters what the token is for."
    if not scopes or not set(scopes) <= set(SCOPES):
        wrong["scopes"] = "Choose at least one of: " + ", ".join(SCOPES) + "."
    if days is not None and not 0 < days <= LONGEST_DAYS:
        wrong["days"] = f"A token lives from 1 to {LONGEST_DAYS} days."
    if wrong:
        raise Invalid(wrong)


def revoke_token(token_id: int, *, actor: Actor, now: datetime) -> None:
    """Stop a token: one's own, or as owner or admin anybody's."""
    token = ApiToken.objects.filter(pk=token_id, workspace_id=actor.workspace_id).first()
    mine = token is not None and token.user_id == actor.user_id and actor.scopes is None
    if token is None or not (mine or may_manage_members(actor)):
        raise Missing("There is no such token.")
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now):
            record("token.revoked", token, actor=actor, now=now, name=token.name)


def token_actor(secret: str, *, now: datetime) -> Actor | None:
    """The actor behind an API token, or None; enters its workspace and notes when it was used (once a minute)."""
    enter(None)
    with bearer(digest(secret)):
        token = ApiToken.objects.filter(digest=digest(secret), revoked_at__isnull=True).first()
    if token is None or (token.expires_at and token.expires_at <= now):
        return None
    enter(token.workspace_id, user_id=token.user_id)
    member = Membership.objects.filter(workspace_id=token.workspace_id, user_id=token.user_id, removed_at__isnull=True)
    found = member.select_related("user").first()
    if found is None or not found.user.is_active:
        enter(None)
        return None
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return replace(actor_of(found), token_id=token.pk, scopes=frozenset(token.scopes))
