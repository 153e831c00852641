"""Everything that makes and changes notices. They are private marks about events and record none themselves."""

from fairlead.notices.actions.mailing import (
    due_mails,
    is_mailed,
    mark_event_mailed,
    mark_mailed,
    sending,
    stop_mails,
    wants_mail,
)
from fairlead.notices.actions.reading import mark_all_read, mark_read, save_preferences, snooze, wake
from fairlead.notices.actions.telling import remind_of_dates, remind_of_offer, tell

__all__ = [
    "due_mails",
    "is_mailed",
    "mark_all_read",
    "mark_event_mailed",
    "mark_mailed",
    "mark_read",
    "remind_of_dates",
    "remind_of_offer",
    "save_preferences",
    "sending",
    "snooze",
    "stop_mails",
    "tell",
    "wake",
    "wants_mail",
]
