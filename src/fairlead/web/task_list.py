"""The list of tasks: across projects, of one project, as a saved view, and the trash."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import MANAGERS, STAFF
from fairlead.allocation.permissions import may_assign_in, may_assign_some
from fairlead.integrations.exports import tasks_as_csv
from fairlead.lib.speech import later, tr
from fairlead.people.queries import active_workers
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, to_portal
from fairlead.web.board import label_color, today_of
from fairlead.web.marks import mark
from fairlead.web.member_field import LISTED_PEOPLE
from fairlead.web.own_filters import own_fields, own_groups, own_query
from fairlead.web.own_values import shown_value
from fairlead.web.render import attachment, page
from fairlead.web.task_filters import (
    LISTED,
    MOST_CHOSEN,
    NAMES,
    address,
    address_at,
    asked,
    filter_bar,
    kept_query,
    pushed,
)
from fairlead.work.fields.definitions import Definitions
from fairlead.work.fields.models import COUNTED
from fairlead.work.fields.stored import people_of
from fairlead.work.models import Project, Task, View
from fairlead.work.permissions import (
    leads_any,
    may_arrange,
    may_change_view,
    may_create_task,
    may_save_view,
    may_share_view,
)
from fairlead.work.queries import (
    ViewRow,
    deleted_tasks,
    find_project,
    find_view,
    status_choices,
    task_list,
    view_rows,
    visible_tasks,
)
from fairlead.work.queries.lists import GROUPS, SORTS, page_of
from fairlead.work.queries.own_fields import PREFIX
from fairlead.work.queries.rollups import parts_of
from fairlead.work.states import State, column

HEADS: Final = {
    "title": later("Task"),
    "type": later("Type"),
    "project": later("Project"),
    "status": later("Status"),
    "priority": later("Priority"),
    "assignee": later("Who"),
    "due": later("Due"),
    "effort": later("Effort"),
    "spent": later("Spent"),
    "left": later("Left"),
    "labels": later("Labels"),
    "parts": later("Subtasks"),
    "created": later("Created"),
    "updated": later("Changed"),
}
INSIDE: Final = ("effort", "spent", "left")
"""Columns that clients never see."""
USUAL: Final = ("title", "status", "priority", "assignee", "due", "effort", "updated")
GROUP_NAMES: Final = {
    "project": later("By project"),
    "status": later("By status"),
    "assignee": later("By assignee"),
    "priority": later("By priority"),
    "type": later("By type"),
    "week": later("By due week"),
}


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """All tasks that the reader sees; ?deleted=1 the trash. Without any parameter their own start view, if they chose
    one; ?all=1 shows all tasks all the same."""
    if client := to_portal(request):
        return client
    if request.GET.get("deleted") == "1":
        return _trash(request)
    views = view_rows(request.actor)
    start = next((view for view in views if view.starts), None)
    if start is not None and not request.GET and not request.htmx:
        return redirect("view", start.id)
    return _list(request, None, views=views)


@member_page
@require_GET
def of_project(request: Request, key: str) -> HttpResponse:
    """The tasks of one project."""
    project = find_project(request.actor, key)
    return to_portal(request) or _list(request, project)


@member_page
@require_GET
def of_view(request: Request, number: int) -> HttpResponse:
    """A saved view; with parameters of its own the address shows those instead, to try something out."""
    view = find_view(request.actor, number)
    tried = any(request.GET.get(name) is not None for name in (*NAMES, *LISTED)) or bool(own_query(request.GET))
    if not tried and request.GET.get("page") is None:
        request.GET = QueryDict(view.query)
    elif not tried:
        request.GET = QueryDict(f"{view.query}&page={request.GET['page']}")
    return _list(request, None, views=view_rows(request.actor), view=view)


@member_page
@require_GET
def export(request: Request) -> HttpResponse:
    """The tasks that the filters of the address leave, as a CSV file."""
    if client := to_portal(request):
        return client
    wanted = asked(request)
    fitting = wanted.apply(
        visible_tasks(request.actor), now=timezone.now(), user_id=request.actor.user_id, zone=request.user.time_zone
    )
    text = tasks_as_csv(request.actor, fitting.order_by("project__key", "number"))
    return attachment(text, f"{wanted.project.lower() or 'tasks'}.csv")


def _list(
    request: Request, project: Project | None, *, views: list[ViewRow] | None = None, view: View | None = None
) -> HttpResponse:
    now, zone = timezone.now(), request.user.time_zone
    own = own_fields(request, project)
    sort, group = sort_of(request, own), request.GET.get("group", "")
    shown, wanted = columns_of(request, project), asked(request, project=project.key if project else "")
    groups = {name: str(GROUP_NAMES[name]) for name in GROUPS}
    groups |= {name: tr("By %(field)s", field=text) for name, text in own_groups(own)}
    group = group if group in groups else ""
    needed = needed_fields(own, [*shown, sort, group])
    found = task_list(
        request.actor, wanted, now=now, zone=zone, sort=sort, page=_page(request), group=group, own=needed,
        spent=not {"spent", "left"}.isdisjoint(shown),
    )  # fmt: skip
    show = shower(request, needed)
    bar = filter_bar(request, asked(request), request.actor, project, states=True)
    parts = parts_of([row["id"] for row in found.rows]) if "parts" in shown else {}
    marks = mark(found.rows, actor=request.actor, now=now) if "assignee" in shown else {}
    values = {
        "project": project,
        "found": found,
        "rows": [{**show(row), **marks.get(row["id"], {}), "parts": parts.get(row["id"])} for row in found.rows],
        "shown": tuple(shown),
        "columns": _heads(request, shown, sort),
        "chooser": _chooser(request, shown, project),
        "bar": bar,
        "group": group,
        "groups": [(name, text) for name, text in groups.items() if not (project and name == "project")],
        "today": today_of(request, now),
        "previous": address(request, page=found.page - 1) if found.page > 1 else None,
        "next": address(request, page=found.page + 1) if found.page < found.pages else None,
        "may_add": may_create_task(request.actor, project) if project else request.actor.role in {*STAFF, Role.CLIENT},
        "may_manage": request.actor.role in MANAGERS,
        "may_edit": _may_choose(request, project, found.rows),
        "bulk_statuses": _bulk_statuses(project),
        "bulk": address_at("/tasks/bulk/", request, project),
        "bulk_most": MOST_CHOSEN,
        "bulk_move": address_at("/tasks/bulk/move/", request, project) if leads_any(request.actor) else "",
        **_choices(request, bar),
        "bulk_fields": [(field.key, field.name) for field in own if field.typed and not field.archived],
        "table": address_at("/tasks/table.csv", request, project),
        "priorities": list(reversed(Task.Priority.choices)),
        "here": address(request),
        "export": address_at("/tasks/export.csv", request, project),
        **_views(request, views or [], view),
    }
    return pushed(request, page(request, "tasks/index.jinja", values))


def _may_choose(request: Request, project: Project | None, rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether cells and the bar for many tasks are there: for who works in the project, or may edit one of these."""
    if request.actor.role not in STAFF or (project is not None and project.archived_at is not None):
        return False
    return project is None or may_arrange(request.actor, project) or any(row["may_edit"] for row in rows)


