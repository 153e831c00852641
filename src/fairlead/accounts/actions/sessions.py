"""Sessions: noting that one is still used, and ending one's own from afar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from fairlead.accounts.models import Session, User
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Missing
from fairlead.lib.speech import tr

SEEN_EVERY: Final = timedelta(minutes=5)
"""So exactly is it known when a session was last used; a write for every request would cost more than it tells."""


def touch_session(session: Session, *, now: datetime) -> None:
    """Note that the session is used; writes at most every five minutes."""
    if now - session.seen_at >= SEEN_EVERY:
        Session.objects.filter(pk=session.pk).update(seen_at=now)


def end_session(number: str, *, user: User, actor: Actor, now: datetime) -> None:
    """End one of one's own sessions; its next request is refused. Raises Missing for one that is not there."""
    with transaction.atomic():
        ended, _ = Session.objects.filter(pk=number, user=user).delete()
        if not ended:
            raise Missing(tr("This session has ended already."))
        record("session.ended", user, actor=actor, now=now, sessions=1)


def end_other_sessions(keep: str, *, user: User, actor: Actor, now: datetime) -> int:
    """End all of one's own sessions but the one whose digest is `keep`; how many there were."""
    with transaction.atomic():
        ended, _ = Session.objects.filter(user=user).exclude(pk=keep).delete()
        if ended:
            record("session.ended", user, actor=actor, now=now, sessions=ended)
    return ended


def end_sessions_of(user: User, *, keep: str = "") -> int:
    """End the sessions of somebody whose password or factors have changed; how many there were."""
    ended, _ = Session.objects.filter(user=user).exclude(pk=keep).delete()
    return ended
