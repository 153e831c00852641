"""Tasks: listing, creating, changing, and moving them from state to state."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from ninja import Query

from fairlead.accounts.models import Role
from fairlead.api import etags, paging
from fairlead.api.calls import Call
from fairlead.api.fields import TaskKey
from fairlead.api.own_values import given_values
from fairlead.api.paging import Order
from fairlead.api.problems import InvalidInput
from fairlead.api.routes import Routes
from fairlead.api.tables import csv_reply, wants_csv
from fairlead.api.v1.projects import find_status
from fairlead.api.v1.shapes import Move, NeedIn, NewTask, TaskChange, TaskOut, TaskPage, TaskQuery
from fairlead.api.v1.task_rows import COLUMNS, one, shown
from fairlead.integrations.exports import tasks_as_csv
from fairlead.lib.speech import tr
from fairlead.work import actions, grammar, queries
from fairlead.work.drafts import TaskDraft
from fairlead.work.filters import TaskFilter
from fairlead.work.models import Task
from fairlead.work.types.definitions import find_type

routes = Routes(tags=["Tasks"])
ORDERS = {
    name: Order(f"tasks:{name}", columns, descending=name.startswith("-"))
    for name, columns in {
        "created": ("id",), "-created": ("id",), "updated": ("updated_at", "id"), "-updated": ("updated_at", "id"),
    }.items()
}  # fmt: skip


@routes.on("GET", "/tasks", scope="work:read", gives=TaskPage)
def list_tasks(request: Call, wanted: Query[TaskQuery]) -> dict[str, Any] | HttpResponse:
    """List tasks

    Those in the trash are left out. With `Accept: text/csv` all that fit come as one table (at most 50,000).
    """
    if wants_csv(request):
        return csv_reply(tasks_as_csv(request.actor, _fitting(request, wanted).order_by("id")), "tasks.csv")
    rows = paging.cut(request, _fitting(request, wanted).values(*COLUMNS), ORDERS[wanted.order], wanted)
    return paging.page(request, shown(request, rows))


def _fitting(request: Call, wanted: TaskQuery) -> QuerySet[Task]:
    team = request.actor.role != Role.CLIENT  # a client cannot ask for what they are not shown
    asked = TaskFilter(
        text=(wanted.q or "") if team else "", project=wanted.project or "", state=wanted.state or "",
        due=wanted.due or "", status=wanted.status_id if team else None,
        assignee=(wanted.assignee or "") if team else "",
        label=(wanted.label or "") if team else "", priority=wanted.priority if team else None,
        skill=wanted.skill_id if team else None, due_from=wanted.due_from, due_to=wanted.due_to,
        created_from=wanted.created_from, created_to=wanted.created_to, type=(wanted.type or "") if team else "",
    )  # fmt: skip
    found = asked.apply(queries.visible_tasks(request.actor), now=request.now, user_id=request.actor.user_id)
    if team and wanted.fields:
        found = _of_fields(request, wanted.fields, found)
    if not team:
        found = _with_words(found, wanted.q or "")
    elif wanted.external_id is not None:
        found = found.filter(external_id=wanted.external_id)
    return found if wanted.updated_since is None else found.filter(updated_at__gte=wanted.updated_since)


def _with_words(found: QuerySet[Task], text: str) -> QuerySet[Task]:
    """Tasks with these words in what clients read."""
    for word in text.split():
        found = found.filter(Q(title__icontains=word) | Q(description__icontains=word))
    return found


def _of_fields(request: Call, text: str, tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Those for which every `key:value` holds."""
    asked = grammar.read(text)
    if any(not term.name or term.name in grammar.OPERATORS for term in asked.terms):
        raise InvalidInput(tr("Name a field in each part, such as budget:>1000."), [
            {"parameter": "fields", "detail": tr("Each part is the key of a field, a colon and what it holds.")}
        ])  # fmt: skip
    return asked.apply(tasks, grammar.Reader(request.actor, request.now, "UTC"))


@routes.on("POST", "/tasks", scope="work:write", gives=TaskOut, status=201)
def create_task(request: Call, body: NewTask) -> dict[str, Any]:
    """Create a task

    At the top of its column.
    """
    project = queries.find_project(request.actor, body.project)
    values = body.given() | _related(request, body)
    del values["project"]
    status_id = values.pop("status_id", None)
    values["status"] = None if status_id is None else find_status(request, project, status_id)
    values["fields"] = given_values(request, body.fields)
    if "type" in values:
        values["type"] = find_type(request.actor, body.type).pk
    for name in ("labels", "criteria"):
        values[name] = tuple(values.get(name, ()))
    values["after"] = tuple(queries.find_task(request.actor, key).pk for key in body.after)
    return one(request, actions.create_task(project, TaskDraft(**values), actor=request.actor, now=request.now))


