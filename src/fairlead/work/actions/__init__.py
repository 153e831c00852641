"""Everything that changes work. One verb, one function, one transaction, one event; callers import from here."""

from fairlead.work.actions.approvals_of_work import approve, ask_for_changes, name_approvers, reject
from fairlead.work.actions.batches import (
    Outcome,
    SoAlready,
    TaskEdit,
    change_many,
    change_one,
    preview_many,
    undo_batch,
)
from fairlead.work.actions.checklists import (
    add_item,
    change_item,
    check_item,
    item_to_subtask,
    place_item,
    remove_item,
    uncheck_item,
)
from fairlead.work.actions.comments import add_comment, edit_comment, remove_comment
from fairlead.work.actions.criteria import add_criterion, check_criterion, remove_criterion, uncheck_criterion
from fairlead.work.actions.dependencies import add_dependency, remove_dependency
from fairlead.work.actions.field_options import OptionIn
from fairlead.work.actions.field_values import FieldsEmpty
from fairlead.work.actions.fields import (
    archive_field,
    change_field,
    create_field,
    delete_field,
    hide_from_cards,
    restore_field,
    show_on_cards,
    switch_off,
    switch_on,
    unarchive_field,
)
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
from fairlead.work.actions.type_rules import NotApproved, PartsOpen, WrongColumn
from fairlead.work.actions.types import archive_type, change_type, create_type, delete_type, unarchive_type
from fairlead.work.actions.views import change_view, remove_view, save_view, start_with
from fairlead.work.drafts import TaskDraft

__all__ = [
    "FieldsEmpty",
    "NotApproved",
    "OptionIn",
    "Outcome",
    "PartsOpen",
    "SoAlready",
    "TaskDraft",
    "TaskEdit",
    "WrongColumn",
    "add_comment",
    "add_criterion",
    "add_dependency",
    "add_item",
    "add_status",
    "approve",
    "archive_field",
    "archive_project",
    "archive_type",
    "ask_for_changes",
    "cancel_task",
    "change_field",
    "change_item",
    "change_many",
    "change_one",
    "change_project",
    "change_status",
    "change_task",
    "change_type",
    "change_view",
    "check_criterion",
    "check_item",
    "complete_task",
    "create_field",
    "create_project",
    "create_task",
    "create_tasks",
    "create_type",
    "delete_field",
    "delete_task",
    "delete_type",
    "edit_comment",
    "fold_column",
    "hide_from_cards",
    "hold_task",
    "hold_tasks",
    "item_to_subtask",
    "move_needs",
    "move_task",
    "name_approvers",
    "place_item",
    "preview_many",
    "reject",
    "remove_comment",
    "remove_criterion",
    "remove_dependency",
    "remove_item",
    "remove_status",
    "remove_view",
    "reopen_task",
    "restore_field",
    "restore_project",
    "restore_task",
    "save_view",
    "set_lanes",
    "share_project",
    "show_on_cards",
    "start_task",
    "start_with",
    "submit_task",
    "switch_off",
    "switch_on",
    "unarchive_field",
    "unarchive_type",
    "uncheck_criterion",
    "uncheck_item",
    "undo_batch",
    "unfold_column",
    "unshare_project",
]
