"""A mail with words of its own: it respects the choice of its kind, and goes out once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from fairlead.accounts import mails
from fairlead.accounts.models import User
from fairlead.events.models import Event
from fairlead.lib.errors import Unavailable
from fairlead.notices import actions


@contextmanager
def held(name: str) -> Iterator[None]:
    """Nobody else sends the mail of this name inside the block. Raises Unavailable while somebody else does."""
    with actions.sending(name) as mine:
        if not mine:
            raise Unavailable(f"Another worker sends the mail {name} at the moment.")
        yield


def send_once(
    template: str, to: str, subject: str, *, about: tuple[int, User | None, str], now: datetime, **values: Any
) -> None:
    """Send the mail unless the person does not want it or has it already. `about`: event, person, kind.

    A process that is killed between the mail server and the note that the mail went out sends it again; both copies
    have the same Message-ID, by which mail programs show them as one.
    """
    event_id, user, kind = about
    event = Event.objects.get(pk=event_id)
    if not actions.wants_mail(event.workspace_id, user, kind):
        return
    actions.tell(event, now=now)  # so that there is a row which says that the mail went out
    name = f"event {event_id} {kind} {to}"
    with held(name):
        if not actions.is_mailed(event_id, user, kind):
            mails.send(template, to, subject, named=name, **values)
            actions.mark_event_mailed(event_id, user, kind, now=now)
