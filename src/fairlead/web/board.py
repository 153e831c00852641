"""The board of a project: cards in columns, adding and moving them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final
from zlib import crc32
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from fairlead.accounts.models import Role
from fairlead.accounts.permissions import MANAGERS
from fairlead.lib.errors import Missing, Refused
from fairlead.lib.speech import tr
from fairlead.web import keys  # noqa: F401  the converters of the addresses below
from fairlead.web.access import Request, member_page, to_portal
from fairlead.web.here import Place, others_at
from fairlead.web.marks import mark
from fairlead.web.own_filters import own_fields
from fairlead.web.own_values import shown_value
from fairlead.web.render import page
from fairlead.web.task_filters import address, asked, filter_bar, pushed
from fairlead.web.task_forms import MoveForm
from fairlead.work import actions
from fairlead.work.fields.definitions import FieldDef
from fairlead.work.fields.models import WORKERS
from fairlead.work.fields.stored import people_of
from fairlead.work.fields.values import People
from fairlead.work.models import BoardLook, Project, Status, Task
from fairlead.work.permissions import leads, may_arrange, may_create_task
from fairlead.work.queries import Column, board, board_look, card, find_project, find_task, status_choices
from fairlead.work.queries.cards import FIRST, column_cards
from fairlead.work.states import OVER, WAITING, State

MOST_CARDS: Final = 1000
"""So many cards of a column stay when news arrive."""


def today_of(request: Request, now: datetime) -> date:
    """The reader's day."""
    return now.astimezone(ZoneInfo(request.user.time_zone)).date()


def label_color(name: str) -> int:
    """The same label has the same hue everywhere."""
    return crc32(name.casefold().encode()) % 12


