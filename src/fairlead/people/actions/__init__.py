"""Everything that changes the directory. Every function takes `actor` and `now`, and records one event."""

from fairlead.people.actions.availability import (
    approve_time_off,
    cancel_time_off,
    decline_time_off,
    report_absence,
    request_time_off,
    set_hours,
    set_preferences,
)
from fairlead.people.actions.calendars import (
    ask_refresh,
    change_calendar,
    close_feed,
    connect_calendar,
    keep_reading,
    note_fault,
    note_feed_read,
    open_feed,
    remove_calendar,
    upload_calendar,
)
from fairlead.people.actions.expertise import confirm_skill, remove_skill, set_skill
from fairlead.people.actions.presence import (
    change_presence_state,
    create_presence_state,
    end_presence_of,
    remove_presence_state,
    set_presence,
)
from fairlead.people.actions.skills import change_skill, create_skill, merge_skills
from fairlead.people.actions.teams import change_team, create_team, remove_team
from fairlead.people.actions.workers import (
    change_worker,
    create_worker,
    deactivate_worker,
    link_user,
    reactivate_worker,
)

__all__ = [
    "approve_time_off",
    "ask_refresh",
    "cancel_time_off",
    "change_calendar",
    "change_presence_state",
    "change_skill",
    "change_team",
    "change_worker",
    "close_feed",
    "confirm_skill",
    "connect_calendar",
    "create_presence_state",
    "create_skill",
    "create_team",
    "create_worker",
    "deactivate_worker",
    "decline_time_off",
    "end_presence_of",
    "keep_reading",
    "link_user",
    "merge_skills",
    "note_fault",
    "note_feed_read",
    "open_feed",
    "reactivate_worker",
    "remove_calendar",
    "remove_presence_state",
    "remove_skill",
    "remove_team",
    "report_absence",
    "request_time_off",
    "set_hours",
    "set_preferences",
    "set_presence",
    "set_skill",
    "upload_calendar",
]
