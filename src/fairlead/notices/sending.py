"""A mail with words of its own: it respects the choice of its kind, and goes out once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairlead.accounts import mails
from fairlead.accounts.models import User
from fairlead.events.models import Event
from fairlead.lib.errors import Unavailable
from fairlead.notices import actions


def send_once(
    template: str, to: str, subject: str, *, about: tuple[int, User | None, str], now: datetime, **values: Any
) -> None:
    """Send the mail unless the person does not want it or has it already. `about`: event, person, kind."""
    event_id, user, kind = about
    event = Event.objects.get(pk=event_id)
    if not actions.wants_mail(event.workspace_id, user, kind):
        return
    actions.tell(event, now=now)  # so that there is a row which says that the mail went out
    if not actions.claim_transactional(event_id, user, kind, now=now):
        return
    try:
        mails.send(template, to, subject, **values)
    except Unavailable:
        actions.give_back_transactional(event_id, user, kind)
        raise
