"""Roles by the groups of a provider, whether a sign-in names them or the provider's directory sends them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Final

from fairlead.accounts.actions.members import change_role
from fairlead.accounts.models import Membership, Role
from fairlead.events.actor import Actor

RANKS: Final = (Role.ADMIN, Role.MANAGER, Role.CONTRIBUTOR, Role.AUDITOR, Role.CLIENT)
"""Which role counts when somebody is in several groups: the first. Nobody becomes an owner by a group."""


def role_by(group_roles: Mapping[str, str], groups: Container[object]) -> str:
    """The role that these groups give; empty when they give none."""
    given = {role for group, role in group_roles.items() if group in groups}
    return next((rank for rank in RANKS if rank in given), "")


def follow(member: Membership, role: str, *, actor: Actor, now: datetime) -> None:
    """Give the role that the groups say. An owner stays one; no role changes nothing."""
    if role and member.role not in (Role.OWNER, role):
        change_role(member.pk, role, actor=actor, now=now)
        member.role = role
