"""Taking the event log out: that it was done is an event, too."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from fairlead.accounts.models import Workspace
from fairlead.accounts.permissions import may_export_events
from fairlead.events.actor import Actor
from fairlead.events.record import record
from fairlead.lib.errors import Invalid, require
from fairlead.lib.speech import tr

FORMATS: Final = ("csv", "jsonl")


def export_log(workspace: Workspace, *, form: str, filtered: str, actor: Actor, now: datetime) -> int:
    """Note that the log is taken out as `form` (csv or jsonl); `filtered`: by what, as in the page's address.

    The number of this event: the file ends with it.
    """
    require(may_export_events(actor), tr("Only owners, admins and auditors can export the event log."))
    if form not in FORMATS:
        raise Invalid({"format": tr("Choose CSV or JSON Lines.")})
    with transaction.atomic():
        event = record("log.exported", workspace, actor=actor, now=now, format=form, filter=filtered)
    event.refresh_from_db()
    return event.seq
