"""Everything that changes the directory. Every function takes `actor` and `now`, and records one event."""

from fairlead.people.actions.availability import (
    approve_time_off,
    cancel_time_off,
    decline_time_off,
    request_time_off,
    set_hours,
    set_preferences,
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
from fairlead.people.actions.workers import (
    change_worker,
    create_worker,
    deactivate_worker,
    link_user,
    reactivate_worker,
)

__all__ = [
    "approve_time_off",
    "cancel_time_off",
    "change_presence_state",
    "change_skill",
    "change_worker",
    "confirm_skill",
    "create_presence_state",
    "create_skill",
    "create_worker",
    "deactivate_worker",
    "decline_time_off",
    "end_presence_of",
    "link_user",
    "merge_skills",
    "reactivate_worker",
    "remove_presence_state",
    "remove_skill",
    "request_time_off",
    "set_hours",
    "set_preferences",
    "set_presence",
    "set_skill",
]
