"""Everything that changes work. One verb, one function, one transaction, one event; callers import from here."""

from fairlead.work.actions.attachments import (
    add_attachment,
    add_version,
    hide_attachment,
    keep_drawing,
    purge_trash,
    remove_attachment,
    restore_attachment,
    restore_version,
    show_attachment,
    sweep_files,
)
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
from fairlead.work.actions.views import change_view, remove_view, save_view, start_with
from fairlead.work.drafts import TaskDraft

__all__ = [
    "Outcome",
    "SoAlready",
    "TaskDraft",
    "TaskEdit",
    "add_attachment",
    "add_comment",
    "add_criterion",
    "add_dependency",
    "add_status",
    "add_version",
    "archive_project",
    "cancel_task",
    "change_many",
    "change_one",
    "change_project",
    "change_status",
    "change_task",
    "change_view",
    "check_criterion",
    "complete_task",
    "create_project",
    "create_task",
    "create_tasks",
    "delete_task",
    "edit_comment",
    "fold_column",
    "hide_attachment",
    "hold_task",
    "hold_tasks",
    "keep_drawing",
    "move_needs",
    "move_task",
    "preview_many",
    "purge_trash",
    "remove_attachment",
    "remove_comment",
    "remove_criterion",
    "remove_dependency",
    "remove_status",
    "remove_view",
    "reopen_task",
    "restore_attachment",
    "restore_project",
    "restore_task",
    "restore_version",
    "save_view",
    "set_lanes",
    "share_project",
    "show_attachment",
    "start_task",
    "start_with",
    "submit_task",
    "sweep_files",
    "uncheck_criterion",
    "undo_batch",
    "unfold_column",
    "unshare_project",
]