def _views(request: Request, views: list[ViewRow], view: View | None) -> dict[str, Any]:
    """What the strip of views shows. `changed`: the open view is no longer what was saved."""
    query = kept_query(request)
    return {
        "views": views,
        "view": view,
        "query": query,
        "changed": view is not None and query != view.query,
        "may_save": may_save_view(request.actor),
        "may_share": may_share_view(request.actor),
        "may_change_view": view is not None and may_change_view(request.actor, view),
        "may_remove_view": view is not None and may_change_view(request.actor, view, removing=True),
        "starts": any(row.starts and view is not None and row.id == view.pk for row in views),
    }


def _choices(request: Request, bar: dict[str, Any]) -> dict[str, Any]:
    """Types and people that many tasks can be given; the types are those of the filter bar."""
    team = request.actor.role in STAFF
    types: list[tuple[str, str]] = next(
        (each["options"] for each in bar["selects"] if team and each["name"] == "type"), []
    )
    people: list[tuple[int, str]] = []
    if team and may_assign_some(request.actor):
        found = active_workers(request.actor).order_by("name").values_list("id", "name")
        people = list(found[: LISTED_PEOPLE + 1])
    return {"bulk_types": types, "bulk_people": people[:LISTED_PEOPLE], "bulk_many": len(people) > LISTED_PEOPLE}


