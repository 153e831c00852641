"""Everything that changes work. One verb, one function, one transaction, one event; callers import from here."""

from fairlead.work.actions.batches import (
    Outcome,
    SoAlready,
    TaskEdit,
    change_many,
    change_one,
    preview_many,
    undo_batch,
)
from fairlead.work.actions.comments import add_comment, edit_comment, remove_comment
from fairlead.work.actions.criteria import add_criterion, check_criterion, remove_criterion, uncheck_criterion
from fairlead.work.actions.dependencies import add_dependency, remove_dependency
from fairlead.work.actions.looks import fold_column, set_lanes, unfold_column
from fairlead.work.actions.moves import (
    cancel_task,
    complete_task,
    move_task,
    reopen_task,
    start_task,
    submit_task,
)
from fairlead.work.actions.needs import move_needs
from fairlead.work.actions.projects import (
    archive_project,
    change_project,
    create_project,
    restore_project,
    share_project,
    unshare_project,
)
from fairlead.work.actions.statuses import add_status, change_status, remove_status
from fairlead.work.actions.tasks import (
    change_task,
    create_task,
    create_tasks,
    delete_task,
    hold_task,
    hold_tasks,
    restore_task,
)
from fairlead.work.actions.time_entries import (
    TimeDraft,
    change_time,
    confirm_timer,
    discard_timer,
    keep_timer,
    log_time,
    remove_time,
    restore_time,
    set_day,
    start_timer,
    stop_timer,
)
from fairlead.work.actions.time_weeks import approve_week, return_week, submit_week, take_back_week
from fairlead.work.actions.views import change_view, remove_view, save_view, start_with
from fairlead.work.drafts import TaskDraft

__all__ = [
    "Outcome",
    "SoAlready",
    "TaskDraft",
    "TaskEdit",
    "TimeDraft",
    "add_comment",
    "add_criterion",
    "add_dependency",
    "add_status",
    "approve_week",
    "archive_project",
    "cancel_task",
    "change_many",
    "change_one",
    "change_project",
    "change_status",
    "change_task",
    "change_time",
    "change_view",
    "check_criterion",
    "complete_task",
    "confirm_timer",
    "create_project",
    "create_task",
    "create_tasks",
    "delete_task",
    "discard_timer",
    "edit_comment",
    "fold_column",
    "hold_task",
    "hold_tasks",
    "keep_timer",
    "log_time",
    "move_needs",
    "move_task",
    "preview_many",
    "remove_comment",
    "remove_criterion",
    "remove_dependency",
    "remove_status",
    "remove_time",
    "remove_view",
    "reopen_task",
    "restore_project",
    "restore_task",
    "restore_time",
    "return_week",
    "save_view",
    "set_day",
    "set_lanes",
    "share_project",
    "start_task",
    "start_timer",
    "start_with",
    "stop_timer",
    "submit_task",
    "submit_week",
    "take_back_week",
    "uncheck_criterion",
    "undo_batch",
    "unfold_column",
    "unshare_project",
]
