"""Everything that makes and changes notices. They are private marks about events and record none themselves."""

from fairlead.notices.actions.mailing import (
    claim_mails,
    claim_transactional,
    give_back,
    give_back_transactional,
    stop_mails,
    wants_mail,
)
from fairlead.notices.actions.reading import mark_all_read, mark_read, save_preferences, snooze, wake
from fairlead.notices.actions.telling import remind_of_dates, remind_of_offer, tell

__all__ = [
    "claim_mails",
    "claim_transactional",
    "give_back",
    "give_back_transactional",
    "mark_all_read",
    "mark_read",
    "remind_of_dates",
    "remind_of_offer",
    "save_preferences",
    "snooze",
    "stop_mails",
    "tell",
    "wake",
    "wants_mail",
]