def shown_card(request: Request, row: dict[str, Any], marks: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """A row of the board as the card macro wants it."""
    row["url"] = f"/tasks/{row['key']}/"
    row["move_url"] = f"/tasks/{row['key']}/move/"
    row["labels"] = [{"name": name, "color": label_color(name)} for name in row["labels"]]
    row["due"] = row["due_at"].astimezone(ZoneInfo(request.user.time_zone)).date() if row["due_at"] else None
    row["own"] = [shown_value(field, value, card_people(request, field)) for field, value in row["own"]]
    return {**row, **marks.get(row["id"], {})}


def card_people(request: Request, field: FieldDef) -> People:
    """The names for a field of people on cards; read once for a request."""
    if field.kind not in WORKERS:
        return {}
    found: People | None = getattr(request, "own_people", None)
    if found is None:
        found = request.own_people = people_of(request.actor.workspace_id, [field])  # type: ignore[attr-defined]
    return found


@member_page
@require_GET
def show(request: Request, key: str) -> HttpResponse:
    """The board; ?all=1 with every task that is over."""
    now, zone = timezone.now(), request.user.time_zone
    project = find_project(request.actor, key)
    if client := to_portal(request):
        return client
    wanted = asked(request, project=project.key)
    every = request.GET.get("all") == "1"
    own, opened = own_fields(request, project), _opened(request)
    found = board(request.actor, project, wanted, now=now, zone=zone, all_over=every, own=own, shown=opened)
    marks = mark([row for column in found.columns for row in column.cards], actor=request.actor, now=now)
    may_add = may_create_task(request.actor, project) and project.archived_at is None
    lanes, folded = board_look(request.actor, project)
    open_to = _open_to(request, project) if may_add else frozenset()
    columns = [_shown_column(request, column, marks, open_to=open_to) for column in found.columns]
    for column in columns:
        column["folded"] = column["id"] in folded
    values = {
        "project": project,
        "columns": columns,
        "lanes": _lanes(columns, lanes) if lanes else [],
        "lane_choices": [(value, label, value == lanes) for value, label in BoardLook.Lanes.choices],
        "bar": filter_bar(request, asked(request), request.actor, project, states=False),
        "today": today_of(request, now),
        "movable": may_arrange(request.actor, project) and project.archived_at is None,
        "may_add": may_add,
        "may_manage": request.actor.role in MANAGERS,
        "here": address(request),
        "empty": not any(column.held for column in found.columns),
        "others": others_at(request, Place(project.workspace_id, f"board/{project.pk}")),
    }
    return pushed(request, page(request, "board/board.jinja", values))


def _opened(request: Request) -> dict[int, int]:
    """{status id: cards} of the columns where the reader's page, which asks for news, has more ("12:40 13:180")."""
    pairs = [pair.partition(":") for pair in request.headers.get("X-Cards", "").split()[:50]]
    held = {int(a): int(b) for a, _, b in pairs if a.isdecimal() and b.isdecimal() and len(a + b) < 18}
    return {status: min(cards, MOST_CARDS) for status, cards in held.items() if cards > FIRST}


def _shown_column(
    request: Request, column: Column, marks: Mapping[int, Mapping[str, Any]], *, open_to: Collection[str]
) -> dict[str, Any]:
    over = column.state in OVER
    filtered = column.count != column.held
    load = address(request, skip=len(column.cards)).replace(request.path, f"{request.path}columns/{column.id}/more/")
    return {
        "id": column.id, "name": column.name, "state": column.state, "count": column.count,
        "limit": None if filtered else column.limit, "hard": column.hard,
        "cards": [shown_card(request, row, marks) for row in column.cards],
        "may_add": column.state in open_to,
        "all_url": address(request, all=1) if over and column.more else "",
        "load_url": load if not over and column.more else "",
        "more": column.more,
    }  # fmt: skip


def _lanes(columns: list[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    """The cards again, lane by lane: `cards` is {column id: cards}. People by name, then nobody; urgent ones first."""
    found: dict[Any, dict[str, Any]] = {}
    for column in columns:
        for row in column["cards"]:
            worker = row["worker"]
            if by == BoardLook.Lanes.PRIORITY:
                key, order, name = row["priority"], (-row["priority"], ""), str(Task.Priority(row["priority"]).label)
            else:
                key, name = (worker["id"], worker["name"]) if worker else (0, tr("Nobody yet"))
                order = (int(worker is None), name.casefold())
            lane = found.setdefault(
                key, {"id": key, "name": name, "order": order, "count": 0, "cards": {}, "worker": None}
            )
            lane["cards"].setdefault(column["id"], []).append(row)
            lane["count"] += 1
            lane["worker"] = worker if by == BoardLook.Lanes.ASSIGNEE else None
    return sorted(found.values(), key=lambda lane: lane["order"])


@member_page
@require_POST
def set_lanes(request: Request, key: str) -> HttpResponse:
    """Show the board in swimlanes, or without; this reader's choice stays."""
    project = find_project(request.actor, key)
    actions.set_lanes(project, request.POST.get("lanes", ""), actor=request.actor)
    return redirect(_back(request, project))


@member_page
@require_POST
def fold(request: Request, key: str, status_id: int) -> HttpResponse:
    """Show a column as a narrow strip."""
    project = find_project(request.actor, key)
    actions.fold_column(_status(project, status_id), actor=request.actor)
    return redirect(_back(request, project))


@member_page
@require_POST
def unfold(request: Request, key: str, status_id: int) -> HttpResponse:
    """Show a column in full again."""
    project = find_project(request.actor, key)
    actions.unfold_column(_status(project, status_id), actor=request.actor)
    return redirect(_back(request, project))


def _open_to(request: Request, project: Project) -> frozenset[str]:
    """The states of the columns to which the reader adds tasks: where work waits; who leads the project, every open
    one."""
    if leads(request.actor, project):
        return frozenset(State) - frozenset(OVER)
    return frozenset(WAITING) if request.actor.role != Role.CLIENT else frozenset()


@member_page
@require_GET
def more(request: Request, key: str, status_id: int) -> HttpResponse:
    """The next cards of a column, to be put below those that are there."""
    now, zone = timezone.now(), request.user.time_zone
    project = find_project(request.actor, key)
    status = _status(project, status_id)
    if client := to_portal(request):
        return client
    skip = request.GET.get("skip", "0")
    start = int(skip) if skip.isdecimal() and len(skip) < 7 else 0
    wanted = asked(request, project=project.key)
    own = own_fields(request, project)
    rows = column_cards(request.actor, project, status, wanted, skip=start, now=now, zone=zone, own=own)
    marks = mark(rows, actor=request.actor, now=now)
    values = {
        "cards": [shown_card(request, row, marks) for row in rows],
        "load_url": address(request, skip=start + FIRST) if len(rows) == FIRST else "",
        "today": today_of(request, now),
        "movable": may_arrange(request.actor, project) and project.archived_at is None,
        "project": project, "status": status, "back": f"/projects/{project.key}/",
    }  # fmt: skip
    return page(request, "board/more.jinja", values, block="cards")


def _status(project: Project, status_id: int) -> Status:
    found = Status.objects.filter(project=project, pk=status_id).first()
    if found is None:
        raise Missing(tr("This column was removed. Reload the board."))
    return found


@member_page
@require_POST
def add(request: Request, key: str) -> HttpResponse:
    """A new task from its title, at the top of a column."""
    project = find_project(request.actor, key)
    chosen = request.POST.get("status", "")
    status = _status(project, int(chosen)) if chosen.isdecimal() and len(chosen) < 16 else None
    draft = actions.TaskDraft(
        title=request.POST.get("title", ""), status=None if request.actor.role == Role.CLIENT else status
    )
    try:
        task = actions.create_task(project, draft, actor=request.actor, now=timezone.now())
    except Refused as refused:
        if request.htmx or refused.status in (403, 404):
            raise
        typed = " " + tr("You typed: %(title)s", title=draft.title) if draft.title else ""
        messages.error(request, refused.detail + typed)
    else:
        if not request.htmx:
            messages.success(request, tr("%(task)s was added.", task=task))
    return redirect(_back(request, project))


def _back(request: Request, project: Project) -> str:
    """The board that the form came from, with its filters."""
    here = request.POST.get("here", "")
    return here if here.startswith(f"/projects/{project.key}/") else f"/projects/{project.key}/"


@member_page
def move(request: Request, key: str) -> HttpResponse:
    """Put a card into a column, below another card. The board's script gets the card back; a form the board."""
    task = find_task(request.actor, key)
    if request.method != "POST" and (client := to_portal(request, f"/portal/{task}/")):
        return client
    form = MoveForm(request.POST or None, initial={"status": task.status_id})
    if request.method == "POST" and form.is_valid():
        below = form.cleaned_data["after"]
        try:
            status = _column(request, task, form.cleaned_data["status"])
            at_home = status.project_id == task.project_id
            act = actions.move_task if at_home else actions.move_placed
            act(
                task, status, actor=request.actor, now=timezone.now(),
                version=form.cleaned_data["version"], below=find_task(request.actor, below) if below else None,
            )  # fmt: skip
        except Refused as refused:
            if "json" in request.headers.get("Accept", "") or refused.status in (403, 404):
                raise
            form.add_error(None, refused.detail)
        else:
            if request.headers.get("X-Board"):
                return _card_page(request, task, None if at_home else status.project)
            messages.success(request, tr("%(task)s is in %(column)s.", task=task, column=task.status.said))
            return redirect("board", task.project.key)
    values = {"task": task, "form": form, "statuses": status_choices(task.project)}
    return page(request, "board/move.jinja", values, status=422 if form.errors else 200)


def _column(request: Request, task: Task, status_id: int) -> Status:
    """A column of the task's home, or of a board that shows it, too."""
    found = Status.objects.select_related("project").filter(pk=status_id, workspace_id=request.actor.workspace_id)
    status = found.filter(Q(project_id=task.project_id) | Q(project__placements__task=task)).first()
    if status is None:
        raise Missing(tr("This column was removed. Reload the board."))
    return status


def _card_page(request: Request, task: Task, project: Project | None) -> HttpResponse:
    row = card(request.actor, task, project, own_fields(request, project or task.project))
    now = timezone.now()
    marks = mark([row], actor=request.actor, now=now)
    values = {"card": shown_card(request, row, marks), "today": today_of(request, now)}
    return page(request, "board/card.jinja", values)


urls = [
    path("projects/<project:key>/", show, name="board"),
    path("projects/<project:key>/add/", add, name="add-task"),
    path("projects/<project:key>/lanes/", set_lanes, name="board-lanes"),
    path("projects/<project:key>/columns/<int:status_id>/fold/", fold, name="fold-column"),
    path("projects/<project:key>/columns/<int:status_id>/unfold/", unfold, name="unfold-column"),
    path("projects/<project:key>/columns/<int:status_id>/more/", more, name="more-cards"),
    path("tasks/<task:key>/move/", move, name="move-task"),
]
