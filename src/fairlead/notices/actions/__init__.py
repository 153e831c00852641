"""Everything that makes and changes notices. They are private marks about events and record none themselves."""

from fairlead.notices.actions.devices import (
    Subscription,
    add_device,
    be_discreet,
    be_open,
    remove_device,
    restore_device,
)
from fairlead.notices.actions.mailing import (
    due_mails,
    is_mailed,
    mark_event_mailed,
    mark_mailed,
    sending,
    stop_mails,
    wants_mail,
)
from fairlead.notices.actions.muting import mute_project, mute_task, unmute_project, unmute_task
from fairlead.notices.actions.pushing import (
    claim_pushes,
    forget_device,
    note_failure,
    note_pushed,
    put_back,
    take_push,
)
from fairlead.notices.actions.reading import (
    Wanted,
    mark_all_read,
    mark_read,
    mark_seen,
    mark_unread_again,
    save_preferences,
    snooze,
    wake,
)
from fairlead.notices.actions.telling import remind_of_dates, remind_of_offer, settle_plan, tell

__all__ = [
    "Subscription",
    "Wanted",
    "add_device",
    "be_discreet",
    "be_open",
    "claim_pushes",
    "due_mails",
    "forget_device",
    "is_mailed",
    "mark_all_read",
    "mark_event_mailed",
    "mark_mailed",
    "mark_read",
    "mark_seen",
    "mark_unread_again",
    "mute_project",
    "mute_task",
    "note_failure",
    "note_pushed",
    "put_back",
    "remind_of_dates",
    "remind_of_offer",
    "remove_device",
    "restore_device",
    "save_preferences",
    "sending",
    "settle_plan",
    "snooze",
    "stop_mails",
    "take_push",
    "tell",
    "unmute_project",
    "unmute_task",
    "wake",
    "wants_mail",
]
