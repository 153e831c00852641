"""The security rules of a workspace as plain values, and what they say about a session, an address and a token."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from fairlead.accounts.models import Membership, SecurityPolicy, WaysIn, Workspace
from fairlead.lib.addresses import inside

STRONG_WAYS: Final = frozenset({"passkey", "sso"})


@dataclass(frozen=True)
class Rules:
    """factor_roles: roles that need a second factor, from factor_since and after grace_days; session_hours: how long a
    sign-in lasts (None: 30 days); invite_domains: of invited addresses (none: any); token_days: the longest life of an
    API token (None: any); token_networks: where tokens work (none: everywhere); ways_in: see WaysIn."""

    factor_roles: tuple[str, ...] = ()
    factor_since: datetime | None = None
    grace_days: int = 7
    session_hours: int | None = None
    invite_domains: tuple[str, ...] = ()
    token_days: int | None = None
    token_networks: tuple[str, ...] = ()
    ways_in: str = WaysIn.ANY

    def factor_due(self, member: Membership) -> datetime | None:
        """When this member must have a second factor; None: never."""
        return self.factor_due_at(member.role, member.created_at)

    def factor_due_at(self, role: str, joined_at: datetime) -> datetime | None:
        """When a member of this role must have a second factor; None: never."""
        if role not in self.factor_roles or self.factor_since is None:
            return None
        return max(self.factor_since, joined_at) + timedelta(days=self.grace_days)

    def session_is_over(self, began_at: datetime, *, now: datetime) -> bool:
        """Whether a session of this age has to begin anew."""
        return self.session_hours is not None and now - began_at >= timedelta(hours=self.session_hours)

    def lets_in(self, how: str) -> bool:
        """Whether one may have signed in like this."""
        return self.ways_in == WaysIn.ANY or how in STRONG_WAYS

    def invites(self, email: str) -> bool:
        """Whether this address may be invited."""
        return not self.invite_domains or email.rpartition("@")[2].lower() in self.invite_domains

    def token_end(self, created_at: datetime, expires_at: datetime | None) -> datetime | None:
        """When a token of this age stops working; None: never."""
        ends = [expires_at, created_at + timedelta(days=self.token_days) if self.token_days else None]
        return min((end for end in ends if end), default=None)

    def token_works_at(self, address: str, networks: list[str]) -> bool:
        """Whether a token that is limited to `networks` itself may be used from this address."""
        return all(not allowed or inside(address, allowed) for allowed in (self.token_networks, networks))


DEFAULT: Final = Rules()


def rules_of(workspace: Workspace) -> Rules:
    """The workspace's rules; no question to the database when it was loaded with `workspace__security`."""
    row: SecurityPolicy | None = getattr(workspace, "security", None)
    return _read(row) if row else DEFAULT


def rules_in(workspace_id: int) -> Rules:
    """The rules of the workspace that the connection is in."""
    row = SecurityPolicy.objects.filter(workspace_id=workspace_id).first()
    return _read(row) if row else DEFAULT


def _read(row: SecurityPolicy) -> Rules:
    values: dict[str, Any] = {f.name: getattr(row, f.name) for f in fields(Rules)}
    plain: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    return Rules(**plain)
