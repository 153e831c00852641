"""Reading projects and tasks: every query starts from what the actor may see; callers import from here."""

from fairlead.work.queries.calendar import Calendar, calendar
from fairlead.work.queries.cards import Board, Column, board, board_look, card
from fairlead.work.queries.lists import TaskPage, task_list, task_row
from fairlead.work.queries.projects import ProjectRow, project_list
from fairlead.work.queries.relations import assignees, blocked, labels
from fairlead.work.queries.search import Found, Hit, search
from fairlead.work.queries.task_details import TaskDetails, details, status_choices
from fairlead.work.queries.task_history import history
from fairlead.work.queries.timeline import Timeline, timeline
from fairlead.work.queries.views import ViewRow, find_view, view_rows, visible_views
from fairlead.work.queries.visible import (
    deleted_tasks,
    find_batch,
    find_comment,
    find_criterion,
    find_deleted_task,
    find_project,
    find_task,
    said_since,
    visible_comments,
    visible_projects,
    visible_tasks,
)

__all__ = [
    "Board",
    "Calendar",
    "Column",
    "Found",
    "Hit",
    "ProjectRow",
    "TaskDetails",
    "TaskPage",
    "Timeline",
    "ViewRow",
    "assignees",
    "blocked",
    "board",
    "board_look",
    "calendar",
    "card",
    "deleted_tasks",
    "details",
    "find_batch",
    "find_comment",
    "find_criterion",
    "find_deleted_task",
    "find_project",
    "find_task",
    "find_view",
    "history",
    "labels",
    "project_list",
    "said_since",
    "search",
    "status_choices",
    "task_list",
    "task_row",
    "timeline",
    "view_rows",
    "visible_comments",
    "visible_projects",
    "visible_tasks",
    "visible_views",
]
