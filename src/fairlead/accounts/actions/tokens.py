"""API tokens: keys that act as their user, limited to scopes, shown once and kept as a digest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet

from fairlead.accounts.actions.policy import parse_networks
from fairlead.accounts.models import ApiToken, DirectoryToken
from fairlead.accounts.permissions import SCOPES, may_make_tokens, may_manage_members
from fairlead.accounts.queries import actor_in, membership_in
from fairlead.accounts.rules import DEFAULT, Rules, rules_in, rules_of
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.events.tenancy import enter
from fairlead.lib.errors import Forbidden, Invalid, Missing, require
from fairlead.lib.prepared import prepared
from fairlead.lib.secrets import digest, new_secret
from fairlead.lib.speech import later, tr

LONGEST_DAYS = 3650
log = structlog.get_logger("fairlead.security")


def create_token(
    name: str,
    scopes: Iterable[str],
    *,
    actor: Actor,
    now: datetime,
    days: int | None,
    networks: Iterable[str] = (),
) -> tuple[ApiToken, str]:
    """A token that acts as the actor, limited to `scopes`; returns it and the secret, which is shown once.

    `days` until it expires; None: it stays until it is revoked. `networks` (CIDR): where it works; none: everywhere.
    """
    require(may_make_tokens(actor), tr("Your role cannot make API tokens."))
    wanted = sorted(set(scopes))
    where = _check(name, wanted, days, tuple(networks), rules_in(actor.workspace_id))
    secret = new_secret("fl_")
    with transaction.atomic():
        token = ApiToken.objects.create(
            workspace_id=actor.workspace_id, user_id=actor.user_id or 0, name=name.strip(), hint=secret[:9],
            scopes=wanted, networks=list(where), digest=digest(secret), created_at=now,
            expires_at=now + timedelta(days=days) if days else None,
        )  # fmt: skip
        record(
            "token.created", token, actor=actor, now=now, name=token.name, scopes=wanted, expires_at=token.expires_at
        )
    return token, secret


def _check(name: str, scopes: list[str], days: int | None, networks: tuple[str, ...], rules: Rules) -> tuple[str, ...]:
    wrong: dict[str, str] = {}
    if not 0 < len(name.strip()) <= 80:
        wrong["name"] = tr("Say in at most 80 characters what the token is for.")
    if not scopes or not set(scopes) <= set(SCOPES):
        wrong["scopes"] = tr("Choose at least one of: %(scopes)s.", scopes=", ".join(SCOPES))
    if days is not None and not 0 < days <= LONGEST_DAYS:
        wrong["days"] = tr("A token lives from 1 to %(longest_days)s days.", longest_days=LONGEST_DAYS)
    elif rules.token_days and (days is None or days > rules.token_days):
        wrong["days"] = tr("In this workspace a token lives at most %(token_days)s days.", token_days=rules.token_days)
    where = parse_networks(networks, wrong, "networks")
    if wrong:
        raise Invalid(wrong)
    return where


def revoke_token(token_id: int, *, actor: Actor, now: datetime) -> None:
    """Stop a token: one's own, or as owner or admin anybody's."""
    token = ApiToken.objects.filter(pk=token_id, workspace_id=actor.workspace_id).first()
    mine = token is not None and token.user_id == actor.user_id and actor.scopes is None
    if token is None or not (mine or may_manage_members(actor)):
        raise Missing(tr("There is no such token."))
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now):
            record("token.revoked", token, actor=actor, now=now, name=token.name)


class TokenElsewhere(Forbidden):
    """The token is good, but not from this address."""

    code = "wrong-network"
    title = later("The token may not be used from here")


@prepared
def _token(secret_digest: str) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(digest=secret_digest, revoked_at__isnull=True)[:1]


def token_actor(secret: str, *, now: datetime, address: str = "") -> Actor | None:
    """The actor behind an API token, or None; enters its workspace and notes when it was used (once a minute).

    Raises TokenElsewhere when the token or the workspace limits where tokens work and `address` is not there.
    """
    enter(None, bearer_of=digest(secret))
    token: ApiToken | None = _token.first(digest(secret))
    if token is None:
        enter(None)
        return None
    enter(token.workspace_id, user_id=token.user_id)
    found = membership_in(token.user_id, token.workspace_id)
    rules = rules_of(found.workspace) if found else DEFAULT
    ends = rules.token_end(token.created_at, token.expires_at)
    if found is None or not found.user.is_active or (ends and ends <= now):
        enter(None)
        return None
    if not rules.token_works_at(address, token.networks):
        log.warning("token refused", token_id=token.pk, address=address)
        enter(None)
        raise TokenElsewhere(
            tr("This token is limited to some networks (Settings, API tokens), and this is none of them.")
        )
    note_use(token, now=now)
    return replace(actor_in(found), token_id=token.pk, scopes=frozenset(token.scopes))


def note_use(token: ApiToken | DirectoryToken, *, now: datetime) -> None:
    """Note that it was used, once a minute."""
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        type(token)._default_manager.filter(pk=token.pk).update(last_used_at=now)