@routes.on("GET", "/tasks/{key}", scope="work:read", gives=TaskOut)
def show_task(request: Call, key: TaskKey) -> dict[str, Any]:
    """Show a task"""
    return one(request, queries.find_task(request.actor, key))


@routes.on("PATCH", "/tasks/{key}", scope="work:write", gives=TaskOut, matched=True)
def change_task(request: Call, key: TaskKey, body: TaskChange) -> dict[str, Any]:
    """Change a task

    Fields that are not sent stay as they are; `null` empties a field that may be empty.
    """
    task = queries.find_task(request.actor, key)
    version = etags.expected(request, task.version)
    values = body.given() | _related(request, body)
    if "fields" in values:
        values["fields"] = given_values(request, body.fields)
    if "type" in values:
        values["type"] = find_type(request.actor, body.type).pk
    return one(request, actions.change_task(task, actor=request.actor, now=request.now, version=version, **values))


@routes.on("DELETE", "/tasks/{key}", scope="work:write", gives=None, status=204, matched=True)
def delete_task(request: Call, key: TaskKey) -> None:
    """Delete a task

    It goes into the trash and can be restored.
    """
    task = queries.find_task(request.actor, key)
    etags.expected(request, task.version)
    actions.delete_task(task, actor=request.actor, now=request.now)


@routes.on("POST", "/tasks/{key}/restore", scope="work:write", gives=TaskOut)
def restore_task(request: Call, key: TaskKey) -> dict[str, Any]:
    """Restore a deleted task"""
    task = queries.find_deleted_task(request.actor, key)
    return one(request, actions.restore_task(task, actor=request.actor, now=request.now))


@routes.on("POST", "/tasks/{key}/move", scope="work:write", gives=TaskOut, matched=True)
def move_task(request: Call, key: TaskKey, body: Move) -> dict[str, Any]:
    """Move a task on the board

    To another column, or to another place in its own.
    """
    task = queries.find_task(request.actor, key)
    version = etags.expected(request, task.version)
    status = find_status(request, task.project, body.status_id)
    below = None if body.below is None else queries.find_task(request.actor, body.below)
    return one(
        request, actions.move_task(task, status, actor=request.actor, now=request.now, version=version, below=below)
    )


STEPS = {
    "start": (actions.start_task, "Start a task", "Work on it begins; what it waits for must be done."),
    "submit": (actions.submit_task, "Hand a task in", "For review."),
    "complete": (actions.complete_task, "Complete a task", "Every criterion must be met. AI agents cannot do this."),
    "cancel": (actions.cancel_task, "Cancel a task", "It will not be done. AI agents cannot do this."),
    "reopen": (actions.reopen_task, "Reopen a task", "What was over is to be done after all."),
}


def _add_step(name: str) -> None:
    act, title, text = STEPS[name]

    def step(request: Call, key: TaskKey) -> dict[str, Any]:
        task = queries.find_task(request.actor, key)
        etags.expected(request, task.version)
        return one(request, act(task, actor=request.actor, now=request.now))

    step.__name__ = f"{name}_task"
    step.__doc__ = f"{title}\n\n{text}"
    routes.on("POST", f"/tasks/{{key}}/{name}", scope="work:write", gives=TaskOut, matched=True)(step)


for each in STEPS:
    _add_step(each)


def _related(request: Call, body: NewTask | TaskChange) -> dict[str, Any]:
    """Parent and needs, if they were sent, as the actions take them."""
    found: dict[str, Any] = {}
    if "parent" in body.model_fields_set:
        found["parent"] = None if body.parent is None else queries.find_task(request.actor, body.parent)
    if "needs" in body.model_fields_set:
        found["needs"] = _levels(body.needs)
    return found


def _levels(needs: list[NeedIn]) -> dict[int, int]:
    levels = {need.skill_id: need.level for need in needs}
    if len(levels) < len(needs):
        raise InvalidInput(tr("Name each skill once."), [{"pointer": "#/needs", "detail": tr("Name each skill once.")}])
    return levels
