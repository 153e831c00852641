"""Writing down what happened to somebody's account: a user belongs to no workspace, so each of theirs is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from fairlead.accounts.models import Membership, User
from fairlead.accounts.queries import actor_of
from fairlead.events.actor import SYSTEM
from fairlead.events.record import record
from fairlead.events.tenancy import seen_by, tenant


def record_for_user(kind: str, user: User, *, now: datetime, by_somebody: bool = False, **payload: Any) -> None:
    """One event about the user in each of their workspaces; `by_somebody`: it is not known that it was they."""
    with transaction.atomic(), seen_by(user.pk):
        found = Membership.objects.filter(user=user, removed_at__isnull=True).select_related("user")
        for member in list(found):
            actor = actor_of(member)
            if by_somebody:
                actor = replace(actor, kind=SYSTEM, name="Somebody", role="", user_id=None)
            with tenant(member.workspace_id):
                record(kind, user, actor=actor, now=now, **payload)


def record_failed_sign_in(email: str, how: str, *, device: str, now: datetime) -> None:
    """Note that somebody tried to sign in to this account and was refused; nothing where there is no account."""
    user = User.objects.filter(email=email.strip().lower(), kind=User.Kind.PERSON).first()
    if user:
        record_for_user("user.sign_in_failed", user, now=now, by_somebody=True, how=how, device=device)
