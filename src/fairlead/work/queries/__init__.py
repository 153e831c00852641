"""Reading projects and tasks: every query starts from what the actor may see; callers import from here."""

from fairlead.work.queries.attachments import (
    FileRow,
    content_path,
    drawing_path,
    file_rows,
    find_attachment,
    find_removed_attachment,
    find_version,
    named_files,
    page_path,
    page_sizes,
    shown_text,
    stored_files,
    version_rows,
    visible_attachments,
)
from fairlead.work.queries.calendar import (
    Calendar,
    calendar,
)
from fairlead.work.queries.cards import (
    Board,
    Column,
    board,
    board_look,
    card,
)
from fairlead.work.queries.comments import (
    comment_rows,
    earlier_texts,
    reactions,
)
from fairlead.work.queries.lists import (
    TaskPage,
    task_list,
    task_row,
)
from fairlead.work.queries.projects import (
    ProjectRow,
    project_list,
)
from fairlead.work.queries.proofs import (
    Pin,
    find_pin,
    pins,
)
from fairlead.work.queries.relations import (
    assignees,
    blocked,
    labels,
)
from fairlead.work.queries.search import (
    Found,
    Hit,
    forgiving,
    search,
)
from fairlead.work.queries.task_details import (
    TaskDetails,
    details,
    status_choices,
)
from fairlead.work.queries.task_history import (
    history,
)
from fairlead.work.queries.timeline import (
    Timeline,
    timeline,
)
from fairlead.work.queries.views import (
    ViewRow,
    find_view,
    view_rows,
    visible_views,
)
from fairlead.work.queries.visible import (
    deleted_tasks,
    find_batch,
    find_comment,
    find_criterion,
    find_deleted_task,
    find_project,
    find_removed_comment,
    find_task,
    said_since,
    seen,
    visible_comments,
    visible_projects,
    visible_tasks,
)

__all__ = [
    "Board",
    "Calendar",
    "Column",
    "FileRow",
    "Found",
    "Hit",
    "Pin",
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
    "comment_rows",
    "content_path",
    "deleted_tasks",
    "details",
    "drawing_path",
    "earlier_texts",
    "file_rows",
    "find_attachment",
    "find_batch",
    "find_comment",
    "find_criterion",
    "find_deleted_task",
    "find_pin",
    "find_project",
    "find_removed_attachment",
    "find_removed_comment",
    "find_task",
    "find_version",
    "find_view",
    "forgiving",
    "history",
    "labels",
    "named_files",
    "page_path",
    "page_sizes",
    "pins",
    "project_list",
    "reactions",
    "said_since",
    "search",
    "seen",
    "shown_text",
    "status_choices",
    "stored_files",
    "task_list",
    "task_row",
    "timeline",
    "version_rows",
    "view_rows",
    "visible_attachments",
    "visible_comments",
    "visible_projects",
    "visible_tasks",
    "visible_views",
]
