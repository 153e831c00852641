"""Changing the security rules of a workspace."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from django.db import transaction

from fairlead.accounts.models import Identity, Passkey, Role, SecurityPolicy, WaysIn, Workspace
from fairlead.accounts.permissions import may_change_workspace
from fairlead.accounts.rules import Rules, rules_in
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.addresses import network
from fairlead.lib.errors import Invalid, require
from fairlead.lib.speech import tr

DOMAIN: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
LIMITS: Final = {"grace_days": (0, 90), "session_hours": (1, 720), "token_days": (1, 3650)}


def change_rules(workspace: Workspace, wanted: Rules, *, actor: Actor, now: datetime) -> Rules:
    """Set the rules; `factor_since` follows by itself. Raises Invalid with the names of the fields."""
    require(may_change_workspace(actor), tr("Only an owner or admin can change the security rules."))
    before = rules_in(actor.workspace_id)
    after = _check(wanted, before, actor, now=now)
    changes = {
        name: [old, asdict(after)[name]]
        for name, old in asdict(before).items()
        if name != "factor_since" and old != asdict(after)[name]
    }
    if not changes:
        return before
    with transaction.atomic():
        values = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(after).items()}
        SecurityPolicy.objects.update_or_create(workspace_id=actor.workspace_id, defaults=values)
        record("security.changed", workspace, actor=actor, now=now, changes=changes)
    return after


def _check(wanted: Rules, before: Rules, actor: Actor, *, now: datetime) -> Rules:
    wrong: dict[str, str] = {}
    domains = tuple(dict.fromkeys(d.strip().lower().removeprefix("@") for d in wanted.invite_domains if d.strip()))
    if bad := [d for d in domains if not DOMAIN.fullmatch(d)]:
        wrong["invite_domains"] = tr("%(value)s is no domain; one looks like example.com.", value=repr(bad[0]))
    networks = parse_networks(wanted.token_networks, wrong, "token_networks")
    for name, (low, high) in LIMITS.items():
        value = getattr(wanted, name)
        if value is not None and not low <= value <= high:
            wrong[name] = tr("Choose from %(low)s to %(high)s.", low=low, high=high)
    if not set(wanted.factor_roles) <= set(Role.values):
        wrong["factor_roles"] = tr("Choose some of the roles.")
    if wanted.ways_in not in WaysIn.values:
        wrong["ways_in"] = tr("Choose one of the two.")
    elif wanted.ways_in == WaysIn.STRONG != before.ways_in and not _gets_in(actor):
        wrong["ways_in"] = tr(
            "You would lock yourself out: add a passkey or connect single sign-on under Sign-in first."
        )
    if wrong:
        raise Invalid(wrong)
    roles = tuple(role for role in Role.values if role in wanted.factor_roles)
    since = before.factor_since if set(roles) <= set(before.factor_roles) else now
    return replace(
        wanted,
        factor_roles=roles,
        factor_since=since if roles else None,
        invite_domains=domains,
        token_networks=networks,
    )


def parse_networks(texts: tuple[str, ...], wrong: dict[str, str], field: str) -> tuple[str, ...]:
    """The networks in their usual form; what is none is noted in `wrong`."""
    found = []
    for text in filter(None, (t.strip() for t in texts)):
        try:
            found.append(network(text))
        except ValueError:
            wrong[field] = f"{text[:60]!r} is no network; one looks like 203.0.113.0/24 or 2001:db8::/32."
    if len(found) > 50:
        wrong[field] = tr("At most 50 networks can be listed.")
    return tuple(dict.fromkeys(found))


def _gets_in(actor: Actor) -> bool:
    mine = {"user_id": actor.user_id or 0}
    linked = Identity.objects.filter(workspace_id=actor.workspace_id, provider__removed_at__isnull=True, **mine)
    return Passkey.objects.filter(**mine).exists() or linked.exists()
