"""The list of tasks: across projects, of one project, and the trash."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import MANAGERS, STAFF
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page
from fairlead.web.board import label_color, today_of
from fairlead.web.render import page
from fairlead.web.task_filters import address, asked, filter_bar, pushed
from fairlead.work.models import Project
from fairlead.work.permissions import may_create_task
from fairlead.work.queries import deleted_tasks, find_project, task_list
from fairlead.work.queries.lists import GROUPS, SORTS, page_of

HEADS = {
    "title": "Task",
    "status": "Status",
    "priority": "Priority",
    "assignee": "Who",
    "due": "Due",
    "effort": "Effort",
    "updated": "Changed",
}


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """All tasks that the reader sees; ?deleted=1 the trash."""
    return _trash(request) if request.GET.get("deleted") == "1" else _list(request, None)


@member_page
@require_GET
def of_project(request: Request, key: str) -> HttpResponse:
    """The tasks of one project."""
    return _list(request, find_project(request.actor, key))


def _list(request: Request, project: Project | None) -> HttpResponse:
    now, zone = timezone.now(), request.user.time_zone
    sort, group = _sort(request), request.GET.get("group", "")
    wanted = asked(request, project=project.key if project else "")
    found = task_list(
        request.actor,
        wanted,
        now=now,
        zone=zone,
        sort=sort,
        page=_page(request),
        group=group if group in GROUPS else "",
    )
    values = {
        "project": project,
        "found": found,
        "rows": _shown(found.rows, ZoneInfo(zone)),
        "columns": _columns(request, sort),
        "bar": filter_bar(request, asked(request), request.actor, project, states=True),
        "group": group,
        "groups": [(name, f"By {name}") for name in GROUPS if not (project and name == "project")],
        "today": today_of(request, now),
        "previous": address(request, page=found.page - 1) if found.page > 1 else None,
        "next": address(request, page=found.page + 1) if found.page < found.pages else None,
        "may_add": may_create_task(request.actor, project) if project else request.actor.role in {*STAFF, Role.CLIENT},
        "may_manage": request.actor.role in MANAGERS,
        "shows_effort": request.actor.role != Role.CLIENT,
        "here": address(request),
    }
    return pushed(request, page(request, "tasks/index.jinja", values))


def _page(request: Request) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def _sort(request: Request) -> str:
    asked_for = request.GET.get("sort", "-updated")
    return asked_for if asked_for.removeprefix("-") in SORTS else "-updated"


def _columns(request: Request, sort: str) -> list[tuple[str, ...]]:
    """The heads of the table: a click sorts by it, another one the other way round."""
    names = [name for name in HEADS if name != "effort" or request.actor.role != Role.CLIENT]
    return [
        (
            HEADS[name] + (" ↑" if sort == name else " ↓" if sort == f"-{name}" else ""),
            "right" if name == "effort" else "",
            address(request, sort=f"-{name}" if sort == name else name, page=""),
        )
        for name in names
    ]


def _shown(rows: list[dict[str, Any]], zone: ZoneInfo) -> list[dict[str, Any]]:
    for row in rows:
        row["due"] = row["due_at"].astimezone(zone).date() if row["due_at"] else None
        row["tags"] = [{"name": name, "color": label_color(name)} for name in row["labels"]]
    return rows


def _trash(request: Request) -> HttpResponse:
    found = page_of(deleted_tasks(request.actor), "-updated", _page(request))
    values = {
        "found": found,
        "previous": address(request, page=found.page - 1) if found.page > 1 else None,
        "next": address(request, page=found.page + 1) if found.page < found.pages else None,
    }
    return page(request, "tasks/trash.jinja", values)


urls = [
    path("tasks/", index, name="tasks"),
    path("projects/<project:key>/list/", of_project, name="project-list"),
]