def _bulk_statuses(project: Project | None) -> list[tuple[str, str]]:
    """Where many tasks can be put: the columns of the one project, else the states."""
    if project is None:
        return [(value, label) for value, label in State.choices]
    return [(str(row["id"]), column(row["name"])) for row in status_choices(project)]


def _page(request: Request) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def sort_of(request: Request, own: Definitions) -> str:
    """By what the address wants the list sorted."""
    asked_for = request.GET.get("sort", "-updated")
    if request.actor.role == Role.CLIENT and asked_for.removeprefix("-") in INSIDE:
        return "-updated"
    known = {*SORTS, *(PREFIX + field.key for field in own)}
    return asked_for if asked_for.removeprefix("-") in known else "-updated"


def heads_of(request: Request, project: Project | None = None) -> dict[str, str]:
    """Every column that the reader may choose, in the order of the table; a client never sees efforts and time."""
    own = {PREFIX + field.key: field.name for field in own_fields(request, project)}
    hidden = INSIDE if request.actor.role == Role.CLIENT else ()
    return {name: str(text) for name, text in {**HEADS, **own}.items() if name not in hidden}


def columns_of(request: Request, project: Project | None = None) -> list[str]:
    """The columns that the address asks for, in the order of the table."""
    heads = heads_of(request, project)
    chosen = [name for name in request.GET.get("cols", "").split(",") if name in heads]
    wanted = {"title", *(chosen or USUAL)}
    return [name for name in heads if name in wanted]


def needed_fields(own: Definitions, names: Iterable[str]) -> Definitions:
    """The fields that stand among these columns, orders and groups."""
    wanted = {name.removeprefix("-").removeprefix(PREFIX) for name in names if PREFIX in name}
    return tuple(field for field in own if field.key in wanted)


def _heads(request: Request, shown: list[str], sort: str) -> list[tuple[str, ...]]:
    """The heads of the table: a click sorts by it, another one the other way round."""
    heads = heads_of(request)
    right = {*INSIDE, *(PREFIX + field.key for field in own_fields(request) if field.kind in COUNTED)}
    return [
        (
            heads[name] + (" ↑" if sort == name else " ↓" if sort == f"-{name}" else ""),
            "right" if name in right else "",
            address(request, sort=f"-{name}" if sort == name else name, page=""),
        )
        for name in shown
    ]


def _chooser(request: Request, shown: list[str], project: Project | None) -> list[tuple[str, str, bool]]:
    """(label, address with this column shown or hidden, whether it is shown) for every column but the title."""
    heads = heads_of(request, project)
    found = []
    for name in (name for name in heads if name != "title"):
        wanted = [n for n in heads if n in {*shown, name} and not (n == name and name in shown)]
        cols = "" if wanted == [n for n in USUAL if n in heads] else ",".join(wanted)
        found.append((heads[name], address(request, cols=cols), name in shown))
    return found


def shower(request: Request, own: Definitions) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What makes a row of the list one as its template wants it; `own`: the custom fields that it shows."""
    zone, people = ZoneInfo(request.user.time_zone), people_of(request.actor.workspace_id, own)
    fields = {field.key: field for field in own}

    def show(row: dict[str, Any]) -> dict[str, Any]:
        row["due"] = row["due_at"].astimezone(zone).date() if row["due_at"] else None
        row["tags"] = [{"name": name, "color": label_color(name)} for name in row["labels"]]
        row["may_assign"] = row["live"] and may_assign_in(request.actor, row["project_id"])
        row["own"] = {
            PREFIX + key: {**shown_value(fields[key], value, people), "typed": fields[key].typed}
            for key, value in row["own"].items()
        }
        return row

    return show


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
    path("tasks/export.csv", export, name="tasks-export"),
    path("views/<int:number>/", of_view, name="view"),
    path("projects/<project:key>/list/", of_project, name="project-list"),
]
